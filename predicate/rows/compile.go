package rows

import (
	"unsafe"

	"github.com/rowsight/rowsight/predicate"
)

// A Matcher is a predicate compiled for rows of text. It is immutable and safe
// for concurrent use. The zero Matcher and the nil *Matcher match no row (S1).
type Matcher struct {
	plan plan
	n    int
}

// Compile compiles p for rows of these columns, in this order. Every column that
// p restricts must be one of them, once (U2). Every other column may have any
// name. All problems are reported, each a [*predicate.ColumnError], and the
// Matcher is then nil.
func Compile(p predicate.Predicate, columns ...string) (*Matcher, error) {
	table := make([]predicate.Column, len(columns))
	fields := make(map[string]field, len(columns))
	for i, name := range columns {
		table[i] = predicate.Column{Name: name, Text: true}
		fields[name] = textAt(i)
	}
	if err := predicate.CheckColumns(table, p.Restricted()...); err != nil {
		return nil, err
	}
	return &Matcher{newPlan(p, fields), len(columns)}, nil
}

// Match reports whether a row is in the predicate. It takes the text of each
// column that was compiled, in that order; "" stands for NULL, too. A row of
// another length does not match.
func (m *Matcher) Match(values ...string) bool {
	if m == nil || len(values) != m.n {
		return false
	}
	return m.plan.match(unsafe.Pointer(unsafe.SliceData(values)))
}
