// Package workbook reads sheets of Excel workbooks as texts.
package workbook

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/rowsight/rowsight/internal/csvtext"
)

// A Sheet is a sheet of a workbook.
type Sheet struct {
	Name     string
	Width    int        // columns
	Rows     [][]string // texts of the cells, as they are kept, each row as wide
	Problems []Problem  // cells that could mean two things, whose text is what is shown
}

// A Problem is a cell whose text is not clear.
type Problem struct {
	Row, Column int    // from 0
	Last        int    // the last column of it
	Text        string // cell C3: …
}

// Open reads a sheet of a workbook; "" is its only sheet. Cells are text, as they
// are shown; a number counts where it is shown as it is kept, for a rule that says
// 1,017.00 or 3/4/25 would match no text of the data. Every cell that could mean
// two things is among the problems.
func Open(text []byte, sheet string) (*Sheet, error) {
	book, err := excelize.OpenReader(bytes.NewReader(text), excelize.Options{UnzipSizeLimit: maxSize, UnzipXMLSizeLimit: 256 << 20})
	if err != nil {
		return nil, errors.New("it is no workbook (.xlsx), or protected by a password")
	}
	defer book.Close()
	if sheet, err = pick(book, sheet); err != nil {
		return nil, err
	}
	s := &Sheet{Name: sheet}
	if err := s.read(book); err != nil {
		return nil, fmt.Errorf("sheet %q: %w", sheet, err)
	}
	return s, nil
}

// ErrSheets reports a workbook with several sheets, of which none was named.
var ErrSheets = errors.New("the workbook has several sheets")

// maxSize is how many bytes a workbook may have, unpacked.
const maxSize = 1 << 30

func (s *Sheet) read(book *excelize.File) (err error) {
	if s.Width, err = gridWidth(book, s.Name); err != nil {
		return err
	}
	shown, err := book.GetRows(s.Name)
	if err != nil {
		return err
	}
	kept, err := book.GetRows(s.Name, excelize.Options{RawCellValue: true})
	if err != nil {
		return err
	}
	merged, err := book.GetMergeCells(s.Name)
	if err != nil {
		return err
	}
	for _, m := range merged {
		// The cells that a merge hides are empty, and empty is a wildcard.
		first, row, err := excelize.CellNameToCoordinates(m.GetStartAxis())
		if err != nil {
			return err
		}
		last, _, err := excelize.CellNameToCoordinates(m.GetEndAxis())
		if err != nil {
			return err
		}
		s.Problems = append(s.Problems, Problem{row - 1, first - 1, last - 1,
			fmt.Sprintf("cells %s to %s are merged; write the value in each of them", m.GetStartAxis(), m.GetEndAxis())})
	}
	for i := range max(len(shown), len(kept)) {
		record := make([]string, s.Width)
		for k := range s.Width {
			name := CellName(i, k)
			cell, why, err := cellText(book, s.Name, name, at(shown, i, k), at(kept, i, k))
			if err != nil {
				return fmt.Errorf("cell %s: %w", name, err)
			}
			if record[k] = cell; why != "" {
				s.Problems = append(s.Problems, Problem{i, k, k, fmt.Sprintf("cell %s: %s", name, why)})
				record[k] = at(shown, i, k)
			}
		}
		s.Rows = append(s.Rows, record)
	}
	return nil
}

// DropEmptyColumns drops the columns at the end that have neither a name nor a
// value: cells that held something once. It returns how many those are.
func (s *Sheet) DropEmptyColumns() int {
	width := 0
	for _, row := range s.Rows {
		for k, cell := range row {
			if cell != "" {
				width = max(width, k+1)
			}
		}
	}
	dropped := s.Width - width
	for i := range s.Rows {
		s.Rows[i] = s.Rows[i][:width]
	}
	s.Width = width
	return dropped
}

// CSV returns the rows as CSV with commas.
func (s *Sheet) CSV() (text []byte) {
	for _, row := range s.Rows {
		text = csvtext.AppendRecord(text, row)
	}
	return text
}

// CellName returns the name of a cell, such as B3; row and column count from 0.
func CellName(row, column int) string {
	name, err := excelize.CoordinatesToCellName(column+1, row+1)
	if err != nil {
		return fmt.Sprintf("row %d, column %d", row+1, column+1) // beyond what a workbook holds
	}
	return name
}

// List writes problems one a line, and how many more there are than it lists.
func List(problems []Problem) string {
	more := ""
	if n := len(problems) - maxProblems; n > 0 {
		problems, more = problems[:maxProblems], fmt.Sprintf("\nand %d more cells", n)
	}
	lines := make([]string, len(problems))
	for i, p := range problems {
		lines[i] = p.Text
	}
	return strings.Join(lines, "\n") + more
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
			return "", fmt.Errorf("it has no sheet %q, want one of %q", sheet, book.GetSheetList())
		}
		return sheet, nil
	}
	if len(visible) != 1 {
		return "", fmt.Errorf("%w: name one of %q", ErrSheets, visible)
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
