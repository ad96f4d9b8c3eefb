package output

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// jsonWriter writes one object a line, with all keys in the order of the columns.
type jsonWriter struct {
	w    *bufio.Writer
	keys []string
	line []byte
}

func newJSONL(w io.Writer, schema *arrow.Schema) (*jsonWriter, error) {
	j := &jsonWriter{w: bufio.NewWriterSize(w, 64<<10)}
	seen := make(map[string]bool)
	for _, f := range schema.Fields() {
		if seen[f.Name] {
			return nil, fmt.Errorf("two columns have the name %q, and JSON keys must differ; try csv or arrow", f.Name)
		}
		seen[f.Name] = true
		j.keys = append(j.keys, string(appendJSONText(nil, f.Name))+":")
	}
	return j, nil
}

// Write implements [Writer].
func (j *jsonWriter) Write(rec arrow.Record) error {
	cells, err := cellsOf(rec, jsonCell)
	if err != nil {
		return err
	}
	for row := range int(rec.NumRows()) {
		j.line = append(j.line[:0], '{')
		for i, cell := range cells {
			if i > 0 {
				j.line = append(j.line, ',')
			}
			if j.line, err = cell(append(j.line, j.keys[i]...), row); err != nil {
				return columnError(rec, i, err)
			}
		}
		j.line = append(j.line, '}', '\n')
		if _, err := j.w.Write(j.line); err != nil {
			return err
		}
	}
	return nil
}

// Close implements [Writer].
func (j *jsonWriter) Close() error { return j.w.Flush() }

// errNoLines is what a writer of lines says of other records.
var errNoLines = errors.New("the last column must hold lines")

// lineWriter writes the lines that input read from JSON lines, as they stood.
type lineWriter struct{ w *bufio.Writer }

// Write implements [Writer].
func (l *lineWriter) Write(rec arrow.Record) error {
	lines, ok := rec.Column(int(rec.NumCols()) - 1).(*array.Binary)
	if !ok {
		return errNoLines
	}
	for i := range lines.Len() {
		l.w.Write(lines.Value(i)) // a bufio.Writer keeps its error
		if err := l.w.WriteByte('\n'); err != nil {
			return err
		}
	}
	return nil
}

// Close implements [Writer].
func (l *lineWriter) Close() error { return l.w.Flush() }
