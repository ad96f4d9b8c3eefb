package compact

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
)

// TestCost: rules that overlap in every way are not looked at without end. Costs
// are counted in boxes looked at, and each of these kinds took minutes before they
// were.
func TestCost(t *testing.T) {
	rng := rand.New(rand.NewPCG(17, 18))
	half := func() (values []string) {
		for i := range 24 {
			if rng.IntN(2) == 0 {
				values = append(values, fmt.Sprint("v", i))
			}
		}
		return values
	}
	own := func(i int) string { return fmt.Sprint("r", i) }
	for name, rule := range map[string]func(i int) predicate.Predicate{
		"half of the values": func(int) predicate.Predicate {
			return predicate.And(predicate.In("A", half()...), predicate.In("B", half()...))
		},
		"one value in common": func(i int) predicate.Predicate {
			return predicate.And(predicate.In("A", "a", own(i)), predicate.In("B", "a", own(i)))
		},
		"one column in common": func(i int) predicate.Predicate {
			return predicate.And(predicate.In("A", "a", own(i)), predicate.In("B", half()...))
		},
	} {
		for _, rules := range []int{100, 800} {
			boxes := make([]predicate.Predicate, rules)
			for i := range boxes {
				boxes[i] = rule(i)
			}
			b := newBudget(t.Context())
			w := &writer{columns: []string{"A", "B"}, max: 2047}
			kept := smallest(boxes, w, b)
			require.LessOrEqual(t, b.looked, 32*maxTests, "%s, %d rules", name, rules)
			require.LessOrEqual(t, len(kept), rules)
		}
	}
}
