package where

import (
	"errors"
	"fmt"
	"slices"

	"github.com/rowsight/rowsight/predicate"
)

// Options configure [Lower]. nil is the zero Options.
type Options struct {
	// Column returns the SQL for a column of the predicate, quoted and
	// qualified for the query, or "" for an unknown column, which is
	// [ErrColumn]. It is called for every column that the predicate restricts.
	// nil quotes the name. [Known] returns such a function for a list of names.
	Column func(name string) string

	// Kind declares the content of a column, which can save one of two
	// comparisons. nil means [Text] for all columns. Package spice/direct reads
	// the kinds from the catalog.
	Kind func(name string) Kind

	// Table describes the columns of the table or query. If set, each column
	// that the predicate restricts must exist exactly once and be text (U2),
	// also without a condition; otherwise the error joins a
	// [*predicate.ColumnError] for each such column. nil means that the
	// columns are not known; then check the rules when you load them.
	Table []predicate.Column

	// FirstArg is the number of the first placeholder, for a query with earlier
	// placeholders; 0 means 1. It has no effect in dialects with ?, whose
	// arguments have the order of the text.
	FirstArg int

	// Inline writes values as literals, for policies and for engines that
	// cannot bind values. Args and the arguments of every Statement are then
	// empty.
	Inline bool

	// TwoValued makes the condition false instead of NULL. Use it outside of
	// WHERE: in CASE, in a list of columns, or after NOT.
	TwoValued bool

	// Temp is the name of a table for values that do not fit into a statement,
	// in parts: {"visible"} or {"memory", "default", "visible"}. No other
	// program may use the name or write to the table. Without Temp, such values
	// are a [BudgetError]. See [Clause.Setup].
	Temp []string

	// Limits replaces the limits of the dialect, for an engine with other
	// settings. If arguments count as text in the dialect, they always do.
	Limits *Limits
}

// Known returns a function for [Options.Column] that knows the columns of a
// table. It qualifies them with the name or alias of the table, unless that is
// "". It refuses a column that columns does not contain exactly once.
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
