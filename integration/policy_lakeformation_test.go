package integration

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/integration/suite"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls/policy"
)

// TestPolicyLakeFormation executes row filter expressions, which are a part of
// SQL, on an engine that compares text as Lake Formation says it does: exactly.
func TestPolicyLakeFormation(t *testing.T) {
	db := sqlite(t)
	texts := slices.DeleteFunc(suite.HostileTexts(), func(s string) bool {
		return s == "" || len(s) > 100 || strings.ContainsFunc(s, func(r rune) bool { return r == '\\' || r == '\ufffd' || unicode.IsControl(r) })
	})
	require.Greater(t, len(texts), 100)
	r := rand.New(rand.NewPCG(1, 11))
	rows := randomRows(r, append([]string{""}, texts...))
	_, err := db.Exec(`CREATE TABLE sales (id integer, region text, segment text)`)
	require.NoError(t, err)
	for _, row := range rows {
		_, err := db.Exec(`INSERT INTO sales VALUES (?, ?, ?)`, row.id, row.region, row.segment)
		require.NoError(t, err)
	}
	lower := func(p predicate.Predicate) predicate.Predicate { // the columns as Glue has them
		var q predicate.Predicate
		text := strings.NewReplacer(`"column":"Region"`, `"column":"region"`, `"column":"Segment"`, `"column":"segment"`)
		data, err := json.Marshal(p)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal([]byte(text.Replace(string(data))), &q))
		return q
	}
	compared, tooLong := 0, 0
	for range 500 {
		p := randomPredicate(r, texts)
		script, err := policy.Script(policy.LakeFormation, policy.Policy{
			Table:  policy.Table{Name: []string{"111122223333", "emea", "sales"}},
			Grants: []policy.Grant{{Kind: policy.User, Name: "arn:aws:iam::111122223333:user/al", Rows: lower(p)}},
		}, nil)
		if err != nil {
			require.ErrorIs(t, err, policy.ErrTooLong)
			tooLong++
			continue
		}
		var document struct {
			CreateDataCellsFilter []struct {
				TableData struct {
					RowFilter struct{ FilterExpression string }
				}
			}
		}
		require.NoError(t, json.Unmarshal(script, &document))
		require.Len(t, document.CreateDataCellsFilter, 1)
		want := []int64{}
		for _, row := range rows {
			if p.Match(row.value) {
				want = append(want, row.id)
			}
		}
		filter := document.CreateDataCellsFilter[0].TableData.RowFilter.FilterExpression
		require.Equal(t, want, ids(t, db, "SELECT id FROM sales WHERE "+filter), filter)
		compared++
	}
	require.Greater(t, compared, 400)
	t.Logf("%d filters compared, %d too long", compared, tooLong)
}
