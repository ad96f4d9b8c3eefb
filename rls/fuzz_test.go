package rls_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/rls"
)

// FuzzParseSettings: settings that are accepted are valid and come back as they
// were, and the others say where they are wrong.
func FuzzParseSettings(f *testing.F) {
	for _, s := range []string{
		"{" + dataset + "}", "{" + dataset + `, "Namespace": "tenant", "FormatVersion": "VERSION_1", "Status": "DISABLED"}`,
		`{"RowLevelPermissionDataSet": {` + dataset + `}}`, `{"a": [{"b": {"RowLevelPermissionDataSet": {` + dataset + `}}}]}`,
		`{"RowLevelPermissionDataSet": null}`, `{"RowLevelPermissionDataSet": {}, "RowLevelPermissionDataSet": {}}`,
		`{` + dataset + `, "Status": null}`, "Resources: {D: {RowLevelPermissionDataSet: {Arn: !Ref R}}}\n", "a: &a [*a]\n", `{"row_level_permission_data_set": [{"arn": "x", "permission_policy": ""}]}`,
		`{"Arn": "\ud800"}`, "\uFEFF{}", "{", `{"a":[{"a":`, strings.Repeat("[", 200), "null", "",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		s, err := rls.ParseSettings(strings.NewReader(in))
		if err != nil {
			require.Nil(t, s)
			require.ErrorIs(t, err, rls.ErrSettings)
			return
		}
		require.NoError(t, s.Validate())
		text, err := json.Marshal(s)
		require.NoError(t, err)
		again, err := rls.ParseSettings(strings.NewReader(string(text)))
		require.NoError(t, err)
		require.Equal(t, s, again)
	})
}
