package input

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
)

// saveBook writes a workbook with sheets Sales and, if other is set, Notes.
func saveBook(t *testing.T, other bool, fill func(*excelize.File)) string {
	t.Helper()
	b := excelize.NewFile()
	defer b.Close()
	require.NoError(t, b.SetSheetName("Sheet1", "Sales"))
	for at, row := range map[string][]any{"A1": {"id", "Region", "Amount"}, "A2": {1, "EMEA", 12.5}, "A3": {2, nil, 7}, "A4": {3, 1010, nil}} {
		require.NoError(t, b.SetSheetRow("Sales", at, &row))
	}
	if other {
		_, err := b.NewSheet("Notes")
		require.NoError(t, err)
	}
	if fill != nil {
		fill(b)
	}
	path := filepath.Join(t.TempDir(), "data.bin") // content, not name
	require.NoError(t, b.SaveAs(filepath.Join(filepath.Dir(path), "data.xlsx")))
	require.NoError(t, os.Rename(filepath.Join(filepath.Dir(path), "data.xlsx"), path))
	return path
}

func TestWorkbook(t *testing.T) {
	date := func(cell string) func(*excelize.File) {
		return func(b *excelize.File) {
			style, err := b.NewStyle(&excelize.Style{NumFmt: 4})
			require.NoError(t, err)
			require.NoError(t, b.SetCellValue("Sales", cell, 1234.5))
			require.NoError(t, b.SetCellStyle("Sales", cell, cell, style))
		}
	}
	merge := func(b *excelize.File) { require.NoError(t, b.MergeCell("Sales", "A2", "B3")) }
	tests := []struct {
		reason, path, sheet, restricted, want string
	}{
		{"text, and numbers as they are kept", saveBook(t, false, nil), "", "Region", `["1" "2" "3"] ["EMEA" "" "1010"] ["12.5" "7" ""]`},
		{"one of two sheets", saveBook(t, true, nil), "Sales", "Region", `["1" "2" "3"] ["EMEA" "" "1010"] ["12.5" "7" ""]`},
		{"a number of another column, as it is shown", saveBook(t, false, date("C2")), "", "Region", `["1" "2" "3"] ["EMEA" "" "1010"] ["1,234.50" "7" ""]`},
		{"merged cells of other columns hide what is in them", saveBook(t, false, merge), "", "Amount", `["1" "" "3"] ["" "" "1010"] ["12.5" "7" ""]`},
		{"an unclear cell of a restricted column", saveBook(t, false, date("B2")), "", "Region", `error: cells of restricted columns are unclear: cell B2: it is a number that is shown as "1,234.50"`},
		{"merged cells of a restricted column", saveBook(t, false, merge), "", "Region", "error: cells of restricted columns are unclear: cells A2 to B3 are merged"},
		{"no sheet named", saveBook(t, true, nil), "", "Region", `error: the workbook has several sheets: name one of ["Sales" "Notes"] with --input-sheet`},
		{"no such sheet", saveBook(t, false, nil), "Rules", "Region", `error: it has no sheet "Rules", want one of ["Sales"]`},
		{"a sheet without a header", saveBook(t, true, nil), "Notes", "Region", "error: no data: want a header line"},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			d, err := Open(context.Background(), []string{tt.path}, &Options{Sheet: tt.sheet, Columns: []string{tt.restricted}, Restricted: []string{tt.restricted}})
			if want, ok := strings.CutPrefix(tt.want, "error: "); ok {
				require.ErrorContains(t, err, tt.path+": "+want)
				return
			}
			require.NoError(t, err)
			defer d.Release()
			require.Equal(t, Workbook, d.Format)
			require.True(t, d.Next())
			got := ""
			for i, column := range d.Record().Columns() {
				if i > 0 {
					got += " "
				}
				got += column.(*array.String).String()
			}
			require.Equal(t, tt.want, got)
		})
	}
	path := filepath.Join(t.TempDir(), "a.csv")
	require.NoError(t, os.WriteFile(path, []byte("a\n1\n"), 0o600))
	_, err := Open(context.Background(), []string{path}, &Options{Sheet: "Sales"})
	require.ErrorContains(t, err, "it is no workbook")
}
