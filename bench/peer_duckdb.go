//go:build cgo && duckdb_arrow

package main

import (
	"context"
	"database/sql/driver"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	duckdb "github.com/duckdb/duckdb-go/v2"

	"github.com/rowsight/rowsight/adapters/arrow18"
)

// DuckDB, inside this process: on tables of its own and on Arrow streams, with
// the rules as IN lists and as tables of values to join with. A mask is a
// count(*), which asks no more of it than to find the rows; rows are fetched
// as Arrow. In the dictionary layout its own tables hold ENUMs, its form of a
// shared dictionary.

func duckdbPeers() []Peer {
	e := &duckdbEngine{}
	peer := func(name string, onArrow, slow bool, condition duckdbCondition) Peer {
		return Peer{Name: name, Role: Other, Slow: slow, Open: func(env *Env, d *Data, threads int) (Session, error) {
			if err := e.acquire(d); err != nil {
				return nil, err
			}
			e.timeout = env.Timeout
			return &duckdbSession{duckdbEngine: e, threads: threads, onArrow: onArrow, condition: condition}, nil
		}}
	}
	return []Peer{
		peer("DuckDB, IN lists", false, true, inLists),
		peer("DuckDB, semi-join", false, false, semiJoin),
		peer("DuckDB on Arrow, IN lists", true, true, inLists),
		peer("DuckDB on Arrow, semi-join", true, false, semiJoin),
	}
}

// duckdbEngine is a database that all its peers share, so that the table is in
// memory once.
type duckdbEngine struct {
	users   int
	data    *Data
	threads int
	timeout time.Duration
	conn    driver.Conn
	arrow   *duckdb.Arrow
	parts   [Whole + 1][]arrow.RecordBatch
	schema  *arrow.Schema
	next    int // number of the next table of rules or statement
}

// partTables are the names of the parts of the table.
var partTables = [Whole + 1]string{"sample", "onebatch", "whole"}

func (e *duckdbEngine) acquire(d *Data) (err error) {
	if e.users++; e.users > 1 {
		return nil
	}
	defer func() {
		if err != nil {
			e.release()
		}
	}()
	c, err := duckdb.NewConnector("", nil)
	if err != nil {
		return err
	}
	if e.conn, err = c.Connect(context.Background()); err != nil {
		return err
	}
	if e.arrow, err = duckdb.NewArrowFromConn(e.conn); err != nil {
		return err
	}
	e.data = d
	if e.schema, err = arrow18.FromSchema(d.Schema); err != nil {
		return err
	}
	for part, table := range partTables {
		batches, _ := d.Part(Part(part))
		for _, rec := range batches {
			rec, err := arrow18.FromRecord(rec)
			if err != nil {
				return err
			}
			e.parts[part] = append(e.parts[part], rec)
		}
		if err := e.load(Part(part), table); err != nil {
			return err
		}
	}
	return nil
}

func (e *duckdbEngine) release() {
	if e.users--; e.users > 0 {
		return
	}
	if e.conn != nil {
		e.conn.Close()
	}
	for _, batches := range e.parts {
		for _, b := range batches {
			b.Release()
		}
	}
	*e = duckdbEngine{}
}

// load copies a part into a table of DuckDB's own.
func (e *duckdbEngine) load(part Part, table string) error {
	var columns []string
	for i, f := range e.schema.Fields() {
		if f.Type.ID() != arrow.DICTIONARY {
			columns = append(columns, f.Name)
			continue
		}
		columns = append(columns, fmt.Sprintf("%s::%s_enum as %[1]s", f.Name, f.Name))
		if part != Sample {
			continue // the type is there
		}
		values := e.parts[part][0].Column(i).(*array.Dictionary).Dictionary().(*array.String)
		literals := make([]string, values.Len())
		for j := range literals {
			literals[j] = quote(values.Value(j))
		}
		if err := e.exec(fmt.Sprintf("create type %s_enum as enum (%s)", f.Name, strings.Join(literals, ", "))); err != nil {
			return err
		}
	}
	release, err := e.view(part, "arrow_"+table)
	if err != nil {
		return err
	}
	defer release()
	return e.exec(fmt.Sprintf("create table %s as select %s from arrow_%s", table, strings.Join(columns, ", "), table))
}

// view makes a part visible to the next statement, as a stream.
func (e *duckdbEngine) view(part Part, name string) (release func(), err error) {
	r, err := array.NewRecordReader(e.schema, e.parts[part])
	if err != nil {
		return nil, err
	}
	defer r.Release()
	return e.arrow.RegisterView(r, name)
}

