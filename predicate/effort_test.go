package predicate_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	. "github.com/rowsight/rowsight/predicate"
)

// A hardShape is a question p.Implies(q) that somebody would ask who wants no
// answer. size is about the number of rules of q.
type hardShape struct {
	name   string
	reason string
	make   func(r *rand.Rand, size int) (p, q Predicate)
	hard   bool // no quick way is known at all, so that an error is as good as an answer

	covered bool // p implies q
}

func column(i int) string { return fmt.Sprintf("c%03d", i) }

// wide returns the box of n columns that each hold one of some values.
func wide(n, values int) Predicate {
	p := All()
	for i := range n {
		p = And(p, In(column(i), texts(values)...))
	}
	return p
}

func texts(n int) (list []string) {
	for i := range n {
		list = append(list, fmt.Sprintf("v%d", i))
	}
	return list
}

// clauses returns n random boxes of a number of columns, one value each.
func clauses(r *rand.Rand, columns, n, width, values int) Predicate {
	boxes := make([]Predicate, n)
	for i := range boxes {
		boxes[i] = All()
		for _, c := range r.Perm(columns)[:width] {
			boxes[i] = And(boxes[i], In(column(c), texts(values)[r.IntN(values)]))
		}
	}
	return Or(boxes...)
}

var hardShapes = []hardShape{
	{"random, as many as decide", "3-SAT at its threshold", func(r *rand.Rand, n int) (Predicate, Predicate) {
		return wide(n*10/43, 2), clauses(r, n*10/43, n, 3, 2)
	}, true, false},
	{"random, few rules", "3-SAT with many answers", func(r *rand.Rand, n int) (Predicate, Predicate) {
		return wide(n*10/35, 2), clauses(r, n*10/35, n, 3, 2)
	}, true, false},
	{"random, three values", "more choices a column", func(r *rand.Rand, n int) (Predicate, Predicate) {
		return wide(3+n/18, 3), clauses(r, 3+n/18, n, 3, 3)
	}, true, false},
	{"pigeons", "no two of n columns hold the same of n-1 values", func(r *rand.Rand, n int) (Predicate, Predicate) {
		k := 2
		for k*k*k/2 < n {
			k++
		}
		var boxes []Predicate
		for i := range k {
			for j := range i {
				for _, v := range texts(k - 1) {
					boxes = append(boxes, And(In(column(i), v), In(column(j), v)))
				}
			}
		}
		return wide(k, k-1), Or(boxes...)
	}, true, true},
	{"a chain", "each column holds what the one before does, and the last does not hold what the first does", func(r *rand.Rand, n int) (Predicate, Predicate) {
		var boxes []Predicate
		for i := 1; i < n/2; i++ {
			boxes = append(boxes, And(In(column(i-1), "v0"), In(column(i), "v1")), And(In(column(i-1), "v1"), In(column(i), "v0")))
		}
		boxes = append(boxes, And(In(column(0), "v0"), In(column(n/2-1), "v0")), And(In(column(0), "v1"), In(column(n/2-1), "v1")))
		return wide(n/2, 2), Or(boxes...)
	}, false, true},
	{"parts that share nothing", "one of many parts has no row outside, and each of the others has many", func(r *rand.Rand, n int) (Predicate, Predicate) {
		var boxes []Predicate
		for part := range n / 6 {
			c := func(i int) string { return column(3*part + i) }
			for bits := range 8 {
				if bits == 0 && part != n/12 {
					continue
				}
				boxes = append(boxes, And(In(c(0), texts(2)[bits&1]), In(c(1), texts(2)[bits>>1&1]), In(c(2), texts(2)[bits>>2])))
			}
		}
		return wide(n/6*3, 2), Or(boxes...)
	}, false, true},
	{"random parts that share nothing", "each takes a search, and only the last has no row outside", func(r *rand.Rand, n int) (Predicate, Predicate) {
		var boxes []Predicate
		for part := range n / 40 {
			whole := wide(10, 2)
			for {
				if c := clauses(r, 10, 40, 3, 2); whole.Implies(c) == (part == n/40-1) {
					for box := range c.Args() {
						boxes = append(boxes, renamed(box, part))
					}
					break
				}
			}
		}
		p := All()
		for part := range n / 40 {
			p = And(p, renamed(wide(10, 2), part))
		}
		return p, Or(boxes...)
	}, false, true},
	{"a band", "each rule is on columns that are near each other", func(r *rand.Rand, n int) (Predicate, Predicate) {
		boxes := make([]Predicate, n)
		columns := n*10/38 + 8
		for i := range boxes {
			at := r.IntN(columns - 7)
			boxes[i] = All()
			for _, c := range r.Perm(8)[:3] {
				boxes[i] = And(boxes[i], In(column(at+c), texts(2)[r.IntN(2)]))
			}
		}
		return wide(columns, 2), Or(boxes...)
	}, false, false},
	{"a sum", "the columns have an even number of v1, told by columns that count", func(r *rand.Rand, n int) (Predicate, Predicate) {
		// sum(i) = sum(i-1) xor c(i), as four boxes each; then the sum twice.
		var boxes []Predicate
		sum := func(i int) string { return fmt.Sprintf("s%03d", i) }
		p := wide(n/9, 2)
		for i := range n / 9 {
			p = And(p, In(sum(i), texts(2)...))
			for bits := range 8 {
				a, b, c := bits&1, bits>>1&1, bits>>2
				if i > 0 && a^b != c {
					boxes = append(boxes, And(In(sum(i-1), texts(2)[a]), In(column(i), texts(2)[b]), In(sum(i), texts(2)[c])))
				}
			}
		}
		last := sum(n/9 - 1)
		return p, Or(append(boxes, In(last, "v0"), And(In(last, "v1"), In(sum(0), "v0")), And(In(last, "v1"), In(sum(0), "v1")))...)
	}, false, true},
	{"half of the values each", "lists that overlap in every way", func(r *rand.Rand, n int) (Predicate, Predicate) {
		values := texts(64)
		boxes := make([]Predicate, n)
		for i := range boxes {
			boxes[i] = All()
			for c := range 6 {
				r.Shuffle(64, func(i, j int) { values[i], values[j] = values[j], values[i] })
				boxes[i] = And(boxes[i], In(column(c), values[:40]...))
			}
		}
		return wide(6, 64), Or(boxes...)
	}, true, false},
	{"unions of unions", "more boxes than anybody can look at", func(r *rand.Rand, n int) (Predicate, Predicate) {
		p := All()
		for i := range n / 20 {
			p = And(p, Or(In(column(2*i), "v0"), In(column(2*i+1), "v0")))
		}
		return p, And(In("x", "v0"), In("y", "v0"))
	}, false, false},
}

