package parquet

import (
	"errors"
	"math/bits"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/adapters/arrow18"
	"github.com/rowsight/rowsight/predicate/batch"
)

// A late reads row groups in two steps. It first reads the columns that the
// predicate has conditions on, which tells the visible rows. Then it takes the
// values of these rows out of the pages of every column. The pages are checked
// as always, but no other value becomes part of an array.
//
// The rows come in windows of at most as many visible rows as a record may have, so
// that memory does not grow with the row group. Taking the first window checks all
// pages and keeps what the next ones need, as far as there is room (held). Of other columns,
// the next windows decode the pages that they have rows of.
//
// A row group is read as a whole if its pages are in an encoding that gathering does
// not know, if one window takes too much memory, and if anything is wrong with it: the
// error is then that of every other reader.
type late struct {
	tests  *Reader // of the columns of the predicate
	filter *batch.Filter
	kinds  []gathered // by column that is read

	left *mask // of the current row group, nil if nothing is left of it
	from int64 // the first row of the next window
	held *held // values of the next windows
	max  int64 // of held
}

// maxGathered bounds what is taken for one window. A row group with more is read
// as a whole, record by record.
const maxGathered = 64 << 20

// pageWindows bounds the windows of a page, each of which decodes it. A row group with
// a page that has more visible rows is read as a whole.
const pageWindows = 8

// errWhole says that a row group must be read as a whole.
var errWhole = errors.New("the row group must be read as a whole")

// errMuch says that the values of a window take too much memory.
var errMuch = errors.New("the window takes too much memory")

// newLate returns nil if the rows of p cannot be told, or if values of a column
// that is read cannot be taken out of its pages.
func (r *Reader) newLate(opts *Options) *late {
	names, fields := opts.Prune.Columns(), r.schema.Fields()
	unknown := func(name string) bool { _, ok := r.prune.columns[name]; return !ok }
	if opts.whole || len(names) == 0 || len(r.opens) != len(fields) || slices.ContainsFunc(names, unknown) {
		return nil
	}
	l := &late{max: maxHeld}
	if opts.held != 0 {
		l.max = opts.held
	}
	for i, o := range r.opens {
		kind, ok := gatheredOf(r.meta.Schema.Column(o.column), fields[i].Type)
		if !ok {
			return nil
		}
		l.kinds = append(l.kinds, kind)
	}
	var err error
	l.tests, err = newReaderOf(&source{ReaderAtSeeker: r.r.ReaderAtSeeker}, r.meta, r.path, &Options{
		Context: r.ctx, Columns: names, Dictionary: names, BatchRows: opts.BatchRows, MaxBatchBytes: opts.MaxBatchBytes,
	}, r.limit.mem)
	if err != nil {
		return nil
	}
	if l.filter, err = batch.Bind(opts.Prune.Rows(), l.tests.schema, &batch.Options{Workers: 1}); err != nil {
		l.tests.Release()
		return nil
	}
	return l
}

func (l *late) release() {
	if l != nil {
		l.tests.Release()
	}
}

// A mask has a bit for each row of a row group.
type mask struct {
	words   []uint64
	rows    int64
	visible int64
}

// append says which of the rows that follow are visible.
func (m *mask) append(rows *array.Boolean) {
	for i := range rows.Len() {
		if m.rows&63 == 0 {
			m.words = append(m.words, 0)
		}
		if rows.Value(i) {
			m.words[m.rows>>6] |= 1 << (m.rows & 63)
			m.visible++
		}
		m.rows++
	}
}

// between yields the visible rows from one on, before another.
func (m *mask) between(from, to int64) func(func(int64) bool) {
	return func(yield func(int64) bool) {
		for w := from >> 6; w<<6 < to; w++ {
			word := m.words[w]
			if w == from>>6 {
				word &= ^uint64(0) << (from & 63)
			}
			for ; word != 0; word &= word - 1 {
				row := w<<6 | int64(bits.TrailingZeros64(word))
				if row >= to || !yield(row) {
					return
				}
			}
		}
	}
}

// A window is a range of rows of a row group.
type window struct {
	*mask
	from, to int64
	visible  int64 // in the range
}

// window returns the rows from one on, up to so many visible ones.
func (m *mask) window(from, most int64) window {
	w := window{mask: m, from: from, to: m.rows}
	for row := range m.between(from, m.rows) {
		if w.visible == most {
			w.to = row
			break
		}
		w.visible++
	}
	return w
}

// none reports whether no row from one on is visible.
func (m *mask) none(from int64) bool {
	for range m.between(from, m.rows) {
		return false
	}
	return true
}

// mask reads the columns of the predicate of a row group, counted from 1.
func (l *late) mask(group int) (*mask, error) {
	t := l.tests
	t.group, t.err = group, nil
	defer t.endGroup()
	defer t.drop()
	if err := t.open(); err != nil {
		return nil, err
	}
	m := new(mask)
	for t.rows != nil && t.ctx.Err() == nil {
		t.drop()
		if !t.next() {
			break
		}
		visible, err := l.filter.Mask(t.cur)
		if err != nil {
			return nil, err
		}
		m.append(visible)
		visible.Release()
	}
	return m, first(t.err, t.ctx.Err())
}

