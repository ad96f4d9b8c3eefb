package duckdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

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

// open opens a database that reaches nothing outside of itself, and locks it: nothing
// can be reached and no limit be raised from then on.
func open(ctx context.Context, o Options) (*database, error) {
	connector, err := duck.NewConnector(fmt.Sprintf(
		"?threads=%d&memory_limit=%dB&enable_external_access=false&allow_community_extensions=false&autoload_known_extensions=false&autoinstall_known_extensions=false&max_temp_directory_size=0B",
		o.Threads, o.Memory), nil)
	if err != nil {
		return nil, err
	}
	d := &database{connector, sql.OpenDB(connector)}
	for _, text := range []string{"SET enable_external_access = false", "SET lock_configuration = true"} {
		if _, err := d.db.ExecContext(ctx, text); err != nil {
			return nil, errors.Join(err, d.close())
		}
	}
	return d, nil
}

func (d *database) close() error { return errors.Join(d.db.Close(), d.connector.Close()) }

// A made is a table that was created for what a session sees of a dataset.
type made struct {
	kinds []query.Column     // of its columns
	read  *spice.ReadOptions // what is copied
}

// create creates an empty table: with the columns named that DuckDB can hold, or all
// of them if columns is nil.
func (d *database) create(ctx context.Context, name string, from Table, columns []string) (*made, error) {
	schema, err := from.Schema(ctx)
	if err != nil {
		return nil, err
	}
	all := eval.Columns(schema)
	m := made{read: &spice.ReadOptions{Where: predicate.All()}}
	for _, c := range all {
		if c.Kind != query.Other && (columns == nil || containsFold(columns, c.Name)) {
			m.kinds, m.read.Columns = append(m.kinds, c), append(m.read.Columns, c.Name)
		}
	}
	if len(m.kinds) == 0 {
		if len(all) == 0 {
			return nil, fmt.Errorf("%w: %q has no visible column", ErrTable, name)
		}
		m.read.Columns = []string{all[0].Name}
	}
	return &m, d.define(ctx, name, m.kinds)
}

// define creates an empty table of columns.
func (d *database) define(ctx context.Context, name string, columns []query.Column) error {
	var defs []string
	for _, c := range columns {
		quoted, err := where.DuckDB.Quote(c.Name)
		if err != nil {
			return err
		}
		defs = append(defs, quoted+" "+typeOf(c))
	}
	if defs == nil { // count(*) needs rows without columns
		defs = []string{`"rowsight_row" BOOLEAN`}
	}
	quoted, err := where.DuckDB.Quote(name)
	if err != nil {
		return err
	}
	_, err = d.db.ExecContext(ctx, "CREATE TABLE "+quoted+" ("+strings.Join(defs, ", ")+")")
	return err
}

// copy creates a table and copies the visible rows into it.
func (d *database) copy(ctx context.Context, name string, from Table, columns []string) error {
	m, err := d.create(ctx, name, from, columns)
	if err != nil {
		return err
	}
	return d.fill(ctx, name, from.Read(ctx, m.read), m.kinds)
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