// renamed returns a box on the columns of one part.
func renamed(box Predicate, part int) Predicate {
	p := All()
	atoms := []Predicate{box}
	if box.Op() == OpAnd {
		atoms = slices.Collect(box.Args())
	}
	for _, a := range atoms {
		p = And(p, In(fmt.Sprintf("p%02d%s", part, a.Column()), slices.Collect(a.Values())...))
	}
	return p
}

// TestHardQuestions: what is asked ends within the steps it has, with the right
// answer or with the error. Steps are the same everywhere; time is not looked at.
func TestHardQuestions(t *testing.T) {
	for _, s := range hardShapes {
		for _, size := range []int{80, 120, 300, 900} {
			p, q := s.make(rand.New(rand.NewPCG(71, uint64(size))), size)
			steps := 4000 * size // a shape that is not hard takes about so many, for any way that helps with it
			effort := NewEffort(context.Background(), steps)
			witness, ok, err := effort.Minus(p, q)
			if err != nil {
				require.True(t, s.hard, "%s, %d: %s", s.name, size, s.reason)
				require.ErrorIs(t, err, ErrTooHard)
				require.Nil(t, witness)
				require.False(t, ok)
				continue
			}
			again, _, err := NewEffort(context.Background(), steps).Minus(p, q)
			require.NoError(t, err)
			require.Equal(t, witness, again)
			if ok {
				requireWitness(t, p, q, witness)
			}
			require.Equal(t, witness != nil, ok)
			if s.covered {
				require.False(t, ok, "%s, %d: %s", s.name, size, s.reason)
			}
		}
	}
}

func TestEffort(t *testing.T) {
	p, q := hardShapes[0].make(rand.New(rand.NewPCG(1, 2)), 2000)
	easy := In("A", "x")

	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	ok, err := easy.ImpliesContext(ctx, easy)
	require.ErrorIs(t, err, context.Canceled)
	require.False(t, ok, "no answer is not yes")
	witness, ok, err := p.MinusContext(ctx, q)
	require.ErrorIs(t, err, context.Canceled)
	require.False(t, ok)
	require.Nil(t, witness)

	e := NewEffort(context.Background(), 10_000)
	_, _, err = e.Minus(p, q)
	require.ErrorIs(t, err, ErrTooHard)
	_, err = e.Implies(easy, easy)
	require.ErrorIs(t, err, ErrTooHard, "what is spent stays spent")
	_, err = e.Covers([]Predicate{easy}, easy)
	require.ErrorIs(t, err, ErrTooHard)
	_, err = new(Effort).Implies(easy, easy)
	require.ErrorIs(t, err, ErrTooHard, "the zero Effort has no step")

	e = NewEffort(context.Background(), 10_000)
	for range 10_000 {
		ok, err := e.Implies(easy, Or(easy, In("B", "y")))
		require.NoError(t, err, "many easy questions are no hard one")
		require.True(t, ok)
	}
	ok, err = (*Effort)(nil).Implies(easy, easy)
	require.NoError(t, err)
	require.True(t, ok)
}

// TestCovers compares Covers with Implies of the union.
func TestCovers(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 16))
	yes := 0
	for range 5000 {
		p, q := randomBoxes(r, 3), randomBoxes(r, 10)
		list := []Predicate{q, randomBoxes(r, 2)}
		got, err := NewEffort(context.Background(), 0).Covers(list, p)
		require.NoError(t, err)
		require.Equal(t, p.Implies(Or(list...)), got, "%s in %s", p, list)
		if got {
			yes++
		}
	}
	require.Greater(t, yes, 500)
}
