package predicate_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	. "github.com/rowsight/rowsight/predicate"
)

func TestZero(t *testing.T) {
	var zero Predicate
	for _, w := range domainRows {
		require.False(t, zero.Match(w.value), "the zero Predicate selects %s", w)
	}
	require.Equal(t, OpNone, zero.Op())
	require.Equal(t, Op(0), OpNone)
	require.Equal(t, "none", zero.String())
	require.Empty(t, zero.Column())
	require.Equal(t, []string{}, zero.Columns())
	require.Zero(t, zero.Len())
	require.Empty(t, slices.Collect(zero.Args()))
	require.Empty(t, slices.Collect(zero.Values()))
	require.True(t, zero.Equal(Or()), "Or of nothing is no row")
	require.True(t, zero.Equal(In("A")), "In of nothing is no row")
	require.True(t, zero.Equal(In("A", "", "")), `"" is in no set`)
	require.True(t, zero.Equal(And(Predicate{}, All())), "no row stays no row")
	require.False(t, zero.Equal(All()))
	require.True(t, zero.Implies(zero))
	require.False(t, All().Implies(zero))
}

// TestMatchOracle compares every constructor with formulas evaluated row by
// row. Both outcomes must be common, or the test shows nothing.
func TestMatchOracle(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	matched, tried := 0, 0
	for range 5000 {
		p, means := randomPair(r, 2)
		for _, w := range domainRows {
			want := means(w)
			if got := p.Match(w.value); got != want {
				require.Failf(t, "wrong row", "%s on %s: got %v, want %v", p, w, got, want)
			}
			tried++
			if want {
				matched++
			}
		}
	}
	require.Greater(t, matched, tried/10)
	require.Less(t, matched, tried*9/10)
}

func TestCanonicalShape(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var check func(p, parent Predicate)
	check = func(p, parent Predicate) {
		args := slices.Collect(p.Args())
		switch p.Op() {
		case OpNone, OpAll:
			require.Zero(t, parent.Op(), "%s inside %s", p, parent)
		case OpIn:
			values := slices.Collect(p.Values())
			require.NotEmpty(t, values)
			require.True(t, slices.IsSorted(values))
			require.Len(t, slices.Compact(slices.Clone(values)), len(values))
			require.NotContains(t, values, "")
		case OpAnd, OpOr:
			require.NotEqual(t, parent.Op(), p.Op(), "%s inside %s", p, parent)
			require.GreaterOrEqual(t, len(args), 2)
			columns := map[string]bool{}
			for _, q := range args {
				if c := q.Column(); c != "" {
					require.False(t, columns[c], "%s twice in %s", c, p)
					columns[c] = true
				}
				check(q, p)
			}
		}
	}
	for range 3000 {
		p, _ := randomPair(r, 2)
		check(p, Predicate{})
	}
}

func TestEqual(t *testing.T) {
	us, emea := In("Region", "US"), In("Region", "EMEA")
	smb := In("Segment", "SMB")
	for _, tt := range []struct {
		p, q   Predicate
		equal  bool
		reason string
	}{
		{In("Region", "US", "EMEA", "US"), In("Region", "EMEA", "US"), true, "values are a set"},
		{In("Region", "us"), us, false, "case counts"},
		{In("region", "US"), us, false, "case of columns counts"},
		{Or(us, emea), In("Region", "US", "EMEA"), true, "a union in one column is one In"},
		{And(us, emea), Or(), true, "nothing is in both"},
		{And(In("Region", "US", "EMEA"), HasValue("Region")), Or(us, emea), true, "a value implies has value"},
		{Or(us, HasValue("Region")), HasValue("Region"), true, "has value swallows every In of its column"},
		{HasValue("Region"), All(), false, "NULL is a row, too"},
		{And(us, smb), And(smb, us), true, "order does not count"},
		{Or(us, And(us, smb)), us, true, "a narrower rule adds nothing"},
		{And(us, Or(us, smb)), us, true, "a wider condition adds nothing"},
		{And(us, smb, Or(And(us, smb), emea)), And(us, smb), true, "several operands together imply one"},
		{Or(us, smb, And(Or(us, smb), HasValue("Tier"))), Or(us, smb), true, "several operands together contain one"},
		{Or(All(), us), All(), true, "nothing is outside all"},
		{And(All(), us), us, true, "all restricts nothing"},
		{And(All()), All(), true, "all alone stays all"},
	} {
		require.Equal(t, tt.equal, tt.p.Equal(tt.q), "%s: %s and %s", tt.reason, tt.p, tt.q)
		require.Equal(t, tt.equal, tt.p.String() == tt.q.String(), tt.reason)
	}
}

