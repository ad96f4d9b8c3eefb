package spice

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/batch"
	"github.com/rowsight/rowsight/spice/audit"
	"github.com/rowsight/rowsight/spice/internal/spicefile"
	"github.com/rowsight/rowsight/spice/observe"
)

// Records streams the rows that s sees.
//
// One loop reads one version of the rows and one version of the rules (V3). A
// disabled key or an expired session ends the loop early, with an error: Records
// unwraps the keys of the rows and of the rules before each record, or as often as
// [Options.KeyCache] allows. Ranging over the sequence again is a new read.
//
// A record is valid until the next iteration; Retain it to keep it longer. Texts
// taken from a record stay valid, unless [Options.Allocator] recycles memory. An
// error is the last element of the sequence.
//
// Records writes an audit record with the number of rows before it yields the last
// record. If there are several records, it writes another one before the first. If
// an audit record cannot be written, the read fails (K2).
func (d *Dataset) Records(ctx context.Context, s Session) iter.Seq2[arrow.Record, error] {
	return d.stream(ctx, s, ActionQuery, audit.ReadDataSet, everything())
}

// Prepare streams the rows for an owner who prepares data. The rules of the dataset
// do not apply; the rules of its parents and column rules do (V2). s must be one of
// the dataset's Owners, or in a group that is. The audit event is PrepareDataSet.
// Use [Dataset.Records] for every other viewer.
func (d *Dataset) Prepare(ctx context.Context, s Session) iter.Seq2[arrow.Record, error] {
	return d.stream(ctx, s, ActionPrepare, audit.PrepareDataSet, everything())
}

func (d *Dataset) stream(ctx context.Context, s Session, action, event string, q request) iter.Seq2[arrow.Record, error] {
	return func(yield func(arrow.Record, error) bool) {
		r, err := d.begin(ctx, s, action, event, q)
		if err != nil {
			yield(nil, d.fail("read", err))
			return
		}
		ctx := r.within
		h := lookahead{read: r, ctx: ctx, yield: yield}
		defer h.end() // also when the body of the loop panics
		if err := r.records(ctx, h.push); err != nil {
			h.fail(err)
			return
		}
		h.flush()
	}
}

// A lookahead yields each record when the next one arrives. So it knows the last
// record before it yields it, and the audit record with the number of all rows is
// written first (K2).
type lookahead struct {
	*read
	ctx   context.Context
	yield func(arrow.Record, error) bool
	held  arrow.Record
	begun bool // the audit record of the start is written
	ended bool // the audit record of the end is written
}

// push keeps rec and yields the record before it.
func (h *lookahead) push(rec arrow.Record) error {
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
		h.use.Request = newUID() // the audit record of the end has the same: both are one read
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

// flush yields the record that push kept last.
func (h *lookahead) flush() {
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

// fail yields an error, unless the caller has left the loop.
func (h *lookahead) fail(err error) {
	if errors.Is(err, errStop) {
		return
	}
	h.failed(err)
	h.yield(nil, h.d.fail("read", errors.Join(err, h.finish())))
}

func (h *lookahead) finish() error {
	h.ended = true
	return h.read.end(h.ctx)
}

// end releases the record and writes the audit record if the caller left the loop.
// An error cannot be reported then.
func (h *lookahead) end() {
	if h.held != nil {
		h.held.Release()
	}
	if !h.ended {
		_ = h.finish()
	}
}

// A read is one read of a view.
type read struct {
	*view
	data  *data
	use   audit.Use
	names []string // columns that the session or the rules need
	count int64    // rows that were yielded

	within context.Context // of the observer: what the read does belongs to its operation
	ended  func(observe.Result)
	err    error // why it failed

	filtered       *batch.Filter // of this read alone, see bound
	filteredSchema *arrow.Schema

	fromKept bool // the store kept all rows of the question
}

// begin checks access and opens the data. It audits refusals; the caller audits the
// read, with [read.end].
func (d *Dataset) begin(ctx context.Context, s Session, action, event string, q request) (*read, error) {
	use := audit.Use{Name: event, DataSet: d.arn.String(), Who: s.who()}
	ctx, ended := observe.Start(ctx, d.store.opts.Observer, observe.Operation{Kind: observe.Read, Name: event, Dataset: use.DataSet})
	v, t, err := d.open(ctx, s, action, q)
	if err != nil {
		use.Code = code(err)
		err = errors.Join(err, d.store.record(ctx, use))
		ended(observe.Ended(err, use.Code))
		return nil, err
	}
	snap := v.levels[0].snap
	use.Version, use.RulesVersion, use.Key = uint64(snap.body.Version), v.rules, snap.head.KeyARN
	if q.named {
		use.Columns, use.FilterColumns = v.pickedNames(), q.where.Restricted()
	}
	if q.question != nil {
		use.FilterColumns, use.Question = v.plan.FilterColumns(), q.question.Shape()
	}
	return &read{view: v, data: t, use: use, names: v.needs(), within: ctx, ended: ended}, nil
}

// end closes the data and writes the audit record with the number of rows.
func (r *read) end(ctx context.Context) error {
	r.data.close()
	r.use.Rows = &r.count
	err := r.d.store.record(ctx, r.use)
	result := observe.Ended(errors.Join(r.err, err), r.use.Code)
	result.Rows, result.Cached, result.RowsCached = r.count, r.use.Cached, r.fromKept
	r.ended(result)
	return err
}

// failed says why the read fails, for its audit record and for the observer.
func (r *read) failed(err error) { r.err, r.use.Code = err, code(err) }

// lives returns an error if no more rows may be yielded, because the session has
// expired, the store was closed or a key was disabled. It runs before each record, and not only before
// each chunk, because the body of the loop may be slow and the next record is in
// memory already.
//
// It unwraps the key of every dataset that the read depends on: of the rows, of
// each dataset between them and the session, and of the rules.
func (r *read) lives(ctx context.Context) error {
	if err := r.over(); err != nil {
		return err
	}
	for _, l := range r.used {
		if err := r.d.store.checkKey(ctx, l.snap.head); err != nil {
			return err
		}
	}
	return r.over() // the keys may be in another service, which takes time
}

// over returns an error if the session has expired or the store was closed.
func (r *read) over() error {
	if r.s.expired(r.d.store) {
		return ErrExpired
	}
	if r.d.store.isClosed() {
		return ErrClosed
	}
	return nil
}

// each calls emit with the visible rows of every record that has some. The records
// have the columns r.names. They are released when emit returns.
func (r *read) each(ctx context.Context, emit func(arrow.Record) error) error {
	for {
		if r.s.expired(r.d.store) {
			return ErrExpired
		}
		visible, err := r.next(ctx)
		if visible == nil {
			return err
		}
		if err := emitRows(visible, emit); err != nil {
			return err
		}
	}
}

// next returns the visible rows of the next record or chunk, which the caller releases;
// nil at the end.
func (r *read) next(ctx context.Context) (arrow.Record, error) {
	if r.levels[0].snap.body.ImportMode != DirectQuery {
		return r.nextLate(ctx)
	}
	rec, err := r.data.next(ctx)
	if rec == nil {
		return nil, err
	}
	defer rec.Release()
	return r.filter(rec)
}

// emitRows calls emit with rec if rec has rows. It releases rec, even if emit
// panics.
func emitRows(rec arrow.Record, emit func(arrow.Record) error) error {
	defer rec.Release()
	if rec.NumRows() == 0 {
		return nil
	}
	return emit(rec)
}

// filter returns the visible rows of rec.
func (r *read) filter(rec arrow.Record) (arrow.Record, error) {
	part, err := project(rec, r.names)
	if err != nil {
		return nil, err
	}
	defer part.Release()
	// The view has checked all restricted columns against the whole table.
	f, err := r.observedBind(part.Schema(), r.bound)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRules, err)
	}
	return f.Apply(part)
}

