package where

import (
	"fmt"
	"strings"
)

// temp says how a dialect makes a table for values: k is the number of a list,
// v a value of it. %t stands for the table, before %s.
type temp struct {
	create string
	insert string // of a JSON array of [k, v] at %s; "" for rows of VALUES
	rows   int    // of one VALUES
	lists  int    // that the engine plans in time; 0 is any number
}

// An entry is a row of that table.
type entry struct {
	k int
	v string
}

func (l *lowering) tempName() string {
	name, err := l.dialect.Quote(l.opts.Temp...)
	if err != nil && l.err == nil {
		l.err = fmt.Errorf("%w: Temp: %w", ErrOptions, err)
	}
	return name
}

// fromTable writes the values of an atom as what the table has.
func (l *lowering) fromTable(a int) {
	k, ok := l.lists[a]
	if !ok {
		l.tabled = append(l.tabled, a)
		k = len(l.tabled)
		l.lists[a] = k
	}
	l.text(fmt.Sprintf("IN (SELECT rowsight_values.v FROM %s AS rowsight_values WHERE rowsight_values.k = %d)", l.tempName(), k))
}

// setup returns the statements that fill the table, each within the limits,
// and the one that drops it.
func (l *lowering) setup() (up, down []Statement) {
	name := l.tempName()
	up = append(up, Statement{SQL: strings.ReplaceAll(l.spec.temp.create, "%t", name)})
	var entries []entry
	for _, a := range l.tabled {
		for _, v := range l.values[a] {
			entries = append(entries, entry{l.lists[a], v})
		}
	}
	for len(entries) > 0 {
		n := l.chunk(entries)
		up = append(up, l.fill(name, entries[:n]))
		entries = entries[n:]
	}
	return up, []Statement{{SQL: "DROP TABLE " + name}}
}

// chunk returns how many entries go into one statement: a third of what it may
// hold, as quoting may double them.
func (l *lowering) chunk(entries []entry) int {
	room := 1 << 20
	if l.limits.Text > 0 {
		room = min(room, l.limits.Text/3)
	}
	for i, e := range entries {
		if l.spec.temp.rows > 0 && i == l.spec.temp.rows {
			return i
		}
		if room -= len(e.v) + 16; room < 0 {
			return max(i, 1)
		}
	}
	return len(entries)
}

func (l *lowering) fill(name string, entries []entry) Statement {
	var s Statement
	arg := func(b []byte, v string) []byte {
		if l.opts.Inline {
			return l.spec.literal(b, v)
		}
		s.Args = append(s.Args, v)
		return l.spec.placeholder(b, len(s.Args))
	}
	if l.spec.temp.insert != "" {
		before, after, _ := strings.Cut(l.spec.temp.insert, "%s")
		before = strings.ReplaceAll(before, "%t", name)
		s.SQL = string(append(arg([]byte(before), string(jsonPairs(entries))), after...))
		return s
	}
	b := []byte("INSERT INTO " + name + " VALUES ")
	for i, e := range entries {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = fmt.Appendf(b, "(%d, ", e.k)
		b = append(append(append(b, l.spec.argLeft...), arg(nil, e.v)...), l.spec.argRight...)
		b = append(b, ')')
	}
	s.SQL = string(b)
	return s
}

// jsonPairs writes a JSON array of arrays of a number and a text.
func jsonPairs(entries []entry) []byte {
	b := []byte("[")
	for i, e := range entries {
		if i > 0 {
			b = append(b, ',')
		}
		b = fmt.Appendf(b, "[%d,", e.k)
		b = append(jsonText(b, e.v), ']')
	}
	return append(b, ']')
}
