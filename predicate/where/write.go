package where

import (
	"github.com/rowsight/rowsight/predicate"
)

// write writes the condition, or reports which limit it does not keep.
func (l *lowering) write(s squeeze) error {
	if s >= inTable && (l.spec.temp == nil || len(l.opts.Temp) == 0) {
		return l.err // nothing can be done that was not
	}
	l.squeeze, l.sql, l.args, l.tabled, l.bytes, l.nested, l.err = s, l.sql[:0], nil, nil, 0, false, nil
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

// fits remembers the first limit that is not kept.
func (l *lowering) fits(what string, got, max int) {
	if max > 0 && got > max && l.err == nil {
		l.err = &BudgetError{Dialect: l.dialect, What: what, Got: got, Max: max}
	}
}

func (l *lowering) text(s string) { l.sql = append(l.sql, s...) }

func (l *lowering) and(t tree) {
	for i, a := range t.atoms {
		if i > 0 {
			l.text(" AND ")
		}
		l.atom(a)
	}
	for i, u := range t.unions {
		if i > 0 || len(t.atoms) > 0 {
			l.text(" AND ")
		}
		l.union(u)
	}
}

// longest is how many operands an OR may have. Parsers nest the operands of a
// chain, and SQLite and ClickHouse stop at a depth of 1,000; 32 chains of 32 are
// 64 deep.
const longest = 32

func (l *lowering) union(operands []tree) {
	if len(operands) == 1 {
		l.and(operands[0])
		return
	}
	size := 1
	for len(operands) > longest*size {
		size *= longest
	}
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
		l.apart(operands[i:min(i+size, len(operands))])
	}
	l.text(")")
}

// apart writes an OR of many operands that is one of several.
func (l *lowering) apart(operands []tree) {
	if l.spec.apart == "" || len(operands) < longest {
		l.union(operands)
		return
	}
	start, nested := len(l.sql), l.nested
	l.nested = false
	l.text(l.spec.apart)
	l.union(operands)
	if l.nested { // a subquery cannot be there
		l.sql = append(l.sql[:start], l.sql[start+len(l.spec.apart):]...)
	} else {
		l.text(")")
	}
	l.nested = l.nested || nested
}

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
		l.text(l.spec.hasValue[0])
		l.text(column)
		l.text(l.spec.hasValue[1])
		return
	}
	if len(values) == 0 { // the kind of the column left none
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
