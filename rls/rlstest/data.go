package rlstest

import (
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/rowsight/rowsight/internal/csvtext"
	"github.com/rowsight/rowsight/internal/textpos"
)

// dataSpec is what a case file says of its data: rows of its own, or a CSV file.
type dataSpec struct {
	at    *yaml.Node
	rows  *yaml.Node
	path  string
	null  text // the word that stands for NULL in the CSV file; NULL if there is none
	comma rune
}

var dataKeys = []string{"file", "nullWord", "comma"}

// data reads the value of data, in one of three forms:
//
//	data: sales.csv
//	data: {file: sales.csv, nullWord: \N, comma: ";"}
//	data:
//	  - {Region: EMEA, Segment: null}
func (d *decoder) data(n *yaml.Node) *dataSpec {
	spec := &dataSpec{at: n, null: text{null: true}}
	switch n.Kind {
	case yaml.SequenceNode:
		spec.rows = n
	case yaml.ScalarNode:
		spec.path = d.name(n, "data")
	default:
		ok := d.mapping(n, "data", dataKeys, func(key string, _, v *yaml.Node) {
			switch key {
			case "file":
				spec.path = d.name(v, "data.file")
			case "nullWord":
				if t, ok := d.text(v, "data.nullWord"); ok {
					if t.null {
						d.fail(v, "data.nullWord", "%w: got no value, want the word that stands for NULL, in quotes", ErrType)
					}
					spec.null = t
				}
			case "comma":
				spec.comma = d.comma(v, "data.comma")
			}
		})
		if ok && spec.path == "" {
			d.fail(n, "data.file", "%w", ErrMissing)
		}
	}
	return spec
}

// comma returns a delimiter.
func (d *decoder) comma(n *yaml.Node, field string) rune {
	s := d.name(n, field)
	r, size := utf8.DecodeRuneInString(s)
	if s != "" && size != len(s) {
		d.fail(n, field, "%w: got %q, want one character", ErrValue, s)
		return 0
	}
	if s == "" {
		return 0
	}
	return r
}

// inline reads the rows that stand in the case file. Each has every column, so
// that a misspelt column is a problem and not a NULL.
func (d *decoder) inline(n *yaml.Node) *table {
	var t *table
	d.list(n, "data", func(field string, item *yaml.Node) {
		var names []string
		cells := make(map[string]text)
		good := d.mapping(item, field, nil, func(key string, k, v *yaml.Node) {
			if t != nil && t.column(key) < 0 {
				d.fail(k, field, "%w: got %q, which the first row does not have", ErrColumn, key)
			}
			names = append(names, key)
			cells[key], _ = d.text(v, field+"."+key)
		})
		if !good {
			return
		}
		if t == nil {
			if len(names) == 0 {
				d.fail(item, field, "%w: got a row without columns", ErrValue)
				return
			}
			t = newTable(names)
		}
		row := make([]text, len(t.columns))
		for i, c := range t.columns {
			v, ok := cells[c.name]
			if !ok {
				d.fail(item, field, "column %q %w; where there is no value, write %s: null", c.name, ErrMissing, c.name)
			}
			row[i] = v
		}
		t.add(d.pos(item), row)
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
			errs = append(errs, &Error{Pos: r.Pos(i), Err: fmt.Errorf("column %s is %w", strconv.Quote(name), ErrTwice)})
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
