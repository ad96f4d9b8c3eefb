package csvtext

import (
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/gocarina/gocsv"

	"github.com/rowsight/rowsight/internal/textpos"
)

// Rows reads a table with a header: strictly with [Decode], which hands the records
// to gocsv, or record by record with [Rows.Next]. It reports problems to one function,
// goes on behind them, and knows the place of each cell. Build it with [NewRows].
type Rows struct {
	csv  *Reader
	file string
	bad  func(*Error)
	line int // of the last record or problem
	end  bool

	head   []string // the header that gocsv sees
	edit   func(cell string) string
	cells  []string    // of the block, row by row
	places []cellPlace // of each cell
}

type cellPlace struct{ line, column int }

// A block ends when it has this many rows, or this many bytes of text: long
// cells are refused, but only after the block is there.
const (
	blockRows  = 1024
	blockBytes = 1 << 20
)

// ErrLost cannot happen while gocsv does as it says. Rows that went missing on
// the way would be rules that nobody knows of.
var ErrLost = errors.New("gocsv lost rows")

// NewRows returns the Rows of src. bad gets each problem of the file.
func NewRows(src io.Reader, opts *Options, bad func(*Error)) *Rows {
	r := &Rows{csv: NewReader(src, opts), bad: bad}
	r.file = r.csv.opts.File
	return r
}

// Next returns the next good record, and false at the end. The slice is reused.
func (r *Rows) Next() ([]string, bool) {
	if r.end {
		return nil, false
	}
	record, err := r.csv.Next(func(e *Error) {
		r.line = e.Pos.Line
		r.bad(e)
	})
	if err == nil {
		r.line, _ = r.csv.FieldPos(0)
		return record, true
	}
	r.end = true
	if err != io.EOF {
		r.bad(&Error{Pos: textpos.At(r.file, r.line+1, 0), Err: err})
	}
	return nil, false
}

// Pos returns the place of field i of the record that Next returned last.
func (r *Rows) Pos(i int) textpos.Position {
	line, column := r.csv.FieldPos(i)
	return textpos.At(r.file, line, column)
}

// Drain reads to the end, to find what else is no CSV.
func (r *Rows) Drain() {
	for !r.end {
		r.Next()
	}
}

// BOM reports whether the file began with a UTF-8 byte order mark.
func (r *Rows) BOM() bool { return r.csv.BOM() }

// OneColumn reports whether a header has one name only, in which a delimiter stands: the
// file may have another one than it was read with.
func OneColumn(names []string) bool {
	return len(names) == 1 && strings.ContainsAny(names[0], ",;\t|^:~¦")
}

// Names returns a header of n columns for gocsv, where nothing is filled by its
// name: no name twice, so that no setting of gocsv's global options changes what is
// read. The first name is Cell, for a field that gocsv could fill.
func Names(n int) []string {
	names := []string{"Cell"}
	for len(names) < n {
		names = append(names, "Cell"+strconv.Itoa(len(names)))
	}
	return names
}

// Decode hands the records that follow to gocsv, in blocks, so that memory does not
// grow with the file. head is the header that gocsv sees, with a name for each column;
// edit, if it is not nil, changes each cell. block gets the rows of each block, which
// it must not keep, and a function that returns the place of one of their cells.
//
// R must be used as a value: for a slice of pointers gocsv does not call
// UnmarshalCSVWithFields, and every restriction is lost.
func Decode[R any](r *Rows, head []string, edit func(cell string) string, block func(rows []R, at func(row, column int) textpos.Position)) error {
	r.head, r.edit = head, edit
	var rows []R
	for !r.end {
		if err := gocsv.UnmarshalDecoder(r, &rows); err != nil {
			return err
		}
		if len(rows) < r.rows() {
			return ErrLost
		}
		block(rows[:r.rows()], r.at)
	}
	return nil
}

func (r *Rows) at(row, column int) textpos.Position {
	p := r.places[row*len(r.head)+column]
	return textpos.At(r.file, p.line, p.column)
}

// GetCSVRows returns the next block to gocsv, header first.
func (r *Rows) GetCSVRows() ([][]string, error) {
	r.cells, r.places = r.cells[:0], r.places[:0]
	size := 0
	for r.rows() < blockRows && size < blockBytes {
		cells, ok := r.Next()
		if !ok {
			break
		}
		for i, text := range cells {
			if r.edit != nil {
				text = r.edit(text)
			}
			r.cells = append(r.cells, text)
			line, column := r.csv.FieldPos(i)
			r.places = append(r.places, cellPlace{line, column})
			size += len(text)
		}
	}
	rows := append(make([][]string, 0, r.rows()+1), r.head)
	for i := range r.rows() {
		rows = append(rows, r.cells[i*len(r.head):(i+1)*len(r.head)])
	}
	return rows, nil
}

// rows is the number of rows in the block.
func (r *Rows) rows() int { return len(r.cells) / len(r.head) }
