package batch

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
)

// TestLookup builds tables of all sizes and lengths of values and looks up
// values, near misses and hostile texts in every form, against a map.
func TestLookup(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 22))
	for _, size := range []int{0, 1, 2, 5, 20, 48, 49, 200, 3000, 5000, 20_000} {
		for _, longest := range []int{1, 4, 8, 9, 15, 16, 17, 40, 300} {
			want := make(map[string]uint32)
			b := newBuilder(new(draft), 2*size)
			var codes []uint32
			for range size {
				v := randomText(rng, longest)
				if id := b.add(v); int(id) == len(codes) {
					codes = append(codes, 2+rng.Uint32N(5))
					want[v] = codes[id]
				}
				if again := codes[b.add(v)]; again != want[v] {
					require.Equal(t, want[v], again, "the id of a value that is there already")
				}
			}
			l := newLookup(new(draft), b, codes)
			l.null, l.miss = 7, 1
			require.Nil(t, l.rest)
			require.Equal(t, len(want), l.n)

			var texts []string
			for v := range want {
				texts = append(texts, v, v+"\x00", v[:len(v)-1], strings.ToUpper(v), v[1:])
				if len(texts) < 10_000 { // lengths that have a byte in common, or four bits
					texts = append(texts, v+strings.Repeat("\x00", 16), v+strings.Repeat("\x00", 256))
				}
			}
			// Every text that differs from a value in one bit: what a comparison
			// of words that is wrong by an operator would take for the value.
			for v := range want {
				for bit := range 8 * min(len(v), 20) {
					flipped := []byte(v)
					flipped[bit/8] ^= 1 << (bit % 8)
					texts = append(texts, string(flipped))
				}
				if len(texts) > 20_000 {
					break
				}
			}
			texts = append(texts, hostile...)
			texts = append(texts, "", "")
			rng.Shuffle(len(texts), func(i, j int) { texts[i], texts[j] = texts[j], texts[i] })
			requireForms(t, l, texts, func(text string) uint32 {
				if text == "" {
					return l.null
				} else if code, ok := want[text]; ok {
					return code
				}
				return l.miss
			})
		}
	}
}

// requireForms looks texts up in every form and requires their codes.
func requireForms(t *testing.T, l *lookup, texts []string, want func(text string) uint32) {
	t.Helper()
	builder := array.NewStringBuilder(memory.DefaultAllocator)
	builder.AppendValues(texts, nil)
	data := builder.NewArray().Data()
	for _, form := range lookupForms() {
		l.form = form.form
		l.one, l.few, l.handful, l.planes = nil, nil, nil, nil
		if form.sealed {
			l.seal()
		}
		dst := make([]uint32, len(texts))
		require.NoError(t, openPlainTest(data, l).read(dst, 0))
		for i, text := range texts {
			// They are many, and require takes longer than a look-up.
			code, found := want(text), l.find([]byte(text), 0, len(text))
			if dst[i] != code || found != code {
				require.Equal(t, code, dst[i], "%q among %d values, %+v", text, l.n, form)
				require.Equal(t, code, found, "%q", text)
			}
		}
	}
}

// TestSetLookup does the same with the values of a single condition, whose
// tables come from a draft full of what others left in it.
func TestSetLookup(t *testing.T) {
	rng := rand.New(rand.NewPCG(23, 24))
	d := new(draft)
	for _, size := range []int{1, 2, 16, 17, 40, 60, 4096, 4097, 20_000} {
		for _, longest := range []int{15, 40} {
			want := make(map[string]bool)
			for range size {
				want[randomText(rng, longest)] = true
			}
			values := slices.Sorted(maps.Keys(want))
			d.ruin(rng)
			l := newSetLookup(d, predicate.In("a", values...), 2)
			d.ruin(rng)
			d.reset()
			l.null, l.miss = 7, 1
			require.Nil(t, l.rest)
			require.Equal(t, len(values), l.n)
			for _, p := range []*perfect{l.short, l.long} {
				if p != nil {
					require.Len(t, p.pilots, 1<<(64-p.shift)+sparePilots, "a vector loads 4 bytes of the last pilot")
				}
			}
			var texts []string
			for _, v := range values {
				texts = append(texts, v, v+"\x00", v[:len(v)-1], v[1:])
			}
			builder := array.NewStringBuilder(memory.DefaultAllocator)
			builder.AppendValues(append(texts, "what is near the end of data is looked up by itself"), nil)
			data := builder.NewArray().Data()
			for _, form := range lookupForms() {
				l.form = form.form
				l.one, l.few, l.handful, l.planes = nil, nil, nil, nil
				if form.sealed {
					l.seal()
					require.Equal(t, l.long == nil && l.n <= fewValues, l.few != nil)
				}
				dst := make([]uint32, len(texts))
				for from := 0; from < len(texts); from += blockRows {
					require.NoError(t, openPlainTest(data, l).read(dst[from:min(from+blockRows, len(dst))], from))
				}
				for i, text := range texts {
					code := l.miss
					if want[text] {
						code = 2
					} else if text == "" {
						code = l.null
					}
					require.Equal(t, code, dst[i], "%q among %d values of at most %d bytes, %+v", text, size, longest, form)
				}
			}
		}
	}
}

