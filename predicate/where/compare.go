package where

import (
	"cmp"
	"strings"
)

// A comparison is one of the two that an atom may need. Where the engine compares
// more loosely than Go, say without case, an atom is written twice:
//
//	"Region" IN ($1, $2) AND "Region" COLLATE "C" IN ($1, $2)
//	plain: an index serves it     exact: it rejects what the first lets through
//
// Only the exact one decides; the plain one may accept more rows, never fewer.
type comparison struct {
	column            string // SQL of the left side
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
		if c.plain && l.spec.superset.between {
			l.text(" >= ")
			l.list(a, c.argLeft, l.typed(a, c.argRight))
			l.text(" AND " + c.column + " <= ")
			l.list(a, c.argLeft, l.typed(a, c.argRight))
			return
		}
		l.text(cmp.Or(l.spec.equals, " = "))
		l.list(a, c.argLeft, l.typed(a, c.argRight))
	case someValues:
		if l.spec.list[0] != "" { // an array literal: the cast follows the list, not each value
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

// typed returns sql with the dialect's text type replaced by its UUID type if the
// column of the atom holds UUIDs.
func (l *lowering) typed(a int, sql string) string {
	if l.kinds[a] != UUID {
		return sql
	}
	return strings.ReplaceAll(sql, l.spec.text, l.spec.uuid)
}

// A form is how the values of an atom are written. The order matters: supersets
// compares forms.
type form int

const (
	oneValue      form = iota // column = $1
	someValues                // column IN ($1, $2)
	packedValues              // column IN (SELECT … $1), or = ANY ($1)
	scannedValues             // a function that scans $1 for the column
	tableValues               // column IN (SELECT … FROM the temporary table)
)

// form chooses how n values are sent.
func (l *lowering) form(n int) form {
	list := l.spec.few
	if l.opts.Inline || l.strategy >= inlineLists {
		list = l.spec.fewInline
	}
	if l.limits.List > 0 {
		list = min(list, l.limits.List)
	}
	switch {
	case n == 1:
		return oneValue
	case l.strategy == tableAllLists, l.strategy == tableLongLists && n > few:
		return tableValues
	case l.manyLists && l.spec.scanned != "" && n > short && n <= longScan:
		return scannedValues
	case l.spec.pack != nil && (n > list || l.strategy == packLists):
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
	inline := l.opts.Inline || l.strategy >= inlineLists
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

// packed writes a comparison with all values in one argument. spec.packed is SQL
// with %s in place of the argument.
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

// value writes the placeholder of the argument that holds all values of an atom,
// or the packed values as a literal.
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

// placeholder writes the placeholder of argument i of an atom. It appends the
// argument v, unless the dialect can reuse the placeholder of an argument that
// this atom has sent already.
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
