package embed

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/tagrules"
)

// TestRequestWriters: what SDKs write for fields that are not set is absent, and
// a feature that is turned on is not.
func TestRequestWriters(t *testing.T) {
	want, err := ParseRequest(strings.NewReader(document(nil)), nil)
	require.NoError(t, err)
	const d = `"Dashboard": {"InitialDashboardId": "d1"`
	for reason, with := range map[string]map[string]string{
		"null":                  {"": `"SessionLifetimeInMinutes": null, "AllowedDomains": null`},
		"empty":                 {"": `"AllowedDomains": []`},
		"null experiences":      {"ExperienceConfiguration": `{` + d + `}, "DashboardVisual": null, "QSearchBar": null, "GenerativeQnA": null}`},
		"null features":         {"ExperienceConfiguration": `{` + d + `, "FeatureConfigurations": null, "EnabledFeatures": null, "DisabledFeatures": null}}`},
		"a feature turned off":  {"ExperienceConfiguration": `{` + d + `, "FeatureConfigurations": {"SharedView": {"Enabled": false}}}}`},
		"none of the features":  {"ExperienceConfiguration": `{` + d + `, "FeatureConfigurations": {"SharedView": null}, "EnabledFeatures": []}}`},
		"a feature without any": {"ExperienceConfiguration": `{` + d + `, "DisabledFeatures": ["SHARED_VIEW"]}}`},
	} {
		got, err := ParseRequest(strings.NewReader(document(with)), nil)
		require.NoError(t, err, reason)
		require.Equal(t, want, got, reason)
	}
	for reason, with := range map[string]map[string]string{
		"a feature turned on": {"ExperienceConfiguration": `{` + d + `, "FeatureConfigurations": {"SharedView": {"Enabled": true}}}}`},
		"an enabled feature":  {"ExperienceConfiguration": `{` + d + `, "EnabledFeatures": ["SHARED_VIEW"]}}`},
		"not true or false":   {"ExperienceConfiguration": `{` + d + `, "FeatureConfigurations": {"SharedView": {"Enabled": "false"}}}}`},
		"required fields":     {"Namespace": "null"},
		"no resources":        {"AuthorizedResourceArns": "null"},
		"no experience":       {"ExperienceConfiguration": "null"},
	} {
		got, err := ParseRequest(strings.NewReader(document(with)), nil)
		require.Error(t, err, reason)
		require.Nil(t, got, reason)
	}
	for _, none := range []string{"null", "[]", ""} {
		got, err := ParseRequest(strings.NewReader(document(map[string]string{"SessionTags": none})), nil)
		require.NoError(t, err)
		require.Empty(t, got.SessionTags, "such a session completes no tag rule (T3)")
	}
	_, err = ParseRequest(strings.NewReader(document(map[string]string{"SessionTags": `[{"Key": "k", "Value": "` + strings.Repeat("SECRET", 50) + `"}]`})), nil)
	require.ErrorIs(t, err, tagrules.ErrLongValue)
	require.NotContains(t, err.Error(), "SECRET")
}
