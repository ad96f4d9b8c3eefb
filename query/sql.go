package query

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/where"
)

// SQLOptions configure [Plan.SQL]. A nil *SQLOptions is the default.
type SQLOptions struct {
	// Column returns the name of a column of the plan in the database; nil keeps the
	// names.
	Column func(name string) string
	// Kind declares the content of a column, by its name in the database, as in
	// [where.Options].
	Kind func(name string) where.Kind
	// Limits replaces the limits of the dialect, as in [where.Options].
	Limits *where.Limits
	// Inline writes values as literals, for drivers that cannot bind.
	Inline bool
}

// A Statement is a question as SQL. The zero Statement has no text.
type Statement struct {
	SQL  string
	Args []any
	// Inexact is a text that errors of the engine contain if it cannot compare or
	// add a value exactly; "" if there is none. In that case, compute the answer
	// from the rows.
	Inexact string
	// Columns are the types of the columns that the statement returns. They are
	// not the columns of the answer: an average is returned as a sum and a
	// count, so that the division is the same for every engine. [eval.Finish]
	// converts them to the answer.
	Columns []Column
}

// SQL writes the question as SQL around the rows of base that a predicate selects.
// base is the trusted query of the data source, such as SELECT * FROM sales, and
// rows has the names of its columns. Everything that the question asks is computed
// behind the barrier of [where.Clause.Wrap]. totals is the statement of the totals,
// if the question asks for them.
//
// A dialect that cannot give the exact answer is refused with [ErrDialect] (Q6).
// [Dialects] are those that answer questions, and docs/query.md says what each of
// them cannot. All other dialects are refused.
func (p Plan) SQL(d where.Dialect, rows predicate.Predicate, base string, opts *SQLOptions) (statement Statement, totals *Statement, err error) {
	if p.IsZero() {
		return Statement{}, nil, ErrEmpty
	}
	var o SQLOptions
	if opts != nil {
		o = *opts
	}
	if o.Column == nil {
		o.Column = func(name string) string { return name }
	}
	if statement, err = writeSQL(p, d, rows, base, o, false); err != nil {
		return Statement{}, nil, err
	}
	if !p.Query().Totals {
		return statement, nil, nil
	}
	all, err := writeSQL(p, d, rows, base, o, true)
	if err != nil {
		return Statement{}, nil, err
	}
	return statement, &all, nil
}

// A writer writes one statement. Names of common table expressions and columns are
// its own, so that no name of the data stands behind the first of them.
type writer struct {
	plan    Plan
	dialect where.Dialect
	spec    *sqlSpec
	opts    SQLOptions
	args    []any
	totals  bool

	select_ []string // of the first expression
	raw     []Column
	err     error
}

// Names of common table expressions, and of the relation of visible rows.
const (
	asked  = "rowsight_asked"
	found  = "rowsight_rows"
	topped = "rowsight_kept"
	ranked = "rowsight_ranked"
)

func writeSQL(p Plan, d where.Dialect, rows predicate.Predicate, base string, o SQLOptions, totals bool) (Statement, error) {
	w := &writer{plan: p, dialect: d, spec: specOf(d), opts: o, totals: totals}
	if w.spec == nil {
		return Statement{}, unwritten(d)
	}
	clause, err := where.Lower(rows, d, &where.Options{Kind: o.Kind, Limits: o.Limits, Inline: o.Inline})
	if err != nil {
		return Statement{}, fmt.Errorf("%w: %w", ErrDialect, err)
	}
	if len(clause.Setup()) > 0 {
		return Statement{}, fmt.Errorf("%w: the rules have too many values for one statement", ErrDialect)
	}
	visible, err := w.visible(clause, base)
	if err != nil {
		return Statement{}, fmt.Errorf("%w: %w", ErrDialect, err)
	}
	w.args = clause.Args()
	text := w.write(visible)
	if w.err != nil {
		return Statement{}, w.err
	}
	return Statement{SQL: text, Args: w.args, Inexact: w.spec.inexact, Columns: w.raw}, nil
}

// visible returns the query of the visible rows behind the barrier.
func (w *writer) visible(clause where.Clause, base string) (string, error) {
	if !w.spec.spread {
		return clause.Wrap(base)
	}
	var columns []string
	for _, name := range w.plan.Needs() {
		columns = append(columns, w.opts.Column(name))
	}
	slices.Sort(columns)
	return clause.WrapColumns(base, slices.Compact(columns)...)
}

