package query

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/rowsight/rowsight/predicate"
)

// A Query is a question about the visible rows of one dataset. It asks for groups,
// by Dimensions and Measures, or for a page of rows, by Columns. [Query.Check]
// refuses the zero Query.
type Query struct {
	// Columns lists rows that are not grouped, with these columns: a page of a
	// table. It excludes Dimensions, Measures and Totals, and needs a Limit.
	Columns []string
	// Dimensions group the rows. Without one, all rows are one group.
	Dimensions []Dimension
	// Measures are computed for each group.
	Measures []Measure
	// Filters select rows. A row must pass all of them.
	Filters []Filter
	// Order sorts the groups, or the rows of a page. Groups and rows that are
	// equal in it are sorted by all dimensions or columns.
	Order []Order
	// Limit is the largest number of groups in the answer; 0 is no limit. A page
	// of rows needs a Limit from 1 to [MaxPage]. Offset is the number of groups or
	// rows to skip.
	Limit, Offset int64
	// Totals adds the measures of all filtered rows as one group.
	Totals bool
}

// A Dimension is a column to group by.
type Dimension struct {
	Column string
	Cut    Cut    // of a date or time
	As     string // the name in the answer; "" is Column
}

// Name returns the name in the answer.
func (d Dimension) Name() string {
	return cmp.Or(d.As, d.Column)
}

// A Cut truncates a date or time to a period. The zero Cut does not truncate.
type Cut uint8

// The cuts. All cuts but Hour give a date: the first day of the period.
const (
	Whole Cut = iota
	Year
	Quarter
	Month
	Week // from Monday
	Day
	Hour
)

var cutNames = [...]string{"", "year", "quarter", "month", "week", "day", "hour"}

// String returns the name of c in JSON. Whole is "".
func (c Cut) String() string { return named(cutNames[:], int(c), "cut") }

// A Func is the function of a measure. The zero Func is invalid.
type Func uint8

// The functions.
const (
	Count         Func = iota + 1 // of rows, or of the values that are not NULL
	CountDistinct                 // of the different values that are not NULL
	Sum
	Avg
	Min
	Max
	Median
	Percentile
)

var funcNames = [...]string{"", "count", "countDistinct", "sum", "avg", "min", "max", "median", "percentile"}

// String returns the name of f in JSON.
func (f Func) String() string { return named(funcNames[:], int(f), "function") }

func named(names []string, i int, what string) string {
	if i < len(names) {
		return names[i]
	}
	return fmt.Sprintf("%s %d", what, i)
}

// A Measure is a number, text or date computed from the rows of a group.
type Measure struct {
	Func Func
	// Of is the argument of the function. Only Count may omit it; it then
	// counts rows.
	Of Expr
	// Percent is a number above 0 and at most 100, such as "95" or "99.9", for
	// Percentile.
	Percent string
	As      string // the name in the answer; "" is as in sum(Amount)
}

// Name returns the name in the answer.
func (m Measure) Name() string {
	switch {
	case m.As != "":
		return m.As
	case m.Func == Percentile:
		return fmt.Sprintf("%s(%s, %s)", m.Func, m.Of, m.Percent)
	}
	return fmt.Sprintf("%s(%s)", m.Func, m.Of)
}

// A Filter selects rows: [Where], [Range], [Null] or [Top].
type Filter interface{ filter() }

// Where selects the rows of a predicate. Its columns are text. The zero Where
// selects no row.
type Where struct{ Predicate predicate.Predicate }

// Range selects rows by a number, a date or a time. From and To are in the range,
// Above and Below are not. Each is a number such as "12.5", a date such as
// "2026-05-01" or a time such as "2026-05-01T08:00:00Z", or "" for no bound. At
// least one is needed. NULL and NaN are in no range.
type Range struct {
	Column                 string
	From, To, Above, Below string
}

// Null selects the rows in which a column is NULL, or with Not those in which it
// is not.
type Null struct {
	Column string
	Not    bool
}

// Top selects the rows whose value in a column is one of the N values with the
// greatest measure, or with Bottom the smallest. The measure is computed over the
// rows that pass all filters that are not a Top. NULL is a value. Values without a
// measure come last. Values with the same measure are taken in increasing order.
type Top struct {
	Column string
	N      int64
	By     Measure
	Bottom bool
}

func (Where) filter() {}
func (Range) filter() {}
func (Null) filter()  {}
func (Top) filter()   {}

// An Order sorts groups by a dimension or measure, named as in the answer, or the
// rows of a page by one of their columns.
type Order struct {
	By   string
	Desc bool
}

// Errors of questions. They do not depend on rows.
var (
	ErrEmpty     = errors.New("the question is empty: want dimensions, measures or columns")
	ErrName      = errors.New("bad name")
	ErrDuplicate = errors.New("duplicate name")
	ErrNoColumn  = predicate.ErrNoColumn
	ErrType      = errors.New("not for this type")
	ErrValue     = errors.New("bad value")
	ErrTooWide   = errors.New("more than 38 digits")
	ErrTooMany   = errors.New("too many")
	ErrDialect   = errors.New("this database cannot answer it exactly")
)

// An Error is one problem of a question.
type Error struct {
	Path string // as in JSON: measures[0].of; "" is the whole question
	Err  error
}

// Error returns the path and the reason.
func (e *Error) Error() string {
	if e.Path == "" {
		return e.Err.Error()
	}
	return e.Path + ": " + e.Err.Error()
}

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Err }
