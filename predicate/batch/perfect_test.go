package batch

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
)

// TestPerfect checks that every member has a place of its own, and that a hash
// which is no member's leads to some place as well.
func TestPerfect(t *testing.T) {
	rng := rand.New(rand.NewPCG(51, 52))
	for _, n := range []int{1, 2, 3, 4, 5, 7, 63, 64, 65, 1000, 1903, 100_000} {
		text := func(format string) func(i int) uint64 {
			return func(i int) uint64 { return keyOf(fmt.Sprintf(format, i)).hash() }
		}
		for name, hash := range map[string]func(i int) uint64{
			"random":         func(int) uint64 { return rng.Uint64() },
			"uneven":         func(i int) uint64 { return rng.Uint64() >> (i % 4 / 3) },
			"low bits equal": func(i int) uint64 { return rng.Uint64() << 20 },
			"numbers":        text("%d"),
			"padded":         text("%015d"),
			"at the front":   text("%06dabcdefghi"),
			"hexadecimal":    text("%x"),
			"customers":      text("C%09d"),
			"products":       text("SKU-%08d"),
			"code points":    text("%c"),
			"e-mail":         text("u%d@a.org"),
			"long":           func(i int) uint64 { return salt{}.longHash(fmt.Appendf(nil, "customer number %d of all", i)) },
			"URLs":           func(i int) uint64 { return salt{}.longHash(fmt.Appendf(nil, "https://example.org/tenants/%d", i)) },
		} {
			if name == "code points" && n > 0xd800 {
				continue
			}
			hashes := make([]uint64, n)
			for i := range hashes {
				hashes[i] = hash(i)
			}
			p, places, ok := newPerfect(new(draft), hashes)
			require.True(t, ok, "%d, %s", n, name)
			seen := make(map[uint32]bool)
			for i, h := range hashes {
				at := p.place(h)
				require.Equal(t, at, places[i])
				require.Less(t, at, p.slots)
				require.False(t, seen[at], "%d, %s: two members in one place", n, name)
				seen[at] = true
			}
			for range 1000 {
				require.Less(t, p.place(rng.Uint64()), p.slots)
			}
			require.Less(t, p.place(0), p.slots)
			require.Less(t, p.place(^uint64(0)), p.slots)
		}
	}
	_, _, ok := newPerfect(new(draft), nil)
	require.False(t, ok, "no member")
	_, _, ok = newPerfect(new(draft), []uint64{1, 2, 1})
	require.False(t, ok, "two members with one hash")
	_, _, ok = newPerfect(new(draft), make([]uint64, 1000))
	require.False(t, ok, "a thousand members with one hash")
	crowd := make([]uint64, maxBucket)
	for i := range crowd {
		crowd[i] = rng.Uint64() >> 20
	}
	_, _, ok = newPerfect(new(draft), crowd)
	require.False(t, ok, "all in one bucket")
	crowd = make([]uint64, 100_000)
	for i := range crowd {
		crowd[i] = rng.Uint64() >> 4
	}
	_, _, ok = newPerfect(new(draft), crowd)
	require.False(t, ok, "sixteen times as many in a part as usual")
}

// colliding returns n different texts of 15 bytes that have one hash.
func colliding(n int) []string {
	inverse := uint64(1) // of mulLo
	for range 6 {
		inverse *= 2 - mulLo*inverse
	}
	texts := make([]string, n)
	for i := range texts {
		k := key{0x6f6c6c6f63 - uint64(i)*mulHi*inverse, uint64(i) | 15<<56}
		texts[i] = k.text()
	}
	return texts
}

