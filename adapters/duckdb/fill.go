package duckdb

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"iter"
	"math/big"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	duck "github.com/duckdb/duckdb-go/v2"

	"github.com/rowsight/rowsight/query"
)

// Rows are copied as soon as there are batchRows, a row group of DuckDB, or batchBytes
// of them. Until then they are in the memory of this process, outside of Options.Memory.
const (
	batchRows  = 122_880
	batchBytes = 64 << 20
)

// fill copies rows into a table that has their columns.
func (d *database) fill(ctx context.Context, table string, rows iter.Seq2[arrow.Record, error], columns []query.Column) error {
	conn, err := d.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(raw any) error {
		f := filler{conn: raw.(driver.Conn), table: table, columns: columns}
		defer f.drop()
		for rec, err := range rows {
			if err == nil {
				err = ctx.Err()
			}
			if err == nil {
				err = f.add(ctx, rec)
			}
			if err != nil {
				return err
			}
		}
		return errors.Join(f.flush(ctx), ctx.Err())
	})
}

// A filler copies records into a table, many rows at a time.
type filler struct {
	conn    driver.Conn
	table   string
	columns []query.Column
	held    []arrow.Record
	rows    int64 // of held
	bytes   int64 // of held, whole buffers
}

func (f *filler) add(ctx context.Context, rec arrow.Record) error {
	rec.Retain()
	f.held = append(f.held, rec)
	f.rows += rec.NumRows()
	for _, c := range rec.Columns() {
		f.bytes += sizeOf(c)
	}
	if f.rows < batchRows && f.bytes < batchBytes {
		return nil
	}
	return f.flush(ctx)
}

// sizeOf returns the bytes of an array. SizeInBytes of Arrow does not take buffers that
// are missing.
func sizeOf(arr arrow.Array) (n int64) {
	for _, b := range arr.Data().Buffers() {
		if b != nil {
			n += int64(b.Len())
		}
	}
	if d, ok := arr.(*array.Dictionary); ok {
		n += sizeOf(d.Dictionary())
	}
	return n
}

// flush copies the records that are held: as Arrow where that is built in and exact, or
// else value by value.
func (f *filler) flush(ctx context.Context) error {
	defer f.drop()
	if len(f.held) == 0 {
		return nil
	}
	if ok, err := f.insert(ctx); ok || err != nil {
		return err
	}
	a, err := duck.NewAppenderFromConn(f.conn, "", f.table)
	if err != nil {
		return err
	}
	return errors.Join(f.append(ctx, a), a.Close())
}

func (f *filler) drop() {
	for _, rec := range f.held {
		rec.Release()
	}
	f.held, f.rows, f.bytes = nil, 0, 0
}

// append copies the records that are held value by value.
func (f *filler) append(ctx context.Context, a *duck.Appender) error {
	row := make([]driver.Value, max(len(f.columns), 1))
	for _, rec := range f.held {
		values := make([]func(row int) (driver.Value, error), len(f.columns))
		for i, c := range f.columns {
			values[i] = valuesOf(rec.Column(i), c)
		}
		for n := range int(rec.NumRows()) {
			for i, value := range values {
				var err error
				if row[i], err = value(n); err != nil {
					return fmt.Errorf("column %q: %w", f.columns[i].Name, err)
				}
			}
			if err := a.AppendRow(row...); err != nil {
				return err
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// errValue is why a value is not copied: it would not be the same in DuckDB.
var errValue = fmt.Errorf("%w: a value that DuckDB cannot hold exactly", query.ErrDialect)

// valuesOf returns a function that returns the values of an array for the appender.
func valuesOf(arr arrow.Array, c query.Column) func(row int) (driver.Value, error) {
	some := func(value func(row int) (driver.Value, error)) func(row int) (driver.Value, error) {
		return func(row int) (driver.Value, error) {
			if arr.IsNull(row) {
				return nil, nil
			}
			return value(row)
		}
	}
	of := func(value func(row int) driver.Value) func(row int) (driver.Value, error) {
		return some(func(row int) (driver.Value, error) { return value(row), nil })
	}
	moment := func(unit arrow.TimeUnit, value func(row int) int64) func(row int) (driver.Value, error) {
		return some(func(row int) (driver.Value, error) {
			t := arrow.Timestamp(value(row)).ToTime(unit)
			if t.Nanosecond()%1000 != 0 || t.Year() < 1 || t.Year() > 9999 {
				return nil, errValue
			}
			return t, nil
		})
	}
	switch a := arr.(type) {
	case *array.Dictionary:
		values := valuesOf(a.Dictionary(), c)
		return some(func(row int) (driver.Value, error) { return values(a.GetValueIndex(row)) })
	case interface{ Value(int) string }:
		return of(func(row int) driver.Value { return a.Value(row) })
	case *array.Boolean:
		return of(func(row int) driver.Value { return a.Value(row) })
	case *array.Int8:
		return of(func(row int) driver.Value { return int64(a.Value(row)) })
	case *array.Int16:
		return of(func(row int) driver.Value { return int64(a.Value(row)) })
	case *array.Int32:
		return of(func(row int) driver.Value { return int64(a.Value(row)) })
	case *array.Int64:
		return of(func(row int) driver.Value { return a.Value(row) })
	case *array.Uint8:
		return of(func(row int) driver.Value { return int64(a.Value(row)) })
	case *array.Uint16:
		return of(func(row int) driver.Value { return int64(a.Value(row)) })
	case *array.Uint32:
		return of(func(row int) driver.Value { return int64(a.Value(row)) })
	case *array.Uint64:
		return of(func(row int) driver.Value { return decimal(new(big.Int).SetUint64(a.Value(row)), c) })
	case *array.Decimal128:
		return of(func(row int) driver.Value { return decimal(a.Value(row).BigInt(), c) })
	case *array.Float32:
		return of(func(row int) driver.Value { return float64(a.Value(row)) })
	case *array.Float64:
		return of(func(row int) driver.Value { return a.Value(row) })
	case *array.Date32:
		return moment(arrow.Second, func(row int) int64 { return int64(a.Value(row)) * 86400 })
	case *array.Date64:
		return moment(arrow.Millisecond, func(row int) int64 { return int64(a.Value(row)) })
	case *array.Timestamp:
		return moment(a.DataType().(*arrow.TimestampType).Unit, func(row int) int64 { return int64(a.Value(row)) })
	}
	return some(func(int) (driver.Value, error) { return nil, errValue })
}

func decimal(n *big.Int, c query.Column) duck.Decimal {
	return duck.Decimal{Width: uint8(c.Precision), Scale: uint8(c.Scale), Value: n}
}
