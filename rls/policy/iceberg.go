package policy

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/rowsight/rowsight/predicate"
)

// iceberg writes the read-restrictions of a table that a REST catalog answers
// with. Their reader discards rows for which the filter is false or null.
//
// Columns are named, which is what readers of today parse; with Table.FieldIDs
// they have their ids, in the newer form of comparisons.
func iceberg(w *writer) error {
	filter, err := w.expression(w.rows)
	if err != nil {
		return err
	}
	return w.json(object{{"read-restrictions", object{{"required-row-filter", filter}}}})
}

func (w *writer) expression(p predicate.Predicate) (object, error) {
	switch p.Op() {
	case predicate.OpNone:
		return object{{"type", "false"}}, nil
	case predicate.OpAll:
		return object{{"type", "true"}}, nil
	case predicate.OpAnd, predicate.OpOr:
		var parts []object
		for q := range p.Args() {
			part, err := w.expression(q)
			if err != nil {
				return nil, err
			}
			parts = append(parts, part)
		}
		if p.Op() == predicate.OpAnd {
			return pairs("and", parts), nil
		}
		return pairs("or", parts), nil
	}
	if !utf8.ValidString(p.Column()) || p.Column() == "" {
		return nil, fmt.Errorf("column %q: %w: the name is empty or not valid UTF-8", p.Column(), ErrValue)
	}
	values := slices.Collect(p.Values())
	for i, v := range values {
		if !utf8.ValidString(v) {
			return nil, fmt.Errorf("column %q: value %d of %d: %w: it is not valid UTF-8", p.Column(), i+1, len(values), ErrValue)
		}
	}
	if w.table.FieldIDs != nil {
		return w.byID(p, values)
	}
	term := member{"term", p.Column()}
	switch {
	case p.Op() == predicate.OpHasValue:
		// not-eq alone is true for null.
		return pairs("and", []object{{{"type", "not-null"}, term}, {{"type", "not-eq"}, term, {"value", ""}}}), nil
	case len(values) == 1:
		return object{{"type", "eq"}, term, {"value", values[0]}}, nil
	}
	return object{{"type", "in"}, term, {"values", values}}, nil
}

// byID writes comparisons of a field id, of which only eq is settled.
func (w *writer) byID(p predicate.Predicate, values []string) (object, error) {
	id, ok := w.table.FieldIDs[p.Column()]
	if !ok {
		return nil, fmt.Errorf("%w: Table.FieldIDs: column %q has none", ErrOptions, p.Column())
	}
	if p.Op() == predicate.OpHasValue {
		return nil, fmt.Errorf("column %q: %w: any value, by field id", p.Column(), ErrKind)
	}
	parts := make([]object, len(values))
	for i, v := range values {
		parts[i] = object{{"type", "eq"}, {"left", object{{"type", "reference"}, {"id", id}}}, {"right", object{{"type", "literal"}, {"value", v}}}}
	}
	return pairs("or", parts), nil
}

// pairs joins expressions, of which there is at least one, in a tree of and and
// or, which have two operands. It is balanced: readers recurse.
func pairs(op string, parts []object) object {
	if len(parts) == 1 {
		return parts[0]
	}
	half := len(parts) / 2
	return object{{"type", op}, {"left", pairs(op, parts[:half])}, {"right", pairs(op, parts[half:])}}
}
