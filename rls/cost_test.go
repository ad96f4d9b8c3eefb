package rls

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestReadCost writes rules that all fall on one place of the table that finds
// repeated ones, as somebody could who had seen its seed, and reads them under
// another. Costs are counted in rules looked at.
func TestReadCost(t *testing.T) {
	const names = 5000
	leaked := [2]uint64{rand.Uint64(), rand.Uint64()}
	read := func(pairs [][2]int) *Rules {
		var b strings.Builder
		b.WriteString("UserName,Region\n")
		for i := range names { // gives every name and cell its number
			fmt.Fprintf(&b, "u%d,r%d\n", i, i)
		}
		for _, p := range pairs {
			fmt.Fprintf(&b, "u%d,r%d\n", p[0], p[1])
		}
		rs, err := ReadCSV(strings.NewReader(b.String()), nil)
		require.NoError(t, err)
		return rs
	}
	const slots = 1 << 14
	var hostile, usual [][2]int
	for u := range names {
		for r := range names {
			h := mix(mix(uint64(u+1)<<32, leaked[0])^uint64(r), leaked[1])
			if u != r && h&(slots-1) < 4 && len(hostile) < 3000 {
				hostile = append(hostile, [2]int{u, r})
			}
		}
	}
	for range hostile {
		usual = append(usual, [2]int{rand.IntN(names), rand.IntN(names)})
	}
	rs := read(hostile)
	require.Equal(t, slots, 1<<bits.Len(uint(2*len(rs.lines)))) // see repeated
	_, steps := rs.repeated(leaked)
	n := len(hostile)
	require.Greater(t, steps, n*n/3, "the generator finds what falls together")
	for range 5 {
		seed := [2]uint64{rand.Uint64(), rand.Uint64()}
		_, got := rs.repeated(seed)
		_, want := read(usual).repeated(seed)
		require.LessOrEqual(t, got, 20*(want+names), "hostile and usual rules")
	}
	require.Equal(t, names+n, rs.Len())
}