// TestLaws checks the algebra on unions of boxes, the shape rules have: what a
// law says is one set of rows has one canonical form.
func TestLaws(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 4000 {
		p, q, s := randomBoxes(r, 3), randomBoxes(r, 3), randomBoxes(r, 3)
		same := func(law string, a, b Predicate) {
			if !a.Equal(b) {
				require.Failf(t, law, "p = %s\nq = %s\ns = %s\nleft  = %s\nright = %s", p, q, s, a, b)
			}
		}
		same("and commutes", And(p, q), And(q, p))
		same("or commutes", Or(p, q), Or(q, p))
		same("or is associative", Or(Or(p, q), s), Or(p, Or(q, s)))
		same("or is flat", Or(Or(p, q), s), Or(p, q, s))
		same("and is idempotent", And(p, p), p)
		same("or is idempotent", Or(p, p), p)
		same("and absorbs or", And(p, Or(p, q)), p)
		same("or absorbs and", Or(p, And(p, q)), p)
		same("all is neutral", And(p, All()), p)
		same("none is neutral", Or(p, Predicate{}), p)
		same("none wins", And(p, Predicate{}), Predicate{})
		same("all wins", Or(p, All()), All())

		a, b, c := randomBoxes(r, 1), randomBoxes(r, 1), randomBoxes(r, 1)
		same("and of boxes is associative", And(And(a, b), c), And(a, And(b, c)))
		same("and of boxes is flat", And(And(a, b), c), And(a, b, c))
	}
}

// TestLawsNested checks the same laws where conjunctions and unions nest at
// will. One set of rows may have two forms there, but is one set.
func TestLawsNested(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 2000 {
		p, _ := randomPair(r, 3)
		q, _ := randomPair(r, 2)
		s, _ := randomPair(r, 2)
		same := func(law string, a, b Predicate) {
			if !included(a, b) || !included(b, a) {
				require.Failf(t, law, "p = %s\nq = %s\ns = %s\nleft  = %s\nright = %s", p, q, s, a, b)
			}
		}
		require.True(t, And(p, q).Equal(And(q, p)), "order never counts: %s, %s", p, q)
		require.True(t, Or(p, q).Equal(Or(q, p)), "order never counts: %s, %s", p, q)
		same("and is associative", And(And(p, q), s), And(p, And(q, s)))
		same("or is associative", Or(Or(p, q), s), Or(p, Or(q, s)))
		same("and absorbs or", And(p, Or(p, q)), p)
		same("or absorbs and", Or(p, And(p, q)), p)
		same("and distributes", And(p, Or(q, s)), Or(And(p, q), And(p, s)))
		same("or distributes", Or(p, And(q, s)), And(Or(p, q), Or(p, s)))

		require.True(t, included(And(p, q), p), "and narrows: %s, %s", p, q)
		require.True(t, included(p, Or(p, q)), "or widens: %s, %s", p, q)
		if included(p, q) { // monotone: more rows in, never fewer out
			require.True(t, included(And(p, s), And(q, s)))
			require.True(t, included(Or(p, s), Or(q, s)))
		}
	}
}

