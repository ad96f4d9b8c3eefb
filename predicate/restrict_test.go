package predicate

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRestrict builds random trees in which every part may restrict columns. The
// whole restricts what any part does, and selects the rows that it would without.
func TestRestrict(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	names := []string{"A", "B", "Region", "restricting", "a b", ""}
	var build func(depth int, columns map[string]bool) (with, without Predicate)
	build = func(depth int, columns map[string]bool) (with, without Predicate) {
		switch kind := rng.IntN(7); {
		case kind == 0:
			with = All()
		case kind == 1:
			with = Predicate{}
		case kind < 4 || depth == 0:
			with = In(names[rng.IntN(3)], fmt.Sprint(rng.IntN(3)), fmt.Sprint(rng.IntN(3)))
		default:
			var ps, qs []Predicate
			for range 1 + rng.IntN(3) {
				p, q := build(depth-1, columns)
				ps, qs = append(ps, p), append(qs, q)
			}
			if kind == 4 {
				with, without = Or(ps...), Or(qs...)
			} else {
				with, without = And(ps[0], ps[1:]...), And(qs[0], qs[1:]...)
			}
		}
		if without.Op() == OpNone && with.Op() != OpNone {
			without = with
		}
		if rng.IntN(3) == 0 {
			name := names[rng.IntN(len(names))]
			columns[name] = true
			with = with.Restrict(name)
		}
		return with, without
	}
	wildcard := 0
	for range 20_000 {
		columns := make(map[string]bool)
		with, without := build(3, columns)
		require.True(t, with.Equal(without), "%s and %s", with, without)
		require.True(t, with.Implies(without) && without.Implies(with))
		require.Equal(t, without.String(), with.Rows().String())
		got := with.Restricted()
		for name := range columns {
			require.Contains(t, got, name)
		}
		for _, name := range got {
			require.True(t, columns[name] || slices.Contains(names[:3], name), "%q is restricted by no part of %s", name, with)
		}
		same := slices.Equal(got, without.Restricted())
		require.Equal(t, same, with.Same(without), with)
		require.Equal(t, same, with.Hash() == without.Hash(), with)
		if !same {
			wildcard++
		}

		parsed, err := Parse(with.String())
		require.NoError(t, err, with)
		require.True(t, parsed.Same(with) && parsed.Hash() == with.Hash(), "%s was read as %s", with, parsed)
		text, err := json.Marshal(with)
		require.NoError(t, err)
		var read Predicate
		require.NoError(t, json.Unmarshal(text, &read), string(text))
		require.True(t, read.Same(with), "%s was read as %s", text, read)
		require.Equal(t, with.String(), read.String())
	}
	require.Greater(t, wildcard, 1000)
}

func TestRestrictErrors(t *testing.T) {
	for _, tt := range []struct{ reason, text, want string }{
		{"no column", `all restricting`, "1:16: syntax error: found the end, want a column"},
		{"inside parentheses", `(all restricting A) and B has value`, `1:6: syntax error: found "restricting", want "and", "or" or ")"`},
		{"not a column", `all restricting A, in`, `1:20: syntax error: found "in", want a column`},
		{"a key word", `restricting in ("a")`, `1:1: syntax error: found "restricting", want a column, "all", "none" or "("`},
	} {
		_, err := Parse(tt.text)
		require.EqualError(t, err, tt.want, tt.reason)
	}
	for _, tt := range []struct{ reason, text, want string }{
		{"of an operand", `{"op":"or","args":[{"op":"all","restricting":["A"]}]}`, "of an operand"},
		{"no column", `{"op":"all","restricting":[]}`, "an empty list"},
		{"not a name", `{"op":"all","restricting":[1]}`, "the name of a column"},
		{"null", `{"op":"all","restricting":null}`, "a list"},
	} {
		var p Predicate
		require.ErrorContains(t, json.Unmarshal([]byte(tt.text), &p), tt.want, tt.reason)
	}
}
