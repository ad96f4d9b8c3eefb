package eval

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/batch"
	"github.com/rowsight/rowsight/query"
)

// Options configure [Answer]. A nil *Options is the default.
type Options struct {
	// MaxBytes is the approximate memory limit for groups, for the rows up to the
	// end of a page, and for the values of medians, percentiles and distinct
	// counts; 0 is 256 MiB. A question that needs more is [ErrMemory].
	MaxBytes int64
	// Allocator provides the memory of the answer; nil uses memory of the garbage
	// collector.
	Allocator memory.Allocator
}

// Errors of answers.
var (
	ErrPlan     = errors.New("the zero Plan has no answer")
	ErrSchema   = errors.New("the records do not have the columns of the plan")
	ErrOverflow = errors.New("a result has more digits than its type")
	ErrMemory   = errors.New("the answer needs more memory than allowed: use fewer dimensions or a filter")
)

const defaultBytes = 256 << 20

// Answer answers a plan from records. Each record must have the columns of the
// plan, with the types that the plan was checked with. The caller releases the
// result. Answer returns an error of records, and the error of ctx when it
// ends.
func Answer(ctx context.Context, plan query.Plan, records iter.Seq2[arrow.Record, error], opts *Options) (*Result, error) {
	if plan.IsZero() || records == nil {
		return nil, ErrPlan
	}
	e := newEvaluation(plan, opts)
	for rec, err := range records {
		if err == nil {
			err = ctx.Err()
		}
		if err == nil {
			err = e.record(rec)
		}
		if err != nil {
			return nil, err
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return e.finish()
}

// An evaluation is a plan while records arrive.
type evaluation struct {
	plan    query.Plan
	mem     memory.Allocator
	columns []string // that the plan needs
	keep    predicate.Predicate
	filter  *batch.Filter
	schema  *arrow.Schema // of filter

	kinds []query.Kind // of the dimensions
	fresh []func() state
	tops  []*top
	bound // to the record that is read

	rows   bool   // the question lists rows
	listed lister // then
	groups map[string]*group
	last   *group // that the row before belongs to
	key    []byte
	cells  []cell
	left   int64 // bytes
}

func newEvaluation(plan query.Plan, opts *Options) *evaluation {
	e := &evaluation{plan: plan, mem: memory.NewGoAllocator(), columns: plan.Needs(), left: defaultBytes, groups: make(map[string]*group), keep: predicate.All()}
	if opts != nil && opts.MaxBytes > 0 {
		e.left = opts.MaxBytes
	}
	if opts != nil && opts.Allocator != nil {
		e.mem = opts.Allocator
	}
	q, out := plan.Query(), plan.Output()
	e.rows, e.listed.keys = len(q.Columns) > 0, sortKeys(plan)
	for i := range plan.Keys() {
		e.kinds = append(e.kinds, out[i].Kind)
	}
	for _, m := range q.Measures {
		e.fresh = append(e.fresh, newState(plan, m))
	}
	for _, f := range q.Filters {
		switch f := f.(type) {
		case query.Where:
			e.keep = predicate.And(e.keep, f.Predicate)
		case query.Top:
			e.tops = append(e.tops, e.newTop(f))
		}
	}
	return e
}

// bound is what reads the cells of one record.
type bound struct {
	readers  []reader // of the columns
	dims     []reader
	measures []reader
	tests    []func(row int) (bool, error)
}

// bind prepares to read the rows of a record with the columns that the plan needs.
func (e *evaluation) bind(rec arrow.Record) {
	e.bound = bound{}
	for _, c := range rec.Columns() {
		e.readers = append(e.readers, readerOf(c))
	}
	for _, d := range e.plan.Keys() {
		e.dims = append(e.dims, e.dimension(d))
	}
	q := e.plan.Query()
	for _, m := range q.Measures {
		e.measures = append(e.measures, e.measure(m))
	}
	for i, f := range q.Filters {
		switch f := f.(type) {
		case query.Range:
			e.tests = append(e.tests, e.inRange(f.Column, e.plan.Bounds(i)))
		case query.Null:
			read := e.reader(f.Column)
			e.tests = append(e.tests, func(row int) (bool, error) {
				c, err := read(row)
				return c.ok == f.Not, err
			})
		}
	}
	for _, t := range e.tops {
		t.value, t.of = e.reader(t.filter.Column), e.measure(t.filter.By)
	}
}

// reader returns the reader of a column that the plan needs.
func (e *evaluation) reader(name string) reader {
	return e.readers[max(0, slices.Index(e.columns, name))] // Check has found all names
}

// dimension returns what reads a dimension. Rows of one day often follow each other, so
// the last period is kept.
func (e *evaluation) dimension(d query.Dimension) reader {
	read, kind := e.reader(d.Column), e.plan.Column(d.Column).Kind
	if d.Cut == query.Whole {
		return read
	}
	var n, period int64
	known := false
	return func(row int) (cell, error) {
		c, err := read(row)
		if c.ok && err == nil {
			if !known || c.x.n != n {
				n, period, known = c.x.n, cut(c.x.n, kind, d.Cut), true
			}
			c.x = whole(period)
		}
		return c, err
	}
}

func (e *evaluation) measure(m query.Measure) reader {
	if m.Of.Op() == query.ExprNone {
		return func(int) (cell, error) { return cell{ok: true}, nil }
	}
	return e.compile(m.Of)
}

// inRange returns the test of a range.
func (e *evaluation) inRange(column string, b query.Bounds) func(row int) (bool, error) {
	read, kind := e.reader(column), e.plan.Column(column).Kind
	var lo, hi exact
	if b.Lo != nil {
		lo = wholeBig(b.Lo)
	}
	if b.Hi != nil {
		hi = wholeBig(b.Hi)
	}
	return func(row int) (bool, error) {
		c, err := read(row)
		switch {
		case err != nil || !c.ok || b.Empty:
			return false, err
		case kind != query.Float:
			return (b.Lo == nil || c.x.cmp(lo) >= 0) && (b.Hi == nil || c.x.cmp(hi) <= 0), nil
		}
		return c.f == c.f && // not NaN
			(b.Low == nil || c.f > *b.Low || c.f == *b.Low && !b.LowOpen) &&
			(b.High == nil || c.f < *b.High || c.f == *b.High && !b.HighOpen), nil
	}
}

// record adds the rows of a record.
func (e *evaluation) record(rec arrow.Record) error {
	part, err := e.project(rec)
	if err != nil {
		return err
	}
	defer part.Release()
	if e.keep.Op() != predicate.OpAll {
		if e.filter == nil || !e.schema.Equal(part.Schema()) {
			if e.filter, err = batch.Bind(e.keep, part.Schema(), &batch.Options{Allocator: e.mem, Workers: 1}); err != nil {
				return err
			}
			e.schema = part.Schema()
		}
		kept, err := e.filter.Apply(part)
		if err != nil {
			return err
		}
		defer kept.Release()
		part = kept
	}
	e.bind(part)
	for row := range int(part.NumRows()) {
		if err := e.row(row); err != nil {
			return err
		}
	}
	return nil
}

// project returns the columns that the plan needs, in the order of e.columns.
func (e *evaluation) project(rec arrow.Record) (arrow.Record, error) {
	fields, columns := make([]arrow.Field, len(e.columns)), make([]arrow.Array, len(e.columns))
	for i, name := range e.columns {
		at := rec.Schema().FieldIndices(name)
		if len(at) != 1 {
			return nil, fmt.Errorf("%w: %d columns are %q, want one", ErrSchema, len(at), name)
		}
		fields[i], columns[i] = rec.Schema().Field(at[0]), rec.Column(at[0])
		want := e.plan.Column(name)
		if got := columnOf(fields[i].Type); got.Kind != want.Kind || got.Scale != want.Scale {
			return nil, fmt.Errorf("%w: column %q is %s", ErrSchema, name, fields[i].Type)
		}
	}
	return array.NewRecord(arrow.NewSchema(fields, nil), columns, rec.NumRows()), nil
}

func (e *evaluation) row(row int) error {
	for _, test := range e.tests {
		if ok, err := test(row); err != nil || !ok {
			return err
		}
	}
	e.cells = e.cells[:0]
	e.key = e.key[:0]
	for i, d := range e.dims {
		c, err := d(row)
		if err != nil {
			return err
		}
		e.cells = append(e.cells, c)
		if !e.rows {
			e.key = c.appendTo(e.key, e.kinds[i])
		}
	}
	for _, t := range e.tops {
		c, bytes, err := t.add(row)
		if err != nil {
			return err
		}
		e.left -= bytes
		e.cells = append(e.cells, c)
		e.key = c.appendTo(e.key, t.kind)
	}
	if e.rows {
		return e.list()
	}
	g := e.last
	if g == nil || g.key != string(e.key) {
		g = e.groups[string(e.key)]
	}
	if g == nil {
		g = e.newGroup(e.cells)
		g.key = string(e.key)
		e.groups[g.key] = g
	}
	e.last = g
	for i, m := range e.measures {
		c, err := m(row)
		if err != nil {
			return err
		}
		e.left -= g.states[i].add(c)
	}
	if e.left < 0 {
		return ErrMemory
	}
	return nil
}
