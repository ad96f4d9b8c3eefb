package duckdb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	duck "github.com/duckdb/duckdb-go/v2"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/where"
	"github.com/rowsight/rowsight/query"
	"github.com/rowsight/rowsight/query/eval"
	"github.com/rowsight/rowsight/spice"
)

// A database is a DuckDB in memory for one call.
type database struct {
	connector *duck.Connector
	db        *sql.DB
}

// open opens a database that reaches nothing outside of itself.
func open(o Options) (*database, error) {
	connector, err := duck.NewConnector(fmt.Sprintf(
		"?threads=%d&memory_limit=%dB&enable_external_access=false&allow_community_extensions=false&autoload_known_extensions=false&autoinstall_known_extensions=false&max_temp_directory_size=0B",
		o.Threads, o.Memory), nil)
	if err != nil {
		return nil, err
	}
	return &database{connector, sql.OpenDB(connector)}, nil
}

func (d *database) close() error { return errors.Join(d.db.Close(), d.connector.Close()) }

// lock takes away the settings: nothing can be reached and no limit be raised from
// then on.
func (d *database) lock(ctx context.Context) error {
	for _, text := range []string{"SET enable_external_access = false", "SET lock_configuration = true"} {
		if _, err := d.db.ExecContext(ctx, text); err != nil {
			return err
		}
	}
	return nil
}

// A made is a table that was created for what a session sees of a dataset.
type made struct {
	picked []string           // its columns
	kinds  []query.Column     // of them
	read   *spice.ReadOptions // what is copied
}

// create creates an empty table: with the columns named that DuckDB can hold, or all
// of them if columns is nil.
func (d *database) create(ctx context.Context, name string, from Table, columns []string) (*made, error) {
	schema, err := from.Schema(ctx)
	if err != nil {
		return nil, err
	}
	all := eval.Columns(schema)
	var m made
	var defs []string
	for _, c := range all {
		if c.Kind == query.Other || columns != nil && !contains(columns, c.Name) {
			continue
		}
		quoted, err := where.DuckDB.Quote(c.Name)
		if err != nil {
			return nil, err
		}
		m.picked, m.kinds, defs = append(m.picked, c.Name), append(m.kinds, c), append(defs, quoted+" "+typeOf(c))
	}
	m.read = &spice.ReadOptions{Columns: m.picked}
	if len(m.picked) == 0 { // count(*) needs rows without columns
		if len(all) == 0 {
			return nil, fmt.Errorf("%w: %q has no visible column", ErrTable, name)
		}
		m.read.Columns, defs = []string{all[0].Name}, []string{`"rowsight_row" BOOLEAN`}
	}
	quoted, err := where.DuckDB.Quote(name)
	if err != nil {
		return nil, err
	}
	_, err = d.db.ExecContext(ctx, "CREATE TABLE "+quoted+" ("+strings.Join(defs, ", ")+")")
	return &m, err
}

// load copies visible rows into a table.
func (d *database) load(ctx context.Context, name string, from Table, columns []string, rows predicate.Predicate) error {
	m, err := d.create(ctx, name, from, columns)
	if err != nil {
		return err
	}
	m.read.Where = rows
	conn, err := d.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(raw any) error {
		a, err := duck.NewAppenderFromConn(raw.(driver.Conn), "", name)
		if err != nil {
			return err
		}
		return errors.Join(appendAll(ctx, a, from, m.read, m.kinds), a.Close())
	})
}

func appendAll(ctx context.Context, a *duck.Appender, from Table, read *spice.ReadOptions, kinds []query.Column) error {
	row := make([]driver.Value, max(len(kinds), 1))
	for rec, err := range from.Read(ctx, read) {
		if err != nil {
			return err
		}
		values := make([]func(row int) (driver.Value, error), len(kinds))
		for i, c := range kinds {
			values[i] = valuesOf(rec.Column(i), c)
		}
		for n := range int(rec.NumRows()) {
			for i, value := range values {
				if row[i], err = value(n); err != nil {
					return fmt.Errorf("column %q: %w", kinds[i].Name, err)
				}
			}
			if err := a.AppendRow(row...); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if strings.EqualFold(n, name) { // names of DuckDB have no case
			return true
		}
	}
	return false
}

func typeOf(c query.Column) string {
	switch c.Kind {
	case query.Bool:
		return "BOOLEAN"
	case query.Int:
		return "BIGINT"
	case query.Decimal:
		return fmt.Sprintf("DECIMAL(%d,%d)", c.Precision, c.Scale)
	case query.Float:
		return "DOUBLE"
	case query.Date:
		return "DATE"
	case query.Time:
		if c.UTC {
			return "TIMESTAMPTZ"
		}
		return "TIMESTAMP"
	}
	return "VARCHAR"
}

// errValue is why a value is not copied: it would not be the same in DuckDB.
var errValue = errors.New("a value that DuckDB cannot hold exactly")

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
	case *array.String:
		return of(func(row int) driver.Value { return a.Value(row) })
	case *array.LargeString:
		return of(func(row int) driver.Value { return a.Value(row) })
	case *array.StringView:
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
