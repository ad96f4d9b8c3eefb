package where

import (
	"errors"
	"fmt"
	"slices"

	"github.com/rowsight/rowsight/predicate"
)

// Options say how a condition is written. nil is the zero Options.
type Options struct {
	// Column returns the SQL for a column of the predicate, quoted and qualified
	// as the query needs it, or "" if there is no such column, which is
	// [ErrColumn]. It is asked for every column that the predicate restricts. nil
	// quotes the name. [Known] returns one that knows names.
	Column func(name string) string

	// Kind returns what a column is known to hold. It may save the second of two
	// comparisons; nil is [Text] for all. Package spice/direct asks the catalog.
	Kind func(name string) Kind

	// Table describes the columns of the table or query that the condition is for.
	// Then each column that the predicate restricts must be there once and as text
	// (U2), also one without a condition, which no engine misses: the error joins a
	// [*predicate.ColumnError] for each that is not. nil is a table that is not
	// known; check its rules when they are loaded.
	Table []predicate.Column

	// FirstArg is the number of the first placeholder, in a query that has
	// others before it; 0 is 1. It changes nothing for dialects with ?, whose
	// arguments go in the order of the text.
	FirstArg int

	// Inline writes values as literals, for policies and for engines that cannot
	// bind. Args and the arguments of every Statement are empty then.
	Inline bool

	// TwoValued makes the condition false where it would be NULL, for a place
	// that is not WHERE, like CASE, a list of columns or behind NOT.
	TwoValued bool

	// Temp is the name of a table that may be made for values that fit nowhere
	// else, as its parts: {"visible"} or {"memory", "default", "visible"}. It
	// must be a name that nobody else uses or may write to. Without it, they are
	// a [BudgetError]. See [Clause.Setup].
	Temp []string

	// Limits replaces those of the dialect, for an engine with other settings.
	// Where arguments count as text, they always do.
	Limits *Limits
}

// Known returns an [Options.Column] for the columns of a table, which it
// qualifies with the table's name or alias unless that is "". A column that is
// not among them exactly once is refused.
func Known(d Dialect, table string, columns ...string) func(name string) string {
	quoted := make(map[string]string, len(columns))
	for _, c := range columns {
		if _, ok := quoted[c]; ok {
			quoted[c] = "" // nobody knows which of the two is meant
			continue
		}
		parts := []string{table, c}
		if table == "" {
			parts = parts[1:]
		}
		if q, err := d.Quote(parts...); err == nil {
			quoted[c] = q
		}
	}
	return func(name string) string { return quoted[name] }
}

// check reports which columns that p restricts the table lacks. Those of
// conditions are looked up once more when they are written.
func (o *Options) check(p predicate.Predicate) error {
	var errs []error
	if o.Table != nil {
		errs = append(errs, predicate.CheckColumns(o.Table, p.Restricted()...))
	}
	if o.Column != nil {
		conditions := p.Columns()
		for _, name := range p.Restricted() {
			if _, ok := slices.BinarySearch(conditions, name); !ok && o.Column(name) == "" {
				errs = append(errs, fmt.Errorf("%w: %q", ErrColumn, name))
			}
		}
	}
	return errors.Join(errs...)
}
