package where

import (
	"cmp"
	"strings"
)

// A comparison is one of the two of an atom: the plain one that an index can
// answer, or the exact one.
type comparison struct {
	column            string // as it is compared
	argLeft, argRight string
	plain             bool
}

// compare writes a comparison with the values of an atom.
func (l *lowering) compare(a int, f form, c comparison) {
	if f == scannedValues {
		before, after, _ := strings.Cut(l.spec.scanned, "%s")
		l.text(before)
		l.value(a)
		l.text(strings.Replace(after, "%c", c.column, 1))
		return
	}
	l.text(c.column)
	switch f {
	case oneValue:
		l.text(cmp.Or(l.spec.equals, " = "))
		l.list(a, c.argLeft, l.typed(a, c.argRight))
	case someValues:
		if l.spec.list[0] != "" { // the values stand in it without a type of their own
			l.text(l.spec.list[0])
			l.list(a, "", "")
			l.text(l.typed(a, l.spec.list[1]))
			return
		}
		l.text(" IN (")
		l.list(a, c.argLeft, c.argRight)
		l.text(")")
	case packedValues:
		l.text(" ")
		l.nested = true
		l.packed(a)
	case tableValues:
		l.text(" ")
		l.nested = true
		l.fromTable(a)
	}
}

// typed returns SQL with the type of the column of an atom in place of text.
func (l *lowering) typed(a int, sql string) string {
	if l.kinds[a] != UUID {
		return sql
	}
	return strings.ReplaceAll(sql, l.spec.text, l.spec.uuid)
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

// list writes values one by one, between left and right.
func (l *lowering) list(a int, left, right string) {
	values := l.values[a]
	if l.form(len(values)) == someValues {
		l.fits("values of a list", len(values), l.limits.List)
	}
	inline := l.opts.Inline || l.squeeze >= literals
	for i, v := range values {
		if i > 0 {
			l.text(", ")
		}
		left, right := left, right
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
func (l *lowering) packed(a int) {
	longest := 0
	for _, v := range l.values[a] {
		longest = max(longest, len(v))
	}
	before, after, _ := strings.Cut(l.typed(a, l.spec.packed(longest)), "%s")
	l.text(before)
	l.value(a)
	l.text(after)
}

// value writes the argument that holds all values.
func (l *lowering) value(a int) {
	if _, ok := l.sent[a]; ok && !l.opts.Inline && l.spec.reuse {
		l.placeholder(a, 0, "")
		return
	}
	all := string(l.spec.pack(nil, l.values[a]))
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
