package rows

import (
	"database/sql"
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/predicate"
)

// fieldsOf returns the columns of a struct type, and where each of those that
// are text is.
func fieldsOf(t reflect.Type) ([]predicate.Column, map[string]field) {
	w := structWalk{fields: make(map[string]field)}
	w.walk(t, nil, 0)
	return w.columns, w.fields
}

// A structWalk goes through a struct and the structs embedded in it.
type structWalk struct {
	columns []predicate.Column
	fields  map[string]field
	open    []reflect.Type // the structs that it is inside of
}

func (w *structWalk) walk(t reflect.Type, hops []uintptr, offset uintptr) {
	if slices.Contains(w.open, t) {
		return // a struct that embeds a pointer to itself
	}
	w.open = append(w.open, t)
	defer func() { w.open = w.open[:len(w.open)-1] }()
	for i := range t.NumField() {
		f := t.Field(i)
		name, tagged := columnName(f)
		kind := kindOf(f.Type)
		if f.Anonymous && !tagged && kind == notText && !holdsNull(f.Type) {
			switch {
			case f.Type.Kind() == reflect.Struct:
				w.walk(f.Type, hops, offset+f.Offset)
				continue
			case f.Type.Kind() == reflect.Pointer && f.Type.Elem().Kind() == reflect.Struct:
				w.walk(f.Type.Elem(), append(slices.Clip(hops), offset+f.Offset), 0)
				continue
			}
		}
		if name == "" {
			continue
		}
		w.columns = append(w.columns, predicate.Column{Name: name, Type: f.Type.String(), Text: kind != notText})
		w.fields[name] = field{hops: hops, offset: offset + f.Offset, kind: kind}
	}
}

// holdsNull reports whether t is a type of database/sql that says beside its value
// whether there is one, a pointer to one, or a type made of one. Its value alone is
// no column: it may stand there although the row has none.
func holdsNull(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.ConvertibleTo(reflect.TypeFor[sql.NullString]()) || t.ConvertibleTo(reflect.TypeFor[sql.Null[string]]())
}

// columnName returns the name of the column that a field is, "" if it is none,
// and whether a tag says so.
func columnName(f reflect.StructField) (name string, tagged bool) {
	if own, ok := f.Tag.Lookup("rowsight"); ok {
		if own == "-" {
			return "", true
		}
		return own, true
	}
	if !f.IsExported() {
		return "", false
	}
	for _, key := range []string{"db", "json"} {
		name, _, _ := strings.Cut(f.Tag.Get(key), ",")
		if name != "" && name != "-" {
			return name, true
		}
	}
	return f.Name, false
}

// kindOf returns how a value of a type holds text, notText if it does not.
func kindOf(t reflect.Type) kind {
	switch t {
	case reflect.TypeFor[json.Number](), reflect.TypeFor[json.RawMessage]():
		return notText
	case reflect.TypeFor[sql.NullString](), reflect.TypeFor[sql.Null[string]]():
		return isNull
	}
	switch t.Kind() {
	case reflect.String:
		return isString
	case reflect.Slice:
		if t.Elem() == reflect.TypeFor[byte]() {
			return isBytes
		}
	case reflect.Pointer:
		if t.Elem().Kind() == reflect.String && kindOf(t.Elem()) == isString {
			return isPointer
		}
	}
	return notText
}
