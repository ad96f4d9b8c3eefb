package parquet

import (
	"encoding/binary"
	"math"
	"slices"
	"sync/atomic"

	v18pq "github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	"github.com/apache/arrow-go/v18/parquet/schema"
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/rowsight/rowsight/predicate"
)

// gathered says how the values of a column are held in pages and in an array.
type gathered struct {
	width int  // of a value in bytes; 0: a text behind its length
	bit   bool // of booleans: a bit
	large bool // of texts: offsets of 64 bits
}

// gatheredOf returns how values of a column become values of a type of Arrow. It
// reports false where that takes more than a copy of their bytes.
func gatheredOf(col *schema.Column, dt arrow.DataType) (gathered, bool) {
	if col.MaxRepetitionLevel() > 0 || col.MaxDefinitionLevel() > 1 || len(col.ColumnPath()) != 1 {
		return gathered{}, false
	}
	ids := map[v18pq.Type][]arrow.Type{
		v18pq.Types.Boolean:   {arrow.BOOL},
		v18pq.Types.Int32:     {arrow.INT32, arrow.UINT32, arrow.DATE32},
		v18pq.Types.Int64:     {arrow.INT64, arrow.UINT64, arrow.TIMESTAMP},
		v18pq.Types.Float:     {arrow.FLOAT32},
		v18pq.Types.Double:    {arrow.FLOAT64},
		v18pq.Types.ByteArray: {arrow.STRING, arrow.LARGE_STRING, arrow.BINARY, arrow.LARGE_BINARY},
	}
	if !slices.Contains(ids[col.PhysicalType()], dt.ID()) {
		return gathered{}, false
	}
	switch dt := dt.(type) {
	case *arrow.BooleanType:
		return gathered{bit: true}, true
	case *arrow.StringType, *arrow.BinaryType:
		return gathered{}, true
	case *arrow.LargeStringType, *arrow.LargeBinaryType:
		return gathered{large: true}, true
	case *arrow.TimestampType:
		unit := map[arrow.TimeUnit]schema.TimeUnitType{
			arrow.Millisecond: schema.TimeUnitMillis, arrow.Microsecond: schema.TimeUnitMicros, arrow.Nanosecond: schema.TimeUnitNanos,
		}
		logical, ok := col.LogicalType().(schema.TimestampLogicalType)
		want, known := unit[dt.Unit]
		return gathered{width: 8}, ok && known && logical.TimeUnit() == want
	case arrow.FixedWidthDataType:
		return gathered{width: dt.BitWidth() / 8}, true
	}
	return gathered{}, false
}

// gatheredEncodings reports whether the footer names no other encoding than those
// that page understands.
func gatheredEncodings(m *metadata.FileMetaData, group, leaf int) bool {
	meta := m.RowGroups[group].Columns[leaf].MetaData
	if meta == nil {
		return false
	}
	for _, e := range meta.GetEncodings() {
		switch int64(e) {
		case plain, plainDictionary, rle, bitPacked, rleDictionary:
		default:
			return false
		}
	}
	return true
}

// A gathering takes the values of visible rows out of the pages of one column.
type gathering struct {
	gathered
	rows window
	row  int64 // the first of the next page
	hand hand  // the page whose rows are taken
	max  int64

	checked bool          // with an earlier window
	most    int64         // visible rows of a page
	need    needed        // to keep a page for the next window
	size    *atomic.Int64 // bytes of all columns, of whole pages
	more    int64         // bytes of this page
	room    int64         // of data, for texts that are counted already

	scratches *freeList[takenScratch]

	headers     map[int64]page // that were read, by their place
	mostHeaders int            // that are kept

	kept   []uint32 // of the columns of the predicate: numbers of texts in data, which begins with the dictionary
	blanks int      // heldNull among kept

	index   *pageIndex         // decides which pages are left out; nil: none
	at      int                // the next page of index
	bounds  []predicate.Bounds // of texts, that must be true, with an index; nil: none
	skipped int64              // pages that were left out

	dictionary []byte
	places     []uint32 // of texts in dictionary, each behind its length; and the end
	entries    int64
	indices    []uint32 // of a page
	there      []uint64 // the rows of a page that are not NULL

	n       int64 // values so far
	nulls   int
	valid   []byte // bits; nil: no NULL can be
	data    []byte
	ends    []int32 // of texts in data, from 0 on
	farEnds []int64 // instead, if large
}

// growTexts bounds the room that is made for texts before it is known how long they are.
const growTexts = 4 << 20

func newGathering(kind gathered, w window, c chunk, max, most int64, size *atomic.Int64) *gathering {
	g := &gathering{gathered: kind, rows: w, max: max, most: most, size: size, checked: w.from > 0}
	g.begin(c.maxDef > 0)
	return g
}

func (g gathered) isText() bool { return g.width == 0 && !g.bit }

