package parquet

import (
	"math"
	"slices"
	"sync/atomic"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// testedType is the type in which the filter sees a column of the predicate: it looks at each
// value of a dictionary once. A text of a page without a dictionary is a value of its own.
var testedType = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}

// visible reads the columns of the predicate and returns the visible rows of the current row
// group. What later windows need of these columns goes to h.
func (r *Reader) visible(h *held) (*mask, error) {
	l, group := r.late, r.group-1
	rows := r.meta.RowGroup(group).NumRows()
	chunks, size := make([]chunk, len(l.tests)), int64(0)
	for i, leaf := range l.tests {
		c, err := chunkOf(r.meta, group, leaf)
		if err != nil || c.values != rows || !gatheredEncodings(r.meta, group, leaf) {
			return nil, errWhole
		}
		chunks[i] = c
		size += 8*rows + r.meta.RowGroups[group].Columns[leaf].MetaData.TotalUncompressedSize
	}
	may, err := r.candidates(chunks)
	if err != nil {
		return nil, err
	}
	most, pages := rows, int64(math.MaxInt64)
	room := h.max
	if room <= 0 {
		room = maxHeld
	}
	if size > room { // several windows, and nothing is kept
		most = max(r.batch, rows/(size/room+1))
		pages = pageWindows * most
	}
	m := newMask(rows)
	for from := int64(0); from == 0 || from < rows; {
		if err := r.ctx.Err(); err != nil {
			return nil, err
		}
		w := may.window(from, most)
		if err := r.test(m, w, chunks, pages, h); err != nil {
			return nil, err
		}
		from = w.to
		if rows == 0 {
			break
		}
	}
	return m, nil
}

// test adds the visible rows of a window of candidates to m.
func (r *Reader) test(m *mask, w window, chunks []chunk, pages int64, h *held) error {
	l := r.late
	taken, columns := make([]*gathering, len(chunks)), make([]arrow.Array, len(chunks))
	defer func() {
		for _, c := range columns {
			if c != nil {
				c.Release()
			}
		}
	}()
	var size atomic.Int64
	err := together(len(chunks), func(i int) error {
		g := newGathering(gathered{}, w, chunks[i], min(maxGathered, r.limit.max), pages, &size)
		if g.kept = make([]uint32, 0, w.visible); !g.checked { // the first window compares all pages with their bounds
			g.bounds = chunks[i].index.used()
		}
		if size := r.meta.RowGroups[r.group-1].Columns[l.tests[i]].MetaData.TotalUncompressedSize; w.visible == chunks[i].rows && size < maxHeld {
			g.data = make([]byte, 0, size) // as they are in pages, or most of it
		}
		g.more += 4 * w.visible
		if only, _ := onlyDictionary(r.meta, r.group-1, l.tests[i]); only {
			g.more, g.ends = g.more-4*int64(cap(g.ends)), []int32{0} // of texts, and not of rows
		}
		if err := r.check(chunks[i], l.tests[i], g); err != nil {
			return err
		}
		taken[i], columns[i] = g, g.texts()
		return nil
	})
	if err != nil {
		return err
	}
	rec := array.NewRecord(l.schema, columns, w.visible)
	defer rec.Release()
	chosen, err := l.filter.Mask(rec)
	if err != nil {
		return err
	}
	defer chosen.Release()
	m.pick(w, chosen)
	if w.visible == w.mask.visible { // all of them
		r.share(h, taken, w, m)
	}
	return nil
}

// texts returns the kept texts, without a copy: the dictionary of the chunk, with the texts
// that were in pages behind it, and a number for each row. That of a row that is NULL is
// none of a text, which the filter does not mind.
func (g *gathering) texts() arrow.Array {
	values := array.NewData(testedType.ValueType, len(g.ends)-1, []*memory.Buffer{nil, memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(g.ends)), memory.NewBufferBytes(g.data)}, nil, 0, 0)
	defer values.Release()
	var valid *memory.Buffer
	if g.blanks > 0 {
		there := make([]byte, (len(g.kept)+7)/8)
		for i, k := range g.kept {
			if k != heldNull {
				there[i>>3] |= 1 << (i & 7)
			}
		}
		valid = memory.NewBufferBytes(there)
	}
	out := array.NewDataWithDictionary(testedType, len(g.kept), []*memory.Buffer{valid, memory.NewBufferBytes(arrow.Uint32Traits.CastToBytes(g.kept))}, g.blanks, 0, values)
	defer out.Release()
	return array.NewDictionaryData(out)
}

// share makes what was taken of the columns of the predicate that of visible rows, for the
// columns among them that are read as well. Texts that take much room are not held: their pages are
// decoded again, but not checked again.
func (r *Reader) share(h *held, taken []*gathering, w window, m *mask) {
	if m.visible == 0 {
		return
	}
	for i, column := range r.late.tests {
		g := taken[i]
		k := slices.IndexFunc(r.opens, func(o leaf) bool { return o.column == column })
		if k < 0 {
			continue
		}
		size := 4*m.visible + int64(cap(g.data)+4*cap(g.ends))
		if r.late.kinds[k] != g.gathered || size > h.max/4 || h.size.Load()+size > h.max {
			h.checked[k] = h.keep(k, g.need)
			continue
		}
		kept, rank := make([]uint32, 0, m.visible), int64(0) // of the rows that were taken
		for from, to := nextRun(w.words, w.from, w.to); from < w.to; from, to = nextRun(w.words, to, w.to) {
			for start, end := nextRun(m.words, from, to); start < to; start, end = nextRun(m.words, end, to) {
				kept = append(kept, g.kept[rank+start-from:rank+end-from]...)
			}
			rank += to - from
		}
		g.kept = kept
		h.size.Add(size)
		h.columns[k] = g
	}
}
