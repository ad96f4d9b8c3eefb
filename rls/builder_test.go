package rls_test

import (
	"bytes"
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
)

// TestBuilder builds random rules, of values that are hard to write as text, and
// reads the file of the same rules: both say the same of every rule and every viewer.
func TestBuilder(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	values := []string{"EMEA", "a,b", `say "hi"`, ",", `"`, " ", "*", "NULL", "é", strings.Repeat("x", 1500), strings.Repeat("y", 1500)}
	arn := func(kind, name string) string {
		return "arn:aws:quicksight:eu-west-1:111122223333:" + kind + "/default/" + name
	}
	repeats, split := 0, 0
	for round := range 400 {
		opts := &rls.Options{File: "rules", NullWords: []string{"NULL"}, HideNulls: rng.IntN(2) == 0, Dual: rls.Dual(rng.IntN(2))}
		header := []string{"UserName", "Region", "GroupName", "Segment"}
		named := func(kind, name string) string { return name }
		if round%3 == 0 {
			header[0], header[2], named = "UserARN", "GroupARN", arn
		} else if round%3 == 1 {
			opts.User, header[0] = "Login", "Login"
		}
		b := rls.NewBuilder(header, opts)
		added := 0
		for range 1 + rng.IntN(12) {
			user, group := "", ""
			if rng.IntN(4) > 0 {
				user = named("user", string(rune('a'+rng.IntN(3))))
			}
			if rng.IntN(3) == 0 {
				group = named("group", "g")
			}
			lists := make([][]string, 2)
			for i := range lists {
				for range rng.IntN(4) {
					lists[i] = append(lists[i], values[rng.IntN(len(values))])
				}
			}
			b.Add(user, group, lists...)
			added++
		}
		built, err := b.Rules()
		require.NoError(t, err)
		split += built.Len() - added
		var file bytes.Buffer
		require.NoError(t, built.WriteCSV(&file))
		read, err := rls.ReadCSV(&file, built.Options())
		require.NoError(t, err)
		for _, groups := range [][]string{nil, {"g"}} {
			for _, user := range []string{"", "a", "b", "c"} {
				p := namespace.Named(user, groups...)
				if round%3 == 0 {
					p = principalOf(t, arn, user, groups)
				}
				want, err := read.For(p)
				require.NoError(t, err)
				got, err := built.For(p)
				require.NoError(t, err)
				require.True(t, want.Same(got), "%s and %s", want, got)
			}
		}
		for i, r := range slices.Collect(built.All()) {
			require.Equal(t, i, r.Index())
			require.Equal(t, r.User() != "", !r.UserID().IsZero())
			require.Equal(t, r.Group() != "", !r.GroupID().IsZero())
			require.True(t, r.User() == "" || opts.Dual == rls.UserFirst || r.AppliesTo(namespace.Principal{User: r.UserID()}))
			require.True(t, r.Group() == "" || r.User() != "" || r.AppliesTo(namespace.Principal{Groups: []namespace.Identity{r.GroupID()}}))
			first, again := r.Repeats()
			same := slices.IndexFunc(slices.Collect(built.All()), func(o rls.Rule) bool {
				return o.User() == r.User() && o.Group() == r.Group() && o.Text("Region") == r.Text("Region") && o.Text("Segment") == r.Text("Segment")
			})
			require.Equal(t, same != i, again)
			if again {
				repeats++
				require.Equal(t, same, first.Index())
			}
		}
	}
	require.Greater(t, repeats, 5)
	require.Greater(t, split, 50)
}

func principalOf(t *testing.T, arn func(kind, name string) string, user string, groups []string) namespace.Principal {
	user = cmp.Or(user, "nobody")
	u, err := namespace.ParseARN(arn("user", user))
	require.NoError(t, err)
	var gs []namespace.ARN
	for _, g := range groups {
		a, err := namespace.ParseARN(arn("group", g))
		require.NoError(t, err)
		gs = append(gs, a)
	}
	return namespace.ForARN(u, gs...)
}

func TestBuilderErrors(t *testing.T) {
	for _, tt := range []struct {
		reason      string
		header      []string
		opts        *rls.Options
		user, group string
		lists       [][]string
		want        error
	}{
		{"no header", nil, nil, "al", "", nil, rls.ErrEmpty},
		{"no principal column", []string{"Region"}, nil, "al", "", [][]string{{"US"}}, rls.ErrNoPrincipal},
		{"no restricted column", []string{"UserName"}, nil, "al", "", nil, rls.ErrNoFields},
		{"a field twice", []string{"UserName", "A", "A"}, nil, "al", "", [][]string{{"x"}, {"y"}}, rls.ErrDuplicate},
		{"bad options", []string{"UserName", "A"}, &rls.Options{NullWords: []string{","}}, "al", "", [][]string{{"x"}}, rls.ErrOptions},
		{"a list too few would be a wildcard", []string{"UserName", "A", "B"}, nil, "al", "", [][]string{{"x"}}, rls.ErrFieldCount},
		{"a list too many", []string{"UserName", "A"}, nil, "al", "", [][]string{{"x"}, {"y"}}, rls.ErrFieldCount},
		{"an empty value would be a wildcard", []string{"UserName", "A"}, nil, "al", "", [][]string{{""}}, rls.ErrEmptyItem},
		{"a group for which there is no column", []string{"UserName", "A"}, nil, "al", "g", [][]string{{"x"}}, rls.ErrNoPrincipal},
		{"a name that is no ARN", []string{"UserARN", "A"}, nil, "al", "", [][]string{{"x"}}, namespace.ErrARN},
		{"not UTF-8", []string{"UserName", "A"}, nil, "al", "", [][]string{{"\xff"}}, rls.ErrUTF8},
		{"both are refused", []string{"UserName", "GroupName", "A"}, &rls.Options{Dual: rls.Reject}, "al", "g", [][]string{{"x"}}, rls.ErrDual},
		{"a value longer than a cell", []string{"UserName", "A"}, nil, "al", "", [][]string{{strings.Repeat("x", 2048)}}, rls.ErrTooLong},
	} {
		b := rls.NewBuilder(tt.header, tt.opts)
		b.Add(tt.user, tt.group, tt.lists...)
		rules, err := b.Rules()
		require.Nil(t, rules, tt.reason)
		require.ErrorIs(t, err, tt.want, tt.reason)
	}
	var zero rls.Builder
	zero.Add("al", "")
	_, err := zero.Rules()
	require.ErrorIs(t, err, rls.ErrEmpty)
}

func ExampleNewBuilder() {
	b := rls.NewBuilder([]string{"UserName", "GroupName", "Region", "Segment"}, nil)
	b.Add("al", "", []string{"EMEA", "US"}, []string{"Acme, Inc"})
	b.Add("", "managers", nil, nil) // wildcards
	rules, err := b.Rules()
	if err != nil {
		fmt.Println(err)
		return
	}
	for rule := range rules.All() {
		fmt.Println(rule.Index(), rule.UserID(), rule.GroupID(), rule.Predicate())
	}
	// Output:
	// 0 al nobody Region in ("EMEA", "US") and Segment in ("Acme, Inc")
	// 1 nobody managers all restricting Region, Segment
}

func ExampleParseCell() {
	values, err := rls.ParseCell(`SMB,"Acme, Inc"`)
	fmt.Printf("%q %v\n", values, err)
	// Output: ["Acme, Inc" "SMB"] <nil>
}

func ExampleCells() {
	fmt.Println(rls.Cells(slices.Values([]string{"Acme, Inc", "SMB", "Startup"}), 16))
	// Output: ["Acme, Inc",SMB Startup]
}
