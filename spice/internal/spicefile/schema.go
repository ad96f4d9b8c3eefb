package spicefile

import (
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/rowsight/rowsight/predicate/batch"
)

// Why columns are refused.
var (
	ErrType      = errors.New("rows of this type are not stored")
	ErrDuplicate = errors.New("duplicate column")
	ErrNoColumns = errors.New("no columns")
)

// dictType is how text is kept where it repeats, and handed out where the
// source had a dictionary.
var dictType = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}

// Delivered returns the schema in which rows of a source are handed out: text
// is utf8, or dictionary<int32, utf8> if the source has a dictionary, and every
// other column is as it is. It depends on the source's schema and not on its
// rows, and metadata, which may tell of rows, is left out (V8).
//
// Every column that cannot be stored is reported.
func Delivered(s *arrow.Schema) (*arrow.Schema, error) {
	var errs []error
	seen := make(map[string]bool)
	fields := make([]arrow.Field, s.NumFields())
	for i, f := range s.Fields() {
		if seen[f.Name] {
			errs = append(errs, fmt.Errorf("column %q: %w", f.Name, ErrDuplicate))
		}
		seen[f.Name] = true
		t := f.Type
		switch {
		case IsText(t) && t.ID() == arrow.DICTIONARY:
			t = dictType
		case IsText(t):
			t = arrow.BinaryTypes.String
		case t.ID() == arrow.BOOL, t.ID() == arrow.BINARY, fixedWidth(t) > 0:
		default:
			errs = append(errs, fmt.Errorf("column %q: %w: %s", f.Name, ErrType, t))
		}
		fields[i] = arrow.Field{Name: f.Name, Type: t, Nullable: true}
	}
	if len(fields) == 0 {
		errs = append(errs, ErrNoColumns)
	}
	if errs != nil {
		return nil, errors.Join(errs...)
	}
	return arrow.NewSchema(fields, nil), nil
}

// IsText reports whether columns of a type are stored as text: what
// [batch.IsText] accepts, except for run-end encoded and nested dictionaries.
func IsText(t arrow.DataType) bool {
	if d, ok := t.(*arrow.DictionaryType); ok {
		t = d.ValueType
	}
	return t.ID() != arrow.DICTIONARY && t.ID() != arrow.RUN_END_ENCODED && batch.IsText(t)
}

// fixedWidth returns the bytes of one value, 0 for types that have no such
// width or are not stored.
func fixedWidth(t arrow.DataType) int {
	switch t.ID() {
	case arrow.BOOL, arrow.DICTIONARY, arrow.EXTENSION:
		return 0
	}
	if w, ok := t.(arrow.FixedWidthDataType); ok && w.BitWidth()%8 == 0 {
		return w.BitWidth() / 8
	}
	return 0
}
