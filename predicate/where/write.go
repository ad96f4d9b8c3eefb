package where

import (
	"strings"

	"github.com/rowsight/rowsight/predicate"
)

// write writes the condition with a strategy. It reports the first limit of the
// dialect that the condition exceeds. newLowering has checked every column and
// value before, so that no other error can occur.
//
// A tree is a conjunction, and a union is a disjunction of trees:
//
//	atom AND atom AND (tree OR tree OR …) AND (tree OR …)

func (l *lowering) write(s strategy) error {
	if s >= tableLongLists && (l.spec.temp == nil || len(l.opts.Temp) == 0) {
		return l.err // without a temporary table, the limit that the strategy before exceeded
	}
	l.strategy, l.sql, l.args, l.tabled, l.bytes, l.nested, l.err = s, l.sql[:0], nil, nil, 0, false, nil
	l.sent, l.lists = make(map[int][2]int), make(map[int]int)
	switch l.op {
	case predicate.OpNone:
		l.text(l.spec.none())
	case predicate.OpAll:
		l.text(l.spec.all())
	default:
		l.and(l.root)
	}
	l.fits("arguments", len(l.args)+max(l.opts.FirstArg, 1)-1, l.limits.Args)
	l.fits("levels of nesting", l.depth, maxDepth)
	size := len(l.sql)
	if l.limits.Bound {
		size += l.bytes
	}
	l.fits("bytes of text", size, l.limits.Text)
	if l.spec.temp != nil {
		l.fits("lists in the table", len(l.tabled), l.spec.temp.lists)
	}
	return l.err
}

// fits records the first limit that is exceeded. A max of 0 is no limit.
func (l *lowering) fits(what string, got, max int) {
	if max > 0 && got > max && l.err == nil {
		l.err = &BudgetError{Dialect: l.dialect, What: what, Got: got, Max: max}
	}
}

// text appends SQL.
func (l *lowering) text(s string) { l.sql = append(l.sql, s...) }

// and writes a conjunction, without parentheses: AND binds tighter than OR, and
// unions of several operands bring their own.
func (l *lowering) and(t tree) { l.parts(t, 0, t.parts()) }

// parts writes the atoms and unions of a tree from one number to another. Many are
// ANDs in parentheses.
func (l *lowering) parts(t tree, from, to int) {
	size := inner(to - from)
	for i := from; i < to; i += size {
		if i > from {
			l.text(" AND ")
		}
		switch end := min(i+size, to); {
		case size > 1 && end-i > 1:
			l.text("(")
			l.parts(t, i, end)
			l.text(")")
		case i < len(t.atoms):
			l.atom(t.atoms[i])
		default:
			l.union(t.unions[i-len(t.atoms)])
		}
	}
}

// longest is how many operands an AND or an OR may have. Parsers nest the operands
// of a chain, and SQLite, DuckDB and ClickHouse stop at a depth of 1,000. Longer
// unions become ORs of ORs: 1,024 operands are 32 chains of 32, which are 64 deep.
const longest = 32

// inner returns how many of n operands an inner AND or OR has: the least power of
// longest that keeps the outer one short.
func inner(n int) int {
	size := 1
	for n > longest*size {
		size *= longest
	}
	return size
}

// union writes a disjunction in parentheses. With spec.cases, a union of
// more than short operands is CASE WHEN … THEN TRUE … ELSE FALSE END instead.
func (l *lowering) union(operands []tree) {
	if len(operands) == 1 {
		l.and(operands[0])
		return
	}
	size := inner(len(operands))
	if l.spec.cases && size == 1 && len(operands) > short {
		l.text("CASE")
		for _, o := range operands {
			l.text(" WHEN ")
			l.and(o)
			l.text(" THEN TRUE")
		}
		l.text(" ELSE FALSE END")
		return
	}
	l.text("(")
	for i := 0; i < len(operands); i += size {
		if i > 0 {
			l.text(" OR ")
		}
		l.isolated(operands[i:min(i+size, len(operands))])
	}
	l.text(")")
}

// isolated writes one inner OR of a long union. Dialects with spec.isolate compile
// it as a function of its own, because they limit the size of one function. A
// subquery cannot be inside, so the prefix is removed again if one was written.
func (l *lowering) isolated(operands []tree) {
	if l.spec.isolate == "" || len(operands) < longest {
		l.union(operands)
		return
	}
	start, nested := len(l.sql), l.nested
	l.nested = false
	l.text(l.spec.isolate)
	l.union(operands)
	if l.nested {
		l.sql = append(l.sql[:start], l.sql[start+len(l.spec.isolate):]...)
	} else {
		l.text(")")
	}
	l.nested = l.nested || nested
}

// atom writes the condition on one column. With opts.TwoValued it is FALSE, and
// not NULL, where the column is NULL.
func (l *lowering) atom(a int) {
	column, values := l.columns[a], l.values[a]
	if l.opts.TwoValued {
		l.text(column)
		l.text(" IS NOT NULL AND ")
	}
	if l.atoms[a].Op() == predicate.OpHasValue {
		if l.kinds[a] == UUID {
			l.text(column)
			l.text(" IS NOT NULL")
			return
		}
		l.text(strings.ReplaceAll(l.spec.hasValue, "%c", column))
		return
	}
	if len(values) == 0 { // check dropped all values: none is a UUID
		l.text(l.spec.none())
		return
	}
	form := l.form(len(values))
	if l.supersets(a, form) {
		l.compare(a, form, comparison{column, l.spec.superset.left, l.spec.superset.right, true})
		if l.kinds[a] == ExactText {
			return
		}
		l.text(" AND ")
	}
	c := comparison{l.spec.left + column + l.spec.right, l.spec.argLeft, l.spec.argRight, false}
	if l.kinds[a] == UUID {
		c.column = column
	}
	l.compare(a, form, c)
}
