package parquet

import (
	"errors"
	"math"
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
// predicate has conditions on, which tells the visible rows (tested.go). Then it takes
// the values of these rows out of the pages of every column. The pages are checked
// as always, but no other value becomes part of an array. Pages without a visible row
// are left out if the file has an index of them (pageindex.go).
//
// The rows come in windows of at most as many visible rows as a record may have, so
// that memory does not grow with the row group. Taking the first window checks all
// pages. Each column then goes on from the page in which the window before ended (cursor),
// as far as there is room (held). Of other columns, a window decodes the pages that it has rows of.
//
// A row group is read as a whole if its pages are in an encoding that gathering does
// not know, if one window takes too much memory, and if anything is wrong with it: the
// error is then that of every other reader.
type late struct {
	filter *batch.Filter // of the columns of the predicate
	schema *arrow.Schema // of the records of filter
	tests  []int         // columns of the file, by field of schema
	kinds  []gathered    // by column that is read

	scratches freeList[takenScratch]

	left  *mask            // of the current row group, nil if nothing is left of it
	from  int64            // the first row of the next window
	held  *held            // what the next windows need
	spare *held            // held of a row group before, for its buffers
	lie   func(*pageIndex) // for tests
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
	most := int64(maxHeld)
	if opts.held != 0 {
		most = opts.held
	}
	l := &late{spare: newHeld(len(r.opens), min(most, r.limit.max))}
	for i, o := range r.opens {
		kind, ok := gatheredOf(r.meta.Schema.Column(o.column), fields[i].Type)
		if !ok {
			return nil
		}
		l.kinds = append(l.kinds, kind)
	}
	tested := make([]arrow.Field, len(names))
	for i, name := range names {
		tested[i] = arrow.Field{Name: name, Type: testedType, Nullable: true}
		l.tests = append(l.tests, r.prune.columns[name])
	}
	l.schema = arrow.NewSchema(tested, nil)
	var err error
	if l.filter, err = batch.Bind(opts.Prune.Rows(), l.schema, &batch.Options{Workers: 1}); err != nil {
		return nil
	}
	return l
}

// gather makes the visible rows of the current row group ready, if there are any.
// It reports false if the row group must be read as a whole, as the next ones are
// then: they are most often alike, and what was read is read again.
func (r *Reader) gather() bool {
	err := guard(func() (err error) { r.ready, err = r.gathered(); return err })
	if err != nil {
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
	r.r.forget() // what is kept is not for several goroutines
	h := r.late.spare.next()
	m, err := r.visible(h)
	if err != nil {
		return nil, err
	}
	if m.visible == 0 {
		r.stats.RowsSkipped += rows
		return nil, nil
	}
	r.late.left, r.late.from, r.late.held = m, 0, h
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
				l.held.endCursors() // some have moved on
				continue
			}
			err = errWhole
		}
		if err != nil {
			return nil, err
		}
		l.held.rank += w.visible
		if l.from = w.to; l.left.none(w.to) {
			l.held.endCursors()
			l.left, l.held, l.spare = nil, nil, l.held
		}
		return rec, nil
	}
}

func (r *Reader) gatherWindow(w window) (arrow.Record, error) {
	columns := make([]arrow.Array, len(r.opens))
	defer func() {
		for _, c := range columns {
			if c != nil {
				c.Release()
			}
		}
	}()
	var size atomic.Int64
	order := r.bySize()
	err := together(len(columns), func(at int) (err error) {
		i := order[at]
		columns[i], err = r.gatherColumn(i, w, &size)
		return err
	})
	if err != nil {
		return nil, err
	}
	rec := array.NewRecord(r.schema, columns, w.visible)
	if err := arrow18.Validate(rec); err != nil {
		rec.Release()
		return nil, err
	}
	return rec, nil
}

// together calls f for 0 to n-1, on as many goroutines as there are processors, and
// returns the error of the first call that has one.
func together(n int, f func(i int) error) error {
	errs := make([]error, n)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				errs[i] = guard(func() error { return f(i) })
			}
		})
	}
	wg.Wait()
	return first(errs...)
}

// check checks the pages of a column and gives their values to g. Pages without a visible row
// are left out, if the file has an index of them.
func (r *Reader) check(c chunk, leaf int, g *gathering) error {
	if !g.checked {
		if g.index = c.index; c.index == nil {
			g.index = r.pageIndexOf(r.group-1, leaf, c)
		}
	}
	g.scratches = &r.late.scratches
	err := checkPages(r.r, c, min(maxPageBytes, r.limit.max), g)
	if err == nil && g.index != nil && g.at != len(g.index.pages) {
		err = errIndex
	}
	r.pagesSkipped.Add(g.skipped)
	return err
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
	if k := r.cursor(i, c); k != nil && (w.from > 0 || h.checked[i]) {
		if err := k.window(w, size); err != nil {
			return nil, err
		}
		return k.taken.array(dt), nil
	}
	v := newGathering(r.late.kinds[i], w, c, max, math.MaxInt64, size)
	if h.headers[i] == nil {
		h.headers[i] = make(map[int64]page)
	}
	v.headers, v.mostHeaders = h.headers[i], maxHeaders/len(r.opens)
	if err := r.check(c, r.opens[i].column, v); err != nil {
		return nil, err
	}
	if w.from == 0 && w.visible < w.mask.visible && !h.keep(i, v.need) && v.need.visible > pageWindows*r.batch {
		return nil, errWhole // each of the windows of a page would decode it again
	}
	return v.array(dt), nil
}
