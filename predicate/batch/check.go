package batch

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/rowsight/rowsight/predicate"
)

// Check reports which columns a schema does not have exactly once and as text
// (U2), each as a [*BindError]. Call it when you load rules, with the columns
// of the rules, so that you see the error before a viewer does.
func Check(schema *arrow.Schema, columns ...string) error {
	if schema == nil {
		return ErrSchema
	}
	var errs []error
	for _, name := range columns {
		if _, err := findText(schema, name); err != nil {
			errs = append(errs, err)
		}
	}
	hint(errs, schema)
	return errors.Join(errs...)
}

// Columns describes the columns of a schema, and the fields of its structs, for
// the Check methods of rules.
func Columns(schema *arrow.Schema) []predicate.Column {
	if schema == nil {
		return nil
	}
	var columns []predicate.Column
	for _, f := range schema.Fields() {
		columns = append(columns, predicate.Column{Name: f.Name, Type: f.Type.String(), Text: notText(f) == nil})
		columns = appendNested(columns, f.Name, f.Type, 0)
	}
	return columns
}

// maxNested is how deep structs are looked into for names that look alike.
const maxNested = 8

func appendNested(columns []predicate.Column, path string, t arrow.DataType, depth int) []predicate.Column {
	if s, ok := t.(*arrow.StructType); ok && depth < maxNested {
		for _, f := range s.Fields() {
			name := path + "." + f.Name
			columns = append(columns, predicate.Column{Name: name, Type: f.Type.String(), Text: notText(f) == nil, Nested: true})
			columns = appendNested(columns, name, f.Type, depth+1)
		}
	}
	return columns
}

// findText returns the index of the only column of that name, which is text.
func findText(schema *arrow.Schema, name string) (int, error) {
	switch at := schema.FieldIndices(name); len(at) {
	case 0:
		return 0, &BindError{Column: name, Err: ErrNoColumn}
	case 1:
		field := schema.Field(at[0])
		if err := notText(field); err != nil {
			return 0, &BindError{Column: name, Type: field.Type, Err: err}
		}
		return at[0], nil
	default:
		return 0, &BindError{Column: name, Type: schema.Field(at[0]).Type, Err: ErrAmbiguous}
	}
}

// hint sets Near of the errors of missing columns. It looks at the schema once,
// however many columns are missing.
func hint(errs []error, schema *arrow.Schema) {
	missing := make(map[string][]*BindError)
	for _, err := range errs {
		var e *BindError
		if errors.As(err, &e) && e.Err == ErrNoColumn {
			missing[e.Column] = append(missing[e.Column], e)
		}
	}
	if len(missing) == 0 {
		return
	}
	all, _ := predicate.CheckColumns(Columns(schema), slices.Collect(maps.Keys(missing))...).(interface{ Unwrap() []error })
	if all == nil {
		return
	}
	for _, err := range all.Unwrap() {
		var like *predicate.ColumnError
		if errors.As(err, &like) {
			for _, e := range missing[like.Column] {
				e.Near = like.Near
			}
		}
	}
}

// notText returns why a column cannot be restricted, or nil.
func notText(field arrow.Field) error {
	if !IsText(field.Type) {
		return ErrNotText
	}
	// Text that is JSON of several types: "EMEA" stands there with its quotes,
	// beside 7 and null, so that comparing texts would compare notations.
	if ext, ok := field.Metadata.GetValue("ARROW:extension:name"); ok && ext == "arrow.json" {
		return fmt.Errorf("%w: it holds JSON values", ErrNotText)
	}
	return nil
}
