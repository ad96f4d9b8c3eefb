package predicate

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
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