func (w *writer) refuse(format string, args ...any) {
	w.err = errors.Join(w.err, fmt.Errorf("%w: %s: %s", ErrDialect, w.dialect, fmt.Sprintf(format, args...)))
}

// source returns a column of the visible rows as a value of its kind, in the form
// in which the database compares it exactly.
func (w *writer) source(name string) string {
	sql := w.reference(name)
	c := w.plan.Column(name)
	cast := w.spec.cast(sql, c)
	if cast == "" {
		w.refuse("column %q is %s", name, c.describe())
	}
	return cast
}

// reference returns a column of the visible rows.
func (w *writer) reference(name string) string {
	there := w.opts.Column(name)
	quoted, err := w.dialect.Quote(there)
	if err != nil {
		w.err = errors.Join(w.err, fmt.Errorf("%w: %w", ErrDialect, err))
	}
	if w.spec.renames && (strings.EqualFold(there, "true") || strings.EqualFold(there, "false")) {
		w.refuse("a subquery renames column %q", there)
	}
	return asked + "." + quoted
}

// bind appends an argument and returns its placeholder.
func (w *writer) bind(text string) string {
	if w.opts.Inline {
		literal, err := w.dialect.Literal(text)
		if err != nil {
			w.err = errors.Join(w.err, fmt.Errorf("%w: %w", ErrDialect, err))
		}
		return literal
	}
	w.args = append(w.args, text)
	return w.dialect.Placeholder(len(w.args))
}

// add adds a column to the first expression and returns its name.
func (w *writer) add(sql, name string) string {
	w.select_ = append(w.select_, sql+" AS "+name)
	return name
}

func (w *writer) write(visible string) string {
	q := w.plan.Query()
	var dims []string
	if !w.totals {
		for i, d := range w.plan.Keys() {
			sql := w.source(d.Column)
			if d.Cut != Whole && w.err == nil {
				sql = w.spec.cut(sql, w.plan.Column(d.Column).Kind, d.Cut)
			}
			if len(q.Columns) > 0 && w.spec.input != nil && w.err == nil {
				sql = w.spec.input(sql, w.plan.Column(d.Column))
			}
			dims = append(dims, w.add(sql, fmt.Sprint("d", i)))
			w.raw = append(w.raw, w.plan.p.out[i])
		}
	}
	inputs := make([]string, len(q.Measures))
	for i, m := range q.Measures {
		inputs[i] = w.input(m, fmt.Sprint("x", i))
	}
	tops := w.tops()
	with := []string{found + " AS (SELECT " + w.columns() + " FROM (" + visible + ") AS " + asked + w.where() + ")"}
	from := found
	if len(tops) > 0 {
		var conditions []string
		for i, t := range tops {
			with = append(with, t)
			name := fmt.Sprint("rowsight_top", i)
			conditions = append(conditions, fmt.Sprintf("EXISTS (SELECT 1 FROM %s WHERE %s OR (%[1]s.v IS NULL AND %[3]s.t%[4]d IS NULL))",
				name, w.spec.op(name+".v", "=", fmt.Sprintf("%s.t%d", found, i)), found, i))
		}
		with = append(with, topped+" AS (SELECT * FROM "+found+" WHERE "+strings.Join(conditions, " AND ")+")")
		from = topped
	}
	if window := w.windows(dims, inputs); window != "" {
		with = append(with, ranked+" AS (SELECT "+from+".*, "+window+" FROM "+from+")")
		from = ranked
	}
	out := append([]string{}, dims...)
	keys := make(map[string][]string)
	for i, d := range dims {
		keys[w.plan.p.out[i].Name] = []string{d}
	}
	for i, m := range q.Measures {
		columns, order := w.aggregate(m, inputs[i], i, true)
		out = append(out, columns...)
		keys[m.Name()] = order
	}
	for i := range out {
		if w.spec.deliver != nil {
			out[i] = w.spec.deliver(out[i], w.raw[i])
		}
		out[i] += fmt.Sprint(" AS c", i)
	}
	text := "WITH " + strings.Join(with, ", ") + " SELECT " + strings.Join(out, ", ") + " FROM " + from
	if len(dims) > 0 && len(q.Columns) == 0 {
		text += " GROUP BY " + strings.Join(dims, ", ")
	}
	if w.totals {
		return text + w.page(0, 0)
	}
	return text + w.order(dims, keys) + w.page(q.Limit, q.Offset)
}

