package policy

import (
	"fmt"

	"github.com/rowsight/rowsight/predicate"
)

// iceberg writes the read-restrictions of a table that a REST catalog answers
// with. Their reader discards rows for which the filter is false or null.
//
// Columns are named, which is what readers of today parse; with Table.FieldIDs
// they have their ids, in the newer form of comparisons.
func iceberg(w *writer) {
	w.json(object{{"read-restrictions", object{{"required-row-filter", w.expression(w.rows)}}}})
}

func (w *writer) expression(p predicate.Predicate) object {
	switch p.Op() {
	case predicate.OpNone:
		return object{{"type", "false"}}
	case predicate.OpAll:
		return object{{"type", "true"}}
	case predicate.OpAnd:
		return w.tree(p, w.expression, func(l, r object) object { return pair("and", l, r) })
	case predicate.OpOr:
		return w.tree(p, w.expression, func(l, r object) object { return pair("or", l, r) })
	}
	w.checkColumn(p.Column())
	values := w.texts(p)
	if w.table.FieldIDs != nil {
		return w.byID(p, values)
	}
	term := member{"term", p.Column()}
	switch {
	case p.Op() == predicate.OpHasValue:
		// not-eq alone is true for null.
		return pair("and", object{{"type", "not-null"}, term}, object{{"type", "not-eq"}, term, {"value", ""}})
	case len(values) == 1:
		return object{{"type", "eq"}, term, {"value", values[0]}}
	}
	return object{{"type", "in"}, term, {"values", values}}
}

// byID writes comparisons of a field id, of which only eq is settled.
func (w *writer) byID(p predicate.Predicate, values []string) object {
	id, ok := w.table.FieldIDs[p.Column()]
	switch {
	case !ok:
		w.fail(fmt.Errorf("%w: Table.FieldIDs: column %q has none", ErrOptions, p.Column()))
	case p.Op() == predicate.OpHasValue:
		w.fail(fmt.Errorf("column %q: %w: any value, by field id", p.Column(), ErrKind))
	}
	parts := make([]object, len(values))
	for i, v := range values {
		parts[i] = object{{"type", "eq"}, {"left", object{{"type", "reference"}, {"id", id}}}, {"right", object{{"type", "literal"}, {"value", v}}}}
	}
	return balanced(parts, func(l, r object) object { return pair("or", l, r) })
}

func pair(op string, left, right object) object {
	return object{{"type", op}, {"left", left}, {"right", right}}
}
