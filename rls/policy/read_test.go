package policy_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls/policy"
)

// The documents that no engine at hand reads are read here as their
// specifications say, with null where a column is, and compared with the oracle.

// A truth is true, false or null.
type truth int

const (
	no truth = iota
	null
	yes
)

func is(b bool) truth {
	if b {
		return yes
	}
	return no
}

type row map[string]*string

// icebergTruth evaluates an expression of the Iceberg REST specification.
func icebergTruth(t *testing.T, e map[string]any, r row, ids map[int]string) truth {
	sub := func(name string) truth { return icebergTruth(t, e[name].(map[string]any), r, ids) }
	column := func() *string {
		if left, ok := e["left"].(map[string]any); ok {
			require.Equal(t, "reference", left["type"])
			return r[ids[int(left["id"].(float64))]]
		}
		return r[e["term"].(string)]
	}
	switch e["type"] {
	case "true":
		return yes
	case "false":
		return no
	case "and":
		return min(sub("left"), sub("right"))
	case "or":
		return max(sub("left"), sub("right"))
	case "not-null":
		return is(column() != nil)
	case "not-eq": // true for null, as readers have it
		return is(column() == nil || *column() != e["value"].(string))
	case "eq":
		value, ok := e["value"].(string)
		if right, byID := e["right"].(map[string]any); byID {
			require.Equal(t, "literal", right["type"])
			value, ok = right["value"].(string)
		}
		require.True(t, ok)
		return is(column() != nil && *column() == value)
	case "in":
		return is(column() != nil && slices.Contains(e["values"].([]any), any(*column())))
	}
	require.Fail(t, "unknown expression", "%v", e)
	return null
}

// substraitTruth evaluates an expression of Substrait.
func substraitTruth(t *testing.T, e map[string]any, names []any, r row) truth {
	text := func(e any) *string {
		m := e.(map[string]any)
		if lit, ok := m["literal"].(map[string]any); ok {
			s := lit["string"].(string)
			return &s
		}
		field := m["selection"].(map[string]any)["directReference"].(map[string]any)["structField"].(map[string]any)["field"].(float64)
		return r[names[int(field)].(string)]
	}
	if lit, ok := e["literal"].(map[string]any); ok {
		return is(lit["boolean"].(bool))
	}
	if list, ok := e["singularOrList"].(map[string]any); ok {
		value := text(list["value"])
		if value == nil {
			return null
		}
		return is(slices.ContainsFunc(list["options"].([]any), func(o any) bool { return *text(o) == *value }))
	}
	call := e["scalarFunction"].(map[string]any)
	var args []map[string]any
	for _, a := range call["arguments"].([]any) {
		args = append(args, a.(map[string]any)["value"].(map[string]any))
	}
	switch call["functionReference"] {
	case 1.0:
		all := yes
		for _, a := range args {
			all = min(all, substraitTruth(t, a, names, r))
		}
		return all
	case 2.0:
		some := no
		for _, a := range args {
			some = max(some, substraitTruth(t, a, names, r))
		}
		return some
	}
	require.Equal(t, 3.0, call["functionReference"])
	a, b := text(args[0]), text(args[1])
	if a == nil || b == nil {
		return null
	}
	return is(*a != *b)
}

// TestRead: what the documents say is what the predicate means, on every row of
// a small world.
func TestRead(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	texts := []string{"US", "us", "", "é", "e\u0301", `"`, `\`, "<&>", "\n", "\u2028", "😀", "{{", "null"}
	columns := []string{"A", "B", `c"d`}
	atom := func() predicate.Predicate {
		values := make([]string, 1+r.IntN(4))
		for i := range values {
			values[i] = texts[r.IntN(len(texts))]
		}
		return predicate.In(columns[r.IntN(len(columns))], values...)
	}
	var tree func(depth int) predicate.Predicate
	tree = func(depth int) predicate.Predicate {
		switch k := r.IntN(6); {
		case depth == 0 || k < 2:
			return atom()
		case k == 2:
			return predicate.HasValue(columns[r.IntN(len(columns))])
		case k == 3:
			return predicate.And(tree(depth-1), tree(depth-1))
		}
		return predicate.Or(tree(depth-1), tree(depth-1), tree(depth-1))
	}
	ids := map[string]int{"A": 7, "B": 1, `c"d`: 3}
	names := map[int]string{7: "A", 1: "B", 3: `c"d`}
	object := func(target policy.Target, table policy.Table, p predicate.Predicate) map[string]any {
		out, err := policy.Filter(target, table, p, nil)
		require.NoError(t, err)
		var v map[string]any
		require.NoError(t, json.Unmarshal(out, &v), "%s", out)
		return v
	}
	visible, hidden, byID := 0, 0, 0
	for n := range 400 {
		p := tree(3)
		switch n {
		case 0:
			p = predicate.All()
		case 1:
			p = predicate.Predicate{}
		}
		iceberg := object(policy.Iceberg, policy.Table{}, p)["read-restrictions"].(map[string]any)["required-row-filter"].(map[string]any)
		var numbered map[string]any
		if out, err := policy.Filter(policy.Iceberg, policy.Table{FieldIDs: ids}, p, nil); err == nil {
			var v map[string]map[string]map[string]any
			require.NoError(t, json.Unmarshal(out, &v))
			numbered = v["read-restrictions"]["required-row-filter"]
			byID++
		} else {
			require.ErrorIs(t, err, policy.ErrKind)
		}
		extended := object(policy.Substrait, policy.Table{Columns: columns}, p)
		schema := extended["baseSchema"].(map[string]any)["names"].([]any)
		expression := extended["referredExpr"].([]any)[0].(map[string]any)["expression"].(map[string]any)
		for range 30 {
			values := row{}
			for _, c := range columns {
				if r.IntN(5) > 0 {
					values[c] = &texts[r.IntN(len(texts))]
				}
			}
			want := p.Match(func(column string) (string, bool) {
				if values[column] == nil {
					return "", false
				}
				return *values[column], true
			})
			what := fmt.Sprint(p, " on ", values)
			require.Equal(t, want, icebergTruth(t, iceberg, values, nil) == yes, what)
			if numbered != nil {
				require.Equal(t, want, icebergTruth(t, numbered, values, names) == yes, what)
			}
			require.Equal(t, want, substraitTruth(t, expression, schema, values) == yes, what)
			if want {
				visible++
			} else {
				hidden++
			}
		}
	}
	require.Greater(t, visible, 1000)
	require.Greater(t, hidden, 1000)
	require.Greater(t, byID, 100)
}

// TestPartiQL: expressions of Lake Formation are a part of SQL; their quotes
// balance whatever the values are.
func TestPartiQL(t *testing.T) {
	out, err := policy.Script(policy.LakeFormation, policy.Policy{
		Table: policy.Table{Name: []string{"111122223333", "db", "t"}},
		Grants: []policy.Grant{{Kind: policy.User, Name: "arn:aws:iam::111122223333:user/al",
			Rows: predicate.And(predicate.In("region", "'", "a' OR '1'='1"), predicate.HasValue("b_2"))}},
	}, nil)
	require.NoError(t, err)
	require.Contains(t, string(out), `"(b_2 <> '') AND (region IN ('''', 'a'' OR ''1''=''1'))"`)
	require.Zero(t, strings.Count(string(out), "'")%2)
}
