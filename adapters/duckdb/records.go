//go:build duckdb_arrow

package duckdb

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"unicode"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	duck "github.com/duckdb/duckdb-go/v2"
)

// A Description describes a statement without reading a row.
type Description struct {
	Tables []string            // that the statement reads, as the map names them
	Used   map[string][]string // of each table, the visible columns that it may need; nil is all
	Schema *arrow.Schema       // of the result
	Params *arrow.Schema       // one field for each parameter; text where DuckDB does not know the type
	Plan   []string            // lines of EXPLAIN
}

// Describe checks a statement as [QuerySQL] does, over empty tables. args are the
// parameters, nil before they are known. An error that wraps [ErrStatement],
// [ErrTable] or [ErrFunction] depends on the statement and the visible columns alone,
// and contains no value of a row. It needs the build tag duckdb_arrow.
func Describe(ctx context.Context, tables map[string]Table, sql string, args []any, opts *Options) (*Description, error) {
	s, err := begin(ctx, tables, sql, opts)
	if err != nil {
		return nil, err
	}
	defer s.close()
	out := &Description{Tables: s.statement.tables, Used: make(map[string][]string)}
	for _, name := range s.statement.tables {
		made, err := s.d.create(s.ctx, name, tables[name], s.columns())
		if err != nil {
			return nil, fmt.Errorf("table %q: %w", name, err)
		}
		if out.Used[name] = nil; !s.statement.columns {
			out.Used[name] = append([]string{}, made.read.Columns[:len(made.kinds)]...)
		}
	}
	connection, err := s.connect()
	if err != nil {
		return nil, err
	}
	fail := func(err error) (*Description, error) {
		if s.ctx.Err() != nil {
			return nil, errors.Join(s.ctx.Err(), err)
		}
		return nil, fmt.Errorf("%w: %w", ErrStatement, err)
	}
	names, err := s.prepare(sql, out)
	if err != nil {
		return fail(err)
	}
	if args == nil {
		args = make([]any, out.Params.NumFields())
	}
	if len(args) != out.Params.NumFields() {
		return fail(fmt.Errorf("got %d parameters, want %d", len(args), out.Params.NumFields()))
	}
	// LIMIT 0 keeps constants of the statement from being computed.
	inner := strings.TrimRightFunc(sql, func(r rune) bool { return r == ';' || unicode.IsSpace(r) })
	reader, err := connection.QueryContext(s.ctx, "SELECT * FROM (\n"+inner+"\n) LIMIT 0", args...)
	if err != nil {
		return fail(err)
	}
	defer reader.Release()
	fields := reader.Schema().Fields()
	if len(fields) != len(names) {
		return fail(fmt.Errorf("got %d columns, want %d", len(fields), len(names)))
	}
	for i, name := range names { // a subquery renames columns of one name
		fields[i].Name = name
	}
	out.Schema = arrow.NewSchema(fields, nil)
	if out.Plan, err = s.explain(sql, args); err != nil {
		return fail(err)
	}
	return out, nil
}

// QueryRecords runs a statement like [QuerySQL] and returns its result as Arrow
// records. MaxRows does not apply. The caller releases the reader, which holds the
// database. It needs the build tag duckdb_arrow.
func QueryRecords(ctx context.Context, tables map[string]Table, sql string, args []any, opts *Options) (array.RecordReader, error) {
	s, err := begin(ctx, tables, sql, opts)
	if err != nil {
		return nil, err
	}
	if err := s.copy(tables); err != nil {
		s.close()
		return nil, err
	}
	var reader array.RecordReader
	connection, err := s.connect()
	if err == nil {
		reader, err = connection.QueryContext(s.ctx, sql, args...)
	}
	if err != nil {
		err = errors.Join(s.ctx.Err(), err) // close cancels the context
		s.close()
		return nil, err
	}
	owned := &records{RecordReader: reader, session: s}
	owned.refs.Store(1)
	return owned, nil
}

// connect connects to the database.
func (s *session) connect() (_ *duck.Arrow, err error) {
	if s.conn, err = s.d.connector.Connect(s.ctx); err != nil {
		return nil, err
	}
	return duck.NewArrowFromConn(s.conn)
}

// prepare returns the names of the columns of the result, and sets the parameters.
func (s *session) prepare(sql string, out *Description) (names []string, err error) {
	prepared, err := s.conn.(driver.ConnPrepareContext).PrepareContext(s.ctx, sql)
	if err != nil {
		return nil, err
	}
	defer prepared.Close()
	stmt := prepared.(*duck.Stmt)
	n, err := stmt.ColumnCount()
	if err != nil {
		return nil, err
	}
	for i := range n {
		name, err := stmt.ColumnName(i)
		if err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	var fields []arrow.Field
	for i := range stmt.NumInput() {
		t, err := stmt.ParamType(i + 1)
		if err != nil {
			return nil, err
		}
		fields = append(fields, arrow.Field{Name: fmt.Sprintf("$%d", i+1), Type: paramType(t), Nullable: true})
	}
	out.Params = arrow.NewSchema(fields, nil)
	return names, nil
}

// paramType returns the type of a parameter. Decimals are texts, so that no digit is
// lost.
func paramType(t duck.Type) arrow.DataType {
	switch t {
	case duck.TYPE_BOOLEAN:
		return arrow.FixedWidthTypes.Boolean
	case duck.TYPE_TINYINT, duck.TYPE_SMALLINT, duck.TYPE_INTEGER, duck.TYPE_BIGINT, duck.TYPE_UTINYINT, duck.TYPE_USMALLINT, duck.TYPE_UINTEGER:
		return arrow.PrimitiveTypes.Int64
	case duck.TYPE_FLOAT, duck.TYPE_DOUBLE:
		return arrow.PrimitiveTypes.Float64
	case duck.TYPE_DATE:
		return arrow.FixedWidthTypes.Date32
	case duck.TYPE_TIMESTAMP, duck.TYPE_TIMESTAMP_TZ:
		return arrow.FixedWidthTypes.Timestamp_us
	}
	return arrow.BinaryTypes.String
}

// explain returns the plan of the statement over the empty tables.
func (s *session) explain(sql string, args []any) (lines []string, err error) {
	named := make([]driver.NamedValue, len(args))
	for i, a := range args {
		named[i] = driver.NamedValue{Ordinal: i + 1, Value: a}
	}
	rows, err := s.conn.(driver.QueryerContext).QueryContext(s.ctx, "EXPLAIN "+sql, named)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	values := make([]driver.Value, len(rows.Columns()))
	for {
		switch err := rows.Next(values); {
		case errors.Is(err, io.EOF):
			return lines, nil
		case err != nil:
			return nil, err
		}
		text, _ := values[len(values)-1].(string)
		lines = append(lines, strings.Split(strings.TrimRight(text, "\n"), "\n")...)
	}
}

// records are the result of a statement, with the database that holds them.
type records struct {
	array.RecordReader
	session *session
	refs    atomic.Int64
}

// Retain adds a reference.
func (r *records) Retain() { r.refs.Add(1) }

// Release removes a reference. The last one closes the database.
func (r *records) Release() {
	if r.refs.Add(-1) == 0 {
		r.RecordReader.Release()
		r.session.close()
	}
}
