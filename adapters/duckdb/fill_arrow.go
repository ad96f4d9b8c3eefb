//go:build duckdb_arrow

package duckdb

import (
	"context"
	"crypto/rand"
	"database/sql/driver"
	"errors"
	"unicode/utf8"

	v18 "github.com/apache/arrow-go/v18/arrow"
	array18 "github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	duck "github.com/duckdb/duckdb-go/v2"

	"github.com/rowsight/rowsight/adapters/arrow18"
	"github.com/rowsight/rowsight/predicate/where"
)

// insert copies the records that are held as a stream of Arrow records, without a
// condition that DuckDB could push into the stream. It is some twenty times as fast as
// the appender. Without ok it has copied nothing: a column has a type or a value that
// DuckDB may read otherwise.
func (f *filler) insert(ctx context.Context) (ok bool, err error) {
	if len(f.columns) == 0 {
		return false, nil
	}
	for _, rec := range f.held {
		for i := range f.columns {
			if !same(rec.Column(i)) {
				return false, nil
			}
		}
	}
	var schema *v18.Schema
	var all []v18.RecordBatch
	defer func() {
		for _, rec := range all {
			rec.Release()
		}
	}()
	for _, rec := range f.held {
		to, err := arrow18.FromRecord(rec)
		if err != nil {
			return false, nil
		}
		all = append(all, to)
		if schema == nil {
			schema = to.Schema()
		} else if !schema.Equal(to.Schema()) {
			return false, nil
		}
	}
	reader, err := array18.NewRecordReader(schema, all)
	if err != nil {
		return false, nil
	}
	defer reader.Release()
	a, err := duck.NewArrowFromConn(f.conn)
	if err != nil {
		return false, err
	}
	view := "rowsight_" + rand.Text() // no table of a session has this name
	release, err := a.RegisterView(reader, view)
	if err != nil {
		return false, err
	}
	defer release()
	table, err := where.DuckDB.Quote(f.table)
	if err != nil {
		return false, err
	}
	run := func(text string) error {
		_, err := f.conn.(driver.ExecerContext).ExecContext(ctx, text, nil)
		return err
	}
	return true, errors.Join(run("INSERT INTO "+table+" SELECT * FROM "+view), run("DROP VIEW "+view))
}

// same reports whether DuckDB reads an array exactly like valuesOf.
func same(arr arrow.Array) bool {
	switch a := arr.(type) {
	case *array.Dictionary:
		return a.Dictionary().NullN() == 0 && a.Dictionary().DataType().ID() == arrow.STRING && same(a.Dictionary())
	case *array.String:
		for i := range a.Len() {
			if a.IsValid(i) && !utf8.ValidString(a.Value(i)) {
				return false
			}
		}
		return true
	case *array.Boolean, *array.Int8, *array.Int16, *array.Int32, *array.Int64, *array.Uint8, *array.Uint16, *array.Uint32,
		*array.Decimal128, *array.Float32, *array.Float64:
		return true
	case *array.Date32:
		return between(a.Date32Values(), a, -719162, 2932896)
	case *array.Timestamp:
		t := a.DataType().(*arrow.TimestampType)
		return t.Unit == arrow.Microsecond && between(a.TimestampValues(), a, -62135596800_000_000, 253402300799_999_999)
	}
	return false
}

// between reports whether all values are in the years 1 to 9999. DuckDB has two values
// for infinity outside of them.
func between[T ~int32 | ~int64](values []T, arr arrow.Array, from, to int64) bool {
	for i, v := range values {
		if (int64(v) < from || int64(v) > to) && arr.IsValid(i) {
			return false
		}
	}
	return true
}
