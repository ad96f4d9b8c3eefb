package spice

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/tagrules"
)

// TestRestrictedColumns asks a dataset for rows under live rules that restrict columns
// it has, lacks, or has as numbers. Whoever has a rule gets an error, wildcards or not;
// whoever has none sees no row (U2).
func TestRestrictedColumns(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	d := w.create("sales", sales())
	var now *rls.Rules
	live := rulesFunc(func() (*rls.Rules, error) { return now, nil })
	read := func(csv string) *rls.Rules {
		rules, err := rls.Read(newTextRows(csvTable(csv)), nil)
		require.NoError(t, err)
		return rules
	}
	now = read("UserName,Region\nanna,EMEA\n")
	require.NoError(t, d.Attach(ctx, Permissions{Source: live}))
	fits := 0
	for _, column := range []string{"Segment", "Country", "region", "segment", ""} {
		header := "UserName,Region," + column
		if column == "" {
			header = "UserName,Region,Region2"
		}
		now = read(header + "\nanna,EMEA,\nben,,\ncarl,,x\n")
		for _, name := range []string{"anna", "ben", "carl"} {
			if column == "Segment" {
				fits += len(see(t, d, user(name)))
				continue
			}
			refused(t, d, user(name), ErrNoColumn)
			_, err := d.Count(ctx, user(name))
			require.ErrorIs(t, err, ErrNoColumn)
			_, err = d.Predicate(user(name))
			require.ErrorIs(t, err, ErrNoColumn)
			if strings.ToLower(column) == "segment" {
				require.ErrorContains(t, err, `did you mean "Segment"?`)
			}
		}
		require.Empty(t, see(t, d, user("nobody")), "who has no rule sees no row, and gets no error")
	}
	require.Positive(t, fits)
	require.ErrorIs(t, d.SetTagRules(ctx, &tagrules.Config{TagRules: []tagrules.Rule{{TagKey: "k", ColumnName: "Country", MatchAllValue: "*"}}}, nil), ErrNoColumn)
}
