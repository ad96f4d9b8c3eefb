package where

import (
	"strings"

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
		l.text(none)
	case predicate.OpAll:
		l.text(all)
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
		l.text(l.spec.hasValue[0])
		l.text(column)
		l.text(l.spec.hasValue[1])
		return
	}
	form := l.form(len(values))
	if form == scannedValues {
		before, after, _ := strings.Cut(l.spec.scanned, "%s")
		l.text(before)
		l.value(a, values)
		l.text(strings.Replace(after, "%c", column, 1))
		return
	}
	l.text(column)
	switch form {
	case oneValue:
		l.text(" = ")
		l.list(a, values)
	case someValues:
		l.text(" IN (")
		l.list(a, values)
		l.text(")")
	case packedValues:
		l.text(" ")
		l.nested = true
		l.packed(a, values)
	case tableValues:
		l.text(" ")
		l.nested = true
		l.fromTable(a)
	}
}

// A form is how the values of an atom are sent.
type form int

const (
	oneValue form = iota
	someValues
	packedValues
	scannedValues
	tableValues
)

// form chooses how n values are sent.
func (l *lowering) form(n int) form {
	list := l.spec.few
	if l.opts.Inline || l.squeeze >= literals {
		list = l.spec.fewInline
	}
	if l.limits.List > 0 {
		list = min(list, l.limits.List)
	}
	switch {
	case n == 1:
		return oneValue
	case l.squeeze == allInTable, l.squeeze == inTable && n > few:
		return tableValues
	case l.crowded && l.spec.scanned != "" && n > short && n <= longScan:
		return scannedValues
	case l.spec.pack != nil && (n > list || l.squeeze == packed):
		return packedValues
	}
	return someValues
}

// list writes values one by one.
func (l *lowering) list(a int, values []string) {
	if l.form(len(values)) == someValues {
		l.fits("values of a list", len(values), l.limits.List)
	}
	inline := l.opts.Inline || l.squeeze >= literals
	for i, v := range values {
		if i > 0 {
			l.text(", ")
		}
		left, right := l.spec.argLeft, l.spec.argRight
		if !inline && l.spec.encode != nil {
			v, left, right = l.spec.encode(v)
		}
		l.text(left)
		if inline {
			l.sql = l.spec.literal(l.sql, v)
		} else {
			l.placeholder(a, i, v)
		}
		l.text(right)
	}
}

// packed writes all values as one argument.
func (l *lowering) packed(a int, values []string) {
	longest := 0
	for _, v := range values {
		longest = max(longest, len(v))
	}
	before, after, _ := strings.Cut(l.spec.packed(longest), "%s")
	l.text(before)
	l.value(a, values)
	l.text(after)
}

func (l *lowering) value(a int, values []string) {
	if _, ok := l.sent[a]; ok && !l.opts.Inline && l.spec.reuse {
		l.placeholder(a, 0, "")
		return
	}
	all := string(l.spec.pack(nil, values))
	l.fits("bytes of an argument", len(all), l.limits.Arg)
	if l.opts.Inline {
		l.sql = l.spec.literal(l.sql, all)
		return
	}
	l.placeholder(a, 0, all)
}

// placeholder writes what stands for argument i of an atom, and sends the
// argument unless it was sent before and can be used again.
func (l *lowering) placeholder(a, i int, v string) {
	first, ok := l.sent[a]
	if ok && l.spec.reuse && i < first[1] {
		l.sql = l.spec.placeholder(l.sql, first[0]+i)
		return
	}
	n := max(l.opts.FirstArg, 1) + len(l.args)
	l.sql = l.spec.placeholder(l.sql, n)
	l.args = append(l.args, v)
	l.bytes += len(v)
	if i == 0 {
		first[0] = n
	}
	first[1] = max(first[1], i+1)
	l.sent[a] = first
}
