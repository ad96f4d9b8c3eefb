package rulefile

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/rowsight/rowsight/cmd/rowsight/internal/workbook"
	"github.com/rowsight/rowsight/internal/csvtext"
	"github.com/rowsight/rowsight/rls"
)

// A place is where a cell of a workbook begins in the text.
type place struct {
	line, column int // from 1
	row, cell    int // from 0
}

// Locate adds the cell of the workbook to a position in the text. Other
// positions stay as they are.
func (f *File) Locate(at rls.Position) rls.Position {
	if f == nil || !f.book || at.File != f.Name || at.Line == 0 {
		return at
	}
	if f.places == nil {
		r := csvtext.NewReader(bytes.NewReader(f.Text), nil)
		for row := 0; ; row++ {
			record, err := r.Read()
			if err != nil {
				break // the text is ours, so this is its end
			}
			for k := range record {
				line, column := r.FieldPos(k)
				f.places = append(f.places, place{line, column, row, k})
			}
		}
	}
	i, found := slices.BinarySearchFunc(f.places, at, func(p place, at rls.Position) int {
		return cmp.Or(cmp.Compare(p.line, at.Line), cmp.Compare(p.column, max(at.Column, 1)))
	})
	if !found {
		i--
	}
	if i >= 0 {
		at.Cell = workbook.CellName(f.places[i].row, f.places[i].cell)
	}
	return at
}
