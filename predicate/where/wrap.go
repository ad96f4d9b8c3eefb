package where

import (
	"fmt"
	"slices"
	"strings"
)

// A fence is what a dialect needs so that nothing outside of a query runs
// inside it: text after SELECT, after the condition, or at the end of the query.
type fence struct {
	head, cond, tail string
	each             string // what [Clause.WrapColumns] makes of a column %c instead; "" is the same fence
	why              string // what to do instead, if there is none
	whyNested        string // the same if the condition has a subquery
}

// Names in a wrapped query.
const (
	baseName    = "rowsight_base"
	visibleName = "rowsight_visible"
	rowName     = "rowsight_row"
)

// Wrap returns a query of the rows of another query that the condition selects,
// with all its columns:
//
//	SELECT * FROM (SELECT * FROM (
//	query
//	) AS rowsight_base WHERE condition OFFSET 0) AS rowsight_visible
//
// Its arguments are those of [Clause.Args]. If the query has arguments, they
// come first; set [Options.FirstArg]. Columns are the columns of the query,
// unless [Options.Column] writes them in another way.
//
// The query is the base relation, such as SELECT * FROM sales. It must be
// trusted, because its expressions run on all rows. Write the query of a caller
// around the result: it is computed from visible rows only. No later condition,
// such as OR 1=1, can show a hidden row, or cause an error or a side effect on
// one.
//
// The barrier depends on the engine. It is tested on the engines marked *:
//
//   - PostgreSQL*: OFFSET 0. The planner moves no condition below it.
//   - MySQL, MariaDB*, SQLite*, DuckDB*, Trino, Athena, ClickHouse*, Redshift: a
//     very large LIMIT. Moving a condition below a LIMIT would change its rows.
//     In Trino it gathers the rows at one worker; see [Clause.WrapColumns].
//   - SQL Server: TOP, for the same reason.
//   - Spark*, Databricks: a condition that is not deterministic. No other
//     condition may move past it, but joins may, and Spark makes joins of
//     subqueries. So a condition with more than 1,000 bound values of a column
//     is [ErrBarrier]; use [Options.Inline] for it.
//   - Snowflake, BigQuery: none. The error is [ErrBarrier] and names an
//     alternative.
//
// A query that could close the parentheses around it is [ErrQuery]: a query
// with a comment, a semicolon, or unbalanced parentheses or quotes, and in
// Spark a query with ${, which a setting of the session replaces.
func (c Clause) Wrap(query string) (string, error) {
	base, cond, err := c.fenced(query)
	if err != nil {
		return "", err
	}
	return "SELECT * FROM (" + c.dialect.spec().fence.around(base, cond) + ") AS " + visibleName, nil
}

// WrapColumns is [Clause.Wrap] for some columns of the query, in their order. It has
// the same barrier, except in Trino: the LIMIT of Wrap gathers all visible rows at
// one worker. WrapColumns hands on each column in an expression that is not
// deterministic. No condition on it may move below, and each worker keeps its rows.
// A condition outside can use no other column. In Trino, do not let a caller write one
// that uses no column at all, such as 1 / 0 > 1: it may run below the barrier, and its
// error may show that hidden rows exist; use Wrap there. Without columns, the query
// returns one number for each visible row.
func (c Clause) WrapColumns(query string, columns ...string) (string, error) {
	base, cond, err := c.fenced(query)
	if err != nil {
		return "", err
	}
	s := c.dialect.spec()
	outer, inner := make([]string, len(columns)), make([]string, len(columns))
	for i, name := range columns {
		if s.renamesBools && isBool(name) {
			return "", fmt.Errorf("%w: column %q, which %s renames", ErrColumn, name, s.name)
		}
		var quoted [3]string
		for k, parts := range [...][]string{{name}, {baseName, name}, {visibleName, name}} {
			if quoted[k], err = c.dialect.Quote(parts...); err != nil {
				return "", err
			}
		}
		inner[i] = strings.ReplaceAll(s.fence.each, "%c", quoted[1]) + " AS " + quoted[0]
		outer[i] = quoted[2] + " AS " + quoted[0]
	}
	if len(columns) == 0 {
		outer, inner = []string{"1 AS " + rowName}, []string{"1 AS " + rowName}
	}
	if s.fence.each == "" {
		return "SELECT " + strings.Join(outer, ", ") + " FROM (" + s.fence.around(base, cond) + ") AS " + visibleName, nil
	}
	return "SELECT * FROM (SELECT " + strings.Join(inner, ", ") + " FROM " + base + " AS " + baseName + " WHERE " + cond + ") AS " + visibleName, nil
}