// TestNull shows S2: no condition on a column accepts NULL or "" there.
func TestNull(t *testing.T) {
	for _, blank := range []cell{{"", false}, {"", true}, {"ignored", false}} {
		value := func(string) (string, bool) { return blank.text, blank.ok }
		require.False(t, In("A", "", "x", "ignored").Match(value))
		require.False(t, HasValue("A").Match(value))
		require.True(t, All().Match(value))
	}
}

// TestLargeSets takes the ways that small sets do not: a few values are looked
// up in many, many are walked along.
func TestLargeSets(t *testing.T) {
	var many []string
	for i := range 5000 {
		many = append(many, fmt.Sprintf("v%05d", i))
	}
	large, none := In("A", many...), In("A", "x", "y")
	for _, few := range [][]string{{many[0]}, {many[4999]}, {many[7], many[70], many[700]}, many[2000:4500]} {
		small := In("A", few...)
		require.True(t, And(large, small).Equal(small))
		require.True(t, And(large, Or(small, none)).Equal(small))
		require.True(t, Or(large, small).Equal(large))
		require.True(t, And(small, none).Equal(Or()))
		b := In("B", "b")
		require.True(t, Or(large, And(small, b)).Equal(large), "covered")
		require.False(t, Or(large, And(Or(small, none), b)).Equal(large), "not covered: x and y are not in it")
		require.True(t, small.Implies(large))
		require.False(t, large.Implies(small))
	}
}

func TestOpString(t *testing.T) {
	for op, want := range map[Op]string{OpNone: "none", OpAll: "all", OpIn: "in", OpAnd: "and", OpOr: "or", OpHasValue: "has value", 99: "unknown"} {
		require.Equal(t, want, op.String())
	}
}

func TestManyRules(t *testing.T) {
	rules := ruleSet(999, 11)
	p := Or(rules...)
	for i, rule := range rules {
		require.True(t, rule.Implies(p), "rule %d is in the union", i)
	}
	r := rand.New(rand.NewPCG(8, 8))
	for range 20 {
		r.Shuffle(len(rules), func(i, j int) { rules[i], rules[j] = rules[j], rules[i] })
		n := r.IntN(len(rules))
		require.True(t, p.Equal(Or(Or(rules[:n]...), Or(rules[n:]...))), "order and grouping do not count")
	}
	// Rules that others contain go: the union is what the slow way leaves.
	nested := append(slices.Clone(rules), narrowed(rules)...)
	require.True(t, p.Equal(Or(nested...)))
}

// narrowed returns a rule inside each of rules.
func narrowed(rules []Predicate) []Predicate {
	var narrow []Predicate
	for i, rule := range rules {
		narrow = append(narrow, And(rule, In("Tier", fmt.Sprint(i%5))))
	}
	return narrow
}

// TestHash checks that equal predicates have equal hashes and, of thousands of
// different ones, none share one, and that the union of sets is that of a map.
func TestHash(t *testing.T) {
	rng := rand.New(rand.NewPCG(41, 42))
	seen := make(map[uint64]Predicate)
	for range 5000 {
		sets := make([]Predicate, 1+rng.IntN(6))
		all := make(map[string]bool)
		for i := range sets {
			var values []string
			for range 1 + rng.IntN(5) {
				v := fmt.Sprint("value ", rng.IntN(40))
				values = append(values, v)
				all[v] = true
			}
			sets[i] = In("a", values...)
		}
		p := Or(sets...)
		want := slices.Sorted(maps.Keys(all))
		require.Equal(t, want, slices.Collect(p.Values()))
		require.True(t, p.Equal(In("a", want...)))
		if q, ok := seen[p.Hash()]; ok {
			require.True(t, p.Equal(q), "%v and %v", p, q)
		}
		seen[p.Hash()] = p
		require.NotEqual(t, p.Hash(), And(p, HasValue("b")).Hash())
		require.NotEqual(t, p.Hash(), In("b", want...).Hash())
	}
	require.NotEqual(t, All().Hash(), Predicate{}.Hash())
}
