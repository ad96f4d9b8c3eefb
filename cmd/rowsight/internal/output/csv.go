package output

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/rowsight/rowsight/internal/csvtext"
)

// csvWriter writes a header, always, and a line for every row.
type csvWriter struct {
	w      *csvtext.Writer
	schema *arrow.Schema
	record []string
	text   []byte
	ends   []int
}

func newCSV(w io.Writer, schema *arrow.Schema, opts *Options) (*csvWriter, error) {
	c := &csvWriter{
		w:      csvtext.NewWriter(w, &csvtext.Options{Delimiter: opts.Delimiter}),
		schema: schema,
		record: make([]string, schema.NumFields()),
		ends:   make([]int, schema.NumFields()),
	}
	for i, f := range schema.Fields() {
		c.record[i] = f.Name
	}
	return c, c.w.Write(c.record)
}

// Write implements [Writer].
func (c *csvWriter) Write(rec arrow.Record) error {
	cells, err := cellsOf(rec, csvCell)
	if err != nil {
		return err
	}
	for row := range int(rec.NumRows()) {
		c.text = c.text[:0]
		for i, cell := range cells {
			if c.text, err = cell(c.text, row); err != nil {
				return columnError(rec, i, err)
			}
			c.ends[i] = len(c.text)
		}
		text, start := string(c.text), 0
		for i, end := range c.ends {
			c.record[i] = text[start:end]
			start = end
		}
		if err := c.w.Write(c.record); err != nil {
			return c.blame(rec, err)
		}
	}
	return nil
}

// csvLines writes a header and lines as they come.
type csvLines struct{ w *bufio.Writer }

func newCSVLines(w io.Writer, opts *Options) (*csvLines, error) {
	var text bytes.Buffer
	header, err := newCSV(&text, opts.Header, opts)
	if err != nil {
		return nil, err
	}
	if err := header.Close(); err != nil {
		return nil, err
	}
	c := &csvLines{bufio.NewWriterSize(w, 64<<10)}
	_, err = text.WriteTo(c.w) // fits, or is written with the rows
	return c, err
}

// Write implements [Writer].
func (c *csvLines) Write(rec arrow.Record) error {
	lines, ok := rec.Column(int(rec.NumCols()) - 1).(*array.Binary)
	if !ok {
		return errNoLines
	}
	_, err := c.w.Write(lines.ValueBytes()) // line feeds included
	return err
}

// Close implements [Writer].
func (c *csvLines) Close() error { return c.w.Flush() }

// blame finds the column that err is about, if it is about one.
func (c *csvWriter) blame(rec arrow.Record, err error) error {
	for i, s := range c.record {
		if !utf8.ValidString(s) {
			return columnError(rec, i, errUTF8)
		}
	}
	return err
}

// Close implements [Writer].
func (c *csvWriter) Close() error { return c.w.Flush() }

// cellsOf returns how each column of rec is written.
func cellsOf(rec arrow.Record, of func(arrow.Array, arrow.Field) (cell, error)) ([]cell, error) {
	cells := make([]cell, rec.NumCols())
	for i, col := range rec.Columns() {
		c, err := of(col, rec.Schema().Field(i))
		if err != nil {
			return nil, columnError(rec, i, err)
		}
		cells[i] = c
	}
	return cells, nil
}

// columnError names the column and never the row: which rows a viewer does not
// see is nobody's business.
func columnError(rec arrow.Record, i int, err error) error {
	return fmt.Errorf("column %q: %w", rec.ColumnName(i), err)
}
