package rlstest

import (
	"context"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// sales is the suite under testdata/sales with a text replaced in its rules or
// in its cases.
func sales(t *testing.T, changes ...string) *Suite {
	t.Helper()
	var named []string
	for _, name := range []string{"sales.rlstest.yaml", "rules.csv", "sales.csv"} {
		content, err := os.ReadFile("testdata/sales/" + name)
		require.NoError(t, err)
		named = append(named, name, string(content))
	}
	for i := 0; i+1 < len(changes); i += 2 {
		found := false
		for k := 1; k < len(named); k += 2 {
			for at := 0; at+len(changes[i]) <= len(named[k]); at++ {
				if named[k][at:at+len(changes[i])] == changes[i] {
					named[k] = named[k][:at] + changes[i+1] + named[k][at+len(changes[i]):]
					found = true
					break
				}
			}
		}
		require.True(t, found, "%q is there to be changed", changes[i])
	}
	return load(t, named...)
}

// TestBrokenRules: negative controls. The cases pass, and each way to break the
// rules makes the case fail that is meant to notice.
func TestBrokenRules(t *testing.T) {
	good := runSuite(t, sales(t), nil)
	require.True(t, good.OK(), "%v", good)
	for _, tt := range []struct {
		reason, old, new string
		fails            []string
	}{
		{"a removed rule", "bo,,US,\n", "", []string{"bo sees the US, with and without a segment", "groups add up"}},
		{"a widened cell", `al,,EMEA,"Enterprise,SMB"`, "al,,EMEA,", []string{"al sees EMEA, but no startups"}},
		{"another widened cell", `al,,EMEA,"Enterprise,SMB"`, `al,,,"Enterprise,SMB"`, []string{"al sees EMEA, but no startups"}},
		{"a dropped value", `"Enterprise,SMB"`, "SMB", []string{"al sees EMEA, but no startups"}},
		{"another principal", "al,,EMEA", "eve,,EMEA", []string{"al sees EMEA, but no startups", "a stranger sees nothing"}},
		{"a group of less", ",admins,,", ",admins,EMEA,", []string{"admins see everything"}},
		{"a rule for everybody in a group", ",emea,EMEA,", ",emea,,", []string{"groups add up"}},
	} {
		r := runSuite(t, sales(t, tt.old, tt.new), nil)
		require.False(t, r.OK(), tt.reason)
		var failed []string
		for _, c := range r.Results {
			if c.Status != Passed {
				require.NotEmpty(t, c.Reasons)
				failed = append(failed, c.Name)
			}
		}
		require.Equal(t, tt.fails, failed, tt.reason)
	}
}

// TestDegenerate: cases that would pass with no row visible, or with every row
// visible, and those that only look so.
func TestDegenerate(t *testing.T) {
	const head = "rules: r.csv\ndata: [{id: 1, R: a}, {id: 2, R: b}, {id: 3, R: c}]\nid: id\ncases:\n- {name: n, who: al, "
	const control = "- {name: control, who: al, count: 1}\n"
	for _, tt := range []struct {
		reason, sees string
		want         []string
	}{
		{"only holds of nothing", "only: {R: a}", []string{withNothing}},
		{"hidden holds of nothing", "hidden: [2]", []string{withNothing}},
		{"a row holds of everything", "rows: [1]", []string{withEverything}},
		{"only all there is holds of both", "only: {R: [a, b, c]}", []string{withNothing, withEverything}},
		{"one seen and one not", "rows: [1], hidden: [2]", nil},
		{"only and a row", "only: {R: a}, rows: [1]", nil},
		{"a count", "count: 1", nil},
		{"a count and only", "count: 1, only: {R: a}", nil},
	} {
		s := load(t, "c.yaml", head+tt.sees+"}\n"+control, "r.csv", "UserName,R\nal,a\n")
		strict, lenient := runSuite(t, s, nil), runSuite(t, s, &Options{Lenient: true})
		require.True(t, lenient.OK(), tt.reason)
		require.Equal(t, tt.want, lenient.Results[0].Warnings, tt.reason)
		require.Equal(t, tt.want == nil, strict.OK(), tt.reason)
		require.Len(t, strict.Results[0].Reasons, len(tt.want), tt.reason)
		for i, reason := range strict.Results[0].Reasons {
			require.Equal(t, "degenerate", reason.Check)
			require.Equal(t, "one that "+tt.want[i]+"; add a count", reason.Got)
		}
	}

	for _, tt := range []struct{ reason, rules, cases, want string }{
		{"nobody sees anything", "al,a\n", "- {name: n, who: eve, none: true}\n- {name: m, who: bo, count: 0}\n", "every case " + withNothing},
		{"everybody sees everything", "al,\n", "- {name: n, who: al, all: true}\n- {name: m, who: al, count: 3}\n", "every case " + withEverything},
		{"one of each", "al,\n", "- {name: n, who: al, all: true}\n- {name: m, who: eve, none: true}\n", ""},
	} {
		s := load(t, "c.yaml", "rules: r.csv\ndata: [{R: a}, {R: b}, {R: c}]\ncases:\n"+tt.cases, "r.csv", "UserName,R\n"+tt.rules)
		strict, lenient := runSuite(t, s, nil), runSuite(t, s, &Options{Lenient: true})
		require.True(t, lenient.OK(), tt.reason)
		require.Equal(t, tt.want == "", strict.OK(), tt.reason)
		if tt.want == "" {
			require.Empty(t, append(strict.Problems, lenient.Warnings...), tt.reason)
			continue
		}
		require.Len(t, strict.Problems, 1, tt.reason)
		require.Contains(t, strict.Problems[0], tt.want)
		require.Equal(t, strict.Problems, lenient.Warnings)
	}
}

// TestErrors: the error of a viewer over a limit, expected, not expected, and
// another one.
func TestErrors(t *testing.T) {
	const text = `rules: r.csv
options: {maxValues: 1}
data: [{R: a}, {R: b}]
cases:
- {name: expected, who: al, error: too many values}
- {name: unexpected, who: al, count: 2}
- {name: another, who: al, error: too many rules}
- {name: none, who: bo, error: too many values}
`
	r := runSuite(t, load(t, "c.yaml", text, "r.csv", "UserName,R\nal,\"a,b\"\nbo,b\n"), nil)
	require.Equal(t, Passed, r.Results[0].Status)
	require.Zero(t, r.Results[0].Visible)
	for i, want := range []string{
		`c.yaml:6:3: error: want no error, got al: column "R": too many values: got 2, want at most 1`,
		`c.yaml:7:28: error: want an error with "too many rules", got al: column "R": too many values: got 2, want at most 1`,
		`c.yaml:8:25: error: want an error with "too many values", got no error, and 1 of 2 rows visible`,
	} {
		require.Equal(t, Failed, r.Results[i+1].Status)
		require.Equal(t, want, r.Results[i+1].Reasons[0].String())
	}
	require.Equal(t, 1, r.Coverage.Exercised, "who gets an error exercises nothing")
}

func TestRequired(t *testing.T) {
	s := sales(t)
	for _, opts := range []Options{{RequireCoverage: true}, {RequireKilled: true}} {
		r := runSuite(t, s, &opts)
		require.False(t, r.OK())
		require.Len(t, r.Problems, 1)
	}
	r := runSuite(t, s, &Options{Mutate: true})
	require.True(t, r.OK(), "mutants are information unless they are required")
	require.NotEmpty(t, r.Mutation.Survivors)
	require.Equal(t, r.Mutation.Tried, r.Mutation.Killed+r.Mutation.Equivalent+len(r.Mutation.Survivors))
}

// TestMutateIsBounded: a sample is spread evenly and the same each time.
func TestMutateIsBounded(t *testing.T) {
	s := sales(t)
	all, err := s.Mutate(t.Context(), &Options{MaxMutants: -1})
	require.NoError(t, err)
	require.Equal(t, all.Possible, all.Tried)
	some, err := s.Mutate(t.Context(), &Options{MaxMutants: 10, Workers: 2})
	require.NoError(t, err)
	again, err := s.Mutate(t.Context(), &Options{MaxMutants: 10, Workers: 1})
	require.NoError(t, err)
	require.Equal(t, 10, some.Tried)
	require.Equal(t, all.Possible, some.Possible)
	some.Duration, again.Duration = 0, 0
	require.Equal(t, some, again)
	require.Subset(t, all.Survivors, some.Survivors)
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := sales(t)
	r, err := s.Run(ctx, &Options{Mutate: true})
	require.ErrorIs(t, err, context.Canceled)
	require.False(t, r.OK())
	require.Empty(t, r.Results)
	_, err = s.Update(ctx, nil)
	require.ErrorIs(t, err, context.Canceled)
}

// TestConcurrent: one suite, many runs at once, and the same each time.
func TestConcurrent(t *testing.T) {
	s := sales(t)
	want := timeless(runSuite(t, s, &Options{Mutate: true, Workers: 1}))
	for range 8 {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			require.Equal(t, want, timeless(runSuite(t, s, &Options{Mutate: true, Workers: 2})))
		})
	}
}

