package policy

import (
	"slices"

	"github.com/rowsight/rowsight/predicate"
)

// substraitVersion is the minor version of the specification that this package
// writes: the one that names extensions by URN and no longer by URI.
const substraitVersion = 106

// The functions that a Substrait expression refers to, by their anchors.
const (
	substraitAnd      = 1
	substraitOr       = 2
	substraitNotEqual = 3
)

// substrait writes an extended expression in the JSON of Protocol Buffers. Its
// schema has the table's columns, as strings that may be null; it is null where
// a column is, and a filter drops such rows.
func substrait(w *writer) {
	for _, name := range w.columns {
		w.checkColumn(name)
	}
	function := func(urn, anchor int, name string) object {
		return object{{"extensionFunction", object{{"extensionUrnReference", urn}, {"functionAnchor", anchor}, {"name", name}}}}
	}
	types := []object{}
	for range w.columns {
		types = append(types, object{{"string", object{{"nullability", "NULLABILITY_NULLABLE"}}}})
	}
	names := w.columns
	if names == nil {
		names = []string{}
	}
	w.json(object{
		{"version", object{{"minorNumber", substraitVersion}, {"producer", "rowsight"}}},
		{"extensionUrns", []object{
			{{"extensionUrnAnchor", 1}, {"urn", "extension:io.substrait:functions_boolean"}},
			{{"extensionUrnAnchor", 2}, {"urn", "extension:io.substrait:functions_comparison"}},
		}},
		{"extensions", []object{
			function(1, substraitAnd, "and:bool"),
			function(1, substraitOr, "or:bool"),
			function(2, substraitNotEqual, "not_equal:any_any"),
		}},
		{"referredExpr", []object{{{"expression", w.substrait(w.rows)}, {"outputNames", []string{"visible"}}}}},
		{"baseSchema", object{
			{"names", names},
			{"struct", object{{"types", types}, {"nullability", "NULLABILITY_REQUIRED"}}},
		}},
	})
}

func (w *writer) substrait(p predicate.Predicate) object {
	switch p.Op() {
	case predicate.OpNone, predicate.OpAll:
		return literal("boolean", p.Op() == predicate.OpAll)
	case predicate.OpAnd:
		return w.tree(p, w.substrait, func(l, r object) object { return call(substraitAnd, l, r) })
	case predicate.OpOr:
		return w.tree(p, w.substrait, func(l, r object) object { return call(substraitOr, l, r) })
	}
	field := slices.Index(w.columns, p.Column()) // Filter saw to it that it is there
	column := object{{"selection", object{
		{"directReference", object{{"structField", object{{"field", field}}}}},
		{"rootReference", object{}},
	}}}
	if p.Op() == predicate.OpHasValue {
		return call(substraitNotEqual, column, literal("string", ""))
	}
	var options []object
	for _, v := range w.texts(p) {
		options = append(options, literal("string", v))
	}
	return object{{"singularOrList", object{{"value", column}, {"options", options}}}}
}

func literal(typ string, value any) object {
	return object{{"literal", object{{typ, value}}}}
}

func call(anchor int, args ...object) object {
	values := make([]object, len(args))
	for i, a := range args {
		values[i] = object{{"value", a}}
	}
	return object{{"scalarFunction", object{
		{"functionReference", anchor},
		{"outputType", object{{"bool", object{{"nullability", "NULLABILITY_NULLABLE"}}}}},
		{"arguments", values},
	}}}
}
