package where

import (
	"fmt"
	"strings"
)

// temp says how a dialect makes a table for values: k is the number of a list,
// v a value of it. %t stands for the table, %k for the number, both before %s.
type temp struct {
	create string
	insert string // of packed values at %s; "" for rows of VALUES
	rows   int    // of one VALUES
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
	l.text(fmt.Sprintf("IN (SELECT v FROM %s WHERE k = %d)", l.tempName(), k))
}

// setup returns the statements that fill the table, each within the limits,
// and the one that drops it.
func (l *lowering) setup() (up, down []Statement) {
	name := l.tempName()
	up = append(up, Statement{SQL: strings.ReplaceAll(l.spec.temp.create, "%t", name)})
	for _, a := range l.tabled {
		values := l.values[a]
		for len(values) > 0 {
			n := l.chunk(values)
			up = append(up, l.fill(name, l.lists[a], values[:n]))
			values = values[n:]
		}
	}
	return up, []Statement{{SQL: "DROP TABLE " + name}}
}

// chunk returns how many of the values go into one statement: a third of what
// it may hold, as quoting may double them.
func (l *lowering) chunk(values []string) int {
	room := 1 << 20
	if l.limits.Text > 0 {
		room = min(room, l.limits.Text/3)
	}
	for i, v := range values {
		if l.spec.temp.rows > 0 && i == l.spec.temp.rows {
			return i
		}
		if room -= len(v) + 16; room < 0 {
			return max(i, 1)
		}
	}
	return len(values)
}

func (l *lowering) fill(name string, k int, values []string) Statement {
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
		before = strings.NewReplacer("%t", name, "%k", fmt.Sprint(k)).Replace(before)
		s.SQL = string(append(arg([]byte(before), string(l.spec.pack(nil, values))), after...))
		return s
	}
	b := []byte("INSERT INTO " + name + " VALUES ")
	for i, v := range values {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = fmt.Appendf(b, "(%d, ", k)
		b = append(append(append(b, l.spec.argLeft...), arg(nil, v)...), l.spec.argRight...)
		b = append(b, ')')
	}
	s.SQL = string(b)
	return s
}
