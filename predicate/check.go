package predicate

import (
	"errors"
	"fmt"
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
	Nested bool   // part of a column, such as geo.country
}

// A ColumnError reports a restricted column that cannot be used: Err is
// [ErrNoColumn], [ErrAmbiguous] or [ErrNotText].
type ColumnError struct {
	Column string
	Type   string // "" if it is not known
	Near   string // a hint at the intended column; may be ""
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
// text. It reports each of the others as a [*ColumnError]. Call it when you
// load rules, with all columns that they restrict.
func CheckColumns(table []Column, columns ...string) error {
	found := make(map[string][]Column)
	for _, c := range table {
		if !c.Nested {
			found[c.Name] = append(found[c.Name], c)
		}
	}
	var errs []error
	var alike *lookalikes
	for _, name := range columns {
		switch c := found[name]; {
		case len(c) == 0:
			if alike == nil {
				alike = newLookalikes(table)
			}
			errs = append(errs, &ColumnError{Column: name, Near: alike.near(name), Err: ErrNoColumn})
		case len(c) > 1:
			errs = append(errs, &ColumnError{Column: name, Type: c[0].Type, Err: ErrAmbiguous})
		case !c[0].Text:
			errs = append(errs, &ColumnError{Column: name, Type: c[0].Type, Err: ErrNotText})
		}
	}
	return errors.Join(errs...)
}
