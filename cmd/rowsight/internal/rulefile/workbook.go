package rulefile

import (
	"errors"
	"fmt"

	"github.com/rowsight/rowsight/cmd/rowsight/internal/workbook"
)

// workbook makes CSV of a sheet of an Excel workbook. A cell that could mean two
// things is an error.
func (f *File) workbook(text []byte, o Options) error {
	sheet, err := workbook.Open(text, o.Sheet)
	if errors.Is(err, workbook.ErrSheets) && o.SheetFlag != "" {
		err = fmt.Errorf("%w with %s", err, o.SheetFlag)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrFormat, err)
	}
	if len(sheet.Problems) > 0 {
		return fmt.Errorf("%w, sheet %q: %s", ErrCells, sheet.Name, workbook.List(sheet.Problems))
	}
	f.assume("sheet %q of the workbook was read", sheet.Name)
	if dropped := sheet.DropEmptyColumns(); dropped > 0 {
		f.ignored(dropped)
	}
	f.Delimiter, f.Text, f.book = ',', sheet.CSV(), true
	return nil
}