// TestSameHash gives rules values that no perfect hash can keep apart, which
// costs time and nothing else.
func TestSameHash(t *testing.T) {
	texts := colliding(50)
	for _, s := range texts[1:] {
		require.Equal(t, keyOf(texts[0]).hash(), keyOf(s).hash())
	}
	require.Len(t, slices.Compact(slices.Sorted(slices.Values(texts))), len(texts))
	others := make([]string, 30)
	for i := range others {
		others[i] = fmt.Sprint("other ", strings.Repeat("long ", i%4), i)
	}
	long := strings.Repeat("long", 10)
	rng := rand.New(rand.NewPCG(53, 54))
	pool := slices.Concat(texts, others, []string{long, "none", "EMEA"})
	for name, p := range map[string]predicate.Predicate{
		"one set": predicate.In("a", append(slices.Clone(texts[:40]), long)...),
		"rules": predicate.Or(
			predicate.And(predicate.In("a", texts[:30]...), predicate.In("b", append(slices.Clone(texts[:10]), others...)...)),
			predicate.And(predicate.In("a", texts[20:40]...), predicate.In("b", long, others[0])),
			predicate.In("c", texts[3])),
		"two": predicate.In("a", texts[:2]...),
	} {
		table := randomTable(rng, 2000, pool)
		for _, layout := range textLayouts() {
			if ree, ok := layout.(*arrow.RunEndEncodedType); ok && ree.RunEnds().ID() == arrow.INT16 {
				continue
			}
			if d, ok := layout.(*arrow.DictionaryType); ok && (d.IndexType.ID() == arrow.INT8 || d.IndexType.ID() == arrow.UINT8) {
				continue
			}
			rec := table.record(memory.DefaultAllocator, []arrow.DataType{layout, layout, layout}, 1, 1)
			for path, off := range paths {
				f, err := Bind(p, rec.Schema(), &Options{off: off})
				require.NoError(t, err)
				require.Positive(t, f.Size())
				mask, err := f.Mask(rec)
				require.NoError(t, err)
				for i := range table.rows() {
					require.Equal(t, p.Match(table.value(i)), mask.Value(i), "%s, %s, %s, row %d", name, layout, path, i)
				}
				mask.Release()
			}
			rec.Release()
		}
	}
}

// TestUnevenHash gives one set values whose hashes are as uneven as if an attacker
// had chosen them (S9).
func TestUnevenHash(t *testing.T) {
	for name, keep := range map[string]func(hash uint64, i int) bool{
		"half as many with the highest bit": func(hash uint64, i int) bool { return hash>>63 == 0 || i%3 == 0 },
		"all in one part":                   func(hash uint64, i int) bool { return hash>>60 == 0 },
	} {
		var values, others []string
		for i := range 180_000 {
			if s := fmt.Sprintf("value %d", i); keep(keyOf(s).hash(), i) {
				values = append(values, s)
			} else {
				others = append(others, s)
			}
		}
		l := newSetLookup(new(draft), predicate.In("a", append(values, "a value of more than 15 bytes")...), 2)
		l.null, l.miss = 3, 1
		require.Equal(t, len(values)+1, l.n)
		require.Equal(t, name == "all in one part", !l.salt.isZero())
		require.Nil(t, l.rest)
		find := func(s string) uint32 { return l.find([]byte(s), 0, len(s)) }
		for _, s := range values {
			require.EqualValues(t, 2, find(s), s)
		}
		for _, s := range others {
			require.EqualValues(t, 1, find(s), s)
		}
		require.EqualValues(t, 2, find("a value of more than 15 bytes"))
		require.EqualValues(t, 1, find("a value of more than 16 bytes"))
		require.EqualValues(t, 3, find(""))
	}
}

// TestPilot compares the pilots of buckets with trying one after the other.
func TestPilot(t *testing.T) {
	rng := rand.New(rand.NewPCG(55, 56))
	found := [2]int{}
	for range 600 {
		b := newPerfectBuilder(new(draft), []int{2, 20, 700, 9000}[rng.IntN(4)])
		bucket := make([]bucketed, 1+rng.IntN(4))
		b.places = make([]uint32, len(bucket))
		part := uint64(rng.IntN(len(b.fill)))
		for i, number := range rng.Perm(len(bucket)) {
			bucket[i] = bucketed{rng.Uint64(), number}
			if b.parts > 0 {
				bucket[i].hash = bucket[i].hash>>b.parts | part<<(64-b.parts)
			}
		}
		full := rng.Float64()
		if rng.IntN(4) == 0 {
			full = 1
		}
		for i := range b.room {
			if rng.Float64() <= full {
				b.draft.taken[i] = 1
			}
		}
		before := b.draft.taken
		want, ok, places := naivePilot(b, bucket, uint32(part)*uint32(b.room))
		got, gotOK := b.pilot(bucket)
		require.Equal(t, ok, gotOK)
		if ok {
			found[0]++
			require.Equal(t, want, got)
			require.Equal(t, places, b.places)
			for _, at := range places {
				require.Zero(t, before[at])
				before[at] = 1
			}
		} else {
			found[1]++
		}
		require.Equal(t, before, b.draft.taken)
	}
	require.Greater(t, min(found[0], found[1]), 60)
}

func naivePilot(b *perfectBuilder, bucket []bucketed, first uint32) (pilot uint8, ok bool, places []uint32) {
	for pilot := range uint64(maxPilots) {
		places, taken := make([]uint32, len(bucket)), b.draft.taken
		free := true
		for _, m := range bucket {
			at := b.spot(m.hash, pilot) - first
			free = free && taken[at] == 0
			taken[at], places[m.number] = 1, at
		}
		if free {
			return uint8(pilot), true, places
		}
	}
	return 0, false, nil
}
