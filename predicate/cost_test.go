package predicate

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Costs are counted in steps, which are the same on every machine, and compared
// with those of random input of the same shape: none may be more than dear times
// as much.
const dear = 20

// boxShapes are kinds of n boxes, each with the random one of its size. They are
// what somebody would send who wants a union to be slow.
func boxShapes(n int) map[string]func(i int) Predicate {
	id := func(i int) string { return fmt.Sprintf("%08d", i) }
	return map[string]func(i int) Predicate{
		"random":           func(i int) Predicate { return And(In("A", id(i), "x"+id(i)), In("B", id(i), "y"+id(i))) },
		"one first value":  func(i int) Predicate { return And(In("A", "!", id(i)), In("B", "!", id(i))) },
		"many same values": func(i int) Predicate { return And(In("A", "!", "#", "$", id(i)), In("B", "!", "#", "$", id(i))) },
		"one wide column":  func(i int) Predicate { return And(In("A", "!", id(i)), In("B", "!", "#")) },
		"one hash": func(i int) Predicate {
			return And(In("A", oneHash(i), oneHash(i+n)), In("B", oneHash(i), oneHash(i+n)))
		},
	}
}

// oneHash returns texts that have one hash under the present seed: the second word
// makes a product 0.
func oneHash(i int) string {
	b := binary.LittleEndian.AppendUint64(nil, uint64(i+1))
	return string(binary.LittleEndian.AppendUint64(b, seed[2]))
}

// reseed runs f under another seed, as if in another process. Predicates made
// under one are no use under the other.
func reseed(f func()) {
	was := seed
	defer func() { seed = was }()
	for i := range seed {
		seed[i] = rand.Uint64()
	}
	f()
}

func indexSteps(boxes []Predicate) int {
	ix := newBoxIndex(boxes)
	for i, p := range boxes {
		ix.covers(p.atoms(), i)
	}
	return ix.steps + len(boxes)
}

// TestUnionCost: no rules of a size make the search for boxes that contain others
// much longer than others of that size do.
func TestUnionCost(t *testing.T) {
	const n = 3000
	made := func(make func(int) Predicate) []Predicate {
		boxes := []Predicate{}
		for i := range n {
			boxes = append(boxes, make(i))
		}
		return boxes
	}
	shapes := boxShapes(n)
	usual := indexSteps(made(shapes["random"]))
	for name, shape := range shapes {
		if name == "one hash" {
			require.Equal(t, hash(oneHash(1)), hash(oneHash(2)), "the generator finds what falls together")
			require.Greater(t, indexSteps(made(shape)), 100*usual, "and that would be dear, %s", name)
			texts := make([]string, 2*n) // found by somebody who saw the seed of another process
			for i := range texts {
				texts[i] = oneHash(i)
			}
			reseed(func() {
				boxes := made(func(i int) Predicate { return And(In("A", texts[i], texts[i+n]), In("B", texts[i], texts[i+n])) })
				require.LessOrEqual(t, indexSteps(boxes), dear*usual, name)
			})
			continue
		}
		require.LessOrEqual(t, indexSteps(made(shape)), dear*usual, name)
	}
}

// TestSeedShowsNowhere: what is made of rules is the same in every process.
func TestSeedShowsNowhere(t *testing.T) {
	text := func() (all string) {
		rng := rand.New(rand.NewPCG(5, 6))
		boxes := func() []Predicate {
			list := make([]Predicate, 120)
			for i := range list {
				list[i] = HasValue("A")
				for _, c := range []string{"A", "B", "C"} {
					if rng.IntN(3) > 0 {
						list[i] = And(list[i], In(c, fmt.Sprint(rng.IntN(9)), fmt.Sprint(rng.IntN(9)), fmt.Sprint(rng.IntN(9))))
					}
				}
			}
			return list
		}
		for range 30 {
			p, q := Or(boxes()...), Or(boxes()[:20]...)
			witness, ok := p.Minus(q)
			all += fmt.Sprint(p, q, And(p, q), witness, ok, Or(And(p, In("D", "x")), q))
		}
		return all
	}
	want := text()
	for range 3 {
		reseed(func() { require.Equal(t, want, text()) })
	}
}

