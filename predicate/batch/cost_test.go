package batch

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
)

// Costs are counted in steps, which are the same on every machine: slots passed
// by, turns of pilots, states met that are others. None may be more than dear
// times as many as for random values of the same number and length.
const dear = 20

// valueKinds are kinds of values that somebody would choose who knows everything
// but what is random, each beside a random one of its length.
func valueKinds() map[string]struct{ hostile, usual func(i int) string } {
	short := func(i int) string { return fmt.Sprintf("%015d", uint64(i)*mixA%1_000_000_000_000_000) }
	long := func(i int) string { return fmt.Sprintf("%018d-----x", uint64(i)*mixA%1_000_000_000_000_000) }
	inverse := uint64(1) // of mulLo
	for range 6 {
		inverse *= 2 - mulLo*inverse
	}
	// hashed returns the text of 15 bytes with this hash and this second word.
	hashed := func(hash, i uint64) string { return key{(hash - (i|15<<56)*mulHi) * inverse, i | 15<<56}.text() }
	leaked := newSalt() // that of another process
	word := func(w uint64) string { return string(binary.LittleEndian.AppendUint64(nil, w)) }
	return map[string]struct{ hostile, usual func(i int) string }{
		"one hash":                  {func(i int) string { return hashed(0x6f6c6c6f63, uint64(i)) }, short},
		"two hashes":                {func(i int) string { return hashed(uint64(i&1)<<63, uint64(i)) }, short},
		"one bucket":                {func(i int) string { return hashed(uint64(i), uint64(i)) }, short},
		"one part":                  {func(i int) string { return hashed(uint64(i)*mixB>>6, uint64(i)) }, short},
		"the same low bits":         {func(i int) string { return hashed(uint64(i)<<40, uint64(i)) }, short},
		"the same middle bits":      {func(i int) string { return hashed(uint64(i)<<44|uint64(i)&0xfff, uint64(i)) }, short},
		"follow each other":         {func(i int) string { return hashed(uint64(i)<<20, uint64(i)) }, short},
		"high bytes of both words":  {func(i int) string { return fmt.Sprintf("abcdef%c%chijklm%c", i&63+'0', i>>6&63+'0', i>>12&63+'0') }, short},
		"high bits of both words":   {func(i int) string { return key{uint64(i&0xfff) << 52, uint64(i>>12)<<48 | 15<<56}.text() }, short},
		"one hash under a salt":     {func(i int) string { return key{leaked.lo, uint64(i) | 15<<56}.text() }, short},
		"a number behind zeros":     {func(i int) string { return fmt.Sprintf("%015d", i) }, short},
		"long, first product 0":     {func(i int) string { return word(mixA) + word(uint64(i)) + "-------x" }, long},
		"long, last product 0":      {func(i int) string { return fmt.Sprintf("%08x%08x", i, i) + word(mixB) }, long},
		"long, product 0 of a salt": {func(i int) string { return word(mixA^leaked.lo) + word(uint64(i)) + "-------x" }, long},
	}
}

// buildSteps builds the table of n values in both ways and returns what it took.
func buildSteps(t *testing.T, d *draft, value func(i int) string, n int) int {
	values := make([]string, n)
	for i := range values {
		values[i] = value(i)
	}
	p, q := predicate.In("a", values...), predicate.In("a", values[:n/2]...)
	require.Equal(t, n, p.Len(), "different values")
	d.steps = 0
	set := newSetLookup(d, p, 2)
	b, ids := collect(d, []predicate.Predicate{p, q})
	class, _ := refine(d, ids, int(b.next), 2)
	classes := newLookup(d, b, class)
	for _, l := range []*lookup{set, classes} {
		l.null, l.miss = 7, 1
		require.Nil(t, l.rest, "a map is several times as dear to look up in")
		for _, v := range values[:10] {
			require.GreaterOrEqual(t, l.find([]byte(v), 0, len(v)), uint32(2))
			require.EqualValues(t, 1, l.find([]byte(v[1:]), 0, len(v)-1))
		}
	}
	return d.steps + n
}

// TestLookupCost: no values make a table much dearer than others of their number.
func TestLookupCost(t *testing.T) {
	for _, n := range []int{60, 1000, 5000, 20_000} {
		for name, kind := range valueKinds() {
			usual := buildSteps(t, new(draft), kind.usual, n)
			got := buildSteps(t, new(draft), kind.hostile, n)
			require.LessOrEqual(t, got, dear*usual+dear*256, "%d values, %s", n, name)
		}
	}
}