// begin makes room for the values of the window.
func (g *gathering) begin(nullable bool) {
	w, kind := g.rows, g.gathered
	g.data = []byte{}
	if nullable {
		g.valid = make([]byte, (w.visible+7)/8)
	}
	switch {
	case kind.bit:
		g.data = make([]byte, (w.visible+7)/8)
	case kind.width > 0:
		g.data = make([]byte, 0, w.visible*int64(kind.width))
	case kind.large:
		g.farEnds = append(make([]int64, 0, w.visible+1), 0)
	default:
		g.ends = append(make([]int32, 0, w.visible+1), 0)
	}
	g.more = int64(cap(g.data)) + 4*int64(cap(g.ends)) + 8*int64(cap(g.farEnds))
}

// setDictionary takes the dictionary of a chunk, whose values were checked.
func (g *gathering) setDictionary(b []byte, entries int64) error {
	if g.bit || int64(len(b)) > math.MaxUint32 {
		return errWhole
	}
	g.dictionary, g.entries = append(g.dictionary[:0], b...), entries
	g.need.dictionary = int64(len(b)) + 4*entries
	if g.kept != nil {
		g.more += int64(len(b)) + 4*entries
	}
	if g.width > 0 {
		return nil
	}
	g.places = slices.Grow(g.places[:0], int(entries)+1)
	at := uint32(0)
	for range entries {
		g.places = append(g.places, at)
		size := binary.LittleEndian.Uint32(b[at:])
		if at += 4; g.kept != nil {
			g.data = append(g.data, b[at:at+size]...)
			g.end()
		}
		at += size
	}
	g.places = append(g.places, at)
	return nil
}

// A hand is the page whose rows are taken. The next window goes on where this one ended.
type hand struct {
	from, to int64 // rows
	v        values
	nulls    bool
	mean     int64 // bytes of a text
	k, at    int64 // how many rows of the page before at are not NULL
}

// page takes the visible values of a page of n rows, of which there are not NULL
// and are in b; def are its levels. All of this was checked, except for indices.
func (g *gathering) page(c chunk, p page, def, b []byte, there int64) error {
	from := g.row
	g.row += p.values
	if g.row > g.rows.rows {
		return corrupt("%d rows, the row group has %d", g.row, g.rows.rows)
	}
	if !g.checked {
		visible := ones(g.rows.words, from, g.row)
		if visible > g.most {
			return errWhole // each of its windows would decode the page again
		}
		g.need.page(p, there, visible)
	}
	outside := g.row <= g.rows.from || from >= g.rows.to
	if outside && g.bounds == nil { // checked, and not of this window
		return nil
	}
	nulls := there != p.values
	if nulls {
		if err := g.levels(c, p, def); err != nil {
			return err
		}
	}
	v := values{g: g, b: b}
	switch {
	case there == 0:
	case p.encoding == plain:
	case p.encoding == plainDictionary || p.encoding == rleDictionary:
		if err := g.decode(b, there); err != nil {
			return err
		}
		v.indexed = true
	default:
		return errWhole
	}
	if g.bounds != nil && !v.inside(g.bounds[g.at-1], there) {
		return errIndex
	}
	if outside {
		return nil
	}
	v.next, v.b = 0, b
	g.hand = hand{from: from, to: g.row, v: v, nulls: nulls}
	if g.isText() && !(g.kept != nil && v.indexed) && there > 0 {
		size := int64(len(b)) / there
		if v.indexed {
			size = int64(len(g.dictionary)) / g.entries
		}
		g.hand.mean = max(0, size-4)
	}
	return g.take()
}

// take takes the rows of the window that are in the page at hand.
func (g *gathering) take() error {
	h := &g.hand
	low, high := max(h.from, g.rows.from), min(h.to, g.rows.to)
	if h.mean > 0 {
		g.roomFor(h.mean, ones(g.rows.words, low, high))
	}
	for start, end := nextRun(g.rows.words, low, high); start < high; start, end = nextRun(g.rows.words, end, high) {
		if i := start - h.from; !h.nulls {
			h.v.take(i, end-start)
		} else {
			h.k, h.at = h.k+ones(g.there, h.at, i), end-h.from
			for i < h.at {
				here, next := nextRun(g.there, i, h.at)
				g.null(here - i)
				h.v.take(h.k, next-here)
				h.k, i = h.k+next-here, next
			}
		}
		if g.more > g.max {
			return errMuch
		}
	}
	if g.size.Add(g.more) > g.max {
		return errMuch
	}
	g.more = 0
	return nil
}

// mayPass reports whether pages may be left out: those that were checked with an earlier
// window, and those of an index.
func (g *gathering) mayPass() bool {
	return g.checked || g.index != nil && g.at < len(g.index.pages) && g.passes(g.index.end(g.at)-g.row)
}

// passes reports whether a data page of so many rows can be left out. It was checked with an
// earlier window and has no row of this one, or has no visible row.
func (g *gathering) passes(rows int64) bool {
	if g.checked && (g.row+rows <= g.rows.from || g.row >= g.rows.to) {
		return true
	}
	return g.row+rows <= g.rows.rows && ones(g.rows.words, g.row, g.row+rows) == 0
}

