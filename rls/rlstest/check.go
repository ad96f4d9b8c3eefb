package rlstest

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/rls"
)

// holds reports whether a case would pass if its viewer saw this. It stops at
// the first doubt: it is asked for every mutant, and about every row.
func (c *testCase) holds(t *table, s seen, err error) bool {
	if c.err != "" || err != nil {
		return c.err != "" && err != nil && strings.Contains(err.Error(), c.err)
	}
	switch c.exact.how {
	case howNot:
	case howCount:
		if s.count != c.exact.n {
			return false
		}
	case howAll:
		if s.count != t.rows {
			return false
		}
	case howNone:
		if s.count != 0 {
			return false
		}
	default: // a count without a number
		return false
	}
	for _, w := range c.rows {
		for row := range w.condition.rows(t) {
			if !s.has(row) {
				return false
			}
		}
	}
	for _, w := range c.hidden {
		for row := range w.condition.rows(t) {
			if s.has(row) {
				return false
			}
		}
	}
	if c.only != nil {
		for row := range s.rows() {
			if !c.only.holds(t, row) {
				return false
			}
		}
	}
	return true
}

// reasons tells why a case fails: for each thing it asks for what was expected
// and what came instead, with some rows. It has none exactly if holds is true.
func (c *testCase) reasons(su *Suite, s seen, err error, samples int) []Reason {
	t := su.data
	var all []Reason
	add := func(at rls.Position, check, expected, got string, rows ...string) {
		all = append(all, Reason{Pos: at, Check: check, Expected: expected, Got: got, Rows: rows})
	}
	switch {
	case c.err != "" && err == nil:
		add(c.errAt, "error", "an error with "+strconv.Quote(c.err), fmt.Sprintf("no error, and %s", countOf(s.count, t.rows)))
		return all
	case c.err != "":
		if !strings.Contains(err.Error(), c.err) {
			add(c.errAt, "error", "an error with "+strconv.Quote(c.err), err.Error())
		}
		return all
	case err != nil:
		add(c.pos, "error", "no error", err.Error())
		return all
	}
	show := func(rows iter.Seq[int32]) (n int, shown []string) {
		columns := su.shown(c)
		for row := range sorted(rows) {
			if n++; n <= samples {
				shown = append(shown, t.show(row, columns))
			}
		}
		return n, shown
	}
	got := countOf(s.count, t.rows)
	switch e := c.exact; e.how {
	case howUnset:
		add(e.at, "count", "a number", "none yet; an update writes "+strconv.Itoa(s.count))
	case howCount:
		if s.count != e.n {
			_, rows := show(s.rows())
			add(e.at, "count", countOf(e.n, t.rows), got, rows...)
		}
	case howAll:
		if s.count != t.rows {
			_, rows := show(filter(t.everything().rows(), func(row int32) bool { return !s.has(row) }))
			add(e.at, "all", "every row", got, rows...)
		}
	case howNone:
		if s.count != 0 {
			_, rows := show(s.rows())
			add(e.at, "none", "no row", got, rows...)
		}
	}
	if c.only != nil {
		n, rows := show(filter(s.rows(), func(row int32) bool { return !c.only.holds(t, row) }))
		if n > 0 {
			add(c.onlyAt, "only", "rows with "+c.say(c.only), fmt.Sprintf("%d of %d visible rows with other values", n, s.count), rows...)
		}
	}
	for _, w := range c.rows {
		missing := filter(w.condition.rows(t), func(row int32) bool { return !s.has(row) })
		if n, rows := show(missing); n > 0 {
			add(w.at, "rows", c.say(&w.condition)+" visible", plain.Count(n, "row")+" hidden", rows...)
		}
	}
	for _, w := range c.hidden {
		leaked := filter(w.condition.rows(t), s.has)
		if n, rows := show(leaked); n > 0 {
			add(w.at, "hidden", c.say(&w.condition)+" hidden", plain.Count(n, "row")+" visible", rows...)
		}
	}
	return all
}

// say prints a condition, without its values in the case of a session (T8).
func (c *testCase) say(cond *condition) string {
	if c.secret() {
		names := make([]string, len(cond.tests))
		for i, t := range cond.tests {
			names[i] = t.name
		}
		return "the values given for " + strings.Join(names, ", ")
	}
	return cond.said
}

// shown returns the columns of a sample row: the id and what the rules restrict.
// Of a session's rows only the number is shown, for what they hold is what the
// tags say (T8).
func (s *Suite) shown(c *testCase) (columns []int) {
	if c.secret() {
		return nil
	}
	names := s.rules.Columns()
	if s.id != "" {
		names = append([]string{s.id}, names...)
	}
	for _, name := range names {
		if i := s.data.column(name); i >= 0 && !slices.Contains(columns, i) {
			columns = append(columns, i)
		}
	}
	return columns
}

func countOf(n, all int) string {
	switch n {
	case 0:
		return "no row visible"
	case all:
		return fmt.Sprintf("every row visible, %d of %d", n, all)
	default:
		return fmt.Sprintf("%d of %s visible", n, plain.Count(all, "row"))
	}
}

func filter(rows iter.Seq[int32], keep func(int32) bool) iter.Seq[int32] {
	return func(yield func(int32) bool) {
		for row := range rows {
			if keep(row) && !yield(row) {
				return
			}
		}
	}
}

func sorted(rows iter.Seq[int32]) iter.Seq[int32] { return slices.Values(slices.Sorted(rows)) }
