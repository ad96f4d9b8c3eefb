package policy_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/where"
	"github.com/rowsight/rowsight/rls/policy"
)

var update = flag.Bool("update", false, "write the golden files")

// grants are those of the golden files, with names that the target takes.
func grants(target policy.Target) []policy.Grant {
	region, segment := "Region", "Segment"
	if target == policy.LakeFormation {
		region, segment = "region", "segment"
	}
	emea := predicate.And(predicate.In(region, "EMEA", "O'Brien"), predicate.In(segment, "SMB"))
	all := []policy.Grant{
		{Kind: policy.User, Name: "al", Rows: emea},
		{Kind: policy.User, Name: "bo", Rows: predicate.All()},
		{Kind: policy.User, Name: "cy's", Rows: predicate.Or(emea, predicate.And(predicate.In(region, "US"), predicate.HasValue(segment)))},
		{Kind: policy.User, Name: "dé", Rows: emea},
		{Kind: policy.User, Name: "no", Rows: predicate.Predicate{}},
		{Kind: policy.Group, Name: "sales", Rows: predicate.In(segment, "Enterprise")},
	}
	var out []policy.Grant
	for _, g := range all {
		switch target {
		case policy.TrinoFile:
			if g.Kind == policy.Group {
				continue
			}
		case policy.Superset:
			if g.Kind == policy.User {
				continue
			}
		case policy.BigQuery:
			g.Name += "@example.com"
		case policy.LakeFormation:
			g.Name = "arn:aws:quicksight:us-east-1:111122223333:" + g.Kind.String() + "/default/" + g.Name
		}
		out = append(out, g)
	}
	return out
}

// TestGolden holds the text of every policy: read the files, as whoever installs
// one will.
func TestGolden(t *testing.T) {
	for _, target := range policy.Targets() {
		t.Run(target.String(), func(t *testing.T) {
			opts := &policy.Options{Dialect: where.Trino, Dataset: 7, CreateRoles: true}
			var got []byte
			var err error
			if target.OneViewer() {
				got, err = policy.Filter(target, table(target), grants(target)[2].Rows, opts)
			} else {
				got, err = policy.Script(target, policy.Policy{Table: table(target), Grants: grants(target)}, opts)
			}
			require.NoError(t, err)
			if strings.HasPrefix(string(got), "{") || strings.HasPrefix(string(got), "[") {
				require.True(t, json.Valid(got))
			}
			file := filepath.Join("testdata", target.String()+".golden")
			if *update {
				require.NoError(t, os.WriteFile(file, got, 0o644))
			}
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			require.Equal(t, string(want), string(got))
		})
	}
}

// TestClosed: without a grant, a table is closed and not open.
func TestClosed(t *testing.T) {
	want := map[policy.Target]string{
		policy.PostgreSQL:    "FORCE ROW LEVEL SECURITY",
		policy.ClickHouse:    "USING\n  0\nAS PERMISSIVE TO ALL",
		policy.Snowflake:     "SET BODY ->\n  FALSE;",
		policy.BigQuery:      "GRANT TO ('allAuthenticatedUsers') FILTER USING (FALSE)",
		policy.Databricks:    "RETURN\n  FALSE;",
		policy.TrinoFile:     `"privileges": []`,
		policy.LakeFormation: `"GrantPermissions": []`,
		policy.Superset:      `"clause": "1 = 0"`,
	}
	for _, target := range policy.Targets() {
		if target.OneViewer() {
			continue
		}
		script, err := policy.Script(target, policy.Policy{Table: table(target)}, &policy.Options{Dialect: where.Trino})
		require.NoError(t, err)
		require.Contains(t, string(script), want[target], target)
	}
}

// TestOrder: a policy says the same whatever the order of its grants.
func TestOrder(t *testing.T) {
	for _, target := range policy.Targets() {
		if target.OneViewer() {
			continue
		}
		opts := &policy.Options{Dialect: where.Trino}
		forward := grants(target)
		backward := make([]policy.Grant, 0, len(forward))
		for i := len(forward) - 1; i >= 0; i-- {
			backward = append(backward, forward[i])
		}
		a, err := policy.Script(target, policy.Policy{Table: table(target), Grants: forward}, opts)
		require.NoError(t, err)
		b, err := policy.Script(target, policy.Policy{Table: table(target), Grants: backward}, opts)
		require.NoError(t, err)
		require.Equal(t, string(a), string(b), target)
	}
}