// allocated returns how many bytes f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestLinear: input that is four times as long costs about four times as much,
// where each part of it is unlike all others.
func TestLinear(t *testing.T) {
	const n = 1000
	restricting := func(n int) []Predicate {
		all := make([]Predicate, n)
		for i := range all {
			all[i] = In("A", fmt.Sprint(i)).Restrict(fmt.Sprintf("Column %d", i))
		}
		return all
	}
	for reason, run := range map[string]func(n int) func(){
		"Or of predicates that each restrict another column": func(n int) func() {
			all := restricting(n)
			return func() { require.Len(t, Or(all...).Restricted(), n+1) }
		},
		"And of predicates that each restrict another column": func(n int) func() {
			all := restricting(n)
			for i := range all {
				all[i] = HasValue("A").Restrict(all[i].Restricted()...)
			}
			return func() { require.Len(t, And(All(), all...).Restricted(), n+1) }
		},
		"columns that a table lacks": func(n int) func() {
			table, columns := make([]Column, n), make([]string, n)
			for i := range table {
				table[i] = Column{Name: fmt.Sprintf("Column %d", i), Text: true, Nested: i%2 == 0}
				columns[i] = fmt.Sprintf("Missing %d", i)
			}
			return func() { require.ErrorIs(t, CheckColumns(table, columns...), ErrNoColumn) }
		},
	} {
		t.Run(reason, func(t *testing.T) {
			once, four := allocated(run(n)), allocated(run(4*n))
			require.Less(t, four, 8*once)
		})
	}
}

// TestManyProblems: a document that is wrong everywhere gives a list that a person
// can read, and only what is listed is looked up.
func TestManyProblems(t *testing.T) {
	const n = 5000
	for reason, test := range map[string]struct {
		text string
		more int // problems that are not listed
	}{
		"unknown fields":         {`{"op":"all"` + strings.Repeat(",\n"+`"zz":[1,2]`, n) + `}`, 2*n - 1 - maxProblems}, // each but one is also there twice
		"items that are no text": {`{"op":"in","column":"A","values":[` + strings.Repeat("1,\n", n) + `2]}`, n + 1 - maxProblems},
		"operands":               {`{"op":"or","args":[` + strings.Repeat(`{"op":"x"},`+"\n", n) + `{"op":"none"}]}`, n - maxProblems},
		"half characters":        {`{"op":"in","column":"A","values":[` + strings.Repeat(`"\ud800",`+"\n", n) + `"x"]}`, n - maxProblems},
		"as many as are listed":  {`{"op":"in","column":"A","values":["x"` + strings.Repeat(",\n1", maxProblems) + `]}`, 0},
	} {
		t.Run(reason, func(t *testing.T) {
			var p Predicate
			err := p.UnmarshalJSON([]byte(test.text))
			require.True(t, p.Equal(Predicate{}))
			var joined interface{ Unwrap() []error }
			require.ErrorAs(t, err, &joined)
			problems := joined.Unwrap()
			require.Len(t, problems, maxProblems+min(test.more, 1))
			for _, err := range problems {
				var at *SyntaxError
				require.ErrorAs(t, err, &at)
				before := test.text[:at.Offset]
				require.Equal(t, 1+strings.Count(before, "\n"), at.Line)
				require.Equal(t, at.Offset-strings.LastIndexByte(before, '\n'), at.Column)
			}
			if test.more > 0 {
				require.ErrorIs(t, problems[maxProblems], ErrSyntax)
				require.ErrorContains(t, problems[maxProblems], fmt.Sprintf("not listed: %d", test.more))
			}
		})
	}
}
