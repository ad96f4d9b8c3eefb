package spicefile

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// text is a column of text. Each row has the number of an entry; while texts
// repeat, equal ones share theirs.
//
//	rows    0 3 1 1 2 …            0 is NULL
//	entries – EMEA US APAC …       one behind the other in data
type text struct {
	maxRunes int
	rows     []uint32
	ends     []int // of each entry in data; ends[0] is 0
	data     []byte
	numbers  map[string]uint32 // of entries; nil when texts do not repeat

	cut       int64 // texts that were cut (V7)
	originals map[string]*original
}

// original is what was cut to one text.
type original struct {
	sum   [sha256.Size]byte // of the first
	mixed bool              // there is another
}

// interned is how many different texts are told apart before a column whose
// texts do not repeat is taken for one of distinct texts.
const interned = 1 << 16

func newText(maxRunes int) *text {
	c := &text{maxRunes: maxRunes, originals: make(map[string]*original)}
	c.reset()
	return c
}

func (c *text) append(arr arrow.Array, drop []bool) error {
	if d, ok := arr.(*array.Dictionary); ok {
		return c.appendDict(d, drop)
	}
	value, err := reader(arr)
	if err != nil {
		return err
	}
	for i := range arr.Len() {
		switch {
		case drop != nil && drop[i]:
		case arr.IsNull(i):
			c.rows = append(c.rows, 0)
		default:
			c.rows = append(c.rows, c.entry(c.shorten(value(i))))
		}
	}
	return nil
}

// appendDict looks at each value of the dictionary that is used once.
func (c *text) appendDict(d *array.Dictionary, drop []bool) error {
	values := d.Dictionary()
	value, err := reader(values)
	if err != nil {
		return err
	}
	known := make([]uint32, values.Len()) // entries
	seen := make([]bool, values.Len())
	cuts := make([]bool, values.Len())
	for i := range d.Len() {
		if drop != nil && drop[i] {
			continue
		}
		if d.IsNull(i) || values.IsNull(d.GetValueIndex(i)) {
			c.rows = append(c.rows, 0)
			continue
		}
		k := d.GetValueIndex(i)
		if !seen[k] {
			before := c.cut
			known[k], seen[k] = c.entry(c.shorten(value(k))), true
			cuts[k] = c.cut > before
		} else if cuts[k] {
			c.cut++ // rows are counted, not values
		}
		c.rows = append(c.rows, known[k])
	}
	return nil
}

// reader returns how to read an array of text without a dictionary.
func reader(arr arrow.Array) (func(i int) string, error) {
	switch a := arr.(type) {
	case *array.String:
		return a.Value, nil
	case *array.LargeString:
		return a.Value, nil
	case *array.StringView:
		return a.Value, nil
	default:
		return nil, fmt.Errorf("%w: %s", ErrType, arr.DataType())
	}
}

// shorten cuts s to the number of characters a field may have (V7).
func (c *text) shorten(s string) string {
	if len(s) < c.maxRunes { // fewer bytes than characters are allowed
		return s
	}
	n := utf8.RuneCountInString(s)
	if n < c.maxRunes {
		return s
	}
	short := s
	if n > c.maxRunes {
		at := 0
		for range c.maxRunes {
			_, size := utf8.DecodeRuneInString(s[at:])
			at += size
		}
		short = s[:at]
		c.cut++
	}
	sum := sha256.Sum256([]byte(s))
	if o := c.originals[short]; o == nil {
		c.originals[string([]byte(short))] = &original{sum: sum}
	} else if o.sum != sum {
		o.mixed = true
	}
	return short
}

// entry returns the number of the entry of s.
func (c *text) entry(s string) uint32 {
	if c.numbers != nil {
		if n, ok := c.numbers[s]; ok {
			return n
		}
	}
	c.data = append(c.data, s...)
	c.ends = append(c.ends, len(c.data))
	n := uint32(len(c.ends) - 1)
	if c.numbers != nil {
		c.numbers[string([]byte(s))] = n
		if len(c.numbers) > interned && len(c.numbers) > len(c.rows)/2 {
			c.numbers = nil
		}
	}
	return n
}

