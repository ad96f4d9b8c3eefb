package test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/batch"
	"github.com/rowsight/rowsight/predicate/where"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/policy"
	"github.com/rowsight/rowsight/tagrules"
)

// TestRestrictedColumns breaks one restricted column of a table at a time, and goes
// every way from rules to rows with every kind of viewer: whoever has a rule gets an
// error, also one whose rules are wildcards in that column; whoever has none, none
// (U2, T6).
func TestRestrictedColumns(t *testing.T) {
	names := []string{"Region", "Segment", "Customer"}
	viewers := restrictedViewers(t, names)
	text := arrow.BinaryTypes.String
	breaks := []struct {
		reason string
		fields func(name string) []arrow.Field // in place of the column
		want   error
		hint   string
	}{
		{"as it must be", func(name string) []arrow.Field { return []arrow.Field{{Name: name, Type: text}} }, nil, ""},
		{"not there", func(string) []arrow.Field { return nil }, batch.ErrNoColumn, ""},
		{"in another case", func(name string) []arrow.Field { return []arrow.Field{{Name: strings.ToLower(name), Type: text}} }, batch.ErrNoColumn, "did you mean"},
		{"inside a struct", func(name string) []arrow.Field {
			return []arrow.Field{{Name: "geo", Type: arrow.StructOf(arrow.Field{Name: name, Type: text})}}
		}, batch.ErrNoColumn, `"geo.`},
		{"there twice", func(name string) []arrow.Field {
			return []arrow.Field{{Name: name, Type: text}, {Name: name, Type: text}}
		}, batch.ErrAmbiguous, ""},
		{"a number", func(name string) []arrow.Field { return []arrow.Field{{Name: name, Type: arrow.PrimitiveTypes.Int64}} }, batch.ErrNotText, "int64"},
		{"binary", func(name string) []arrow.Field { return []arrow.Field{{Name: name, Type: arrow.BinaryTypes.Binary}} }, batch.ErrNotText, "binary"},
	}
	var cache batch.Cache
	tried := 0
	for _, b := range breaks {
		for _, broken := range names {
			var fields []arrow.Field
			for _, name := range names {
				if name == broken {
					fields = append(fields, b.fields(name)...)
				} else {
					fields = append(fields, arrow.Field{Name: name, Type: text})
				}
			}
			schema := arrow.NewSchema(append(fields, arrow.Field{Name: "Amount", Type: arrow.PrimitiveTypes.Float64}), nil)
			for _, v := range viewers {
				for way, rowsOf := range waysToRows(&cache, schema) {
					err := rowsOf(v.rows)
					tried++
					reason := fmt.Sprintf("%s of %s: column %s is %s: %s", way, v.kind, broken, b.reason, v.rows)
					if b.want == nil || v.rows.Op() == predicate.OpNone || b.want == batch.ErrNotText && !strings.HasPrefix(way, "batch") && way != "where.Lower of a table" {
						require.NoError(t, err, reason)
						continue
					}
					require.ErrorIs(t, err, b.want, reason)
					require.ErrorContains(t, err, broken, reason)
					if !strings.HasPrefix(way, "policy") && way != "where.Lower of names" {
						require.ErrorContains(t, err, b.hint, reason)
					}
				}
				require.ErrorIs(t, v.check(batch.Columns(schema)), b.want, "at load time: %s", b.reason)
				require.ErrorIs(t, batch.Check(schema, v.columns...), b.want, "at load time: %s", b.reason)
			}
		}
	}
	require.Greater(t, tried, 1500)
}

type restrictedViewer struct {
	kind    string
	rows    predicate.Predicate
	columns []string
	check   func([]predicate.Column) error
}

