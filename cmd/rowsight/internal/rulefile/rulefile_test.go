package rulefile

import (
	"bytes"
	"compress/gzip"
	"context"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/rowsight/rowsight/rls"
)

var headers = []string{"UserName", "GroupName", "UserARN", "GroupARN"}

// open opens what a file holds.
func open(t testing.TB, text string, opts Options) (*File, error) {
	t.Helper()
	opts.Stdin, opts.Headers = strings.NewReader(text), headers
	return Open(context.Background(), Stdin, &opts)
}

// TestZero holds that no file has a text by itself.
func TestZero(t *testing.T) {
	require.Empty(t, new(File).Text)
	require.NoError(t, new(File).Explain(nil))
	require.Empty(t, new(File).Repair())
}

func utf16Text(s string, little bool) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune(s)) {
		if little {
			b = append(b, byte(unit), byte(unit>>8))
		} else {
			b = append(b, byte(unit>>8), byte(unit))
		}
	}
	return string(b)
}

func packed(t testing.TB, s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(s))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.String()
}

func TestText(t *testing.T) {
	const plain = "UserName,Region\nal,\"EMEA,US\"\n"
	tests := []struct {
		reason, in string
		want       string
		delimiter  rune
		assumed    []string
	}{
		{"plain CSV stays as it is", plain, plain, 0, nil},
		{"nothing", "", "", 0, nil},
		{"semicolons", "UserName;Region\nal;\"EMEA,US\"\n", "UserName;Region\nal;\"EMEA,US\"\n", ';', []string{"fields are divided by ';', as in the header"}},
		{"tabs", "Region\tGroupName\nx\tg\n", "Region\tGroupName\nx\tg\n", '\t', []string{`fields are divided by '\t', as in the header`}},
		{"bars", "UserARN|Region\n", "UserARN|Region\n", '|', []string{"fields are divided by '|', as in the header"}},
		{"a semicolon in a name of a file with commas", "UserName,A;B\n", "UserName,A;B\n", 0, nil},
		{"no known name: the reader refuses it", "User;Region\n", "User;Region\n", 0, nil},
		{"sep=", "sep=;\r\nUserName;Region\r\nal;x\r\n", "\nUserName;Region\r\nal;x\r\n", ';', []string{"the first line says that fields are divided by ';'"}},
		{"sep= in quotes", "\"sep=,\"\nUserName,Region\n", "\nUserName,Region\n", ',', []string{"the first line says that fields are divided by ','"}},
		{"sep= of two characters", "sep=;;\nUserName;Region\n", "sep=;;\nUserName;Region\n", 0, nil},
		{"carriage returns, but for those of a value", "UserName,Region\ral,\"E\rM\"\r", "UserName,Region\nal,\"E\rM\"\n", 0, []string{"lines end in carriage returns"}},
		{"empty columns", "UserName,Region,,\nal,\"EMEA,US\",,\n", plain, 0, []string{"ignored 2 columns at the end without a name or a value"}},
		{"columns without a name and with a value stay", "UserName,Region,\nal,EMEA,x\n", "UserName,Region,\nal,EMEA,x\n", 0, nil},
		{"a line break in a cell beside empty columns", "UserName,Region,\nal,\"a\nb\",\n", "UserName,Region\nal,\"a\nb\"\n", 0, []string{"ignored 1 column at the end without a name or a value"}},
		{"gzip", packed(t, plain), plain, 0, []string{"gzip was unpacked"}},
		{"UTF-16, little-endian", "\xff\xfe" + utf16Text("UserName,Region\nal,É😀\n", true), "UserName,Region\nal,É😀\n", 0, []string{"UTF-16 was read, little-endian"}},
		{"UTF-16, big-endian", "\xfe\xff" + utf16Text(plain, false), plain, 0, []string{"UTF-16 was read, big-endian"}},
		{"a byte order mark before a delimiter", "\uFEFFUserName;Region\n", "\uFEFFUserName;Region\n", ';', []string{"fields are divided by ';', as in the header"}},
		{"JSON lines", "{\"UserName\":\"al\",\"Region\":null}\n{\"UserName\":\"bo\",\"Region\":\"US\"}\n", "UserName,Region\nal,\nbo,US\n", ',', []string{"jsonl was read; lines are counted from the names of the columns"}},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			f, err := open(t, tt.in, Options{})
			require.NoError(t, err)
			require.Equal(t, tt.want, string(f.Text))
			require.Equal(t, tt.delimiter, f.Delimiter)
			require.Equal(t, tt.assumed, f.Assumed)
		})
	}
}

