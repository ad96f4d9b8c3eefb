package rulefile

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/rowsight/rowsight/internal/csvtext"
)

// workbook makes CSV of a sheet of an Excel workbook. Cells are text, as they
// are shown; a number counts where it is shown as it is kept, for a rule that
// says 1,017.00 or 3/4/25 would match no text of the data. Every cell that could
// mean two things is reported.
func (f *File) workbook(text []byte, sheet string) error {
	book, err := excelize.OpenReader(bytes.NewReader(text), excelize.Options{UnzipSizeLimit: maxSize, UnzipXMLSizeLimit: 256 << 20})
	if err != nil {
		return fmt.Errorf("%w: it is no workbook (.xlsx), or protected by a password", ErrFormat)
	}
	defer book.Close()
	if sheet, err = pick(book, sheet); err != nil {
		return err
	}
	width, err := gridWidth(book, sheet)
	if err != nil {
		return fmt.Errorf("%w: sheet %q: %w", ErrFormat, sheet, err)
	}
	shown, err := book.GetRows(sheet)
	if err != nil {
		return fmt.Errorf("%w: sheet %q: %w", ErrFormat, sheet, err)
	}
	kept, err := book.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil {
		return fmt.Errorf("%w: sheet %q: %w", ErrFormat, sheet, err)
	}
	merged, err := book.GetMergeCells(sheet)
	if err != nil {
		return fmt.Errorf("%w: sheet %q: %w", ErrFormat, sheet, err)
	}
	var problems []string
	for _, m := range merged {
		// The cells that a merge hides are empty, and empty is a wildcard.
		problems = append(problems, fmt.Sprintf("cells %s to %s are merged; write the value in each of them", m.GetStartAxis(), m.GetEndAxis()))
	}
	f.Delimiter = ','
	f.Text = nil
	for i := range max(len(shown), len(kept)) {
		record := make([]string, width)
		for k := range width {
			name, err := excelize.CoordinatesToCellName(k+1, i+1)
			if err != nil {
				return fmt.Errorf("%w: %w", ErrFormat, err)
			}
			cell, why, err := cellText(book, sheet, name, at(shown, i, k), at(kept, i, k))
			if err != nil {
				return fmt.Errorf("%w: sheet %q, cell %s: %w", ErrFormat, sheet, name, err)
			}
			if why != "" {
				problems = append(problems, fmt.Sprintf("cell %s: %s", name, why))
			}
			record[k] = cell
		}
		f.Text = csvtext.AppendRecord(f.Text, record)
	}
	if len(problems) > 0 {
		more := ""
		if n := len(problems) - maxProblems; n > 0 {
			problems, more = problems[:maxProblems], fmt.Sprintf("\nand %d more cells", n)
		}
		return fmt.Errorf("%w, sheet %q: %s%s", ErrCells, sheet, strings.Join(problems, "\n"), more)
	}
	f.assume("sheet %q of the workbook was read", sheet)
	f.dropEmptyColumns()
	return nil
}

// sparse is how many cells of a sheet may be empty for each that is not, beside
// those of a small sheet. One stray cell makes a sheet as large as its place: a
// file of 1 kB could have 16 billion empty cells, and every one would be written.
const (
	sparse    = 100
	smallGrid = 1 << 20
)

// gridWidth returns how many columns the rows of a sheet have, unless nearly all
// of their cells are empty. It keeps one row at a time.
func gridWidth(book *excelize.File, sheet string) (width int, err error) {
	rows, err := book.Rows(sheet)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	cells := 0
	for n := 1; rows.Next(); n++ {
		row, err := rows.Columns()
		if err != nil {
			return 0, err
		}
		width = max(width, len(row))
		for _, cell := range row {
			if cell != "" {
				cells++
			}
		}
		if width*n > smallGrid+sparse*cells {
			return 0, fmt.Errorf("nearly all of its cells are empty in the first %d rows and %d columns; delete the cells that are far from the rules", n, width)
		}
	}
	return width, rows.Error()
}

// maxProblems is how many cells an error names.
const maxProblems = 20

func at(rows [][]string, i, k int) string {
	if i < len(rows) && k < len(rows[i]) {
		return rows[i][k]
	}
	return ""
}

// pick returns the sheet of a name, or the only one that is shown.
func pick(book *excelize.File, sheet string) (string, error) {
	var visible []string
	for _, name := range book.GetSheetList() {
		if shown, err := book.GetSheetVisible(name); err == nil && shown {
			visible = append(visible, name)
		}
	}
	if sheet != "" {
		if i, err := book.GetSheetIndex(sheet); err != nil || i < 0 {
			return "", fmt.Errorf("%w: it has no sheet %q, want one of %q", ErrFormat, sheet, book.GetSheetList())
		}
		return sheet, nil
	}
	if len(visible) != 1 {
		return "", fmt.Errorf("%w: the workbook has %d sheets: name one of %q with --sheet", ErrFormat, len(visible), visible)
	}
	return visible[0], nil
}

// cellText returns the text of a cell, or why it has none.
func cellText(book *excelize.File, sheet, name, shown, kept string) (text, why string, err error) {
	if shown == "" && kept == "" {
		// An empty cell is a wildcard. What a formula would show if somebody
		// had computed it is not.
		formula, err := book.GetCellFormula(sheet, name)
		if err == nil && formula != "" {
			return "", "its formula has no result in the file; write the value", nil
		}
		return "", "", err
	}
	kind, err := book.GetCellType(sheet, name)
	if err != nil {
		return "", "", err
	}
	switch kind {
	case excelize.CellTypeError:
		return "", fmt.Sprintf("it holds the error %s", kept), nil
	case excelize.CellTypeBool, excelize.CellTypeDate:
		return "", fmt.Sprintf("it is shown as %q and is no text; format the column as text, and enter the value again", shown), nil
	case excelize.CellTypeSharedString, excelize.CellTypeInlineString:
		return kept, "", nil
	case excelize.CellTypeFormula:
		if strings.HasPrefix(kept, "#") {
			return "", fmt.Sprintf("its formula ends in the error %s", kept), nil
		}
	}
	if number, err := strconv.ParseFloat(kept, 64); err == nil && (kept != shown || strconv.FormatFloat(number, 'f', -1, 64) != kept) {
		return "", fmt.Sprintf("it is a number that is shown as %q; format the column as text, and enter the value again", shown), nil
	}
	return kept, "", nil
}
