package input

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/cmd/rowsight/internal/workbook"
	"github.com/rowsight/rowsight/internal/tabular"
	"github.com/rowsight/rowsight/internal/textpos"
)

// openWorkbook reads a sheet of an Excel workbook. Every column is text, as a
// spreadsheet shows it. A cell of a restricted column that could mean two things
// is an error: rules compare its text.
func openWorkbook(s *source, o *Options) (array.RecordReader, error) {
	text, err := io.ReadAll(io.LimitReader(s, maxWorkbook+1))
	if err != nil {
		return nil, textpos.InFile(s.name, err)
	}
	if len(text) > maxWorkbook {
		return nil, textpos.InFile(s.name, fmt.Errorf("the workbook has more than %d bytes", maxWorkbook))
	}
	sheet, err := workbook.Open(text, o.Sheet)
	if errors.Is(err, workbook.ErrSheets) {
		err = fmt.Errorf("%w with --input-sheet", err)
	}
	if err != nil {
		return nil, textpos.InFile(s.name, err)
	}
	restricted := func(p workbook.Problem) bool {
		if p.Row == 0 {
			return true // names of columns
		}
		for k := p.Column; k <= min(p.Last, sheet.Width-1); k++ {
			if name := sheet.Rows[0][k]; slices.Contains(o.Restricted, name) || slices.Contains(o.Columns, name) {
				return true
			}
		}
		return false
	}
	if unclear := slices.DeleteFunc(slices.Clone(sheet.Problems), func(p workbook.Problem) bool { return !restricted(p) }); len(unclear) > 0 {
		return nil, textpos.InFile(s.name, fmt.Errorf("cells of restricted columns are unclear: %s", workbook.List(unclear)))
	}
	sheet.DropEmptyColumns()
	return tabular.CSV(s.name, bytes.NewReader(sheet.CSV()), nil)
}

// maxWorkbook is how many bytes a workbook may have. It is read whole.
const maxWorkbook = 256 << 20
