package rlstest

import (
	"errors"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzLoad: whatever a case file is, it loads, or there is an error with a
// position for each problem. What loads runs, and an update of it loads again
// and needs no update.
func FuzzLoad(f *testing.F) {
	for _, file := range []string{"testdata/sales/sales.rlstest.yaml", "testdata/tenants/tenants.rlstest.yaml"} {
		text, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(string(text))
	}
	const head = "rules: rules.csv\ntags: tags.json\nid: OrderID\n"
	f.Add(head + "data: {file: sales.csv, nullWord: '-', comma: ','}\ncases:\n- {name: n, who: {user: al, groups: [g], namespace: x}, count: }\n")
	f.Add(head + "data: [{OrderID: 1, Region: ~, Segment: \"\", Tenant: x, Role: 007}]\ncases: [{name: a, tags: {tenant: x}, error: e}, {name: b, who: al, rows: [1], hidden: [{Region: [null]}]}]")
	rules, err := os.ReadFile("testdata/sales/rules.csv")
	require.NoError(f, err)
	data, err := os.ReadFile("testdata/sales/sales.csv")
	require.NoError(f, err)
	tags, err := os.ReadFile("testdata/tenants/tags.json")
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, text string) {
		open := func(text string) (*Suite, error) {
			return Load(files("c.yaml", text, "rules.csv", string(rules), "sales.csv", string(data), "tags.json", string(tags)), "c.yaml")
		}
		s, err := open(text)
		if err != nil {
			require.Nil(t, s)
			for _, e := range flatten(err) {
				if where, ok := errors.AsType[*Error](e); ok {
					require.Positive(t, where.Pos.Line, "%v", e)
					require.Positive(t, where.Pos.Column, "%v", e)
				}
			}
			return
		}
		r := runSuite(t, s, &Options{Mutate: true, MaxMutants: 20, Workers: 1})
		require.Len(t, r.Results, s.Len())
		u, err := s.Update(t.Context(), &Options{Workers: 1})
		if err != nil {
			require.ErrorIs(t, err, ErrNotUpdated)
			return
		}
		s, err = open(string(u.Text))
		require.NoError(t, err)
		again, err := s.Update(t.Context(), &Options{Workers: 1})
		require.NoError(t, err)
		require.Empty(t, again.Changes)
		require.Equal(t, string(u.Text), string(again.Text))
	})
}
