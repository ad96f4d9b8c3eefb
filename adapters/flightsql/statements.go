package flightsql

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/flight"
	fsql "github.com/apache/arrow-go/v18/arrow/flight/flightsql"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/rowsight/rowsight/internal/recovered"
)

// planSchema returns the columns of the result of EXPLAIN.
func planSchema() *arrow.Schema {
	return arrow.NewSchema([]arrow.Field{{Name: "plan", Type: arrow.BinaryTypes.String}}, nil)
}

// split takes EXPLAIN off a statement. Nothing of EXPLAIN ANALYZE runs: the engine
// refuses the rest.
func split(sql string) (rest string, explain bool) {
	trimmed := strings.TrimLeftFunc(sql, unicode.IsSpace)
	const word = "EXPLAIN"
	if len(trimmed) > len(word) && strings.EqualFold(trimmed[:len(word)], word) && unicode.IsSpace(rune(trimmed[len(word)])) {
		return trimmed[len(word):], true
	}
	return sql, false
}

// describe checks a statement for a session, with the rules, columns and datasets of
// now.
func (s *Server) describe(ctx context.Context, l *login, h handle) (Description, map[string]*table, error) {
	if len(h.sql) > s.opts.Limits.MaxStatement {
		return Description{}, nil, fmt.Errorf("%w: got %d bytes, want at most %d", ErrStatement, len(h.sql), s.opts.Limits.MaxStatement)
	}
	tables, err := l.tables(ctx, s.data, h.sql)
	if err != nil {
		return Description{}, nil, err
	}
	d, err := s.engine.Describe(ctx, engineTables(tables), h.sql, h.args)
	if err != nil {
		return Description{}, nil, err
	}
	if h.explain {
		d.Schema = planSchema()
	}
	return d, tables, nil
}

// statement checks a statement that is about to be prepared, and records a refusal.
func (s *Server) statement(ctx context.Context, sql string, transaction []byte) (*login, handle, Description, error) {
	l, err := loginOf(ctx)
	if err != nil {
		return nil, handle{}, Description{}, err
	}
	h := handle{login: l.id}
	h.sql, h.explain = split(sql)
	if len(transaction) > 0 {
		return nil, handle{}, Description{}, errTransaction
	}
	d, err := s.checked(ctx, l, h)
	return l, h, d, err
}

// checked is describe with a limit of time, and a record of a refusal.
func (s *Server) checked(ctx context.Context, l *login, h handle) (Description, error) {
	within, cancel := context.WithTimeout(ctx, s.opts.Limits.Timeout)
	defer cancel()
	done, err := s.handles.begin(l.id, s.opts.Limits.MaxRunning)
	if err != nil {
		return Description{}, err
	}
	defer done()
	d, tables, err := s.describe(within, l, h)
	if err != nil {
		return Description{}, errors.Join(err, s.record(ctx, l, h, d, tables, nil, err))
	}
	return d, nil
}

// ticket keeps a statement and returns what a client needs to get its result.
func (s *Server) ticket(l *login, h handle, d Description, desc *flight.FlightDescriptor) (*flight.FlightInfo, error) {
	h.prepared, h.schema, h.until = false, d.Schema, s.opts.Now().Add(s.opts.Limits.TicketLifetime)
	name, err := s.handles.add(h)
	if err != nil {
		return nil, err
	}
	ticket, err := fsql.CreateStatementQueryTicket(name)
	if err != nil {
		return nil, err
	}
	return &flight.FlightInfo{
		Endpoint: []*flight.FlightEndpoint{{
			Ticket: &flight.Ticket{Ticket: ticket}, ExpirationTime: timestamppb.New(h.until),
		}},
		FlightDescriptor: desc, Schema: flight.SerializeSchema(d.Schema, memory.DefaultAllocator), TotalRecords: -1, TotalBytes: -1,
	}, nil
}

// GetFlightInfoStatement checks a statement and returns a ticket for its result.
func (s *service) GetFlightInfoStatement(ctx context.Context, cmd fsql.StatementQuery, desc *flight.FlightDescriptor) (*flight.FlightInfo, error) {
	l, h, d, err := s.statement(ctx, cmd.GetQuery(), cmd.GetTransactionId())
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	info, err := s.ticket(l, h, d, desc)
	return info, s.fail(ctx, err)
}

// GetSchemaStatement returns the columns of the result of a statement.
func (s *service) GetSchemaStatement(ctx context.Context, cmd fsql.StatementQuery, _ *flight.FlightDescriptor) (*flight.SchemaResult, error) {
	_, _, d, err := s.statement(ctx, cmd.GetQuery(), cmd.GetTransactionId())
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	return &flight.SchemaResult{Schema: flight.SerializeSchema(d.Schema, memory.DefaultAllocator)}, nil
}

// DoGetStatement runs the statement of a ticket. The statement is checked anew.
func (s *service) DoGetStatement(ctx context.Context, ticket fsql.StatementQueryTicket) (*arrow.Schema, <-chan flight.StreamChunk, error) {
	l, err := loginOf(ctx)
	if err != nil {
		return nil, nil, s.fail(ctx, err)
	}
	h, err := s.handles.find(l.id, ticket.GetStatementHandle(), false)
	if err != nil {
		return nil, nil, s.fail(ctx, err)
	}
	run, err := s.start(ctx, l, h)
	if err != nil {
		return nil, nil, s.fail(ctx, err)
	}
	out := make(chan flight.StreamChunk)
	go run.stream(out)
	return h.schema, out, nil
}

