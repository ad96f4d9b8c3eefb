package rlstest

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rowsight/rowsight/internal/jsondoc"
)

// maxSource is the size in bytes that a case file may have. It bounds the time
// a file can take; larger data belongs into a CSV file.
const maxSource = 64 << 20

// decoder reads a case file and collects every problem. What jsondoc says of a
// value is not enough here where cells are text, however they are written, and where
// nothing may be empty.
type decoder struct {
	*jsondoc.Document
	name string // of the file
}

func newDecoder(file string, content []byte) (*decoder, error) {
	doc, err := jsondoc.ReadYAML(bytes.NewReader(content), file, maxSource)
	return &decoder{doc, file}, err
}

// fail reports a problem of a value.
func (d *decoder) fail(v *jsondoc.Value, field, format string, args ...any) {
	d.Fail(v, field, fmt.Errorf(format, args...))
}

// mapping calls each for the members of an object whose names are data.
func (d *decoder) mapping(v *jsondoc.Value, field string, each func(name string, v *jsondoc.Value, field string)) bool {
	if !d.Want(v, field, jsondoc.Object) {
		return false
	}
	for _, m := range v.Members {
		each(m.Name, m.Value, jsondoc.Join(field, m.Name))
	}
	return true
}

// list calls each for the items of a list that must not be empty.
func (d *decoder) list(v *jsondoc.Value, field string, each func(v *jsondoc.Value, field string)) {
	d.Each(v, field, func(_ int, v *jsondoc.Value, field string) { each(v, field) })
	if v.Kind == jsondoc.List && len(v.Items) == 0 {
		d.fail(v, field, "%w: got an empty list, want at least one item", ErrValue)
	}
}

// nonEmpty returns a string that must not be empty.
func (d *decoder) nonEmpty(v *jsondoc.Value, field string) string {
	s := d.String(v, field)
	if v.Kind == jsondoc.Text && s == "" {
		d.fail(v, field, "%w: got an empty text", ErrValue)
	}
	return s
}

// text is what a cell of the data holds: NULL, or a text.
type text struct {
	s    string
	null bool
}

func (t text) String() string {
	if t.null {
		return "NULL"
	}
	return strconv.Quote(t.s)
}

// text returns the value of a cell. All columns are text, so that a number or
// a date is taken as it is written: 007 is the text 007. Only the absence of a
// value and the words null and ~ are NULL.
func (d *decoder) text(v *jsondoc.Value, field string) (t text, ok bool) {
	switch v.Kind {
	case jsondoc.Null:
		return text{null: true}, true
	case jsondoc.Number, jsondoc.Bool, jsondoc.Date:
		return text{s: d.Raw(v)}, true
	}
	if !d.Want(v, field, jsondoc.Text) {
		return text{null: true}, false
	}
	return text{s: v.Text}, true
}

// number returns a whole number.
func (d *decoder) number(v *jsondoc.Value, field string, least int) int {
	n := d.Int(v, field)
	if n < least {
		d.fail(v, field, "%w: got %d, want at least %d", ErrValue, n, least)
	}
	return n
}

// oneOf returns a text that must be one of several.
func (d *decoder) oneOf(v *jsondoc.Value, field string, known ...string) string {
	s := d.nonEmpty(v, field)
	if s != "" && !slices.Contains(known, s) {
		d.fail(v, field, "%w: got %q, want one of %s", ErrValue, s, strings.Join(known, ", "))
	}
	return s
}