// restrictedViewers are viewers of user rules, of tag rules, and of both.
func restrictedViewers(t *testing.T, names []string) (viewers []restrictedViewer) {
	csv := "UserName,GroupName," + strings.Join(names, ",") + "\nall,,,,\nfirst,,US,,\nlast,,,,acme\nlist,,\"EMEA,US\",SMB,acme\n,wild,,,\nmany,,US,,\nmany,,,SMB,\n"
	arn := "arn:aws:quicksight:us-east-1:111122223333:dataset/rules"
	for _, opts := range []*rls.Options{nil, {HideNulls: true}, {Settings: &rls.PermissionDataSet{Arn: arn, PermissionPolicy: rls.GrantAccess, Status: rls.Disabled}}} {
		rules, err := rls.ReadCSV(strings.NewReader(csv), opts)
		require.NoError(t, err)
		for _, p := range []namespace.Principal{
			namespace.Named("all"), namespace.Named("first"), namespace.Named("last"), namespace.Named("list"), namespace.Named("many"),
			namespace.Named("nobody"), namespace.Named("nobody", "wild"), namespace.Named("first", "wild"), {},
		} {
			rows, err := rules.For(p)
			require.NoError(t, err)
			viewers = append(viewers, restrictedViewer{fmt.Sprint("user ", p.User.Name, p.Groups), rows, rules.Columns(), rules.Check})
			// What was sent to another process, or is part of a child's rules.
			read, err := predicate.Parse(rows.String())
			require.NoError(t, err)
			viewers = append(viewers, restrictedViewer{"text", read, rules.Columns(), rules.Check})
			document, err := json.Marshal(rows)
			require.NoError(t, err)
			require.NoError(t, json.Unmarshal(document, &read))
			viewers = append(viewers, restrictedViewer{"JSON", read, rules.Columns(), rules.Check})
			viewers = append(viewers, restrictedViewer{"a child", predicate.And(predicate.All(), rows), rules.Columns(), rules.Check})
		}
	}
	for _, status := range []tagrules.Status{"", tagrules.Disabled} {
		config := &tagrules.Config{Status: status}
		for _, name := range names {
			config.TagRules = append(config.TagRules, tagrules.Rule{TagKey: name, ColumnName: name, MatchAllValue: "*"})
		}
		config.TagRuleConfigurations = [][]string{names[:2], names[2:]}
		for _, values := range [][]string{{"*", "*", ""}, {"a", "*", ""}, {"", "", "*"}, {"*", "b", "c"}, {"a", "", ""}} {
			var tags []tagrules.Tag
			for i, v := range values {
				tags = append(tags, tagrules.Tag{Key: names[i], Value: v})
			}
			rows, err := config.For(tags...)
			require.NoError(t, err)
			viewers = append(viewers, restrictedViewer{"tags", rows, config.Columns(), config.Check})
		}
	}
	require.True(t, slices.ContainsFunc(viewers, func(v restrictedViewer) bool { return v.rows.Op() == predicate.OpNone }))
	return viewers
}

// waysToRows are the ways to the rows of a table that has these columns.
func waysToRows(cache *batch.Cache, schema *arrow.Schema) map[string]func(predicate.Predicate) error {
	var names []string
	for _, f := range schema.Fields() {
		names = append(names, f.Name)
	}
	lower := func(opts *where.Options) func(predicate.Predicate) error {
		return func(p predicate.Predicate) error {
			_, err := where.Lower(p, where.PostgreSQL, opts)
			return err
		}
	}
	table := policy.Table{Name: []string{"public", "sales"}, Columns: names}
	return map[string]func(predicate.Predicate) error{
		"batch.Bind":             func(p predicate.Predicate) error { _, err := batch.Bind(p, schema, nil); return err },
		"batch.Cache":            func(p predicate.Predicate) error { _, err := cache.Bind(p, schema); return err },
		"where.Lower of a table": lower(&where.Options{Table: batch.Columns(schema)}),
		"policy.Filter": func(p predicate.Predicate) error {
			_, err := policy.Filter(policy.Substrait, table, p, nil)
			return err
		},
		"policy.Script": func(p predicate.Predicate) error {
			_, err := policy.Script(policy.PostgreSQL, policy.Policy{Table: table, Grants: []policy.Grant{{Kind: policy.User, Name: "al", Rows: p}}}, nil)
			return err
		},
	}
}

// TestRestrictedNames: a condition for a table of which only names are known.
func TestRestrictedNames(t *testing.T) {
	rows := predicate.All().Restrict("Region")
	for _, tt := range []struct {
		reason string
		names  []string
		fails  bool
	}{
		{"the column is there", []string{"Region", "Amount"}, false},
		{"it is not", []string{"region", "Amount"}, true},
		{"it is there twice", []string{"Region", "Region"}, true},
	} {
		_, err := where.Lower(rows, where.SQLite, &where.Options{Column: where.Known(where.SQLite, "s", tt.names...)})
		if tt.fails {
			require.ErrorIs(t, err, where.ErrColumn, tt.reason)
		} else {
			require.NoError(t, err, tt.reason)
		}
	}
}
