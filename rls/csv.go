package rls

import (
	"errors"
	"io"
	"slices"
	"strconv"

	"github.com/gocarina/gocsv"

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
	d := &decoder{csv: csvtext.NewReader(r, &csvtext.Options{File: o.File, Delimiter: o.Delimiter}), file: o.File, loader: newLoader(o)}
	d.header()
	var rows []row
	for !d.end {
		if err := gocsv.UnmarshalDecoder(d, &rows); err != nil {
			return nil, err
		}
		if len(rows) < d.rows() {
			return nil, errLost
		}
		for i := range d.rows() {
			d.loader.row(d.places[i*d.columns].line, rows[i].cells, func(column int) Position {
				at := d.places[i*d.columns+column]
				return textpos.At(o.File, at.line, at.column)
			})
		}
	}
	rs, err := d.loader.finish()
	if err != nil {
		return nil, err
	}
	rs.bom = d.csv.BOM()
	return rs, nil
}

// errLost cannot happen while gocsv does as it says. Rows that went missing on
// the way would be rules nobody knows of.
var errLost = errors.New("gocsv lost rows")

// A row is one line of the file as gocsv hands it over, cell by cell in the
// order of the header. It must be used as a value: for a slice of pointers
// gocsv does not call UnmarshalCSVWithFields, and every restriction is lost.
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

// A decoder hands a file to gocsv in blocks, so that memory does not grow with
// the file, and remembers where each cell stood.
type decoder struct {
	csv     *csvtext.Reader
	file    string
	loader  *loader
	columns int
	head    []string // the header that gocsv gets to see
	cells   []string // of the block, row by row
	places  []place  // of each cell
	line    int      // of the last record
	end     bool
}

type place struct{ line, column int }

// A block ends when it has this many rows, or this many bytes of text: long
// cells are refused, but only after the block is there.
const (
	blockRows  = 1024
	blockBytes = 1 << 20
)

// header reads the header of the file. If it is bad, rows cannot be understood,
// but are still checked for being CSV, so that these problems are reported too.
func (d *decoder) header() {
	names, ok := d.next()
	switch {
	case len(d.loader.problems) > 0:
		// The header is no CSV; the record we got is a later one.
		d.drain()
		return
	case !ok:
		d.loader.problem(textpos.At(d.file, 1, 1), "", ErrEmpty)
		return
	}
	good := d.loader.header(slices.Clone(names), func(i int) Position {
		line, column := d.csv.FieldPos(i)
		return textpos.At(d.file, line, column)
	})
	if !good {
		d.drain()
		return
	}
	// gocsv gets a header of its own: the field it asks for, and no name
	// twice, so that no setting of its global options changes what we read.
	d.columns = len(names)
	d.head = []string{"Cell"}
	for len(d.head) < d.columns {
		d.head = append(d.head, "Cell"+strconv.Itoa(len(d.head)))
	}
}

// drain reads on to find what else is no CSV.
func (d *decoder) drain() {
	for !d.end {
		d.next()
	}
}

// GetCSVRows returns the next block, header first.
func (d *decoder) GetCSVRows() ([][]string, error) {
	d.cells, d.places = d.cells[:0], d.places[:0]
	size := 0
	for d.rows() < blockRows && size < blockBytes {
		cells, ok := d.next()
		if !ok {
			break
		}
		d.cells = append(d.cells, cells...)
		for i, text := range cells {
			line, column := d.csv.FieldPos(i)
			d.places = append(d.places, place{line, column})
			size += len(text)
		}
	}
	rows := append(make([][]string, 0, d.rows()+1), d.head)
	for i := range d.rows() {
		rows = append(rows, d.cells[i*d.columns:(i+1)*d.columns])
	}
	return rows, nil
}

// rows is the number of rows in the block.
func (d *decoder) rows() int { return len(d.cells) / d.columns }

// next returns the next good record. Problems go to the loader.
func (d *decoder) next() ([]string, bool) {
	if d.end {
		return nil, false
	}
	record, err := d.csv.Next(func(e *Error) {
		d.line = e.Pos.Line
		d.loader.problems = append(d.loader.problems, e)
	})
	if err == nil {
		d.line, _ = d.csv.FieldPos(0)
		return record, true
	}
	d.end = true
	if err != io.EOF {
		d.loader.problem(textpos.At(d.file, d.line+1, 0), "", err)
	}
	return nil, false
}
