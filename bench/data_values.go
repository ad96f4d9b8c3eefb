package main

import (
	"fmt"
	"math/rand/v2"
)

// seed makes every value, row and rule of the benchmark.
const seed = 20240611

// epoch is the ts of row 0; row i has epoch+i, so that ts names a row.
const epoch = 1_700_000_000_000

// A column is a text column that rules may restrict: its values by rank, the
// most frequent first. Frequencies follow Zipf's law: rank r comes up in
// proportion to 1/r.
type column struct {
	name   string
	values []string
	// holes: 1 % of the rows are null and 1 % hold "".
	holes bool
}

// textColumns are the columns that rules restrict, in the order of the schema.
func textColumns() []column {
	return []column{
		{name: "region", values: regions(), holes: true},
		{name: "segment", values: []string{"Enterprise", "SMB", "Startup", "Government", "Education"}},
		{name: "customer", values: distinct(200_000, 1, customer), holes: true},
		{name: "tenant", values: distinct(5_000, 2, uuid)},
		{name: "product", values: distinct(3_000, 3, product)},
	}
}

func regions() []string {
	return []string{
		"North", "West", "EMEA", "Nordics", "APAC", "South", "LATAM", "East", "Central", "Benelux", "Oceania", "Caribbean",
	}
}

// customer returns a name of 10 to 14 bytes.
func customer(r *rand.Rand) string {
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789"
	b := make([]byte, 10+r.IntN(5))
	for i := range b {
		b[i] = letters[r.IntN(len(letters))]
	}
	return string(b)
}

func product(r *rand.Rand) string { return fmt.Sprintf("SKU-%08d", r.IntN(1e8)) }

func uuid(r *rand.Rand) string {
	a, b := r.Uint64(), r.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>48&0xfff, b&0xffffffffffff)
}

// distinct returns n different values.
func distinct(n int, stream uint64, value func(*rand.Rand) string) []string {
	r := rand.New(rand.NewPCG(seed, stream))
	seen := make(map[string]bool, n)
	values := make([]string, 0, n)
	for len(values) < n {
		if v := value(r); !seen[v] {
			seen[v] = true
			values = append(values, v)
		}
	}
	return values
}

// A sampler draws ranks by Zipf's law in constant time (Walker's alias method):
// a slot is drawn evenly, and holds its own rank and one other.
type sampler struct {
	slots []slot
}

type slot struct {
	keep  uint32 // own rank if a draw of 32 bits is below
	other uint32
}

func newSampler(n int) sampler {
	weight := make([]float64, n) // mean 1
	var sum float64
	for i := range weight {
		weight[i] = 1 / float64(i+1)
		sum += weight[i]
	}
	var small, large []int
	for i := range weight {
		weight[i] *= float64(n) / sum
		if weight[i] < 1 {
			small = append(small, i)
		} else {
			large = append(large, i)
		}
	}
	slots := make([]slot, n)
	for i := range slots {
		slots[i] = slot{keep: 1<<32 - 1, other: uint32(i)}
	}
	for len(small) > 0 && len(large) > 0 {
		s, l := small[len(small)-1], large[len(large)-1]
		small = small[:len(small)-1]
		slots[s] = slot{keep: uint32(weight[s] * (1<<32 - 1)), other: uint32(l)}
		weight[l] -= 1 - weight[s]
		if weight[l] < 1 {
			large = large[:len(large)-1]
			small = append(small, l)
		}
	}
	return sampler{slots}
}

// rank returns a rank from 64 random bits.
func (s sampler) rank(bits uint64) int {
	i := int(bits >> 32 * uint64(len(s.slots)) >> 32)
	if uint32(bits) < s.slots[i].keep {
		return i
	}
	return int(s.slots[i].other)
}