// records calls emit with the records of the session. If the rules hide rows, each
// record but the last has evenRows rows, so that the sizes of records do not reveal
// how many hidden rows lie between them (V8).
func (r *read) records(ctx context.Context, emit func(arrow.Record) error) error {
	at := make([]int, len(r.picked))
	for i, c := range r.picked {
		at[i] = slices.Index(r.names, r.root.Field(c.root).Name)
	}
	emit, err := r.tidied(emit)
	if err != nil {
		return err
	}
	if r.rows.Op() == predicate.OpAll {
		emit = r.limited(emit)
		err = r.each(ctx, func(rec arrow.Record) error { return emitRows(r.deliver(rec, at), emit) })
		if errors.Is(err, errEnough) {
			return nil
		}
		return err
	}
	even := rebatcher{schema: r.pickedSchema, store: r.d.store, emit: emit}
	defer even.release()
	add := r.limited(even.add)
	err = r.each(ctx, func(rec arrow.Record) error { return emitRows(r.deliver(rec, at), add) })
	if err != nil && !errors.Is(err, errEnough) {
		return err
	}
	return even.flush()
}

// tidied returns a function that copies a record before it calls emit, if its
// buffers hold more than its rows: slices share buffers with hidden rows (S3).
func (r *read) tidied(emit func(arrow.Record) error) (func(arrow.Record) error, error) {
	f, err := batch.Bind(predicate.All(), r.pickedSchema, &batch.Options{Allocator: r.d.store.mem})
	if err != nil {
		return nil, err
	}
	return func(rec arrow.Record) error {
		tidy, err := f.Apply(rec)
		if err != nil {
			return err
		}
		return emitRows(tidy, emit)
	}, nil
}

// deliver returns rec with the columns and the schema of the session.
func (r *read) deliver(rec arrow.Record, at []int) arrow.Record {
	if r.data.direct != nil {
		columns := make([]arrow.Array, len(at))
		for i, k := range at {
			columns[i] = rec.Column(k)
		}
		return array.NewRecord(r.pickedSchema, columns, rec.NumRows())
	}
	return spicefile.Deliver(rec, at, r.pickedSchema, r.d.store.mem)
}

var errStop = errors.New("the caller left the loop")

// evenRows is the number of rows of a record if the rules hide rows.
const evenRows = 8 << 10

// A rebatcher splits and joins records so that all but the last have evenRows
// rows.
type rebatcher struct {
	schema *arrow.Schema
	store  *Store
	emit   func(arrow.Record) error
	parts  []arrow.Record
	rows   int64
}

// add appends the rows of rec and emits every full record.
func (e *rebatcher) add(rec arrow.Record) error {
	for from := int64(0); from < rec.NumRows(); {
		n := min(evenRows-e.rows, rec.NumRows()-from)
		e.parts = append(e.parts, rec.NewSlice(from, from+n))
		e.rows += n
		from += n
		if e.rows == evenRows {
			if err := e.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

// flush emits the rows that are left.
func (e *rebatcher) flush() error {
	if e.rows == 0 {
		return nil
	}
	rec, err := e.join()
	e.release()
	if err != nil {
		return err
	}
	return emitRows(rec, e.emit)
}

func (e *rebatcher) join() (arrow.Record, error) {
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
	return array.NewRecord(e.schema, columns, e.rows), nil
}

func (e *rebatcher) release() {
	for _, p := range e.parts {
		p.Release()
	}
	e.parts, e.rows = nil, 0
}