// around writes the query of the visible rows with the fence of all columns.
func (f fence) around(base, cond string) string {
	sql := "SELECT " + f.head + "* FROM " + base + " AS " + baseName + " WHERE " + cond + f.cond
	if f.tail != "" {
		sql += " " + f.tail
	}
	return sql
}

// fenced returns the base relation and the condition of a wrapped query, if the
// dialect has a barrier for it.
func (c Clause) fenced(query string) (base, cond string, err error) {
	s := c.dialect.spec()
	if s == nil {
		return "", "", ErrDialect
	}
	if s.fence.why != "" {
		return "", "", fmt.Errorf("%s: %w: %s", c.dialect, ErrBarrier, s.fence.why)
	}
	if err := s.checkQuery(query); err != nil {
		return "", "", fmt.Errorf("%w: %w", ErrQuery, err)
	}
	if cond, err = c.qualified(); err != nil {
		return "", "", err
	}
	if c.nested && s.fence.whyNested != "" {
		return "", "", fmt.Errorf("%s: %w: %s", c.dialect, ErrBarrier, s.fence.whyNested)
	}
	base = "(\n" + query + "\n)"
	if s.renamesBools && c.renamed() {
		if base = s.tableOf(query); base == "" {
			return "", "", fmt.Errorf("%w: a column is called true or false, which %s renames: want SELECT * FROM a table", ErrQuery, s.name)
		}
	}
	return base, cond, nil
}

// renamed reports whether the condition is on a column that some engines rename when
// a subquery hands it on.
func (c Clause) renamed() bool {
	return slices.ContainsFunc(c.predicate.Columns(), isBool)
}

func isBool(name string) bool {
	return strings.EqualFold(name, "true") || strings.EqualFold(name, "false")
}

// tableOf returns the name, as it is written, in SELECT * FROM name; "" for any
// other query. [Clause.Wrap] has read its quotes.
func (s *spec) tableOf(query string) string {
	for _, word := range []string{"SELECT", "*", "FROM"} {
		query = strings.TrimLeft(query, " \t\r\n")
		if len(query) < len(word) || !strings.EqualFold(query[:len(word)], word) {
			return ""
		}
		query = query[len(word):]
	}
	name := strings.TrimSpace(query)
	for rest := name; ; rest = rest[1:] {
		n := strings.IndexFunc(rest, func(r rune) bool {
			return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
		})
		if rest != "" && strings.ContainsRune("\"`[", rune(rest[0])) {
			if n, _ = s.quoted(rest); n == len(rest) {
				n = -1
			}
		}
		switch {
		case rest == "" || n == 0:
			return ""
		case n < 0:
			return name
		case rest[n] != '.':
			return ""
		}
		rest = rest[n:]
	}
}

// qualified returns the condition with its columns qualified, unless they were
// written by the caller: without, a column that the query lacks could be found in
// a query around it.
func (c Clause) qualified() (string, error) {
	if c.opts.Column != nil {
		return c.SQL(), nil
	}
	o := c.opts
	o.Column = func(name string) string {
		sql, err := c.dialect.Quote(baseName, name)
		if err != nil {
			return ""
		}
		return sql
	}
	l, err := newLowering(c.predicate, c.dialect, o)
	if err != nil {
		return "", err
	}
	// The names are longer now, but what is sent must be what Args returns.
	if err := l.write(c.strategy); err != nil {
		return "", err
	}
	return string(l.sql), nil
}
