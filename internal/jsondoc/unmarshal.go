package jsondoc

import (
	"cmp"
	"encoding"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/rowsight/rowsight/internal/textpos"
)

// Unmarshal reads a document into v as encoding/json does, and reports what that
// passes over: fields that are unknown, in another case or given twice, half
// surrogates, and null for a value that cannot be absent.
func Unmarshal(r io.Reader, file string, v any, opts *Options) error {
	d, err := Read(r, file, opts)
	if err != nil {
		return err
	}
	d.fits(d.Root, "", reflect.TypeOf(v).Elem())
	if err := d.Err(); err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(d.text), v); err != nil {
		return textpos.InFile(file, err)
	}
	return nil
}

var (
	ownJSON = reflect.TypeFor[json.Unmarshaler]()
	ownText = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// fits reports where v is not of type t. Types that read their own JSON check it
// themselves.
func (d *Document) fits(v *Value, field string, t reflect.Type) {
	switch p := reflect.PointerTo(t); {
	case p.Implements(ownJSON):
		return
	case p.Implements(ownText):
		d.Want(v, field, Text)
		return
	}
	switch t.Kind() {
	case reflect.Pointer:
		if v.Kind != Null {
			d.fits(v, field, t.Elem())
		}
	case reflect.Slice, reflect.Map:
		d.elements(v, field, t)
	case reflect.Struct:
		d.Object(v, field, d.fieldsOf(t))
	case reflect.String:
		d.Want(v, field, Text)
	case reflect.Bool:
		d.Want(v, field, Bool)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Float32, reflect.Float64:
		d.Want(v, field, Number)
	default:
		d.Fail(v, field, fmt.Errorf("%w: %s cannot be read", ErrType, t))
	}
}

// elements checks a list or an object of names that are data. null is an empty one.
func (d *Document) elements(v *Value, field string, t reflect.Type) {
	switch {
	case v.Kind == Null:
	case t == reflect.TypeFor[[]byte]():
		d.Want(v, field, Text)
	case t.Kind() == reflect.Slice:
		d.Each(v, field, func(_ int, v *Value, field string) { d.fits(v, field, t.Elem()) })
	case d.Want(v, field, Object):
		for _, m := range v.Members {
			d.fits(m.Value, Join(field, m.Name), t.Elem())
		}
	}
}

// fieldsOf returns the fields of a struct, under their names in JSON.
func (d *Document) fieldsOf(t reflect.Type) (fields []Field) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "" && f.Type.Kind() == reflect.Struct:
			fields = append(fields, d.fieldsOf(f.Type)...)
		case f.IsExported() && name != "-":
			name = cmp.Or(name, f.Name)
			fields = append(fields, Field{Name: name, Decode: func(v *Value, field string) { d.fits(v, field, f.Type) }})
		}
	}
	return fields
}
