package parquet

import (
	"cmp"
	"errors"
	"math"
	"slices"
	"sync/atomic"

	"github.com/apache/arrow/go/v15/arrow"
)

// Values of later windows are kept while the first one is taken, so that their pages are
// decoded once: numbers as they are, texts as indices into the dictionary of the column chunk.
// maxHeld bounds this memory for all columns of a row group. Of a column that has no room,
// every window decodes its pages.
const maxHeld = 32 << 20

// heldNull stands for NULL among the indices of held texts.
const heldNull = math.MaxUint32

// A held has the visible values of a row group, by column. A column that is not kept is nil.
type held struct {
	columns []*gathering
	headers []map[int64]page // of the pages of a column that is not kept, by their place
	size    atomic.Int64
	max     int64
	rank    int64 // visible rows before the next window
}

// hold checks the pages of a column and keeps all visible values. It returns nil if there is no
// room for them.
func (r *Reader) hold(i int, w window, c chunk) (*gathering, error) {
	h := r.late.held
	all := window{mask: w.mask, to: w.rows, visible: w.mask.visible}
	guess := r.heldSize(i, all)
	if all.visible == w.visible || h.size.Load()+guess > h.max {
		return nil, nil
	}
	g := newGathering(r.late.kinds[i], all, c, h.max, math.MaxInt64, &h.size)
	if g.keep = true; g.isText() {
		g.kept, g.data = make([]uint32, 0, all.visible), make([]byte, 0, guess-4*all.visible)
		g.more += guess
	}
	err := r.check(c, r.opens[i].column, g)
	if errors.Is(err, errMuch) {
		h.size.Add(-g.counted)
		return nil, nil
	}
	return g, err
}

// heldSize guesses what a column takes. The footer may lie: memory is counted where it is taken.
func (r *Reader) heldSize(i int, w window) int64 {
	kind := r.late.kinds[i]
	if kind.bit || kind.width > 0 {
		return w.visible * int64(max(kind.width, 1))
	}
	col, err := r.meta.RowGroup(r.group - 1).ColumnChunk(r.opens[i].column)
	if err != nil {
		return math.MaxInt64 / 2
	}
	if col.HasDictionaryPage() {
		return 4*w.visible + 1<<20
	}
	return 8*w.visible + int64(float64(col.TotalUncompressedSize())*float64(w.visible)/float64(max(w.rows, 1)))
}

// window returns n values from one on. Held texts that repeat are small, and those of a window
// may be large: size counts them, as it counts those of columns that are not held.
func (g *gathering) window(from, n int64, dt arrow.DataType, max int64, size *atomic.Int64) (arrow.Array, error) {
	out := &gathering{gathered: g.gathered, rows: window{visible: n}}
	out.begin(g.valid != nil)
	if out.isText() {
		size := 0
		for _, k := range g.kept[from : from+n] {
			if k != heldNull {
				size += len(g.text(k))
			}
		}
		if int64(size) > max {
			return nil, errMuch
		}
		out.data = make([]byte, 0, size)
		for _, k := range g.kept[from : from+n] {
			if k == heldNull {
				out.null(1)
				continue
			}
			out.data = append(out.data, g.text(k)...)
			if out.end(); out.valid != nil {
				out.valid[out.n>>3] |= 1 << (out.n & 7)
			}
			out.n++
		}
		out.more += int64(len(out.data))
	} else {
		v := &values{g: out, b: g.data}
		for end := from + n; from < end; {
			there, next := from, end
			if g.nulls > 0 {
				there, next = bytesRun(g.valid, from, end)
			}
			out.null(there - from)
			v.take(there, next-there)
			from = next
		}
	}
	if size.Add(out.more) > max {
		return nil, errMuch
	}
	return out.array(dt), nil
}

// text returns a held text.
func (g *gathering) text(k uint32) []byte {
	if g.large {
		return g.data[g.farEnds[k]:g.farEnds[k+1]]
	}
	return g.data[g.ends[k]:g.ends[k+1]]
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

// bytesRun is nextRun for bits in bytes.
func bytesRun(b []byte, at, to int64) (start, end int64) {
	bit := func(i int64) byte { return b[i>>3] >> (i & 7) & 1 }
	for start = at; start < to && bit(start) == 0; start++ {
	}
	for end = start; end < to && bit(end) == 1; end++ {
	}
	return start, end
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