// TestSaltIsSecret: values that fall together under the salt of one draft, as
// somebody may have seen it, do so under that of no other.
func TestSaltIsSecret(t *testing.T) {
	const n = 3000
	seen := new(draft)
	s := seen.salt()
	falls := func(i int) string { return key{s.lo, uint64(i) | 15<<56}.text() }
	add := func(d *draft) int {
		b := newBuilder(d, n)
		for i := range n {
			b.add(falls(i))
		}
		return d.steps
	}
	require.Greater(t, add(seen), n*n/3, "the generator finds what falls together")
	require.Less(t, add(new(draft)), dear*n)

	var numbers []uint64
	for i := uint64(0); len(numbers) < n; i++ {
		if slotOf(s.scatter(i))&(1<<13-1) < 8 {
			numbers = append(numbers, i)
		}
	}
	number := func(d *draft) int {
		d.steps = 0
		ns := newNumbering(d, n)
		for _, k := range numbers {
			ns.of(k)
		}
		return d.steps
	}
	require.Greater(t, number(seen), n*n/3)
	require.Less(t, number(new(draft)), dear*n)
}

// TestRestLookup looks values up in the map that is left where no salt helps.
func TestRestLookup(t *testing.T) {
	b := newBuilder(new(draft), 10)
	values := []string{"EMEA", "US", "a value of more than 15 bytes", "fifteen  bytes!"}
	for _, v := range values {
		b.add(v)
	}
	l := newRest(b, []uint32{2, 3, 4, 5})
	l.null, l.miss = 7, 1
	l.seal()
	for i, v := range values {
		require.EqualValues(t, 2+i, l.find([]byte("x"+v), 1, len(v)))
		require.EqualValues(t, 1, l.find([]byte("x"+v), 0, len(v)))
	}
	require.EqualValues(t, 7, l.find(nil, 0, 0))
	require.Equal(t, 4, l.n)
}

// TestSaltedLookups compares tables whose salt is random with a map, in every form
// that a text is looked up in.
func TestSaltedLookups(t *testing.T) {
	rng := rand.New(rand.NewPCG(61, 62))
	texts := colliding(400)
	want := make(map[string]uint32)
	b := newBuilder(new(draft), 300)
	var codes []uint32
	for _, v := range texts[:300] {
		b.add(v)
		codes = append(codes, 2+rng.Uint32N(5))
		want[v] = codes[len(codes)-1]
	}
	l := newLookup(new(draft), b, codes)
	l.null, l.miss = 7, 1
	require.False(t, l.salt.isZero())
	require.Nil(t, l.rest)
	texts = append(texts, "", "EMEA", "a value of more than 15 bytes")
	rng.Shuffle(len(texts), func(i, j int) { texts[i], texts[j] = texts[j], texts[i] })
	requireForms(t, l, texts, func(text string) uint32 {
		if code, ok := want[text]; ok {
			return code
		} else if text == "" {
			return l.null
		}
		return l.miss
	})
}

// tableKinds are kinds of rules that make many states, many classes, or both.
// Conditions are on four columns and have that many values.
func tableKinds(rng *rand.Rand, rules, values int) map[string]func(rule, column int) []string {
	some := func(domain int) []string {
		list := make([]string, values)
		for i := range list {
			list[i] = fmt.Sprint("v", rng.IntN(domain))
		}
		return list
	}
	return map[string]func(rule, column int) []string{
		"values of its own":    func(rule, _ int) []string { return some(1 << 30) },
		"few values":           func(int, int) []string { return some(values * 2) },
		"some values":          func(int, int) []string { return some(values * 20) },
		"as many as rules":     func(int, int) []string { return some(rules) },
		"most values of few":   func(int, int) []string { return some(values) },
		"many classes at last": func(_, column int) []string { return some(values << (3 * column)) },
		"all but a few": func(rule, _ int) []string {
			list := make([]string, 0, values)
			for i := range values {
				if i%61 != rule%61 {
					list = append(list, fmt.Sprint("v", i))
				}
			}
			return list
		},
		"a prefix": func(rule, _ int) []string {
			list := make([]string, 0, values)
			for i := range 1 + rule%values {
				list = append(list, fmt.Sprint("v", i))
			}
			return list
		},
	}
}

// TestTableCost: no rules make a table much dearer to build than others of their
// number and size.
func TestTableCost(t *testing.T) {
	rng := rand.New(rand.NewPCG(63, 64))
	for _, rules := range []int{100, 999} {
		const values = 60
		build := func(list func(rule, column int) []string) int {
			boxes := make([]predicate.Predicate, rules)
			for i := range boxes {
				boxes[i] = predicate.And(predicate.In("a", list(i, 0)...), predicate.In("b", list(i, 1)...), predicate.In("c", list(i, 2)...), predicate.In("d", list(i, 3)...))
			}
			d := new(draft)
			newTable(d, boxes, func(name string) int { return int(name[0] - 'a') }, &Options{})
			return d.steps + rules*values
		}
		kinds := tableKinds(rng, rules, values)
		usual := build(kinds["values of its own"])
		for name, kind := range kinds {
			require.LessOrEqual(t, build(kind), dear*usual, "%d rules, %s", rules, name)
		}
	}
}
