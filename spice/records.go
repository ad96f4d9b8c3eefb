package spice

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/internal/spicefile"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/batch"
	"github.com/rowsight/rowsight/spice/audit"
)

// Records returns the rows that s sees, in records.
//
// What holds when the loop begins holds until it ends: rows and rules stay of
// one version (V3). Only a key that is disabled, or a session that expires,
// ends a stream early, with an error: the keys of the rows and of the rules are
// asked for before each record, or as [Options.KeyCache] says. A record is valid
// until the loop goes on; Retain it to keep it longer. Texts that were taken from
// it stay what they are, unless [Options.Allocator] says otherwise. The first error is the last thing the sequence
// yields. The sequence can be read again, and then shows what holds then.
//
// The audit trail gets a record with the number of rows before the last of them
// is handed out, and if there are several records of rows one more before the
// first. If it cannot be written the read fails (K2).
func (d *Dataset) Records(ctx context.Context, s Session) iter.Seq2[arrow.Record, error] {
	return d.stream(ctx, s, ActionQuery, audit.ReadDataSet)
}

// Prepare returns the rows that an owner sees who prepares data: the rules of
// the dataset do not hold, those of its parents do, and so do column rules
// (V2). s must be one of the dataset's Owners, or in a group that is. The audit
// trail calls it PrepareDataSet. Whatever is shown to anybody else comes from
// [Dataset.Records].
func (d *Dataset) Prepare(ctx context.Context, s Session) iter.Seq2[arrow.Record, error] {
	return d.stream(ctx, s, ActionPrepare, audit.PrepareDataSet)
}

func (d *Dataset) stream(ctx context.Context, s Session, action, event string) iter.Seq2[arrow.Record, error] {
	return func(yield func(arrow.Record, error) bool) {
		r, err := d.begin(ctx, s, action, event, nil)
		if err != nil {
			yield(nil, d.fail("read", err))
			return
		}
		h := holder{read: r, ctx: ctx, yield: yield}
		defer h.end() // also when the body of the loop panics
		if err := r.records(ctx, h.give); err != nil {
			h.fail(err)
			return
		}
		h.last()
	}
}

// holder hands out records one later than they come: what is on record before
// the last one goes out is then the number of all rows.
type holder struct {
	*read
	ctx   context.Context
	yield func(arrow.Record, error) bool
	held  arrow.Record
	begun bool // the first record is written
	ended bool // the last is
}

// give takes a record, and hands out the one before.
func (h *holder) give(rec arrow.Record) error {
	rec.Retain()
	before := h.held
	h.held = rec
	if before == nil {
		return nil
	}
	defer before.Release()
	if err := h.lives(h.ctx); err != nil {
		return err
	}
	if !h.begun {
		h.begun = true
		h.use.Request = newUID() // the record of the end has it too: they are one read
		if err := h.d.store.record(h.ctx, h.use); err != nil {
			return err
		}
	}
	h.count += before.NumRows()
	if !h.yield(before, nil) {
		return errStop
	}
	return nil
}

// last hands out the record that is held.
func (h *holder) last() {
	if err := h.lives(h.ctx); err != nil {
		h.fail(err)
		return
	}
	rec := h.held
	if rec != nil {
		h.held = nil
		defer rec.Release()
		h.count += rec.NumRows()
	}
	if err := h.finish(); err != nil {
		h.yield(nil, h.d.fail("read", err))
		return
	}
	if rec != nil {
		h.yield(rec, nil)
	}
}

// fail ends the loop with an error, unless the loop was left.
func (h *holder) fail(err error) {
	if errors.Is(err, errStop) {
		return
	}
	h.use.Code = code(err)
	h.yield(nil, h.d.fail("read", errors.Join(err, h.finish())))
}

func (h *holder) finish() error {
	h.ended = true
	return h.read.end(h.ctx)
}

// end is for a loop that was left early: nobody can be told of an error.
func (h *holder) end() {
	if h.held != nil {
		h.held.Release()
	}
	if !h.ended {
		_ = h.finish()
	}
}

// read is one read of what a view shows.
type read struct {
	*view
	data  *data
	use   audit.Use
	names []string // columns of the rows that are needed
	count int64    // rows that were handed out
}

// begin opens the gate. Refusals are recorded; reads are by whoever goes on.
func (d *Dataset) begin(ctx context.Context, s Session, action, event string, only []string) (*read, error) {
	use := audit.Use{Name: event, DataSet: d.arn.String(), Who: s.who()}
	v, t, err := d.open(ctx, s, action, only...)
	if err != nil {
		use.Code = code(err)
		return nil, errors.Join(err, d.store.record(ctx, use))
	}
	snap := v.levels[0].snap
	use.Version, use.RulesVersion, use.Key = uint64(snap.body.Version), v.rules, snap.head.KeyARN
	return &read{view: v, data: t, use: use, names: v.needs(only)}, nil
}

// end closes what was open and writes the record with the number of rows.
func (r *read) end(ctx context.Context) error {
	r.data.close()
	r.use.Rows = &r.count
	return r.d.store.record(ctx, r.use)
}

