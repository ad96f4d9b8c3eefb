package rls

import (
	"errors"
	"unicode/utf8"

	"github.com/rowsight/rowsight/internal/textpos"
)

// A Source is a table of text that is read row by row: a permission dataset
// that is not CSV. Package batch has a Source over Arrow records.
type Source interface {
	// Columns returns the names of the columns. It is called once, first.
	Columns() []string

	// Next advances to the next row, at first to the first one, and reports
	// whether there is a row.
	Next() bool

	// Text returns the text in column i of the row, and false for NULL. The
	// text is valid until the next call of Next.
	Text(i int) (s string, ok bool)

	// Err returns the error that stopped Next, or nil at the end of the table.
	Err() error
}

// Read reads a permission dataset from src, to its end. NULL and "" are both no
// value (U3). The rules are those of CSV files, except that the Line of a
// [Position] is the number of the row and its Column the number of the column,
// both from 1.
func Read(src Source, opts *Options) (*Rules, error) {
	if src == nil {
		return nil, errNoSource
	}
	o, err := opts.resolve()
	if err != nil {
		return nil, err
	}
	return read(texts{src}, o)
}

var errNoSource = errors.New("nothing to read: the source is nil")

// A table is a Source that may find a cell not to be text.
type table interface {
	Columns() []string
	Next() bool
	cell(i int) (string, error) // "" for NULL
	Err() error
}

// texts is the table of a Source.
type texts struct{ Source }

func (t texts) cell(i int) (string, error) {
	s, ok := t.Text(i)
	if !ok {
		return "", nil
	}
	return s, nil
}

func read(src table, o Options) (*Rules, error) {
	l := newLoader(o)
	names := src.Columns()
	line := 0
	at := func(column int) Position { return textpos.At(o.File, line, column+1) }
	if !l.checkedHeader(names, at) {
		return l.finish()
	}
	cells := make([]string, len(names))
	for src.Next() {
		line++
		for i := range cells {
			text, err := src.cell(i)
			if err == nil && !utf8.ValidString(text) {
				err = ErrUTF8
			}
			if err != nil {
				l.problem(at(i), names[i], err)
				text = ""
			}
			cells[i] = text
		}
		l.row(line, cells, at)
	}
	if err := src.Err(); err != nil {
		l.problem(textpos.At(o.File, line+1, 0), "", err)
	}
	return l.finish()
}
