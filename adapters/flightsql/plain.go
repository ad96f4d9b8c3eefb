package flightsql

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/apache/arrow-go/v18/arrow/array"
	arrow15 "github.com/apache/arrow/go/v15/arrow"

	"github.com/rowsight/rowsight/adapters/arrow18"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/query"
	"github.com/rowsight/rowsight/query/eval"
	"github.com/rowsight/rowsight/spice"
)

// Plain is an [Engine] in pure Go for SELECT statements of one dataset:
//
//	SELECT Region, Price FROM sales WHERE Segment IN ('SMB', 'Enterprise') LIMIT 100
//	SELECT Region, Price FROM sales WHERE Price > 1000 ORDER BY Price DESC LIMIT 50 OFFSET 100
//	SELECT Region, sum(Price * Quantity) AS Revenue FROM sales
//	  WHERE Date >= '2026-01-01' AND Date < '2027-01-01' GROUP BY Region ORDER BY Revenue DESC LIMIT 10
//
// The first form reads rows. Its condition is =, IN, AND, OR of text columns. The other
// forms are questions of package query, with the same results. Another condition, ORDER
// BY or OFFSET makes a page of rows, the second form, which needs a LIMIT of at most
// [query.MaxPage]. The third form has groups. Conditions of questions are those of the
// first form, ranges of numbers and dates, IS NULL and IS NOT NULL, joined by AND.
// Functions are count, sum, avg, min, max, median, count(DISTINCT column) and
// date_trunc. Everything else is refused.
type Plain struct {
	// MaxBytes is the approximate memory limit of a page or of groups, while they are
	// computed; 0 is 256 MiB. A statement that needs more fails.
	MaxBytes int64
}

// A plainStatement is a statement that is checked against the columns of its table.
type plainStatement struct {
	selection selection
	name      string // of the table, as the session has it
	table     Table
	columns   []query.Column
	params    []query.Column // what each parameter is compared with
	args      []any          // nil before they are known

	read   *spice.ReadOptions // reads rows
	fields []arrow15.Field    // of rows and pages, with the names in the result
	plan   query.Plan         // or asks a question
	empty  bool               // LIMIT 0
}

// Describe implements [Engine].
func (Plain) Describe(ctx context.Context, tables map[string]Table, sql string, args []any) (Description, error) {
	s, err := checked(ctx, tables, sql, args)
	if err != nil {
		return Description{}, err
	}
	d := Description{Tables: []string{s.name}, Used: map[string][]string{s.name: s.used()}, Plan: s.explain()}
	if d.Schema, err = s.schema(); err != nil {
		return Description{}, err
	}
	params, err := arrow18.FromSchema(eval.Schema(s.params))
	d.Params = params
	return d, err
}

// Run implements [Engine].
func (p Plain) Run(ctx context.Context, tables map[string]Table, sql string, args []any) (array.RecordReader, error) {
	s, err := checked(ctx, tables, sql, args)
	if err != nil {
		return nil, err
	}
	if s.params != nil && args == nil {
		return nil, fmt.Errorf("%w: its parameters are missing", ErrStatement)
	}
	schema, err := s.schema()
	if err != nil {
		return nil, err
	}
	rows := func(func(arrow15.Record, error) bool) {}
	switch {
	case s.empty:
	case s.read != nil:
		rows = s.table.Read(ctx, s.read)
	default:
		rows = func(yield func(arrow15.Record, error) bool) { // nothing to release if nobody reads
			answer, err := s.table.Ask(ctx, s.plan.Query(), &spice.AskOptions{MaxBytes: p.MaxBytes})
			if err != nil {
				yield(nil, err)
				return
			}
			defer answer.Release()
			yield(answer.Rows, nil)
		}
	}
	return newReader(schema, rows, s.fields), nil
}

func refused(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrStatement, fmt.Sprintf(format, args...))
}

// checked reads a statement and checks it against the columns that the session sees.
func checked(ctx context.Context, tables map[string]Table, sql string, args []any) (*plainStatement, error) {
	sel, err := parse(sql)
	if err != nil {
		return nil, err
	}
	s := &plainStatement{selection: sel, args: args}
	if args != nil && len(args) != sel.params {
		return nil, refused("got %d parameters, want %d", len(args), sel.params)
	}
	if s.name, err = find(tables, sel.table); err != nil {
		return nil, err
	}
	s.table = tables[s.name]
	schema, err := s.table.Schema(ctx)
	if err != nil {
		return nil, err
	}
	s.columns = eval.Columns(schema)
	if sel.params > 0 {
		s.params = make([]query.Column, sel.params)
		for i := range s.params {
			s.params[i] = query.Column{Name: fmt.Sprintf("$%d", i+1), Kind: query.Text}
		}
	}
	if err := s.named(); err != nil {
		return nil, err
	}
	if sel.distinct || sel.group != nil || slices.ContainsFunc(sel.items, func(i item) bool { return i.measure != nil }) {
		return s, s.ask()
	}
	if page, err := s.isPage(); err != nil {
		return nil, err
	} else if page {
		return s, s.page()
	}
	return s, s.rows(schema)
}

