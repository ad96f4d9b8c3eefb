package quicksight

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/where"
	"github.com/rowsight/rowsight/spice/direct"
	"github.com/rowsight/rowsight/spice/source"
)

// errDatabase says that a database did not answer as it should.
var errDatabase = errors.New("the database cannot be reached or refused the query")

// A databaseError hides what an engine says: it may quote a value of a row that
// nobody may see. The state of SQL and a column that does not fit remain.
type databaseError struct{ err error }

// quiet returns an error of a database in words without values.
func quiet(err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	for _, plain := range []error{source.ErrNotFound, source.ErrNotReady, source.ErrColumns, source.ErrCredentials, source.ErrParameters} {
		if errors.Is(err, plain) {
			return err
		}
	}
	return &databaseError{err}
}

// Error returns what can be said.
func (e *databaseError) Error() string {
	var column *direct.ColumnError
	var state interface{ SQLState() string }
	switch {
	case errors.As(e.err, &column):
		return errDatabase.Error() + ": " + column.Error()
	case errors.As(e.err, &state) && len(state.SQLState()) == 5:
		return fmt.Sprintf("%v: SQLSTATE %s", errDatabase, state.SQLState())
	}
	return errDatabase.Error()
}

// Is reports whether an error says that a database did not answer.
func (e *databaseError) Is(target error) bool { return target == errDatabase }

// A table is a table of a database, or the result of custom SQL. It is a
// [spice.Direct] and, with [table.all], what an ingestion reads.
type table struct {
	s    *Service
	plan plan
}

// maxLook bounds the look at the columns of a table while a request waits.
const maxLook = 20 * time.Second

// of returns the table in an open database.
func (t table) of(db *sql.DB) *direct.Table {
	return &direct.Table{DB: db, Dialect: where.PostgreSQL, Table: strings.Join(t.plan.Table, "."), Query: t.plan.Query}
}

// Schema returns the columns of the data set as the database has them now.
func (t table) Schema(ctx context.Context) (*arrow.Schema, error) {
	n, err := t.s.catalog.Connection(ctx, t.plan.Source)
	if err != nil {
		return nil, err
	}
	db, err := t.s.opts.OpenDatabase(ctx, n)
	if err != nil {
		return nil, quiet(err)
	}
	defer db.Close()
	schema, err := t.of(db).Schema(ctx)
	if err != nil {
		return nil, quiet(err)
	}
	out, _, err := project(schema, t.plan.Columns)
	return out, err
}

// Records returns the rows of p, with the columns named or with all.
func (t table) Records(ctx context.Context, p predicate.Predicate, columns []string) (array.RecordReader, error) {
	from := make(map[string]string, len(t.plan.Columns))
	for _, c := range t.plan.Columns {
		from[c.Name] = c.From
	}
	for _, name := range p.Restricted() {
		if _, ok := from[name]; !ok {
			return nil, fmt.Errorf("%w: a rule names a column that the data set does not have", source.ErrColumns)
		}
	}
	picked := t.plan.Columns
	if len(columns) > 0 {
		picked = nil
		for _, name := range columns {
			c := t.plan.column(name)
			if c == nil {
				return nil, fmt.Errorf("%w: a column was asked for that the data set does not have", source.ErrColumns)
			}
			picked = append(picked, *c)
		}
	}
	p = predicate.And(p.Rename(func(name string) string { return from[name] }), t.plan.rows())
	names := make([]string, len(picked))
	for i, c := range picked {
		names[i] = c.From
	}
	filters := t.plan.bounds()
	for _, f := range filters {
		if !slices.Contains(names, f.From) {
			names = append(names, f.From)
		}
	}
	rows := t.s.catalog.Table(t.plan.Source, t.s.opts.OpenDatabase, func(ctx context.Context, db *sql.DB) (array.RecordReader, error) {
		of := t.of(db)
		var err error
		if of.Kinds, err = of.CatalogKinds(ctx); err != nil {
			return nil, err
		}
		return of.Records(ctx, p, names)
	})
	return projected{rows: boundedSource(rows, filters), columns: picked, rule: predicate.All(), quiet: true}.Records(ctx)
}

// all are the rows that an ingestion reads.
func (t table) all(ctx context.Context) (array.RecordReader, error) {
	return t.Records(ctx, predicate.All(), nil)
}

// look checks that a database has the columns of a data set.
func (s *Service) look(ctx context.Context, p plan) error {
	ctx, cancel := context.WithTimeout(ctx, maxLook)
	defer cancel()
	_, err := s.catalog.Wait(ctx, p.Source)
	if err == nil {
		_, err = table{s, p}.Schema(ctx)
	}
	if err != nil {
		return refuse(invalidParameter, "PhysicalTableMap: the columns cannot be read from the database: %s", reasonOf(err))
	}
	return nil
}

// recoverDatabases connects the data sets whose rows are in a database.
func (s *Service) recoverDatabases() error {
	for _, id := range s.records.ids(kindDataSet) {
		doc, err := s.dataSet(id)
		if err != nil {
			return err
		}
		if !doc.Plan.direct(doc.ImportMode) {
			continue
		}
		d, err := s.store.Dataset(id)
		if err == nil {
			err = d.Connect(s.connection(doc.Plan))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// connection returns where the rows of a DIRECT_QUERY data set are.
func (s *Service) connection(p plan) table { return table{s, p} }