// columns returns what the first expression selects.
func (w *writer) columns() string {
	if len(w.select_) == 0 {
		return "1 AS one"
	}
	return strings.Join(w.select_, ", ")
}

// order writes the order of the question, completed by all dimensions.
func (w *writer) order(dims []string, keys map[string][]string) string {
	var parts []string
	used := make(map[string]bool)
	add := func(sql string, desc bool) {
		if used[sql] {
			return
		}
		used[sql] = true
		direction := " ASC"
		if desc {
			direction = " DESC"
		}
		parts = append(parts, w.nullsLast(sql, direction))
	}
	for _, o := range w.plan.Query().Order {
		if len(keys[o.By]) == 0 {
			w.refuse("an order by %q, which is an average or a median", o.By)
		}
		for _, key := range keys[o.By] {
			add(key, o.Desc)
		}
	}
	for _, d := range dims {
		add(d, false)
	}
	if len(parts) == 0 || len(dims) == 0 {
		return ""
	}
	return " ORDER BY " + strings.Join(parts, ", ")
}

// nullsLast returns a key to sort by.
func (w *writer) nullsLast(sql, direction string) string {
	if w.spec.nulls != nil {
		return w.spec.nulls(sql, direction)
	}
	return sql + direction + " NULLS LAST"
}

// page writes which groups are returned; 0 is no limit.
func (w *writer) page(limit, offset int64) string {
	if most := w.spec.maxLimit; most > 0 && limit+offset > most {
		w.refuse("limit %d and offset %d, together more than %d", limit, offset, most)
	}
	first, skip := "", ""
	switch {
	case limit > 0:
		first = fmt.Sprintf(" LIMIT %d", limit)
	case w.spec.alwaysLimit || offset > 0 && w.spec.noLimit != "":
		first = " LIMIT " + w.spec.noLimit
	}
	if offset > 0 {
		skip = fmt.Sprintf(" OFFSET %d", offset)
	}
	if w.spec.offsetFirst {
		return skip + first
	}
	return first + skip
}

// where writes the filters that look at one row.
func (w *writer) where() string {
	var parts []string
	for i, f := range w.plan.Query().Filters {
		switch f := f.(type) {
		case Where:
			parts = append(parts, w.predicate(f.Predicate))
		case Null:
			test := " IS NULL"
			if f.Not {
				test = " IS NOT NULL"
			}
			parts = append(parts, w.reference(f.Column)+test)
		case Range:
			parts = append(parts, w.inRange(w.source(f.Column), w.plan.Column(f.Column), w.plan.Bounds(i)))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return " WHERE (" + strings.Join(parts, ") AND (") + ")"
}

func (w *writer) predicate(p predicate.Predicate) string {
	p = p.Rename(w.opts.Column)
	clause, err := where.Lower(p, w.dialect, &where.Options{
		FirstArg: len(w.args) + 1, Kind: w.opts.Kind, Limits: w.opts.Limits, Inline: w.opts.Inline,
		Column: func(name string) string {
			quoted, err := w.dialect.Quote(name)
			if err != nil {
				return ""
			}
			return asked + "." + quoted
		},
	})
	if err != nil || len(clause.Setup()) > 0 {
		w.refuse("a filter with too many values")
		return ""
	}
	w.args = append(w.args, clause.Args()...)
	return clause.SQL()
}

// inRange writes a range.
func (w *writer) inRange(sql string, c Column, b Bounds) string {
	if b.Empty {
		return "1 = 0"
	}
	var parts []string
	compare := func(op, text string) {
		parts = append(parts, w.spec.op(sql, op, w.spec.bound(w.bind(text), c)))
	}
	if c.Kind == Float {
		for _, side := range []struct {
			at           *float64
			open         bool
			strict, weak string
		}{{b.Low, b.LowOpen, ">", ">="}, {b.High, b.HighOpen, "<", "<="}} {
			if side.at == nil {
				continue
			}
			op := side.weak
			if side.open {
				op = side.strict
			}
			compare(op, fmt.Sprint(*side.at))
		}
		if w.spec.notNaN != nil {
			parts = append(parts, w.spec.notNaN(sql))
		}
	} else {
		if b.Lo != nil {
			compare(">=", showUnits(b.Lo, c))
		}
		if b.Hi != nil {
			compare("<=", showUnits(b.Hi, c))
		}
	}
	if len(parts) == 0 {
		return sql + " IS NOT NULL"
	}
	return strings.Join(parts, " AND ")
}
