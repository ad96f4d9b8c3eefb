package spice

import (
	"bytes"
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/testkit/realdata"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
)

// realTable reads a CSV file as a table; rows of another length are left out.
func realTable(t *testing.T, path string) table {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	require.NoError(t, err)
	all := table{rows[0]}
	for _, row := range rows[1:] {
		if len(row) == len(rows[0]) {
			all = append(all, row)
		}
	}
	return all
}

// TestRealData keeps real sales and real people under real permission files,
// and holds what every principal of a file sees against the oracle.
func TestRealData(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	saas := realTable(t, realdata.Path(t, "data", "1_datasets", "saas-sales", "SaaS-Sales.csv"))
	people := realTable(t, realdata.Path(t, "data", "1_datasets", "synthea27nj-csv", "PERSON.csv"))
	if testing.Short() {
		saas, people = saas[:1000], people[:20]
	}
	sales := w.create("saas-sales", saas)
	about, err := sales.Describe(ctx)
	require.NoError(t, err)
	require.Equal(t, int64(len(saas)-1), about.Rows)

	paths, err := filepath.Glob(filepath.Join(realdata.Path(t, "data", "2_permissions"), "*", "*.csv"))
	require.NoError(t, err)
	files, viewers, some := 0, 0, 0
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		rules, err := rls.ReadCSV(bytes.NewReader(text), nil)
		if err != nil || slices.ContainsFunc(rules.Columns(), func(c string) bool { return !slices.Contains(saas[0], c) }) {
			continue // of other data, or not rules as they stand
		}
		files++
		p, err := w.store.CreateDataset(ctx, DatasetInput{ID: "rules-" + filepath.Base(filepath.Dir(path)) + "-" + strings.TrimSuffix(filepath.Base(path), ".csv"), ImportMode: SPICE, UseAs: RLSRules})
		require.NoError(t, err)
		_, err = p.Refresh(ctx, realTable(t, path), RefreshFull)
		require.NoError(t, err)
		attach := permissions(p)
		attach.Settings.FormatVersion = rules.FormatVersion()
		require.NoError(t, sales.Attach(ctx, attach), path)
		for rule := range rules.All() {
			for _, s := range principalsOf(t, rule) {
				oracle, err := rules.For(s.Principal)
				require.NoError(t, err)
				got := see(t, sales, s)
				require.Equal(t, want(saas, oracle), got, "%s: %v", path, s)
				viewers++
				if len(got) > 0 && len(got) < len(saas)-1 {
					some++
				}
			}
		}
		require.Empty(t, see(t, sales, Session{Principal: namespace.Named("in no file")}))
	}
	require.GreaterOrEqual(t, files, 3)
	require.Greater(t, some, 5, "some see some rows")
	t.Logf("%d permission files, %d viewers", files, viewers)

	d := w.create("people", people)
	rules, err := rls.Read(newTextRows(csvTable("GroupName,race_source_value,gender_source_value\nA,white,\nB,asian;black,F\n")), nil)
	require.NoError(t, err)
	require.NoError(t, d.Attach(ctx, Permissions{Rules: rules}))
	for _, groups := range [][]string{{"A"}, {"B"}, {"A", "B"}, {"C"}} {
		s := Session{Principal: namespace.Named("doctor", groups...)}
		oracle, err := rules.For(s.Principal)
		require.NoError(t, err)
		require.Equal(t, want(people, oracle), see(t, d, s), groups)
	}
}

// principalsOf returns sessions of the user and of a member of the group that a
// rule names.
func principalsOf(t *testing.T, r rls.Rule) (sessions []Session) {
	t.Helper()
	parse := func(s string) (namespace.ARN, bool) {
		arn, err := namespace.ParseARN(s)
		return arn, err == nil
	}
	if u := r.User(); u != "" {
		p := namespace.Named(u)
		if arn, ok := parse(u); ok {
			p = namespace.ForARN(arn)
		}
		sessions = append(sessions, Session{Principal: p})
	}
	if g := r.Group(); g != "" {
		p := namespace.Named("a member", g)
		if arn, ok := parse(g); ok {
			p = namespace.Principal{Groups: []namespace.Identity{{Namespace: arn.Namespace, Name: arn.Name, ARN: arn}}}
		}
		sessions = append(sessions, Session{Principal: p})
	}
	return sessions
}