func (e *duckdbEngine) exec(sql string) error {
	_, err := e.conn.(driver.ExecerContext).ExecContext(context.Background(), sql, nil)
	return err
}

// limited runs f with a context that ends after the time that one query may
// take.
func (e *duckdbEngine) limited(f func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), e.timeout)
	defer cancel()
	err := f(ctx)
	if ctx.Err() != nil {
		return fmt.Errorf("%w of %v", errTooSlow, e.timeout)
	}
	return err
}

// setThreads limits DuckDB to a number of threads.
func (e *duckdbEngine) setThreads(n int) error {
	if e.threads == n {
		return nil
	}
	e.threads = n
	return e.exec(fmt.Sprintf("set threads = %d", n))
}

// A duckdbCondition turns a case with rules that all restrict something into
// SQL; it may make tables, which go when the query is closed.
type duckdbCondition func(q *duckdbQuery, c *Case) (sql string, err error)

// inLists writes (region in ('EMEA') and segment in ('SMB')) or (…).
func inLists(_ *duckdbQuery, c *Case) (string, error) {
	var or []string
	for _, rule := range c.Rules {
		var and []string
		for _, name := range c.Columns() {
			if rule[name] == nil {
				continue
			}
			literals := make([]string, len(rule[name]))
			for i, v := range rule[name] {
				literals[i] = quote(v)
			}
			and = append(and, name+" in ("+strings.Join(literals, ", ")+")")
		}
		or = append(or, strings.Join(and, " and "))
	}
	return strings.Join(or, " or "), nil
}

// semiJoin makes a table of tuples for every set of columns that rules
// restrict together and writes (region, segment) in (from rules_1) or (…).
func semiJoin(q *duckdbQuery, c *Case) (string, error) {
	tuples := make(map[string][][]string) // column names -> rows
	for _, rule := range c.Rules {
		var names []string
		rows := [][]string{nil}
		for _, name := range c.Columns() {
			if rule[name] == nil {
				continue
			}
			names = append(names, name)
			var longer [][]string
			for _, row := range rows {
				for _, v := range rule[name] {
					longer = append(longer, append(slices.Clone(row), v))
				}
			}
			rows = longer
		}
		key := strings.Join(names, ", ")
		tuples[key] = append(tuples[key], rows...)
	}
	var or []string
	for _, names := range slices.Sorted(maps.Keys(tuples)) {
		q.next++
		table := fmt.Sprintf("rules_%d", q.next)
		q.tables = append(q.tables, table)
		if err := q.createRules(table, strings.Split(names, ", "), tuples[names]); err != nil {
			return "", err
		}
		or = append(or, fmt.Sprintf("(%s) in (select (%s) from %s)", names, names, table))
	}
	return strings.Join(or, " or "), nil
}

// createRules makes a table of distinct tuples; they come in through Arrow,
// the fastest way there is.
func (s *duckdbSession) createRules(table string, names []string, rows [][]string) error {
	fields, columns := make([]arrow.Field, len(names)), make([]string, len(names))
	for i, name := range names {
		fields[i] = arrow.Field{Name: name, Type: arrow.BinaryTypes.String}
		columns[i] = name
		if s.data.Layout == Dict && !s.onArrow {
			columns[i] = fmt.Sprintf("%s::%s_enum as %[1]s", name, name)
		}
	}
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema(fields, nil))
	defer b.Release()
	for _, row := range rows {
		for i, v := range row {
			b.Field(i).(*array.StringBuilder).Append(v)
		}
	}
	rec := b.NewRecordBatch()
	defer rec.Release()
	r, err := array.NewRecordReader(rec.Schema(), []arrow.RecordBatch{rec})
	if err != nil {
		return err
	}
	defer r.Release()
	release, err := s.arrow.RegisterView(r, "arrow_"+table)
	if err != nil {
		return err
	}
	defer release()
	return s.exec(fmt.Sprintf("create table %s as select distinct %s from arrow_%[1]s", table, strings.Join(columns, ", ")))
}

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

type duckdbSession struct {
	*duckdbEngine
	threads   int
	onArrow   bool
	condition duckdbCondition
}

func (s *duckdbSession) Close() { s.release() }

