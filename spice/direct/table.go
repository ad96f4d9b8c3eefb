package direct

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/batch"
	"github.com/rowsight/rowsight/predicate/where"
)

// A Table reads the visible rows of a table of a database, or of the result of
// a query. It is safe for concurrent use if its fields do not change. The zero
// Table returns [ErrSource].
type Table struct {
	DB      *sql.DB
	Dialect where.Dialect

	// Table is a name, or several names joined by dots, such as public.sales.
	// Each name is quoted as it is. Query is a query without arguments in place
	// of a table. It must be trusted, because it runs on all rows before the
	// filter applies. Set one of the two.
	Table string
	Query string

	// Types sets the Arrow types of columns, by name. Use it if the driver does
	// not report a type, as for computed columns of SQLite.
	Types map[string]arrow.DataType

	// Kinds declare columns by name, as in [where.Options];
	// [Table.CatalogKinds] reads them from the catalog. Columns of type uuid in
	// PostgreSQL need no declaration.
	Kinds map[string]where.Kind

	// Temp and Limits are those of [where.Options]: a temporary table for
	// values that do not fit into a statement, and the limits of the engine.
	Temp   []string
	Limits *where.Limits

	// Inline writes values into the query. Use it with drivers that cannot bind
	// values.
	Inline bool

	// Rows is the largest number of rows of a record; 0 is DefaultRows. A
	// record has at most about 8 MiB, whatever Rows is.
	Rows int

	// Allocator provides the memory of records. Nil uses memory of the garbage
	// collector, so texts stay valid after a record is released. If an
	// allocator reuses memory, clone each text that you keep.
	Allocator memory.Allocator
}

// DefaultRows is the default of [Table].Rows.
const DefaultRows = 16_384

// base returns the relation that the filter is put around.
func (t *Table) base() (string, error) {
	switch {
	case t == nil || t.DB == nil || (t.Table == "") == (t.Query == ""):
		return "", ErrSource
	case t.Query != "":
		return "(\n" + t.Query + "\n)", nil
	}
	name, err := t.name()
	switch {
	case err != nil:
		return "", err
	case dialects[t.Dialect].bare:
		return name, nil
	}
	return "(\nSELECT * FROM " + name + "\n)", nil
}

// name returns the name of the table, quoted.
func (t *Table) name() (string, error) {
	name, err := t.Dialect.Quote(strings.Split(t.Table, ".")...)
	if err != nil {
		return "", fmt.Errorf("table %q: %w", t.Table, err)
	}
	return name, nil
}

// baseName qualifies columns, so that each is one of the base and of nothing
// else.
const baseName = "rowsight_base"

func from(base string) string { return " FROM " + base + " AS " + baseName }

// Schema returns the columns of the table. It reads no row.
func (t *Table) Schema(ctx context.Context) (*arrow.Schema, error) {
	columns, err := t.columns(ctx)
	if err != nil {
		return nil, err
	}
	return schemaOf(columns), nil
}

// columns asks for the columns of the base. Every column that has no type is
// reported.
func (t *Table) columns(ctx context.Context) ([]column, error) {
	base, err := t.base()
	if err != nil {
		return nil, err
	}
	rows, err := t.DB.QueryContext(ctx, "SELECT *"+from(base)+" WHERE 1 = 0")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := t.columnsOf(rows)
	if err != nil {
		return nil, err
	}
	rows.Next() // no row; but some drivers report only now what is wrong
	return columns, errors.Join(rows.Err(), rows.Close())
}

func (t *Table) columnsOf(rows *sql.Rows) ([]column, error) {
	types, err := rows.ColumnTypes()
	if err != nil {
		return nil, err
	}
	columns := make([]column, len(types))
	var errs []error
	seen := make(map[string]bool)
	for i, typ := range types {
		c, err := newColumn(typ, t.Dialect, t.Types[typ.Name()])
		if seen[typ.Name()] {
			err = ErrTwice
		}
		seen[typ.Name()] = true
		if err != nil {
			errs = append(errs, &ColumnError{Column: typ.Name(), Type: typ.DatabaseTypeName(), Err: err})
		}
		columns[i] = c
	}
	return columns, errors.Join(errs...)
}

// Records returns the rows that match p, with the named columns; without names,
// with all columns. The caller releases the reader, which ends the query. The
// query also ends when ctx does. A record is valid until the next call of Next.
// A reader is not safe for concurrent use.
//
// If all columns of p are read, every row is compared with p again. A row that
// p does not match ends the stream with [ErrWidened].
func (t *Table) Records(ctx context.Context, p predicate.Predicate, columns []string) (array.RecordReader, error) {
	all, err := t.columns(ctx)
	if err != nil {
		return nil, err
	}
	if err := batch.Check(schemaOf(all), p.Restricted()...); err != nil {
		return nil, err
	}
	byName := make(map[string]column, len(all))
	names := make([]string, len(all))
	for i, c := range all {
		byName[c.field.Name], names[i] = c, c.field.Name
	}
	var errs []error
	for _, name := range p.Restricted() {
		if c := byName[name]; c.fixed {
			errs = append(errs, &ColumnError{Column: name, Type: c.typ, Err: ErrFixed})
		}
	}
	if len(columns) == 0 {
		columns = names
	}
	known := where.Known(t.Dialect, baseName, names...)
	var list strings.Builder
	picked := make([]column, len(columns))
	for i, name := range columns {
		c, ok := byName[name]
		if !ok {
			errs = append(errs, &ColumnError{Column: name, Err: noColumn(name, names)})
		}
		picked[i] = c
		if i > 0 {
			list.WriteString(", ")
		}
		list.WriteString(known(name))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	clause, err := where.Lower(p, t.Dialect, &where.Options{
		Column: known, Inline: t.Inline, Temp: t.Temp, Limits: t.Limits,
		Kind: func(name string) where.Kind { return t.kind(byName[name]) },
	})
	if err != nil {
		return nil, err
	}
	base, err := t.base()
	if err != nil {
		return nil, err
	}
	text := "SELECT " + list.String() + from(base) + " WHERE " + clause.SQL()
	if t.Dialect == where.MySQL || t.Dialect == where.MariaDB {
		text += " LIMIT 18446744073709551615" // else sql_select_limit of the session cuts off rows
	}
	return t.open(ctx, text, clause, p, picked)
}
