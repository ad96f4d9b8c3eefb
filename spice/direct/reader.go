package direct

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/rowsight/rowsight/internal/batches"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/batch"
	"github.com/rowsight/rowsight/predicate/where"
)

// recordBytes is about how large a record gets.
const recordBytes = 8 << 20

// A reader is the result of a query as records.
type reader struct {
	*batches.Reader
	ctx     context.Context
	cancel  context.CancelFunc
	schema  *arrow.Schema
	columns []column
	check   *batch.Filter // nil if it cannot be checked
	size    int           // rows of a record

	conn   *sql.Conn
	down   []where.Statement
	rows   *sql.Rows
	build  *array.RecordBuilder
	add    []appender
	cells  []any // what Scan writes to
	values []any
	ended  bool // all rows were read
	cut    bool // it was released before that
}

// open sends the query. On error, everything is closed again.
func (t *Table) open(ctx context.Context, query string, c where.Clause, p predicate.Predicate, columns []column) (array.RecordReader, error) {
	mem := t.Allocator
	if mem == nil {
		mem = memory.NewGoAllocator()
	}
	r := &reader{schema: schemaOf(columns), columns: columns, size: t.Rows, down: c.Teardown()}
	r.Reader = batches.New(r.schema, r.next, r.end)
	if r.size <= 0 {
		r.size = DefaultRows
	}
	// Without all columns of p's conditions there is nothing to check; Bind says so.
	r.check, _ = batch.Bind(p.Rows(), r.schema, &batch.Options{Allocator: mem, Workers: 1})
	r.build = array.NewRecordBuilder(mem, r.schema)
	for _, b := range r.build.Fields() {
		r.add = append(r.add, newAppender(b))
	}
	r.values = make([]any, len(columns))
	for i := range r.values {
		r.cells = append(r.cells, &r.values[i])
	}
	r.ctx, r.cancel = context.WithCancel(ctx)
	if err := r.start(t, query, c); err != nil {
		r.Release()
		return nil, err
	}
	return r, nil
}

func (r *reader) start(t *Table, query string, c where.Clause) (err error) {
	if r.conn, err = t.DB.Conn(r.ctx); err != nil {
		return err
	}
	if err := t.shadowed(r.ctx, r.conn); err != nil {
		return err
	}
	for _, s := range c.Setup() {
		if _, err := r.conn.ExecContext(r.ctx, s.SQL, s.Args...); err != nil {
			return err
		}
	}
	if r.rows, err = r.conn.QueryContext(r.ctx, query, c.Args()...); err != nil {
		return err
	}
	// Between Schema and here the table may have been made anew.
	got, err := t.columnsOf(r.rows)
	if err != nil {
		return err
	}
	if !schemaOf(got).Equal(r.schema) {
		return ErrChanged
	}
	return nil
}

// Err returns why Next returned false before the end.
func (r *reader) Err() error {
	if err := r.Reader.Err(); err != nil || !r.cut {
		return err
	}
	return ErrReleased
}

// end ends the query.
func (r *reader) end() {
	r.cancel()
	r.close()
	r.build.Release()
	r.cut = !r.ended
}

// teardownTime is how long dropping a temporary table may take.
const teardownTime = 10 * time.Second

// close gives back the connection, without the temporary table.
func (r *reader) close() error {
	var errs []error
	if r.rows != nil {
		errs = append(errs, r.rows.Close())
		r.rows = nil
	}
	if r.conn == nil {
		return errors.Join(errs...)
	}
	if len(r.down) > 0 { // whatever ended the context of the query
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.ctx), teardownTime)
		defer cancel()
		for _, s := range r.down {
			_, err := r.conn.ExecContext(ctx, s.SQL, s.Args...)
			errs = append(errs, err)
		}
	}
	errs = append(errs, r.conn.Close())
	r.conn = nil
	return errors.Join(errs...)
}

// next returns the next record, nil at the end. What was sent is compared with the rules
// again. After an error, everything is closed.
func (r *reader) next() (arrow.Record, error) {
	if r.ended {
		return nil, nil
	}
	rec, err := r.read()
	if err == nil && r.check != nil && rec != nil {
		var n int
		if n, err = r.check.Count(rec); err == nil && n != int(rec.NumRows()) {
			err = ErrWidened
		}
	}
	if err != nil {
		if rec != nil {
			rec.Release()
		}
		r.cancel()
		r.close()
		return nil, err
	}
	return rec, nil
}

// read returns the next record, nil at the end.
func (r *reader) read() (arrow.Record, error) {
	// A driver may have rows ready long after the read was called off.
	if err := context.Cause(r.ctx); err != nil {
		return nil, err
	}
	bytes, n := 0, 0
	for n < r.size && bytes < recordBytes {
		if !r.rows.Next() {
			// The end is the end only if the driver says so, on closing, too.
			err := errors.Join(r.rows.Err(), context.Cause(r.ctx))
			r.ended = true
			if err = errors.Join(err, r.close()); err != nil {
				return nil, err
			}
			break
		}
		if err := r.rows.Scan(r.cells...); err != nil {
			return nil, err
		}
		for i, v := range r.values {
			if v == nil {
				r.build.Field(i).AppendNull()
				continue
			}
			size, err := r.add[i](v)
			if err != nil {
				return nil, &ColumnError{Column: r.columns[i].field.Name, Type: r.columns[i].typ, Err: err}
			}
			bytes += size
		}
		n++
	}
	if n == 0 {
		return nil, nil
	}
	return r.build.NewRecord(), nil
}