// lookupForms are the ways a text is looked up.
func lookupForms() (list []lookupForm) {
	for _, f := range allForms() {
		list = append(list, lookupForm{f, false}, lookupForm{f, true})
	}
	return list
}

type lookupForm struct {
	form   form
	sealed bool
}

func openPlainTest(data arrow.ArrayData, l *lookup) codes {
	return openPlain(data, l, arrow.Int32Traits.CastFromBytes)
}

// randomText returns a text of 1 to n bytes over few letters, NUL among them.
func randomText(rng *rand.Rand, n int) string {
	b := make([]byte, 1+rng.IntN(n))
	for i := range b {
		b[i] = "ab\x00c\xffd"[rng.IntN(6)]
	}
	return string(b)
}

func TestRefine(t *testing.T) {
	for _, tt := range []struct {
		reason string
		sets   [][]uint32
		n      int
		want   []uint32
		count  int
	}{
		{"no set, no class", nil, 0, nil, 1},
		{"one set is one class", [][]uint32{{0, 1, 2}}, 3, []uint32{1, 1, 1}, 2},
		{"sets that do not meet", [][]uint32{{0}, {1, 2}}, 3, []uint32{1, 2, 2}, 3},
		{"sets that overlap", [][]uint32{{0, 1}, {1, 2}}, 3, []uint32{1, 2, 3}, 4},
		{"the same set twice", [][]uint32{{0, 1}, {0, 1}, {2}}, 3, []uint32{1, 1, 2}, 3},
		{"a set inside another", [][]uint32{{0, 1, 2}, {1}}, 3, []uint32{1, 2, 1}, 3},
	} {
		class, count := refine(new(draft), tt.sets, tt.n, classOther)
		require.Equal(t, tt.want, class, tt.reason)
		require.Equal(t, tt.count, count, tt.reason)
	}
}

// FuzzLookup looks a text up in a table of some values, in every form.
func FuzzLookup(f *testing.F) {
	f.Add("EMEA,US", "EMEA")
	f.Add("abcdefgh,abcdefghi", "abcdefgh")
	f.Add("abcdefghijklmnop,abcdefghijklmnopq", "abcdefghijklmnop")
	f.Add("a,a\x00", "a")
	f.Fuzz(func(t *testing.T, list, text string) {
		values := strings.Split(list, ",")
		b := newBuilder(new(draft), len(values))
		var codes []uint32
		want := make(map[string]bool)
		for _, v := range values {
			if v == "" {
				continue
			}
			if id := b.add(v); int(id) == len(codes) {
				codes = append(codes, 1)
			}
			want[v] = true
		}
		l := newLookup(new(draft), b, codes)
		builder := array.NewStringBuilder(memory.DefaultAllocator)
		builder.AppendValues(append([]string{"some text before", text}, make([]string, 18)...), nil)
		builder.Append("and some after it")
		data := builder.NewArray().Data()
		for _, form := range lookupForms() {
			l.form = form.form
			l.one, l.few, l.handful, l.planes = nil, nil, nil, nil
			if form.sealed {
				l.seal()
			}
			dst := make([]uint32, 20)
			require.NoError(t, openPlainTest(data, l).read(dst, 0))
			require.Equal(t, want[text], dst[1] == 1, fmt.Sprintf("%q in %q, %+v", text, values, form))
		}
	})
}
