package parquet

import (
	"cmp"
	"math"
	"slices"
	"sync/atomic"

	"github.com/apache/arrow/go/v15/arrow"
)

// maxHeld bounds the memory for what later windows of a row group need, for all columns: pages in
// which windows end, and texts of the columns of the predicate. Of a column that has no room,
// every window decodes the pages that it has rows of.
const maxHeld = 32 << 20

// heldNull stands for NULL among the indices of held texts.
const heldNull = math.MaxUint32

// A held has what later windows of a row group need, by column.
type held struct {
	columns []*gathering     // the visible texts, which were read to find the visible rows; or nil
	cursors []*cursor        // or nil
	room    []bool           // there is, for a cursor
	checked []bool           // the pages, when the visible rows were found
	buffers []takenScratch   // of cursors, as large as the pages of the column
	headers []map[int64]page // of a column without a cursor: of its pages, by their place

	size atomic.Int64
	max  int64
	rank int64 // visible rows before the next window
}

func newHeld(columns int, max int64) *held {
	return &held{
		columns: make([]*gathering, columns), headers: make([]map[int64]page, columns), max: max,
		cursors: make([]*cursor, columns), room: make([]bool, columns), checked: make([]bool, columns), buffers: make([]takenScratch, columns),
	}
}

// window returns n held texts from one on. Texts that repeat are held once, and those of a
// window may be large: size counts them, as it counts those that are taken out of pages.
func (g *gathering) window(from, n int64, dt arrow.DataType, max int64, size *atomic.Int64) (arrow.Array, error) {
	out := &gathering{gathered: g.gathered, rows: window{visible: n}}
	out.begin(g.valid != nil)
	bytes := 0
	for _, k := range g.kept[from : from+n] {
		if k != heldNull {
			from, to := g.place(k)
			bytes += to - from
		}
	}
	if int64(bytes) > max {
		return nil, errMuch
	}
	out.data = make([]byte, 0, bytes)
	for _, k := range g.kept[from : from+n] {
		if k == heldNull {
			out.null(1)
			continue
		}
		from, to := g.place(k)
		out.data = appendText(out.data, g.data, from, to)
		if out.end(); out.valid != nil {
			out.valid[out.n>>3] |= 1 << (out.n & 7)
		}
		out.n++
	}
	if size.Add(out.more+int64(bytes)) > max {
		return nil, errMuch
	}
	return out.array(dt), nil
}

// place returns where in data a held text is.
func (g *gathering) place(k uint32) (from, to int) {
	if g.large {
		return int(g.farEnds[k]), int(g.farEnds[k+1])
	}
	return int(g.ends[k]), int(g.ends[k+1])
}

// bySize returns the columns that are read, the largest first: it is begun first, so
// that no processor waits for it at the end.
func (r *Reader) bySize() []int {
	order, sizes := make([]int, len(r.opens)), make([]int64, len(r.opens))
	for i, o := range r.opens {
		order[i] = i
		if col, err := r.meta.RowGroup(r.group - 1).ColumnChunk(o.column); err == nil {
			sizes[i] = col.TotalUncompressedSize()
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(sizes[b], sizes[a]) })
	return order
}

// A takenScratch has the buffers in which one goroutine takes pages apart. No record refers
// to them.
type takenScratch struct {
	head, in, out, dictionary []byte
	places, indices           []uint32
	there                     []uint64
}

// lend gives the buffers to an account.
func (s *takenScratch) lend(a *account) {
	a.head, a.in, a.out = s.head, s.in, s.out
	if g := a.taken; g != nil {
		g.indices, g.there, g.dictionary, g.places = s.indices, s.there, s.dictionary, s.places
	}
}

// takeBack takes the buffers back.
func (s *takenScratch) takeBack(a *account) {
	s.head, s.in, s.out = a.head, a.in, a.out
	if g := a.taken; g != nil {
		s.indices, s.there, s.dictionary, s.places = g.indices, g.there, g.dictionary, g.places
		g.indices, g.there, g.dictionary, g.places = nil, nil, nil, nil
	}
}