// rows makes a read of the statement.
func (s *plainStatement) rows(schema *arrow15.Schema) error {
	sel := s.selection
	s.read = &spice.ReadOptions{Where: predicate.All()}
	if !sel.star {
		s.read.Columns = []string{}
		for _, i := range sel.items {
			if i.cut != query.Whole {
				return refused("date_trunc: want it with GROUP BY")
			}
			if slices.Contains(s.read.Columns, i.column) {
				return refused("column %q is there twice", i.column)
			}
			s.read.Columns = append(s.read.Columns, i.column)
			at := schema.FieldIndices(i.column)
			if len(at) != 1 {
				return refused("%q: no such column", i.column)
			}
			f := schema.Field(at[0])
			f.Name = i.as
			s.fields = append(s.fields, f)
		}
	} else {
		s.fields = schema.Fields()
	}
	var where []predicate.Predicate
	for _, c := range sel.where.conjuncts() {
		p, _, err := s.predicate(c) // it is one: isPage has looked
		if err != nil {
			return err
		}
		where = append(where, p)
	}
	s.read.Where = predicate.And(predicate.All(), where...)
	n, err := s.count(sel.limit, "LIMIT")
	s.read.Limit, s.empty = n, sel.limit.kind != tokenEnd && n == 0
	return err
}

// ask makes a question of the statement.
func (s *plainStatement) ask() error {
	sel := s.selection
	if sel.star {
		return refused("want the names of columns instead of *")
	}
	var q query.Query
	for _, i := range sel.items {
		if i.measure != nil {
			if sel.distinct {
				return refused("DISTINCT: want columns only")
			}
			m := *i.measure
			m.As = i.as
			q.Measures = append(q.Measures, m)
			continue
		}
		if len(q.Measures) > 0 {
			return refused("%q: want the columns of GROUP BY before count and the like", i.column)
		}
		q.Dimensions = append(q.Dimensions, query.Dimension{Column: i.column, Cut: i.cut, As: i.as})
	}
	if err := s.grouped(q); err != nil {
		return err
	}
	var err error
	if q.Filters, err = s.filters(); err != nil {
		return err
	}
	for _, o := range sel.order {
		by, err := s.output(q, o.By)
		if err != nil {
			return err
		}
		q.Order = append(q.Order, query.Order{By: by, Desc: o.Desc})
	}
	return s.check(q)
}

// check checks the question of a statement, with its LIMIT and OFFSET.
func (s *plainStatement) check(q query.Query) (err error) {
	if q.Limit, err = s.count(s.selection.limit, "LIMIT"); err != nil {
		return err
	}
	s.empty = s.selection.limit.kind != tokenEnd && q.Limit == 0
	if s.empty && q.Columns != nil {
		q.Limit = 1 // a page has a limit
	}
	if q.Offset, err = s.count(s.selection.offset, "OFFSET"); err != nil {
		return err
	}
	if s.plan, err = q.Check(s.columns); err != nil {
		return fmt.Errorf("%w: %w", ErrStatement, err)
	}
	return nil
}

// grouped checks that GROUP BY names the columns of the result that are no measures,
// and no other.
func (s *plainStatement) grouped(q query.Query) error {
	sel := s.selection
	if sel.distinct {
		if sel.group != nil {
			return refused("want DISTINCT or GROUP BY")
		}
		return nil
	}
	missing := make(map[string]bool)
	for _, d := range q.Dimensions {
		missing[d.Name()] = true
	}
	for _, key := range sel.group {
		out, err := s.output(query.Query{Dimensions: q.Dimensions}, key.name)
		if err != nil {
			return refused("GROUP BY %q: want a column of the result", key.name)
		}
		if c, err := s.column(key.name); err == nil && key.column {
			// SQL means the column of the dataset, and not what the result calls so.
			i := slices.IndexFunc(q.Dimensions, func(d query.Dimension) bool { return d.Name() == out })
			if d := q.Dimensions[i]; d.Column != c.Name || d.Cut != query.Whole {
				return refused("GROUP BY %q: this is a column of the dataset, and another one of the result: want another name after AS", key.name)
			}
		}
		delete(missing, out)
	}
	for name := range missing {
		return refused("column %q: want it in GROUP BY", name)
	}
	return nil
}

// count returns a number of LIMIT or OFFSET.
func (s *plainStatement) count(o operand, what string) (int64, error) {
	text := o.text
	switch o.kind {
	case tokenEnd:
		return 0, nil
	case tokenParam:
		s.params[o.param-1].Kind = query.Int
		if s.args == nil {
			return 1, nil
		}
		n, ok := s.args[o.param-1].(int64)
		if !ok {
			return 0, refused("parameter %d: want a whole number", o.param)
		}
		text = strconv.FormatInt(n, 10)
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, refused("%s: want a whole number from 0", what)
	}
	return n, nil
}