// TestARNs: rules of version 2 match whatever the Region is.
func TestARNs(t *testing.T) {
	const rules = "UserARN,GroupARN,R\narn:aws:quicksight:us-east-1:111122223333:user/default/al,,a\n,arn:aws:quicksight:us-east-1:111122223333:group/ns/g,b\n"
	const text = `rules: r.csv
data: [{R: a}, {R: b}, {R: c}]
cases:
- {name: user, who: "arn:aws:quicksight:eu-west-1:111122223333:user/default/al", count: 1, only: {R: a}}
- {name: both, who: {user: "arn:aws:quicksight::111122223333:user/default/al", groups: ["arn:aws:quicksight::111122223333:group/ns/g"]}, count: 2}
- {name: group, who: {groups: ["arn:aws:quicksight::111122223333:group/ns/g"]}, count: 1, only: {R: b}}
- {name: other account, who: "arn:aws:quicksight:us-east-1:444455556666:user/default/al", none: true}
- {name: other namespace, who: {groups: ["arn:aws:quicksight:us-east-1:111122223333:group/default/g"]}, none: true}
`
	r := runSuite(t, load(t, "c.yaml", text, "r.csv", rules), &Options{RequireCoverage: true, RequireKilled: true})
	require.Empty(t, r.Problems, "%v", r.Mutation)
	require.True(t, r.OK(), "%v", r.Results)
}

func TestSampled(t *testing.T) {
	for all := range 30 {
		for n := -1; n < 40; n++ {
			got := 0
			for i := range all {
				if sampled(i, all, n) {
					got++
				}
			}
			want := min(n, all)
			if n < 0 {
				want = all
			}
			require.Equal(t, want, got, "%d of %d", n, all)
		}
	}
}