func (s *duckdbSession) Version() string {
	var version string
	_ = s.each("select version()", func(rec arrow.RecordBatch) error {
		version = strings.Clone(rec.Column(0).ValueStr(0)) // outlives the batch
		return nil
	})
	return version
}

// Prepare makes the tables of rules and the statement. A statement over an
// Arrow stream cannot be prepared, because the stream is another one each time.
func (s *duckdbSession) Prepare(c *Case) (Query, time.Duration, error) {
	q := &duckdbQuery{duckdbSession: s, prepared: make(map[string]string)}
	if err := s.setThreads(s.threads); err != nil {
		return nil, 0, err
	}
	took, err := timed(func() (err error) {
		switch {
		case c.All():
			q.where = "true"
		case len(c.Rules) == 0:
			q.where = "false"
		default:
			if q.where, err = s.condition(q, c); err != nil {
				return err
			}
		}
		if s.onArrow {
			return nil
		}
		_, err = q.statement(Mask, Whole)
		return err
	})
	return q, took, err
}

type duckdbQuery struct {
	*duckdbSession
	where    string
	prepared map[string]string // SQL -> name of the statement
	tables   []string          // of rules
}

func (q *duckdbQuery) Close() {
	for _, name := range q.prepared {
		_ = q.exec("deallocate " + name)
	}
	for _, table := range q.tables {
		_ = q.exec("drop table if exists " + table)
	}
}

// statement returns what to execute.
func (q *duckdbQuery) statement(k Kind, p Part) (string, error) {
	what, table := "count(*)", partTables[p]
	if k == Rows {
		what = q.columns()
	}
	if q.onArrow {
		return fmt.Sprintf("select %s from arrow_%s where %s", what, table, q.where), nil
	}
	sql := fmt.Sprintf("select %s from %s where %s", what, table, q.where)
	name, ok := q.prepared[sql]
	if !ok {
		q.next++
		name = fmt.Sprintf("q_%d", q.next)
		err := q.limited(func(ctx context.Context) error {
			_, err := q.conn.(driver.ExecerContext).ExecContext(ctx, "prepare "+name+" as "+sql, nil)
			return err
		})
		if err != nil {
			return "", err
		}
		q.prepared[sql] = name
	}
	return "execute " + name, nil
}

// columns returns what to select for rows. An ENUM leaves as text: as ENUM its
// whole dictionary would leave again with each of DuckDB's chunks of 2,048 rows.
func (q *duckdbQuery) columns() string {
	if q.onArrow || q.data.Layout == Plain {
		return "*"
	}
	var columns []string
	for _, f := range q.schema.Fields() {
		if f.Type.ID() == arrow.DICTIONARY {
			columns = append(columns, f.Name+"::varchar as "+f.Name)
		} else {
			columns = append(columns, f.Name)
		}
	}
	return strings.Join(columns, ", ")
}

func (q *duckdbQuery) Run(k Kind, p Part, check *Answer) (time.Duration, error) {
	if err := q.setThreads(q.threads); err != nil {
		return 0, err
	}
	if check != nil {
		return 0, q.check(k, p, check)
	}
	sql, err := q.statement(k, p)
	if err != nil {
		return 0, err
	}
	return timed(func() error {
		if q.onArrow {
			release, err := q.view(p, "arrow_"+partTables[p])
			if err != nil {
				return err
			}
			defer release()
		}
		return q.each(sql, func(arrow.RecordBatch) error { return nil })
	})
}

// check fetches the rows of either kind: a count alone would not say which.
func (q *duckdbQuery) check(k Kind, p Part, check *Answer) error {
	if q.onArrow {
		release, err := q.view(p, "arrow_"+partTables[p])
		if err != nil {
			return err
		}
		defer release()
	}
	sql, err := q.statement(Rows, p)
	if err != nil {
		return err
	}
	err = q.each(sql, func(rec arrow.RecordBatch) error {
		a, err := rows18Answer(rec)
		check.add(a)
		return err
	})
	if k == Mask {
		*check = check.masked()
	}
	return err
}

// each runs a query and hands over its batches.
func (e *duckdbEngine) each(sql string, f func(rec arrow.RecordBatch) error) error {
	return e.limited(func(ctx context.Context) error {
		r, err := e.arrow.QueryContext(ctx, sql)
		if err != nil {
			return err
		}
		defer r.Release()
		for r.Next() {
			if err := f(r.RecordBatch()); err != nil {
				return err
			}
		}
		return r.Err()
	})
}
