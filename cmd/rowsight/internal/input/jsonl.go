package input

import (
	"bytes"
	"errors"
	"io"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/internal/tabular"
	"github.com/rowsight/rowsight/internal/textpos"
)

// DefaultInferRows is how many JSON lines are looked at to decide the columns
// and their types, unless [Options.InferRows] says otherwise.
const DefaultInferRows = tabular.DefaultInferRows

// LineColumn is the name of the column that holds whole lines when
// [Options.Lines] is set: the last of the schema.
const LineColumn = tabular.LineColumn

// IsJSON reports whether the text of a field is JSON.
func IsJSON(field arrow.Field) bool { return tabular.IsJSON(field) }

// openJSONL reads JSON lines. Those of the first part, or of all parts, decide
// the columns.
func (d *Data) openJSONL(s *source) (array.RecordReader, error) {
	var r io.Reader = s
	if d.json == nil {
		d.json = tabular.NewJSON(&tabular.JSONOptions{
			Columns: d.columnsOfFiles(), InferRows: max(d.opts.InferRows, 0), Lines: d.opts.Lines, Hint: "--infer-rows 0 reads all lines first",
		})
		if d.opts.InferRows < 0 {
			if err := d.inferAll(s); err != nil {
				return nil, err
			}
		} else {
			head, err := d.json.Infer(d.ctx, s.name, s)
			if err != nil {
				return nil, err
			}
			r = io.MultiReader(bytes.NewReader(head), s)
		}
	}
	return d.json.Read(d.ctx, s.name, r)
}

// columnsOfFiles returns the columns that rules name and that do not stand in the
// names of folders.
func (d *Data) columnsOfFiles() []string {
	return slices.DeleteFunc(slices.Clone(d.opts.Columns), func(name string) bool {
		return slices.ContainsFunc(d.parts[0].partitions, func(p partition) bool { return p.name == name && p.below })
	})
}

// inferAll reads every line of every part, and then s again from its start.
func (d *Data) inferAll(s *source) error {
	if err := s.spool(); err != nil {
		return err
	}
	for i, p := range d.parts {
		r := io.Reader(io.NewSectionReader(s, 0, s.size))
		if i > 0 {
			if p.path == Stdin {
				return textpos.InFile(p.name(), errors.New("can be read only once: name it first to read all its lines"))
			}
			other, _, err := openSource(d.ctx, p, d.opts.Stdin, &d.read)
			if err != nil {
				return err
			}
			defer other.Close()
			r = other
		}
		if err := d.json.InferAll(d.ctx, p.name(), r); err != nil {
			return err
		}
	}
	s.r = io.NewSectionReader(s.at, 0, s.size)
	d.read.Store(0)
	return nil
}