func TestRefuses(t *testing.T) {
	tests := []struct{ reason, in, sheet, want string }{
		{"another encoding", "UserName,Region\nal,\xc9MEA\n", "", "standard input: cannot be read: it is not UTF-8; in Excel, save it as CSV UTF-8 (comma delimited)"},
		{"UTF-16 without a mark", utf16Text("UserName,Region\n", true), "", "it holds NUL characters"},
		{"UTF-32", "\xff\xfe\x00\x00U\x00\x00\x00", "", "it is UTF-32; save it as CSV UTF-8"},
		{"UTF-32, big-endian", "\x00\x00\xfe\xff\x00\x00\x00U", "", "it is UTF-32"},
		{"half a character", "\xff\xfeU", "", "ends in half a character"},
		{"half of a pair", "\xff\xfe\x00\xd8U\x00", "", "holds half a character"},
		{"an old workbook", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "", "old format of Excel (.xls); save it as .xlsx"},
		{"no workbook", "PK\x03\x04rest", "", "it is no workbook (.xlsx), or protected by a password"},
		{"a sheet of a text", "UserName\n", "Rules", `it has no sheet "Rules"`},
		{"numbers in JSON lines", "{\"UserName\":\"al\",\"Region\":7}\n", "", `column "Region": not text`},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			f, err := open(t, tt.in, Options{Sheet: tt.sheet})
			require.Nil(t, f)
			require.ErrorContains(t, err, tt.want)
		})
	}
	_, err := Open(context.Background(), t.TempDir()+"/nowhere", nil)
	require.ErrorContains(t, err, "nowhere")
}

// book makes a workbook; fill may change it.
func book(t testing.TB, rows [][]any, fill func(*excelize.File)) string {
	t.Helper()
	b := excelize.NewFile()
	defer b.Close()
	for i, row := range rows {
		at, err := excelize.CoordinatesToCellName(1, i+1)
		require.NoError(t, err)
		require.NoError(t, b.SetSheetRow("Sheet1", at, &row))
	}
	if fill != nil {
		fill(b)
	}
	var out bytes.Buffer
	require.NoError(t, b.Write(&out))
	return out.String()
}

