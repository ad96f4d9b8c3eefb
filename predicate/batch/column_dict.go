package batch

import (
	"slices"
	"sync/atomic"
	"unsafe"
	"weak"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// dict reads dictionary-encoded text: an index a row, and per dictionary a
// memo of the code of each of its values.
//
//	dictionary  EMEA APAC AMER    looked up once, by c.memoOf
//	memo           1    0    2    the class code of each value
//	visible       1    0    1     bit i of word i/64: code i is accepted; for a column that alone decides
//	shown        01   00   01     the same, a byte a value
//	indices     2 0 0 1           of the rows: their codes are memo[index] = 2 1 1 0
//
// An index of a NULL row may be anything, also outside of the dictionary; its bit in
// valid is 0 and its code is null.
type dict[I index] struct {
	indices []I
	memo    []uint32
	visible finals // of a column that alone decides: the memo as bits, for AVX-512
	shown   []byte // and as bytes, for other forms
	null    uint32
	valid   []byte
	bit     int
	form    form // of vectorCodes and vectorAccept
	nothing bool // all codes are 0
}

type index interface {
	int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64
}

func openDict(data arrow.ArrayData, t *arrow.DictionaryType, c *classifier) (codes, error) {
	memo, err := c.memoOf(data.Dictionary())
	if err != nil {
		return nil, err
	}
	switch t.IndexType.ID() {
	case arrow.INT8:
		return newDict(data, memo, c, arrow.Int8Traits.CastFromBytes), nil
	case arrow.INT16:
		return newDict(data, memo, c, arrow.Int16Traits.CastFromBytes), nil
	case arrow.INT32:
		return newDict(data, memo, c, arrow.Int32Traits.CastFromBytes), nil
	case arrow.INT64:
		return newDict(data, memo, c, arrow.Int64Traits.CastFromBytes), nil
	case arrow.UINT8:
		return newDict(data, memo, c, arrow.Uint8Traits.CastFromBytes), nil
	case arrow.UINT16:
		return newDict(data, memo, c, arrow.Uint16Traits.CastFromBytes), nil
	case arrow.UINT32:
		return newDict(data, memo, c, arrow.Uint32Traits.CastFromBytes), nil
	default:
		return newDict(data, memo, c, arrow.Uint64Traits.CastFromBytes), nil
	}
}

func newDict[I index](data arrow.ArrayData, m memo, c *classifier, cast func([]byte) []I) *dict[I] {
	off, n := data.Offset(), data.Len()
	d := &dict[I]{memo: m.codes, visible: m.visible, shown: m.shown, null: c.lookup.null, valid: validity(data), bit: off, form: c.lookup.form, nothing: m.nothing}
	if n > 0 {
		d.indices = cast(bufferBytes(data, 1))[off : off+n]
	}
	return d
}

func (d *dict[I]) read(dst []uint32, from int) error {
	memo := d.memo
	indices := d.indices[from : from+len(dst)]
	done := 0
	if d.form.has(loopCodes) {
		if indices32 := words32(indices); indices32 != nil {
			done = vectorCodes(d.form, dst, indices32, memo)
		} else if d.form.has(loopWiden) {
			var buf [blockRows]uint32
			indices32 = widened(d.form, &buf, indices)
			done = vectorCodes(d.form, dst[:len(indices32)], indices32, memo)
		}
	}
	for i := done; i < len(indices); i++ {
		k := indices[i]
		if uint64(k) < uint64(len(memo)) {
			dst[i] = memo[k]
			continue
		}
		// What lies under a null is anybody's guess; elsewhere an index that
		// leads out of the dictionary means the batch is broken.
		if d.valid == nil || bitAt(d.valid, d.bit+from+i) {
			return errIndex
		}
		dst[i] = d.null
	}
	if d.valid != nil {
		setNulls(dst, d.null, d.valid, d.bit+from)
	}
	return nil
}

// zero reports whether every code is 0, without a look at the indices.
func (d *dict[I]) zero() bool { return d.nothing }

// bits sets one word of a mask per 64 rows, of a column that alone decides.
func (d *dict[I]) bits(mask []uint64, from, n int) bool {
	done := 0
	if d.form.has(loopShown) {
		indices := words32(d.indices[from : from+n])
		if indices == nil && d.form.has(loopWiden) {
			var buf [blockRows]uint32
			indices = widened(d.form, &buf, d.indices[from:from+n])
		}
		var ok bool
		if d.visible != nil {
			done, ok = vectorAccept(d.form, mask, indices, nil, d.visible, len(d.memo))
		} else {
			done, ok = vectorShown(d.form, mask, indices, d.shown)
		}
		if !ok {
			return false // as below
		}
		for i := 0; i < done && d.valid != nil; i += 64 {
			mask[i/64] &= bitsAt(d.valid, d.bit+from+i)
		}
	}
	for i := done; i < n; i += 64 {
		w, ok := d.word(d.indices[from+i : from+min(i+64, n)])
		if !ok {
			return false // read knows what to make of it
		}
		if d.valid != nil {
			w &= bitsAt(d.valid, d.bit+from+i)
		}
		mask[i/64] = w
	}
	return true
}

// word decides up to 64 rows, from the last to the first, so that a bit is shifted in
// by an addition.
func (d *dict[I]) word(indices []I) (w uint64, ok bool) {
	if d.shown != nil {
		return shownWord(indices, d.shown)
	}
	memo := d.memo
	for k := len(indices) - 1; k >= 0; k-- {
		i := indices[k]
		if uint64(i) >= uint64(len(memo)) {
			return 0, false
		}
		w = w*2 + uint64(memo[i])
	}
	return w, true
}

// shownWord is word for a byte a value, 4 rows a turn.
func shownWord[I index](indices []I, shown []byte) (w uint64, ok bool) {
	if rows := words32(indices); len(rows) == 64 && len(shown) <= maxVector {
		return shown64((*[64]uint32)(rows), shown)
	}
	n, k := uint64(len(shown)), len(indices)
	for ; k >= 4; k -= 4 {
		rows := (*[4]I)(indices[k-4:])
		a, b, c, d := uint64(rows[3]), uint64(rows[2]), uint64(rows[1]), uint64(rows[0])
		if a >= n || b >= n || c >= n || d >= n {
			return 0, false
		}
		w = w<<4 + uint64(shown[a])<<3 + uint64(shown[b])<<2 + uint64(shown[c])<<1 + uint64(shown[d])
	}
	for k--; k >= 0; k-- {
		i := uint64(indices[k])
		if i >= n {
			return 0, false
		}
		w = w*2 + uint64(shown[i])
	}
	return w, true
}

// A memoKey tells dictionaries apart by the Go objects that describe them and
// where their bytes lie. The weak pointers keep nothing alive and are never
// equal for two objects, even if the second takes the address of the first, so
// a memo cannot be taken for that of another dictionary.
type memoKey struct {
	data           weak.Pointer[array.Data]
	buffers        [3]weak.Pointer[memory.Buffer]
	bytes          [3]uintptr
	offset, length int
}

type memo struct {
	key     memoKey
	codes   []uint32
	visible finals // the same as bits, for a column that alone decides
	shown   []byte // and as bytes
	nothing bool   // all codes are 0, and so is that of null
}

// memos holds the memos of the dictionaries that a column showed last, the
// newest first, as long as these exist. It is replaced, never changed.
type memos struct{ list atomic.Pointer[[]memo] }

// maxMemos is how many dictionaries of one column are remembered: streams use
// one, or one per file, and a few streams may be read at a time.
const maxMemos = 4

// memoOf returns the codes of the values of a dictionary.
func (c *classifier) memoOf(d arrow.ArrayData) (memo, error) {
	key, keyed := memoKeyOf(d)
	keyed = keyed && c.off&pathMemo == 0
	var known []memo
	if list := c.memos.list.Load(); keyed && list != nil {
		known = *list
		for _, m := range known {
			if m.key == key {
				return m, nil
			}
		}
	}
	values, err := openColumn(d, c)
	if err != nil {
		return memo{}, err
	}
	m := memo{key: key, codes: make([]uint32, d.Len())}
	if err := readAll(values, m.codes, 0); err != nil {
		return memo{}, err
	}
	m.nothing = c.lookup.null == 0 && !slices.ContainsFunc(m.codes, func(code uint32) bool { return code != 0 })
	switch {
	case !c.alone:
	case c.lookup.form == formAVX512:
		m.visible = newFinals(len(m.codes))
		for i, code := range m.codes {
			m.visible[i>>5] |= code << (i & 31)
		}
	default:
		m.shown = make([]byte, len(m.codes))
		for i, code := range m.codes {
			m.shown[i] = byte(code)
		}
	}
	if keyed {
		list := []memo{m}
		for _, old := range known[:min(len(known), maxMemos-1)] {
			if old.key.data.Value() != nil { // nobody can show a dictionary again that is gone
				list = append(list, old)
			}
		}
		c.memos.list.Store(&list)
	}
	return m, nil
}

// memoKeyOf returns the key of a dictionary of plain text; others have none.
func memoKeyOf(d arrow.ArrayData) (memoKey, bool) {
	data, ok := d.(*array.Data)
	if !ok || len(data.Buffers()) > 3 || len(data.Children()) > 0 {
		return memoKey{}, false
	}
	key := memoKey{data: weak.Make(data), offset: data.Offset(), length: data.Len()}
	for i, b := range data.Buffers() {
		if b != nil {
			key.buffers[i] = weak.Make(b)
			key.bytes[i] = uintptr(unsafe.Pointer(unsafe.SliceData(b.Bytes())))
		}
	}
	return key, true
}
