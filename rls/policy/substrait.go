package policy

import (
	"fmt"
	"slices"
	"unicode/utf8"

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
func substrait(w *writer) error {
	if i := slices.IndexFunc(w.columns, func(c string) bool { return c == "" || !utf8.ValidString(c) }); i >= 0 {
		return fmt.Errorf("column %q: %w: the name is empty or not valid UTF-8", w.columns[i], ErrValue)
	}
	expression, err := w.substrait(w.rows)
	if err != nil {
		return err
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
	return w.json(object{
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
		{"referredExpr", []object{{{"expression", expression}, {"outputNames", []string{"visible"}}}}},
		{"baseSchema", object{
			{"names", names},
			{"struct", object{{"types", types}, {"nullability", "NULLABILITY_REQUIRED"}}},
		}},
	})
}

func (w *writer) substrait(p predicate.Predicate) (object, error) {
	switch p.Op() {
	case predicate.OpNone, predicate.OpAll:
		return literal("boolean", p.Op() == predicate.OpAll), nil
	case predicate.OpAnd, predicate.OpOr:
		var args []object
		for q := range p.Args() {
			arg, err := w.substrait(q)
			if err != nil {
				return nil, err
			}
			args = append(args, arg)
		}
		if p.Op() == predicate.OpAnd {
			return balanced(substraitAnd, args), nil
		}
		return balanced(substraitOr, args), nil
	}
	field := slices.Index(w.columns, p.Column()) // newWriter saw to it that it is there
	column := object{{"selection", object{
		{"directReference", object{{"structField", object{{"field", field}}}}},
		{"rootReference", object{}},
	}}}
	if p.Op() == predicate.OpHasValue {
		return call(substraitNotEqual, column, literal("string", "")), nil
	}
	var options []object
	for v := range p.Values() {
		if !utf8.ValidString(v) {
			return nil, fmt.Errorf("column %q: value %d of %d: %w: it is not valid UTF-8", p.Column(), len(options)+1, p.Len(), ErrValue)
		}
		options = append(options, literal("string", v))
	}
	return object{{"singularOrList", object{{"value", column}, {"options", options}}}}, nil
}

// balanced writes a function of many arguments as calls with two. The
// specification allows any number, but Acero has kernels for two only. A tree of
// even depth stays flat: 999 rules are ten levels.
func balanced(anchor int, args []object) object {
	if len(args) == 1 {
		return args[0]
	}
	half := len(args) / 2
	return call(anchor, balanced(anchor, args[:half]), balanced(anchor, args[half:]))
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