func TestWorkbook(t *testing.T) {
	rows := [][]any{{"UserName", "GroupName", "Region"}, {"al", nil, `EMEA,"A,B"`}, {nil, "g", "00017"}, {"bo", nil, 1010}, {nil, nil, nil}, {"cy"}}
	f, err := open(t, book(t, rows, nil), Options{})
	require.NoError(t, err)
	require.Equal(t, "UserName,GroupName,Region\nal,,\"EMEA,\"\"A,B\"\"\"\n,g,00017\nbo,,1010\n,,\ncy,,\n", string(f.Text))
	require.Equal(t, []string{`sheet "Sheet1" of the workbook was read`}, f.Assumed)

	set := func(cell string, value any, format int) func(*excelize.File) {
		return func(b *excelize.File) {
			require.NoError(t, b.SetCellValue("Sheet1", cell, value))
			style, err := b.NewStyle(&excelize.Style{NumFmt: format})
			require.NoError(t, err)
			require.NoError(t, b.SetCellStyle("Sheet1", cell, cell, style))
		}
	}
	tests := []struct {
		reason string
		fill   func(*excelize.File)
		want   string
	}{
		{"a number shown in another way", set("C3", 1017.5, 1), `cell C3: it is a number that is shown as "1018"`},
		{"a date", set("C3", 45239, 14), "cell C3: it is a number that is shown as"},
		{"true or false", set("C3", true, 0), `cell C3: it is shown as "TRUE"`},
		{"a formula without a result", func(b *excelize.File) { require.NoError(t, b.SetCellFormula("Sheet1", "C6", `="EM"&"EA"`)) }, "cell C6: its formula has no result in the file"},
		{"cells that are merged", func(b *excelize.File) { require.NoError(t, b.MergeCell("Sheet1", "C2", "C4")) }, "cells C2 to C4 are merged"},
		{"two sheets", func(b *excelize.File) { _, err := b.NewSheet("Other"); require.NoError(t, err) }, `the workbook has several sheets: name one of ["Sheet1" "Other"]`},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			f, err := open(t, book(t, rows, tt.fill), Options{})
			require.Nil(t, f)
			require.ErrorContains(t, err, tt.want)
		})
	}
	other := book(t, rows, func(b *excelize.File) {
		_, err := b.NewSheet("Rules")
		require.NoError(t, err)
		require.NoError(t, b.SetSheetRow("Rules", "A1", &[]any{"UserName", "X"}))
	})
	f, err = open(t, other, Options{Sheet: "Rules"})
	require.NoError(t, err)
	require.Equal(t, "UserName,X\n", string(f.Text))
	_, err = open(t, other, Options{Sheet: "rule"})
	require.ErrorContains(t, err, `it has no sheet "rule"`)
}

func TestRepair(t *testing.T) {
	tests := []struct {
		reason, in, want string
		changes          []string
	}{
		{"plain CSV stays as it is", "UserName,Region\nal,\"EMEA,US\"\n", "UserName,Region\nal,\"EMEA,US\"\n", nil},
		{"a blank before a quote", "a,b\nal, \"x,y\"\n", "a,b\nal,\"x,y\"\n", []string{"line 2: a blank before a quote was taken out"}},
		{"a blank behind a quote", "a,b\n\"x\" ,y\n", "a,b\n\"x\",y\n", []string{"line 2: a blank behind a quote was taken out"}},
		{"curly quotes", "a,b\nal,“x,y”\nbo,«z»\n", "a,b\nal,\"x,y\"\nbo,\"z\"\n", []string{"line 2: curly quotes around a field were made straight", "line 3: curly quotes around a field were made straight"}},
		{"curly quotes inside a value stay", "a,b\nal,the “x” one\nbo,“x” and more\n", "a,b\nal,the “x” one\nbo,“x” and more\n", nil},
		{"blanks inside a value stay", "a,b\nal, x \n", "a,b\nal, x \n", nil},
		{"quotes and blanks inside a quoted field stay", "a,b\nal,\"x, \"\"y\"\" “z”\"\n", "a,b\nal,\"x, \"\"y\"\" “z”\"\n", nil},
		{"a byte order mark", "\uFEFFa,b\n", "a,b\n", []string{"the byte order mark was taken out"}},
		{"lines are counted through quoted ones", "a,b\n\"x\ny\",z\nal, \"x\"\n", "a,b\n\"x\ny\",z\nal,\"x\"\n", []string{"line 4: a blank before a quote was taken out"}},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			f := &File{Text: []byte(tt.in)}
			var got []string
			for _, c := range f.Repair() {
				got = append(got, c.String())
			}
			require.Equal(t, tt.want, string(f.Text))
			require.Equal(t, tt.changes, got)
		})
	}
}

