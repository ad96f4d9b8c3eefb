package predicate

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Near returns a hint if a table lacks a column but has one with a similar
// name: in another case, with other punctuation, inside another column, or with
// one slip of the pen. The hint begins with "; " and is "" if no name is similar,
// or if two are. For many columns, call [CheckColumns] once.
func Near(table []Column, name string) string { return newLookalikes(table).near(name) }

// lookalikes are the columns of a table by the letters of their names: of each,
// the first that has them.
type lookalikes struct {
	same, inside map[string]string

	// Names without one of their letters. Two names that are one slip apart, a
	// letter more, less or different or two exchanged, are the same without one
	// letter each.
	less map[string][]string
}

func newLookalikes(table []Column) *lookalikes {
	l := &lookalikes{same: make(map[string]string), inside: make(map[string]string), less: make(map[string][]string)}
	add := func(to map[string]string, name string, c Column) {
		key := letters(name)
		if _, ok := to[key]; !ok {
			to[key] = c.Name
		}
	}
	for _, c := range table {
		if !c.Nested {
			add(l.same, c.Name, c)
			for key := range withoutOne(letters(c.Name)) {
				if len(l.less[key]) < maxSlips {
					l.less[key] = append(l.less[key], c.Name)
				}
			}
			continue
		}
		add(l.inside, c.Name, c)
		add(l.inside, c.Name[strings.LastIndexByte(c.Name, '.')+1:], c)
	}
	return l
}

func (l *lookalikes) near(name string) string {
	key := letters(name)
	if like, ok := l.same[key]; ok && key != "" {
		return fmt.Sprintf("; did you mean %q?", like)
	}
	if like, ok := l.inside[key]; ok {
		return fmt.Sprintf("; %q is part of another column: select it as a column", like)
	}
	if like := l.slip(key); like != "" {
		return fmt.Sprintf("; did you mean %q?", like)
	}
	return ""
}

// Of shorter names too many are one slip apart. Longer ones nobody writes by
// hand. Of more than maxSlips names that are alike none is meant more than
// another.
const (
	shortest = 4
	longest  = 64
	maxSlips = 8
)

// slip returns the only column whose name has the letters of key but for one
// slip. Names that differ in a digit are other names: Region1 is not Region2.
func (l *lookalikes) slip(key string) (found string) {
	for less := range withoutOne(key) {
		if len(l.less[less]) == maxSlips {
			return "" // some are not listed
		}
		for _, name := range l.less[less] {
			other := letters(name)
			if name == found || !oneSlip([]rune(key), []rune(other)) || digits(key) != digits(other) {
				continue
			}
			if found != "" {
				return "" // either could be meant
			}
			found = name
		}
	}
	return found
}

// withoutOne visits the text, and the text without each of its letters.
func withoutOne(key string) iter.Seq[string] {
	return func(yield func(string) bool) {
		if n := utf8.RuneCountInString(key); n < shortest-1 || n > longest || !yield(key) {
			return
		}
		for i, r := range key {
			if !yield(key[:i] + key[i+utf8.RuneLen(r):]) {
				return
			}
		}
	}
}

// oneSlip reports whether b is a with one letter put in, taken out or replaced,
// or with two neighbours exchanged.
func oneSlip(a, b []rune) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b) < shortest || len(b) > len(a)+1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch {
	case len(a) < len(b):
		return slices.Equal(a[i:], b[i+1:])
	case i == len(a):
		return false // the same
	case slices.Equal(a[i+1:], b[i+1:]):
		return true
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && slices.Equal(a[i+2:], b[i+2:])
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

// letters keeps what a hasty reader sees of a name.
func letters(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}