// start checks a statement and begins to run it.
func (s *Server) start(ctx context.Context, l *login, h handle) (*running, error) {
	done, err := s.handles.begin(l.id, s.opts.Limits.MaxRunning)
	if err != nil {
		return nil, err
	}
	r := &running{s: s, caller: ctx, login: l, handle: h, done: done}
	r.ctx, r.cancel = context.WithTimeout(ctx, s.opts.Limits.Timeout)
	if err := r.open(); err != nil {
		r.close()
		return nil, errors.Join(err, s.record(ctx, l, h, r.desc, r.tables, nil, err))
	}
	return r, nil
}

// A running is a statement that runs.
type running struct {
	s           *Server
	ctx, caller context.Context
	cancel      context.CancelFunc
	done        func()
	login       *login
	handle      handle
	desc        Description
	tables      map[string]*table
	reader      array.RecordReader
	rows, bytes int64
}

func (r *running) open() (err error) {
	if r.desc, r.tables, err = r.s.describe(r.ctx, r.login, r.handle); err != nil {
		return err
	}
	if !r.desc.Schema.Equal(r.handle.schema) {
		return errColumns
	}
	if err := r.s.record(r.ctx, r.login, r.handle, r.desc, r.tables, nil, nil); err != nil {
		return err // no row without a record
	}
	if r.handle.explain {
		r.reader, err = plan(r.desc)
		return err
	}
	used := make(map[string]Table)
	for _, name := range r.desc.Tables {
		used[name] = r.tables[name]
	}
	if r.reader, err = r.s.engine.Run(r.ctx, used, r.handle.sql, r.handle.args); err != nil {
		return err
	}
	if !r.reader.Schema().Equal(r.handle.schema) {
		return errColumns
	}
	return nil
}

func (r *running) close() {
	if r.reader != nil {
		r.reader.Release()
	}
	r.cancel()
	r.done()
}

// lives reports whether the session lives, and whether each dataset that the statement
// reads can still be opened: its key is there, and the store is open.
func (r *running) lives() error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	if err := r.login.check(r.ctx); err != nil {
		return err
	}
	for _, name := range r.desc.Tables {
		if _, err := r.tables[name].Schema(r.ctx); err != nil {
			return fmt.Errorf("dataset %q: %w", name, err)
		}
	}
	return nil
}

// stream sends the result. The last record waits until the number of rows is on
// record.
func (r *running) stream(out chan<- flight.StreamChunk) {
	defer close(out)
	defer r.close()
	err := r.run(func(rec arrow.RecordBatch) error {
		select {
		case out <- flight.StreamChunk{Data: rec}:
			return nil
		case <-r.ctx.Done():
			rec.Release()
			return r.ctx.Err()
		}
	})
	if err == nil {
		return
	}
	select {
	case out <- flight.StreamChunk{Err: r.s.fail(r.caller, err)}:
	case <-r.caller.Done():
	}
}

// run passes the records on, each with a reference of its own, and records the end.
func (r *running) run(send func(arrow.RecordBatch) error) (err error) {
	var last arrow.RecordBatch
	defer func() {
		if failed := recovered.Error(recover(), nil); failed != nil {
			err = failed
		}
		if last != nil {
			last.Release()
		}
	}()
	err = r.each(func(rec arrow.RecordBatch) error {
		before := last
		last = rec
		if before == nil {
			return nil
		}
		return send(before)
	})
	err = errors.Join(err, r.s.record(r.ctx, r.login, r.handle, r.desc, r.tables, &r.rows, err))
	if err == nil && last != nil {
		before := last
		last = nil
		err = send(before)
	}
	return err
}

// each calls a function for each record while the session lives and the limits hold.
func (r *running) each(yield func(arrow.RecordBatch) error) error {
	for r.reader.Next() {
		rec := r.reader.RecordBatch()
		if err := r.lives(); err != nil {
			return err
		}
		rows, bytes := rec.NumRows(), sizeOf(rec)
		if r.rows+rows > r.s.opts.Limits.MaxRows || r.bytes+bytes > r.s.opts.Limits.MaxBytes {
			return ErrLimit
		}
		r.rows, r.bytes = r.rows+rows, r.bytes+bytes
		rec.Retain()
		if err := yield(rec); err != nil {
			return err
		}
	}
	if err := r.reader.Err(); err != nil {
		return err
	}
	return r.lives()
}

// sizeOf is about how many bytes a record takes: its buffers as far as its rows reach
// into them is not known for all types, so whole buffers count.
func sizeOf(rec arrow.RecordBatch) (n int64) {
	for _, col := range rec.Columns() {
		n += int64(col.Data().SizeInBytes())
	}
	return n
}

// plan returns the result of EXPLAIN.
func plan(d Description) (array.RecordReader, error) {
	b := array.NewRecordBuilder(memory.DefaultAllocator, d.Schema)
	defer b.Release()
	for _, line := range d.Plan {
		b.Field(0).(*array.StringBuilder).Append(line)
	}
	rec := b.NewRecordBatch()
	defer rec.Release()
	return array.NewRecordReader(d.Schema, []arrow.RecordBatch{rec})
}