// placed compares a page with the index and moves on to the next one.
func (g *gathering) placed(at int64, p page) error {
	if g.index == nil || p.dictionary {
		return nil
	}
	if g.at++; !g.index.holds(g.at-1, at, int64(p.header)+p.compressed, g.row, p.values) {
		return errIndex
	}
	return nil
}

// levels notes the rows of a page that are not NULL.
func (g *gathering) levels(c chunk, p page, def []byte) error {
	g.there = slices.Grow(g.there[:0], int(p.values+63)/64)[:(p.values+63)/64]
	clear(g.there)
	if c.maxDef == 1 && p.defEncoding != bitPacked {
		_, err := bitLevels(g.there, def, p.values)
		return err
	}
	at := int64(0)
	return walkLevels(def, c.maxDef, p.defEncoding, p.values, func(v uint64, times int64) error {
		if v == uint64(c.maxDef) {
			for i := at; i < at+times; i++ {
				g.there[i>>6] |= 1 << (i & 63)
			}
		}
		at += times
		return nil
	})
}

// decode decodes n indices into the dictionary and checks all of them.
func (g *gathering) decode(b []byte, n int64) error {
	g.indices = slices.Grow(g.indices[:0], int(n))[:n]
	return indicesOf(g.indices, b[1:], uint(b[0]), g.entries)
}

// indicesOf decodes numbers as hybrid does, which has walked over them, and
// checks that each is below entries.
func indicesOf(dst []uint32, b []byte, width uint, entries int64) error {
	bytes := int(width+7) / 8
	most := uint32(0)
	for len(dst) > 0 {
		head, k := binary.Uvarint(b)
		b = b[k:]
		if head&1 == 0 {
			times := int(head >> 1)
			var v uint32
			for i := range bytes {
				v |= uint32(b[i]) << (8 * i)
			}
			for i := range dst[:times] {
				dst[i] = v
			}
			most = max(most, v)
			b, dst = b[bytes:], dst[times:]
			continue
		}
		here := min(8*int(head>>1), len(dst))
		keep := uint64(1)<<width - 1
		for i := range dst[:here] {
			bit := uint(i) * width
			var v uint64
			if at := bit >> 3; at+8 <= uint(len(b)) {
				v = binary.LittleEndian.Uint64(b[at:]) >> (bit & 7) & keep
			} else {
				v = bitsAt(b, int64(bit), int64(width))
			}
			dst[i] = uint32(v)
			most = max(most, uint32(v))
		}
		b, dst = b[min(int(head>>1)*int(width), len(b)):], dst[here:]
	}
	if int64(most) >= entries {
		return corrupt("index %d into a dictionary of %d entries", most, entries)
	}
	return nil
}

// roomFor makes room for the texts of so many rows, and for those of pages to come, which may be
// somewhat longer. Room counts, whether texts fill it or not, and takes no more than half of what
// the window may take: a page can make each of many columns ask for much more than it needs.
func (g *gathering) roomFor(size, rows int64) {
	if int64(cap(g.data)-len(g.data)) >= min(size*rows, growTexts) || g.rows.visible == 1 {
		return
	}
	need := size * (g.rows.visible - g.n)
	need = min(need+need/16, growTexts)
	if g.size.Load()+g.more+need-g.room > g.max/2 {
		return
	}
	g.data = slices.Grow(g.data, int(need))
	g.more, g.room = g.more+need-g.room, need
}

// null adds n rows that are NULL.
func (g *gathering) null(n int64) {
	switch {
	case n == 0:
		return
	case g.kept != nil:
		g.blanks += int(n)
		for range n {
			g.kept = append(g.kept, heldNull)
		}
		return
	case g.bit:
	case g.width > 0:
		g.data = append(g.data, make([]byte, n*int64(g.width))...)
	default:
		for range n {
			g.end()
		}
	}
	g.nulls += int(n)
	g.n += n
}

// end notes where a text ends. maxGathered is below 2 GiB.
func (g *gathering) end() {
	if g.large {
		g.farEnds = append(g.farEnds, int64(len(g.data)))
	} else {
		g.ends = append(g.ends, int32(len(g.data)))
	}
}

// array returns the values.
func (g *gathering) array(dt arrow.DataType) arrow.Array {
	g.wipe()
	buffers := []*memory.Buffer{nil}
	if g.nulls > 0 {
		buffers[0] = memory.NewBufferBytes(g.valid)
	}
	switch {
	case g.ends != nil:
		buffers = append(buffers, memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(g.ends)))
	case g.farEnds != nil:
		buffers = append(buffers, memory.NewBufferBytes(arrow.Int64Traits.CastToBytes(g.farEnds)))
	}
	data := array.NewData(dt, int(g.n), append(buffers, memory.NewBufferBytes(g.data)), nil, g.nulls, 0)
	defer data.Release()
	return array.MakeFromData(data)
}
