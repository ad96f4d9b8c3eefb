package ordered

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A counted thing counts how often it is looked at.
type counted struct {
	name  string
	looks *int
}

func (c counted) Key() string { *c.looks++; return c.name }

// TestIndexCost puts names into an index in orders that somebody would choose who
// knows how it works, and takes them out. None looks at more than dear times as
// many names as a random order.
func TestIndexCost(t *testing.T) {
	const n, dear = 20_000, 20
	number := func(i int) string { return fmt.Sprintf("%08d", i) }
	shuffled := rand.New(rand.NewPCG(3, 4)).Perm(n)
	run := func(put, remove func(i int) string) int {
		looks := 0
		var x Index[counted]
		for i := range n {
			x.Put(counted{put(i), &looks})
		}
		for i := range n {
			_, _ = x.Get(put(i))
			x.Has(put(i) + "x")
		}
		for i := range n {
			x.Remove(remove(i))
			x.Has(put(i))
			for range x.From(put(i)) {
				break
			}
		}
		// Chunks that are nearly empty are no more of them than names.
		require.LessOrEqual(t, len(x.chunks), x.Len())
		return looks
	}
	usual := run(func(i int) string { return number(shuffled[i]) }, func(i int) string { return number(shuffled[n-1-i]) })
	up := func(i int) string { return number(i) }
	down := func(i int) string { return number(n - i) }
	for reason, order := range map[string][2]func(i int) string{
		"up":             {up, up},
		"up, then down":  {up, down},
		"down":           {down, down},
		"from both ends": {func(i int) string { return number(i/2 + i%2*(n-i)) }, up},
		"in the middle":  {func(i int) string { return number(n/2 + (i%2*2-1)*i/2) }, down},
		"one of a chunk stays": {up, func(i int) string {
			if i%(chunkSize/2) == 0 {
				return "none"
			}
			return number(i)
		}},
		"one name":    {func(int) string { return "a" }, func(int) string { return "a" }},
		"long prefix": {func(i int) string { return strings.Repeat("a", 200) + number(shuffled[i]) }, func(i int) string { return strings.Repeat("a", 200) + number(i) }},
	} {
		require.LessOrEqual(t, run(order[0], order[1]), dear*usual, reason)
	}
}
