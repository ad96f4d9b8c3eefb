package csvfile

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/gocarina/gocsv"

	"github.com/rowsight/rowsight/internal/csvtext"
	"github.com/rowsight/rowsight/internal/textpos"
)

// Options configure the reading and writing of a table. A nil *Options and the
// zero Options are the default.
type Options struct {
	File      string // the name that errors show; it is never opened
	Delimiter rune   // the delimiter; 0 is ','
}

func (o *Options) orDefault() Options {
	if o == nil {
		return Options{}
	}
	return *o
}

// A table reads the rows of a file into values of type R, whose fields have
// tags. lines[i] is where row i begins.
type table[R any] struct {
	csv      *csvtext.Reader
	file     string
	header   []string
	rows     []R
	lines    []int
	line     int // of the last record
	end      bool
	problems []*Error
}

// blockRows is how many rows gocsv gets at once.
const blockRows = 1024

// read reads a table to its end. R must be used as a value: see package rls for
// what gocsv does to pointers.
func read[R any](r io.Reader, opts *Options, required ...string) (*table[R], error) {
	o := opts.orDefault()
	t := &table[R]{csv: csvtext.NewReader(r, &csvtext.Options{File: o.File, Delimiter: o.Delimiter}), file: o.File}
	t.readHeader(required)
	for !t.end {
		before := len(t.lines)
		var block []R
		if len(t.problems) > 0 {
			t.next() // on to what else is wrong
			continue
		}
		if err := gocsv.UnmarshalDecoder(t, &block); err != nil && !errors.Is(err, gocsv.ErrEmptyCSVFile) {
			return nil, err
		}
		if len(block) != len(t.lines)-before {
			return nil, errLost
		}
		t.rows = append(t.rows, block...)
	}
	if len(t.problems) > 0 {
		return nil, textpos.Join(t.problems, 0)
	}
	return t, nil
}

// errLost cannot happen while gocsv does as it says.
var errLost = errors.New("gocsv lost rows")

func (t *table[R]) problem(line, column int, err error) {
	t.problems = append(t.problems, &Error{Pos: textpos.At(t.file, line, column), Err: err})
}

func (t *table[R]) readHeader(required []string) {
	names, ok := t.next()
	if !ok {
		if len(t.problems) == 0 {
			t.problem(1, 1, ErrNoHeader)
		}
		return
	}
	known := columns[R]()
	for i, name := range names {
		line, column := t.csv.FieldPos(i)
		switch {
		case !slices.Contains(known, name):
			t.problem(line, column, fmt.Errorf("%w %q, want one of %s", ErrColumn, name, strings.Join(known, ", ")))
		case slices.Contains(names[:i], name):
			t.problem(line, column, fmt.Errorf("%w %q", ErrDuplicate, name))
		}
	}
	for _, name := range required {
		if !slices.Contains(names, name) {
			t.problem(1, 1, fmt.Errorf("%w %q", ErrMissing, name))
		}
	}
	t.header = slices.Clone(names)
}

// columns returns the names of the columns of a row, from its tags.
func columns[R any]() (names []string) {
	typ := reflect.TypeFor[R]()
	for i := range typ.NumField() {
		names = append(names, typ.Field(i).Tag.Get("csv"))
	}
	return names
}

// GetCSVRows returns the next block to gocsv, with the header first.
func (t *table[R]) GetCSVRows() ([][]string, error) {
	rows := [][]string{t.header}
	for len(rows) <= blockRows {
		record, ok := t.next()
		if !ok {
			break
		}
		row := make([]string, len(record))
		for i, cell := range record {
			row[i] = unescape(cell)
		}
		rows = append(rows, row)
		t.lines = append(t.lines, t.line)
	}
	return rows, nil
}

// next returns the next good record.
func (t *table[R]) next() ([]string, bool) {
	if t.end {
		return nil, false
	}
	record, err := t.csv.Next(func(e *Error) { t.problems = append(t.problems, e) })
	if err == nil {
		t.line, _ = t.csv.FieldPos(0)
		return record, true
	}
	t.end = true
	if err != io.EOF {
		t.problem(t.line+1, 0, err)
	}
	return nil, false
}
