package predicate

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Reasons why a restricted column of a table cannot be used (U2).
var (
	ErrNoColumn  = errors.New("no such column")
	ErrAmbiguous = errors.New("several columns have this name")
	ErrNotText   = errors.New("not text")
)

// A Column describes a column of a table, for [CheckColumns].
type Column struct {
	Name   string
	Type   string // for errors; "" if it is not known
	Text   bool   // the column holds text
	Nested bool   // part of a column, such as geo.country, and not a column itself
}

// A ColumnError reports a restricted column that cannot be used: Err is
// [ErrNoColumn], [ErrAmbiguous] or [ErrNotText].
type ColumnError struct {
	Column string
	Type   string // "" if it is not known
	Near   string // why the column may have been missed, for people; may be ""
	Err    error
}

// Error returns `column "Region": no such column; did you mean "region"?`.
func (e *ColumnError) Error() string {
	s := fmt.Sprintf("column %q: %v", e.Column, e.Err)
	if e.Type != "" {
		s += ": type is " + e.Type
	}
	return s + e.Near
}

// Unwrap returns e.Err.
func (e *ColumnError) Unwrap() error { return e.Err }

// CheckColumns checks that a table has each of the columns exactly once and as
// text. It reports every other one as a [*ColumnError]. Call it when you load
// rules, with all columns that they restrict.
func CheckColumns(table []Column, columns ...string) error {
	var errs []error
	for _, name := range columns {
		var found []Column
		for _, c := range table {
			if c.Name == name && !c.Nested {
				found = append(found, c)
			}
		}
		switch {
		case len(found) == 0:
			errs = append(errs, &ColumnError{Column: name, Near: Near(table, name), Err: ErrNoColumn})
		case len(found) > 1:
			errs = append(errs, &ColumnError{Column: name, Type: found[0].Type, Err: ErrAmbiguous})
		case !found[0].Text:
			errs = append(errs, &ColumnError{Column: name, Type: found[0].Type, Err: ErrNotText})
		}
	}
	return errors.Join(errs...)
}

// Near returns a hint if a table lacks a column but has one with a similar
// name: in another case, with other punctuation, or inside another column. The
// hint begins with "; " and is "" if no name is similar.
func Near(table []Column, name string) string {
	same := func(c Column) bool { return !c.Nested && letters(c.Name) == letters(name) }
	inside := func(c Column) bool {
		return c.Nested && (letters(c.Name) == letters(name) || letters(c.Name[strings.LastIndexByte(c.Name, '.')+1:]) == letters(name))
	}
	if i := slices.IndexFunc(table, same); i >= 0 && letters(name) != "" {
		return fmt.Sprintf("; did you mean %q?", table[i].Name)
	}
	if i := slices.IndexFunc(table, inside); i >= 0 {
		return fmt.Sprintf("; %q is part of another column: select it as a column", table[i].Name)
	}
	return ""
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
