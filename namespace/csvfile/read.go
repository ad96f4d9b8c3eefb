package csvfile

import (
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

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

// A table has the rows of a file, as values of type R, whose fields have tags.
// lines[i] is where row i begins.
type table[R any] struct {
	file  string
	rows  []R
	lines []int
}

// read reads a table to its end.
func read[R any](r io.Reader, opts *Options, required ...string) (*table[R], error) {
	o := opts.orDefault()
	t := &table[R]{file: o.File}
	var problems []*Error
	rows := csvtext.NewRows(r, &csvtext.Options{File: o.File, Delimiter: o.Delimiter}, func(e *Error) { problems = append(problems, e) })
	header, ok := rows.Next()
	switch {
	case len(problems) > 0: // the header is no CSV; the record we got is a later one
	case !ok:
		problems = append(problems, &Error{Pos: textpos.At(o.File, 1, 1), Err: ErrNoHeader})
	default:
		problems = checkHeader(header, columns[R](), required, rows.Pos)
	}
	if len(problems) > 0 {
		rows.Drain() // for what else is wrong
		return nil, textpos.Join(problems, 0)
	}
	err := csvtext.Decode(rows, slices.Clone(header), unescape, func(block []R, at func(row, column int) textpos.Position) {
		for i, row := range block {
			t.rows = append(t.rows, row)
			t.lines = append(t.lines, at(i, 0).Line)
		}
	})
	if err != nil {
		return nil, err
	}
	if len(problems) > 0 {
		return nil, textpos.Join(problems, 0)
	}
	return t, nil
}

// checkHeader returns every problem of a header.
func checkHeader(names, known, required []string, at func(column int) textpos.Position) (problems []*Error) {
	problem := func(at textpos.Position, err error) { problems = append(problems, &Error{Pos: at, Err: err}) }
	for i, name := range names {
		switch {
		case !slices.Contains(known, name):
			problem(at(i), fmt.Errorf("%w %q, want one of %s", ErrColumn, name, strings.Join(known, ", ")))
		case slices.Contains(names[:i], name):
			problem(at(i), fmt.Errorf("%w %q", ErrDuplicate, name))
		}
	}
	for _, name := range required {
		if !slices.Contains(names, name) {
			problem(at(0), fmt.Errorf("%w %q", ErrMissing, name))
		}
	}
	return problems
}

// columns returns the names of the columns of a row, from its tags.
func columns[R any]() (names []string) {
	typ := reflect.TypeFor[R]()
	for i := range typ.NumField() {
		names = append(names, typ.Field(i).Tag.Get("csv"))
	}
	return names
}