// lives reports why nothing more may be handed out: the session has ended, or
// a key was disabled. It is asked before each record too, and not only before
// each chunk: a loop may take its time, and what comes next was read before.
//
// Asked for are the keys of everything that decided: of the rows, of every
// dataset between them and the session, and of the rules.
func (r *read) lives(ctx context.Context) error {
	if r.s.expired(r.d.store) {
		return ErrExpired
	}
	for _, l := range r.used {
		key, err := r.d.store.unwrap(ctx, l.snap.head)
		if err != nil {
			return err
		}
		key.wipe()
	}
	return nil
}

// each hands the visible rows of every record that has some to give, with the
// columns that are needed. The record is released when give returns.
func (r *read) each(ctx context.Context, give func(arrow.Record) error) error {
	for {
		if r.s.expired(r.d.store) {
			return ErrExpired
		}
		rec, err := r.data.next(ctx)
		if rec == nil {
			return err
		}
		visible, err := r.filter(rec)
		rec.Release()
		if err != nil {
			return err
		}
		if err := lend(visible, give); err != nil {
			return err
		}
	}
}

// lend gives away a record that has rows, and releases it even if give panics.
func lend(rec arrow.Record, give func(arrow.Record) error) error {
	defer rec.Release()
	if rec.NumRows() == 0 {
		return nil
	}
	return give(rec)
}

// filter returns the visible rows of rec.
func (r *read) filter(rec arrow.Record) (arrow.Record, error) {
	part, err := project(rec, r.names)
	if err != nil {
		return nil, err
	}
	defer part.Release()
	// What the rules restrict was checked against all columns when rows were judged.
	f, err := r.d.store.filters.Bind(r.rows.Rows(), part.Schema())
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRules, err)
	}
	return f.Apply(part)
}

// records gives what the session gets. Where rows are hidden, the records end
// after a fixed number of visible ones: how many hidden rows lie between them
// does not show (V8).
func (r *read) records(ctx context.Context, give func(arrow.Record) error) error {
	at := make([]int, len(r.columns))
	for i, c := range r.columns {
		at[i] = slices.Index(r.names, r.root.Field(c.root).Name)
	}
	give, err := r.tidied(give)
	if err != nil {
		return err
	}
	if r.rows.Op() == predicate.OpAll {
		return r.each(ctx, func(rec arrow.Record) error { return lend(r.deliver(rec, at), give) })
	}
	even := evener{schema: r.out, store: r.d.store, give: give}
	defer even.release()
	err = r.each(ctx, func(rec arrow.Record) error { return lend(r.deliver(rec, at), even.add) })
	if err != nil {
		return err
	}
	return even.rest()
}

// tidied returns give for records that hold nothing beside their rows, whatever
// they were cut from or put together of (S3).
func (r *read) tidied(give func(arrow.Record) error) (func(arrow.Record) error, error) {
	f, err := batch.Bind(predicate.All(), r.out, &batch.Options{Allocator: r.d.store.mem})
	if err != nil {
		return nil, err
	}
	return func(rec arrow.Record) error {
		tidy, err := f.Apply(rec)
		if err != nil {
			return err
		}
		return lend(tidy, give)
	}, nil
}

// deliver returns rec as the session gets it.
func (r *read) deliver(rec arrow.Record, at []int) arrow.Record {
	if r.data.direct != nil {
		columns := make([]arrow.Array, len(at))
		for i, k := range at {
			columns[i] = rec.Column(k)
		}
		return newRecord(r.out, columns, rec.NumRows())
	}
	return spicefile.Deliver(rec, at, r.out, r.d.store.mem)
}

// newRecord is array.NewRecord for columns that fit the schema.
func newRecord(schema *arrow.Schema, columns []arrow.Array, rows int64) arrow.Record {
	return array.NewRecord(schema, columns, rows)
}

var errStop = errors.New("the loop was left")

// evenRows is the number of rows of a record where rows are hidden.
const evenRows = 8 << 10

// evener puts records together and apart until all but the last have the same
// number of rows.
type evener struct {
	schema *arrow.Schema
	store  *Store
	give   func(arrow.Record) error
	parts  []arrow.Record
	rows   int64
}

// add takes rec in and gives away what is full.
func (e *evener) add(rec arrow.Record) error {
	for from := int64(0); from < rec.NumRows(); {
		n := min(evenRows-e.rows, rec.NumRows()-from)
		e.parts = append(e.parts, rec.NewSlice(from, from+n))
		e.rows += n
		from += n
		if e.rows == evenRows {
			if err := e.rest(); err != nil {
				return err
			}
		}
	}
	return nil
}

// rest gives away what there is.
func (e *evener) rest() error {
	if e.rows == 0 {
		return nil
	}
	rec, err := e.join()
	e.release()
	if err != nil {
		return err
	}
	return lend(rec, e.give)
}

func (e *evener) join() (arrow.Record, error) {
	if len(e.parts) == 1 {
		e.parts[0].Retain()
		return e.parts[0], nil
	}
	columns := make([]arrow.Array, 0, e.schema.NumFields())
	defer func() {
		for _, c := range columns {
			c.Release()
		}
	}()
	for i := range e.schema.NumFields() {
		pieces := make([]arrow.Array, len(e.parts))
		for j, p := range e.parts {
			pieces[j] = p.Column(i)
		}
		c, err := concatenate(pieces, e.store.mem)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", e.schema.Field(i).Name, err)
		}
		columns = append(columns, c)
	}
	return newRecord(e.schema, columns, e.rows), nil
}

func (e *evener) release() {
	for _, p := range e.parts {
		p.Release()
	}
	e.parts, e.rows = nil, 0
}