// value returns the text of an entry that is not NULL.
func (c *text) value(entry uint32) []byte { return c.data[c.ends[entry-1]:c.ends[entry]] }

func (c *text) take(rows []uint32) arrow.Array { return c.plain(rows) }

// plain returns rows as utf8.
func (c *text) plain(rows []uint32) arrow.Array {
	valid, nulls := c.validity(rows)
	offsets, data := varLength(len(rows), func(i int) []byte {
		if e := c.rows[rows[i]]; e > 0 {
			return c.value(e)
		}
		return nil
	})
	return makeArray(arrow.BinaryTypes.String, len(rows), nulls, valid, offsets, data)
}

// encode returns rows in the form that takes less, and what is known of them.
// Where most texts differ, a dictionary is only a detour.
func (c *text) encode(rows []uint32) (arrow.Array, Stats) {
	used := make(map[uint32]int32) // entry → index in the dictionary
	var entries []uint32
	if c.numbers != nil {
		for _, r := range rows {
			if e := c.rows[r]; e > 0 {
				if _, ok := used[e]; !ok {
					used[e] = 0
					entries = append(entries, e)
				}
			}
		}
	}
	if c.numbers == nil || 2*len(entries) > len(rows) {
		return c.plain(rows), c.spread(rows)
	}
	slices.SortFunc(entries, func(a, b uint32) int { return bytes.Compare(c.value(a), c.value(b)) })
	for i, e := range entries {
		used[e] = int32(i)
	}
	indices := make([]int32, len(rows))
	for i, r := range rows {
		indices[i] = used[c.rows[r]] // 0 for NULL
	}
	valid, nulls := c.validity(rows)
	offsets, data := varLength(len(entries), func(i int) []byte { return c.value(entries[i]) })
	values := makeArray(arrow.BinaryTypes.String, len(entries), 0, nil, offsets, data)
	defer values.Release()
	out := array.NewDataWithDictionary(dictType, len(rows),
		[]*memory.Buffer{valid, memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(indices))}, nulls, 0, values.Data().(*array.Data))
	defer out.Release()
	return array.NewDictionaryData(out), known(len(entries), func(i int) []byte { return c.value(entries[i]) })
}

func (c *text) validity(rows []uint32) (*memory.Buffer, int) {
	valid := make([]bool, len(rows))
	all := make([]uint32, len(rows))
	for i, r := range rows {
		valid[i], all[i] = c.rows[r] > 0, uint32(i)
	}
	return takeValid(valid, all)
}

// rank returns, for each row, where its text stands among all: NULL first, then
// in the order of bytes, equal texts alike. The second result is how many ranks
// there are.
func (c *text) rank() (ranks []uint32, n int) {
	order := make([]uint32, len(c.ends)-1)
	for i := range order {
		order[i] = uint32(i + 1)
	}
	slices.SortFunc(order, func(a, b uint32) int { return bytes.Compare(c.value(a), c.value(b)) })
	of := make([]uint32, len(c.ends))
	for i, e := range order {
		if i == 0 || !bytes.Equal(c.value(e), c.value(order[i-1])) {
			n++
		}
		of[e] = uint32(n)
	}
	ranks = make([]uint32, len(c.rows))
	for i, e := range c.rows {
		ranks[i] = of[e]
	}
	return ranks, n + 1
}

func (c *text) bytes() int { return len(c.data) + 4*len(c.rows) + 8*len(c.ends) }

func (c *text) reset() {
	c.rows, c.data, c.ends = c.rows[:0], c.data[:0], append(c.ends[:0], 0)
	c.numbers = make(map[string]uint32)
}

// collided returns the texts that different ones were cut to.
func (c *text) collided() []string {
	var texts []string
	for s, o := range c.originals {
		if o.mixed {
			texts = append(texts, s)
		}
	}
	slices.Sort(texts)
	return texts
}
