package rlstest

import (
	"fmt"
	"io/fs"
	"slices"
	"unicode/utf8"

	"github.com/rowsight/rowsight/internal/csvtext"
	"github.com/rowsight/rowsight/internal/jsondoc"
	"github.com/rowsight/rowsight/internal/textpos"
)

// dataSpec is what a case file says of its data, unless the rows are its own.
type dataSpec struct {
	at    *jsondoc.Value
	path  string
	null  text // the word that stands for NULL in the CSV file; NULL if there is none
	comma rune
}

// data reads the value of data, in one of three forms:
//
//	data: sales.csv
//	data: {file: sales.csv, nullWord: \N, comma: ";"}
//	data:
//	  - {Region: EMEA, Segment: null}
func (d *decoder) data(v *jsondoc.Value, field string) *dataSpec {
	spec := &dataSpec{at: v, null: text{null: true}}
	switch v.Kind {
	case jsondoc.List: // see inline
	case jsondoc.Object:
		d.Object(v, field, d.dataFields(spec))
	default:
		spec.path = d.nonEmpty(v, field)
	}
	return spec
}

func (d *decoder) dataFields(spec *dataSpec) []jsondoc.Field {
	return []jsondoc.Field{
		{Name: "file", Must: true, Decode: func(v *jsondoc.Value, at string) { spec.path = d.nonEmpty(v, at) }},
		{Name: "nullWord", Decode: func(v *jsondoc.Value, at string) {
			t, ok := d.text(v, at)
			if ok && t.null {
				d.fail(v, at, "%w: found null, want the word that stands for NULL, in quotes", ErrType)
			}
			spec.null = t
		}},
		{Name: "comma", Decode: func(v *jsondoc.Value, at string) { spec.comma = d.comma(v, at) }},
	}
}

// comma returns a delimiter.
func (d *decoder) comma(v *jsondoc.Value, field string) rune {
	s := d.nonEmpty(v, field)
	if utf8.RuneCountInString(s) > 1 {
		d.fail(v, field, "%w: got %q, want one character", ErrValue, s)
	}
	for _, r := range s {
		return r
	}
	return 0
}

// inline reads the rows that stand in the case file. Each has every column, so
// that a misspelt column is a problem and not a NULL.
func (d *decoder) inline(v *jsondoc.Value, field string) *table {
	var t *table
	d.list(v, field, func(v *jsondoc.Value, field string) {
		var names []string
		cells := make(map[string]text)
		good := d.mapping(v, field, func(name string, v *jsondoc.Value, inner string) {
			if t != nil && t.column(name) < 0 {
				d.fail(v.Name(), field, "%w: got %q, which the first row does not have", ErrColumn, name)
			}
			names = append(names, name)
			cells[name], _ = d.text(v, inner)
		})
		if !good {
			return
		}
		if t == nil {
			if len(names) == 0 {
				d.fail(v, field, "%w: got a row without columns", ErrValue)
				return
			}
			t = newTable(names)
		}
		row := make([]text, len(t.columns))
		for i, c := range t.columns {
			cell, ok := cells[c.name]
			if !ok {
				d.fail(v, field, "%w: column %q; where there is no value, write %s: null", ErrMissing, c.name, c.name)
			}
			row[i] = cell
		}
		t.add(d.Pos(v), row)
	})
	return t
}

// readCSV reads the data from a CSV file. Every column is text, exactly as it
// stands in the file.
func readCSV(fsys fs.FS, path string, spec *dataSpec) (*table, []error) {
	f, err := fsys.Open(path)
	if err != nil {
		return nil, []error{err}
	}
	defer f.Close()
	var errs []error
	r := csvtext.NewRows(f, &csvtext.Options{File: path, Delimiter: spec.comma}, func(e *Error) { errs = append(errs, e) })
	names, ok := r.Next()
	if !ok {
		if errs == nil {
			errs = append(errs, &Error{Pos: textpos.At(path, 1, 1), Err: fmt.Errorf("%w: the file is empty", ErrNoData)})
		}
		return nil, errs
	}
	names = slices.Clone(names)
	for i, name := range names {
		if slices.Index(names, name) < i {
			errs = append(errs, &Error{Pos: r.Pos(i), Err: fmt.Errorf("%w: column %q", ErrTwice, name)})
		}
	}
	t := newTable(names)
	for {
		record, ok := r.Next()
		if !ok {
			return t, errs
		}
		row := make([]text, len(record))
		for i, s := range record {
			row[i] = text{s: s, null: !spec.null.null && s == spec.null.s}
		}
		t.add(r.Pos(0), row)
	}
}