func TestRefused(t *testing.T) {
	user := func(name string, rows predicate.Predicate) []policy.Grant {
		return []policy.Grant{{Kind: policy.User, Name: name, Rows: rows}}
	}
	group := func(name string, rows predicate.Predicate) []policy.Grant {
		return []policy.Grant{{Kind: policy.Group, Name: name, Rows: rows}}
	}
	us := predicate.In("Region", "US")
	many := make([]string, 400)
	for i := range many {
		many[i] = strings.Repeat("x", i%7) + string(rune('a'+i%26)) + strings.Repeat("y", i/26)
	}
	arn := "arn:aws:iam::111122223333:user/al"
	for _, c := range []struct {
		reason string
		target policy.Target
		grants []policy.Grant
		err    error
		text   string
	}{
		{"a policy TO \"public\" is for everybody, in quotes too", policy.PostgreSQL, user("public", us), policy.ErrName, `user "public"`},
		{"so is none a word", policy.PostgreSQL, group("none", us), policy.ErrName, `group "none"`},
		{"names of the system", policy.PostgreSQL, user("pg_read_all_data", us), policy.ErrName, "pg_read_all_data"},
		{"longer names are cut, and then two are one", policy.PostgreSQL, user(strings.Repeat("a", 64), us), policy.ErrName, "64 bytes"},
		{"a user and a group of one name are one role", policy.PostgreSQL, append(user("al", us), group("al", us)...), policy.ErrDuplicate, `role "al"`},
		{"NUL ends a name", policy.PostgreSQL, user("al\x00", us), policy.ErrName, "NUL"},
		{"and a value", policy.PostgreSQL, user("al", predicate.In("Region", "a\x00")), where.ErrNUL, "value 1 of 1"},
		{"twice the same user: whose rows?", policy.ClickHouse, append(user("al", us), user("al", predicate.All())...), policy.ErrDuplicate, `user "al"`},
		{"no name", policy.Snowflake, user("", us), policy.ErrName, "user has none"},
		{"allUsers is no address", policy.BigQuery, user("allUsers", us), policy.ErrName, "e-mail"},
		{"a colon would make another kind of member", policy.BigQuery, user("group:al@example.com", us), policy.ErrName, "e-mail"},
		{"addresses are without case", policy.BigQuery, append(user("al@example.com", us), user("AL@example.com", predicate.All())...), policy.ErrDuplicate, `user "al@example.com"`},
		{"so are groups", policy.Databricks, append(group("sales", us), group("Sales", predicate.All())...), policy.ErrDuplicate, `group "sales"`},
		{"the first rule that fits wins", policy.TrinoFile, group("sales", us), policy.ErrKind, `group "sales"`},
		{"Superset filters by role", policy.Superset, user("al", us), policy.ErrKind, `user "al"`},
		{"Jinja in a value is executed", policy.Superset, group("sales", predicate.In("Region", "{{ 1 }}")), policy.ErrValue, "{{"},
		{"and in a column", policy.Superset, group("sales", predicate.In("{%a", "x")), policy.ErrValue, "{%"},
		{"a colon behind a backslash loses it", policy.Superset, group("sales", predicate.In("Region", `a\:b`)), policy.ErrValue, `\:`},
		{"not an ARN", policy.LakeFormation, user("al", us), policy.ErrName, "want an ARN"},
		{"a column that is not one of Glue", policy.LakeFormation, user(arn, us), policy.ErrValue, `column "Region"`},
		{"a backslash may be an escape", policy.LakeFormation, user(arn, predicate.In("region", `a\`)), policy.ErrValue, "value 1 of 1"},
		{"2,048 characters", policy.LakeFormation, user(arn, predicate.In("region", many...)), policy.ErrTooLong, "less than 2048"},
		{"a script for one who asks", policy.TrinoOPA, nil, policy.ErrKind, "one viewer"},
		{"no column for the function", policy.Databricks, user("al", predicate.In("", "x")), where.ErrColumn, `column ""`},
	} {
		t.Run(c.reason, func(t *testing.T) {
			tab := table(c.target)
			if c.target == policy.Superset {
				tab.Columns = nil
			}
			script, err := policy.Script(c.target, policy.Policy{Table: tab, Grants: c.grants}, &policy.Options{Dialect: where.Trino})
			require.ErrorIs(t, err, c.err)
			require.ErrorContains(t, err, c.text)
			require.Nil(t, script)
		})
	}
}

func TestRefusedFilters(t *testing.T) {
	for _, c := range []struct {
		reason string
		target policy.Target
		table  policy.Table
		rows   predicate.Predicate
		opts   *policy.Options
		err    error
	}{
		{"which SQL?", policy.SupersetGuest, policy.Table{}, predicate.All(), nil, policy.ErrOptions},
		{"Jinja", policy.SupersetGuest, policy.Table{}, predicate.In("a", "{#"), &policy.Options{Dialect: where.MySQL}, policy.ErrValue},
		{"not UTF-8", policy.Iceberg, policy.Table{}, predicate.In("a", "\xff"), nil, policy.ErrValue},
		{"a column without an id", policy.Iceberg, policy.Table{FieldIDs: map[string]int{"b": 1}}, predicate.In("a", "x"), nil, policy.ErrOptions},
		{"any value, by id: the form is not settled", policy.Iceberg, policy.Table{FieldIDs: map[string]int{"a": 1}}, predicate.HasValue("a"), nil, policy.ErrKind},
		{"a column that the schema lacks", policy.Substrait, policy.Table{Columns: []string{"b"}}, predicate.In("a", "x"), nil, where.ErrColumn},
		{"not UTF-8", policy.Substrait, policy.Table{}, predicate.In("a", "\xff"), nil, policy.ErrValue},
		{"a policy's name that would end its quotes", policy.TrinoOPA, policy.Table{}, predicate.All(), &policy.Options{Name: "a`b"}, policy.ErrOptions},
		{"all grants", policy.PostgreSQL, policy.Table{}, predicate.All(), nil, policy.ErrKind},
	} {
		t.Run(c.reason, func(t *testing.T) {
			filter, err := policy.Filter(c.target, c.table, c.rows, c.opts)
			require.ErrorIs(t, err, c.err)
			require.Nil(t, filter)
		})
	}
}

// TestQuoted: a text of a role cannot end the string or the block it stands in.
func TestQuoted(t *testing.T) {
	script, err := policy.Script(policy.PostgreSQL, policy.Policy{
		Table:  policy.Table{Name: []string{"$rowsight1$"}},
		Grants: []policy.Grant{{Kind: policy.User, Name: "$rowsight$'; DROP TABLE x; --", Rows: predicate.In("a", "'); --")}},
	}, nil)
	require.NoError(t, err)
	require.Contains(t, string(script), "DO $rowsight2$\nDECLARE\n  r")
	require.NotContains(t, string(script), "DO $rowsight$\nDECLARE\n  r")

	file, err := policy.Script(policy.TrinoFile, policy.Policy{
		Table:  policy.Table{Name: []string{"c", "s", "t"}},
		Grants: []policy.Grant{{Kind: policy.User, Name: `a.*|\Eb`, Rows: predicate.All()}},
	}, nil)
	require.NoError(t, err)
	require.Contains(t, string(file), `"user": "\\Qa.*|\\E\\\\E\\Qb\\E"`)
}

// TestBalanced: 20,000 values by field id nest 15 deep, and not 20,000.
func TestBalanced(t *testing.T) {
	values := make([]string, 20_000)
	for i := range values {
		values[i] = strings.Repeat("v", 1+i%3) + string(rune('0'+i%10)) + strings.Repeat("w", i/30000) + string(rune(0x4e00+i%20000))
	}
	rows := predicate.In("a", values...)
	out, err := policy.Filter(policy.Iceberg, policy.Table{FieldIDs: map[string]int{"a": 3}}, rows, nil)
	require.NoError(t, err)
	depth, deepest := 0, 0
	for _, c := range string(out) {
		switch c {
		case '{':
			depth++
			deepest = max(deepest, depth)
		case '}':
			depth--
		}
	}
	require.Less(t, deepest, 22)
}
