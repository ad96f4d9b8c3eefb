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

// A Table is a table of a database, or the result of a query, whose visible rows
// can be read. Fill in the fields and do not change them afterwards; then it is
// safe for concurrent use. The zero Table has no rows to read: [ErrSource].
type Table struct {
	DB      *sql.DB
	Dialect where.Dialect

	// Table is a name, or several joined by dots, each quoted as it stands:
	// public.sales. Query is a query to put the filter around instead, which must
	// be trusted: what it computes, it computes for all rows. It has no
	// arguments. One of the two is set.
	Table string
	Query string

	// Types replaces the Arrow type of columns, by name: for those whose type the
	// driver does not tell, such as what SQLite computes.
	Types map[string]arrow.DataType

	// Kinds say what columns are known to hold, by name, as in [where.Options];
	// [Table.CatalogKinds] asks the catalog. A column of type uuid in PostgreSQL need
	// not be declared.
	Kinds map[string]where.Kind

	// Temp and Limits are those of [where.Options]: a table for values that fit
	// into no statement, and the limits of an engine with other settings.
	Temp   []string
	Limits *where.Limits

	// Inline writes values into the query, for drivers that cannot bind.
	Inline bool

	// Rows is how many rows a record has at most; 0 is DefaultRows. A record ends
	// before, too, when it has about 8 MiB.
	Rows int

	// Allocator provides the memory of records. Nil is memory of the garbage
	// collector: texts that are kept stay what they are. One that hands freed memory
	// out again takes that away: clone what is kept.
	Allocator memory.Allocator
}

// DefaultRows is how many rows a record of a [Table] has at most, if nothing
// else is said.
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

// Schema asks the database for the columns, without reading a row.
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

// Records returns the rows of p with the columns named, or with all columns if
// none is. The caller releases the reader, which ends the query if it was not
// read to its end; so does the end of ctx. A record is valid until the next
// call of Next. A reader is used by one goroutine.
//
// Where all columns of p are among those that are read, every row is compared
// with p again: a row that p does not match ends the stream with [ErrWidened].
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
	return t.open(ctx, "SELECT "+list.String()+from(base)+" WHERE "+clause.SQL(), clause, p, picked)
}