// FuzzRepair: what is plain CSV already keeps every cell.
func FuzzRepair(f *testing.F) {
	for _, seed := range []string{"a,b\nal, \"x\"\n", "a,“b”\n", "\"a\" ,b\n", "\uFEFFa\r\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		before, err := reader([]byte(strings.TrimPrefix(text, bom)), ',').ReadAll()
		if err != nil || strings.ContainsAny(text, opening+closing) {
			return
		}
		file := &File{Text: []byte(text)}
		file.Repair()
		after, err := reader(file.Text, ',').ReadAll()
		require.NoError(t, err)
		require.Equal(t, before, after)
	})
}

// TestFarCells: a cell far from the others makes no work for the empty ones
// between (S9).
func TestFarCells(t *testing.T) {
	for _, cells := range [][]string{{"A1048576"}, {"XFD1048576"}, {"B600000"}, {"ALL2000"}, {"XFD300"}, {"XFD3", "XFD70", "XFD200"}} {
		_, err := open(t, book(t, [][]any{{"UserName", "Region"}, {"al", "EMEA"}}, func(b *excelize.File) {
			for _, cell := range cells {
				require.NoError(t, b.SetCellValue("Sheet1", cell, "x"))
			}
		}), Options{})
		require.ErrorContains(t, err, "nearly all of its cells are empty", cells)
	}
}

// TestLocate: a problem in a workbook is in a cell, which is where it says. Line
// ends inside of cells do not shift it.
func TestLocate(t *testing.T) {
	f, err := open(t, book(t, [][]any{{"UserName", "Region"}, {"al", "a\nb"}, {"bo", `x,"y`}, {"cy"}}, nil), Options{})
	require.NoError(t, err)
	_, err = rls.ReadCSV(f.Reader(), &rls.Options{File: f.Name})
	require.EqualError(t, f.Explain(err), `standard input:B3: column "Region": unterminated quote in item 2 of the list`)
	for want, at := range map[string]rls.Position{
		"A1": {File: f.Name, Line: 1, Column: 1}, "B2": {File: f.Name, Line: 3, Column: 1}, "A4": {File: f.Name, Line: 5}, "": {File: "other.csv", Line: 1, Column: 1},
	} {
		require.Equal(t, want, f.Locate(at).Cell, "%v", at)
	}
	text, err := open(t, "UserName,Region\nal,\"x\n", Options{})
	require.NoError(t, err)
	_, err = rls.ReadCSV(text.Reader(), &rls.Options{File: text.Name})
	require.ErrorContains(t, text.Explain(err), "standard input:2:")
}

// TestNames: without a header, the number of columns tells the delimiter.
func TestNames(t *testing.T) {
	for in, want := range map[string]rune{"al;g\nbo;h\n": ';', "al\tg\n": '\t', "al,g\n": 0, "al g\n": 0, "a;b,g\n": 0} {
		f, err := open(t, in, Options{Names: []string{"user", "group"}})
		require.NoError(t, err)
		require.Equal(t, want, f.Delimiter, "%q", in)
		if want != 0 {
			require.Contains(t, f.Assumed[0], "as in the first line")
		}
	}
}

// TestDocument: a document of another kind is left as it is, in UTF-8.
func TestDocument(t *testing.T) {
	const answer = "{\r\n \"UserList\": []}\r\n"
	is := func(text []byte) bool { return bytes.Contains(text, []byte("UserList")) }
	for reason, in := range map[string]string{"UTF-8": answer, "PowerShell": "\xff\xfe" + utf16Text(answer, true), "big-endian": "\xfe\xff" + utf16Text(answer, false), "gzip": packed(t, answer)} {
		f, err := open(t, in, Options{Document: is})
		require.NoError(t, err, reason)
		require.Equal(t, answer, string(f.Text), reason)
	}
	f, err := open(t, "\xff\xfe"+utf16Text("UserName;Region\r\n", true), Options{Document: is})
	require.NoError(t, err)
	require.Equal(t, []string{"UTF-16 was read, little-endian", "fields are divided by ';', as in the header"}, f.Assumed)
	_, err = open(t, "\xff\xfe"+utf16Text(answer, true)+"x", Options{Document: is})
	require.ErrorContains(t, err, "half a character")
}