// gather makes the visible rows of the current row group ready, if there are any.
// It reports false if the row group must be read as a whole, as the next ones are
// then: they are most often alike, and what was read is read again.
func (r *Reader) gather() bool {
	err := guard(func() (err error) { r.ready, err = r.gathered(); return err })
	if err != nil {
		r.stats.BytesRead += r.late.tests.r.read.Load()
		r.late.release()
		r.late = nil
	}
	return err == nil
}

// gatherMore makes the next window of the current row group ready. The pages were
// checked, so that an error is one of the storage, of memory, or of a value of the
// window: an index that the dictionary does not have, or text that is not UTF-8.
func (r *Reader) gatherMore() error {
	err := guard(func() (err error) { r.ready, err = r.window(); return err })
	if errors.Is(err, errWhole) {
		err = tooLarge("over %d bytes for one row", min(maxGathered, r.limit.max))
	}
	return err
}

func (r *Reader) gathered() (arrow.Record, error) {
	rows := r.meta.RowGroup(r.group - 1).NumRows()
	if rows > min(maxGathered, r.limit.max)/8 { // the array of a column and the indices of a page count, too
		return nil, errWhole
	}
	for _, o := range r.opens {
		if !gatheredEncodings(r.meta, r.group-1, o.column) {
			return nil, errWhole
		}
	}
	m, err := r.late.mask(r.group)
	switch {
	case err != nil:
		return nil, err
	case m.rows != rows:
		return nil, errWhole
	case m.visible == 0:
		r.stats.RowsSkipped += rows
		return nil, nil
	}
	r.r.forget() // what is kept is not for several goroutines
	r.late.left, r.late.from = m, 0
	r.late.held = &held{columns: make([]*gathering, len(r.opens)), max: min(r.late.max, r.limit.max)}
	rec, err := r.window()
	if err != nil {
		r.late.left, r.late.held = nil, nil
		return nil, err
	}
	r.stats.RowsSkipped += rows - m.visible
	return rec, nil
}

// window takes the rows of the next window, and moves on to the one after it. A
// window that takes too much memory is made smaller.
func (r *Reader) window() (rec arrow.Record, err error) {
	l := r.late
	for most := r.batch; ; most /= 4 {
		w := l.left.window(l.from, max(most, 1))
		rec, err = r.gatherWindow(w)
		if errors.Is(err, errMuch) {
			if w.visible > 1 {
				continue
			}
			err = errWhole
		}
		if err != nil {
			return nil, err
		}
		l.held.rank += w.visible
		if l.from = w.to; l.left.none(w.to) {
			l.left, l.held = nil, nil
		}
		return rec, nil
	}
}

func (r *Reader) gatherWindow(w window) (arrow.Record, error) {
	columns, errs := make([]arrow.Array, len(r.opens)), make([]error, len(r.opens))
	defer func() {
		for _, c := range columns {
			if c != nil {
				c.Release()
			}
		}
	}()
	var size, next atomic.Int64
	var wg sync.WaitGroup
	order := r.bySize()
	for range min(runtime.GOMAXPROCS(0), len(r.opens)) {
		wg.Go(func() {
			for at := int(next.Add(1)) - 1; at < len(columns); at = int(next.Add(1)) - 1 {
				i := order[at]
				errs[i] = guard(func() (err error) {
					columns[i], err = r.gatherColumn(i, w, &size)
					return err
				})
			}
		})
	}
	wg.Wait()
	if err := first(errs...); err != nil {
		return nil, err
	}
	rec := array.NewRecord(r.schema, columns, w.visible)
	if err := arrow18.Validate(rec); err != nil {
		rec.Release()
		return nil, err
	}
	return rec, nil
}

// gatherColumn checks the pages of a column and takes the visible values. It
// uses no more of r than its source, which is safe for several goroutines while
// nothing is kept there.
func (r *Reader) gatherColumn(i int, w window, size *atomic.Int64) (arrow.Array, error) {
	h, dt, max := r.late.held, r.schema.Field(i).Type, min(maxGathered, r.limit.max)
	if g := h.columns[i]; g != nil {
		return g.window(h.rank, w.visible, dt, max, size)
	}
	c, err := chunkOf(r.meta, r.group-1, r.opens[i].column)
	if err != nil {
		return nil, err
	}
	if w.from == 0 {
		g, err := r.hold(i, w, c)
		if err != nil {
			return nil, err
		}
		if h.columns[i] = g; g != nil {
			return g.window(0, w.visible, dt, max, size)
		}
	}
	v := newGathering(r.late.kinds[i], w, c, max, pageWindows*r.batch, size)
	if err := checkPages(r.r, c, min(maxPageBytes, r.limit.max), v); err != nil {
		return nil, err
	}
	return v.array(dt), nil
}
