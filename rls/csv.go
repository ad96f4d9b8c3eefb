package rls

import (
	"io"
	"slices"

	"github.com/rowsight/rowsight/internal/csvtext"
	"github.com/rowsight/rowsight/internal/textpos"
)

// ReadCSV reads a permission dataset in CSV: UTF-8, with or without a byte order
// mark, lines ended by LF or CRLF (U19). It reads to the end of r.
//
// A file with any problem is rejected as a whole: the error joins an [*Error]
// for each problem, in order of position. A file with only a header is valid,
// and its rules grant nothing.
func ReadCSV(r io.Reader, opts *Options) (*Rules, error) {
	o, err := opts.resolve()
	if err != nil {
		return nil, err
	}
	l := newLoader(o)
	rows := csvtext.NewRows(r, &csvtext.Options{File: o.File, Delimiter: o.Delimiter}, func(e *Error) { l.problems = append(l.problems, e) })
	if columns := openTable(rows, l); columns > 0 {
		err = csvtext.Decode(rows, csvtext.Names(columns), nil, func(block []row, at func(row, column int) Position) {
			for i, r := range block {
				l.row(at(i, 0).Line, r.cells, func(column int) Position { return at(i, column) })
			}
		})
		if err != nil {
			return nil, err
		}
	}
	rs, err := l.finish()
	if err != nil {
		return nil, err
	}
	rs.bom = rows.BOM()
	return rs, nil
}

// openTable takes the header to the loader and returns the number of columns, 0 for
// a bad one. Without a header rows cannot be understood, but are still checked for
// being CSV, so that these problems are reported too.
func openTable(rows *csvtext.Rows, l *loader) int {
	names, ok := rows.Next()
	switch {
	case len(l.problems) > 0: // the header is no CSV; the record we got is a later one
	case !ok:
		l.problem(textpos.At(l.opts.File, 1, 1), "", ErrEmpty)
	case l.header(slices.Clone(names), rows.Pos):
		return len(names)
	}
	rows.Drain()
	return 0
}

// A row is one line of the file as gocsv hands it over, cell by cell in the
// order of the header.
type row struct {
	Cell  string `csv:"Cell"` // gocsv wants a field it could fill itself
	cells []string
}

// UnmarshalCSVWithFields takes the next cell. The name is not looked at: cells
// come in the order of the header, which we have checked.
func (r *row) UnmarshalCSVWithFields(_, cell string) error {
	if r.cells == nil {
		r.cells = make([]string, 0, 8)
	}
	r.cells = append(r.cells, cell)
	return nil
}
