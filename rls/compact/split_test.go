package compact_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/csvtext"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/compact"
)

// TestSplits holds that rules with cells of any length become rules whose cells
// fit and that show the same rows; a value that never fits is an error.
func TestSplits(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 8))
	split, refused := 0, 0
	for range 200 {
		most := 3 + rnd.IntN(30)
		var values []string
		long := false
		text := csvtext.AppendRecord(nil, []string{"UserName", "A", "B"})
		for range 1 + rnd.IntN(4) {
			record := []string{"al"}
			for range 2 {
				var items []string
				for range rnd.IntN(12) {
					v := strings.Repeat([]string{"a", "é", ",", `"`, "b"}[rnd.IntN(5)], 1+rnd.IntN(3)) + fmt.Sprint(rnd.IntN(20))
					item := `"` + strings.ReplaceAll(v, `"`, `""`) + `"`
					items = append(items, item)
					values = append(values, v)
					shortest := v
					if strings.ContainsAny(v, `,"`) {
						shortest = item
					}
					long = long || utf8.RuneCountInString(shortest) > most
				}
				record = append(record, strings.Join(items, ","))
			}
			text = csvtext.AppendRecord(text, record)
		}
		rs := read(t, string(text), &rls.Options{MaxRunes: -1, MaxValues: -1})
		result, err := compact.Rules(rs, &rls.Options{MaxRunes: most})
		if long {
			require.ErrorIs(t, err, rls.ErrTooLong, "%s", text)
			require.ErrorContains(t, err, "column")
			refused++
			continue
		}
		if err != nil {
			require.ErrorIs(t, err, rls.ErrTooManyRules)
			continue
		}
		for rule := range result.Rules.All() {
			require.LessOrEqual(t, utf8.RuneCountInString(rule.Text("A")), most)
			require.LessOrEqual(t, utf8.RuneCountInString(rule.Text("B")), most)
		}
		if result.Rules.Len() > rs.Len() {
			split++
		}
		was, err := rs.For(namespace.Named("al"))
		require.NoError(t, err)
		is, err := result.Rules.For(namespace.Named("al"))
		require.NoError(t, err)
		for _, a := range append(values, "other", "") {
			for _, b := range append(values, "other", "") {
				row := func(c string) (string, bool) { return map[string]string{"A": a, "B": b}[c], true }
				require.Equal(t, was.Match(row), is.Match(row), "%q %q: %s", a, b, text)
			}
		}
	}
	require.Greater(t, split, 20)
	require.Greater(t, refused, 20)
}
