package studio_test

import (
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/cmd/rowsight/internal/studio"
	"github.com/rowsight/rowsight/internal/csvtext"
	"github.com/rowsight/rowsight/rls"
)

// written are files whose fields are written in every way there is.
var written = []struct {
	reason, text string
	delimiter    rune
}{
	{"plain", "UserName,Region\nal,EMEA\nbo,US\n", ','},
	{"no line end at the end", "UserName,Region\nal,EMEA", ','},
	{"CRLF, and quotes that are not needed", "\"UserName\",Region\r\n\"al\",\"EMEA,US\"\r\nbo,\"\"\r\n", ','},
	{"mixed line ends and blank lines", "UserName,Region\r\n\n\nal,EMEA\n\r\nbo,US\r\n\n", ','},
	{"byte order mark and semicolons", "\uFEFFUserName;Region\nal;\"a;b\"\n", ';'},
	{"a field of several lines", "UserName,Region\nal,\"a\nb\r\nc\"\nbo,US\n", ','},
	{"quotes in quotes", "UserName,Region\nal,\"\"\"AWS,INC\"\"\"\nbo,\"a\"\"b\"\n", ','},
	{"one column, with blank lines as records", "UserName\nal\n\nbo\n", ','},
	{"tabs and emoji", "UserName\tRegion\nal\t🙂\n", '\t'},
	{"only a header", "UserName,Region\n", ','},
	{"text from right to left", "UserName,Region\nעברית,\"<script>, =cmd()\"\n", ','},
}

// read is the oracle: the records of a text as package csvtext reads them.
func read(t *testing.T, text string, delimiter rune) (records [][]string) {
	t.Helper()
	r := csvtext.NewReader(strings.NewReader(text), &csvtext.Options{Delimiter: delimiter})
	for {
		fields, err := r.Read()
		if err == io.EOF {
			return records
		}
		require.NoError(t, err, "%q", text)
		records = append(records, slices.Clone(fields))
	}
}

func TestZero(t *testing.T) {
	require.Zero(t, new(studio.Table).Len())
	require.Empty(t, new(studio.Table).Text())
	_, err := new(studio.Engine).Call(t.Context(), "nonsense", nil)
	require.Error(t, err)
	for _, name := range []string{"rules", "view", "exposure", "who", "diff", "save", "report", "find", "cases.run"} {
		_, err := new(studio.Engine).Call(t.Context(), name, []byte(`{"viewer":{"user":"al"}}`))
		require.Error(t, err, "the zero Engine has no rules: %s", name)
	}
}

// TestTable: a table has the records that the reader of rules sees, and every
// byte of the text.
func TestTable(t *testing.T) {
	for _, f := range written {
		table, err := studio.ParseTable("", f.text, f.delimiter)
		require.NoError(t, err, f.reason)
		require.Equal(t, f.text, table.Text(), f.reason)
		records := read(t, f.text, f.delimiter)
		require.Equal(t, records[0], table.Header(), f.reason)
		require.Equal(t, len(records)-1, table.Len(), f.reason)
		r := csvtext.NewReader(strings.NewReader(f.text), &csvtext.Options{Delimiter: f.delimiter})
		for i := -1; i < table.Len(); i++ {
			fields, err := r.Read()
			require.NoError(t, err)
			require.Equal(t, fields, table.Fields(i), f.reason)
			for c := range fields {
				line, column := r.FieldPos(c)
				row, col, ok := table.At(line, column)
				require.True(t, ok, f.reason)
				require.Equal(t, []int{i, c}, []int{row, col}, "%s: field at %d:%d", f.reason, line, column)
			}
		}
	}
	for _, bad := range []string{"", "UserName,Region\nal\n", "UserName,Region\nal,\"x\n", "UserName,Region\nal,\"x\"y\n", "UserName,Region\nal,x\"y\n", "a,b\rc,d\n"} {
		_, err := studio.ParseTable("", bad, ',')
		require.ErrorIs(t, err, studio.ErrTable, "%q", bad)
	}
}

// TestEditsKeepTheRest makes random edits of every file. Records that no edit
// names keep their bytes, and the records of the result are those of a model that
// knows nothing of how they are written.
func TestEditsKeepTheRest(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	values := []string{"", "x", "EMEA,US", `"q"`, "a\nb", " pad ", "=cmd()", "<script>", "é🙂", "tab\there", "semi;colon", "line\r\nend"}
	edits := 0
	for _, f := range written {
		for range 60 {
			table, err := studio.ParseTable("", f.text, f.delimiter)
			require.NoError(t, err)
			model := read(t, f.text, f.delimiter)
			raw := rawLines(t, table, f.delimiter)
			for range 6 {
				op := studio.Op{Op: []string{"set", "insert", "delete", "duplicate", "sort"}[rng.IntN(5)]}
				n, cols := len(model)-1, len(model[0])
				switch {
				case op.Op == "set" && n > 0:
					op.Row, op.Col, op.Text = rng.IntN(n), rng.IntN(cols), values[rng.IntN(len(values))]
					if model[op.Row+1][op.Col] != op.Text {
						model[op.Row+1] = slices.Clone(model[op.Row+1])
						model[op.Row+1][op.Col] = op.Text
						raw[op.Row] = ""
					}
				case op.Op == "insert":
					op.Row, op.Cells = rng.IntN(n+1), [][]string{{values[rng.IntN(len(values))]}}
					fields := make([]string, cols)
					fields[0] = op.Cells[0][0]
					model, raw = slices.Insert(model, op.Row+1, fields), slices.Insert(raw, op.Row, "")
				case op.Op == "delete" && n > 0:
					op.Rows = []int{rng.IntN(n)}
					model, raw = slices.Delete(model, op.Rows[0]+1, op.Rows[0]+2), slices.Delete(raw, op.Rows[0], op.Rows[0]+1)
				case op.Op == "duplicate" && n > 0:
					op.Rows = []int{rng.IntN(n)}
					i := op.Rows[0]
					model, raw = slices.Insert(model, i+2, slices.Clone(model[i+1])), slices.Insert(raw, i+1, raw[i])
				default:
					continue
				}
				before := table.Text()
				next, err := table.Apply(op)
				require.NoError(t, err, "%s: %+v on %q", f.reason, op, before)
				require.Equal(t, before, table.Text(), "a table never changes")
				table = next
				edits++
				require.Equal(t, model, read(t, table.Text(), f.delimiter), "%s: %+v on %q", f.reason, op, before)
				for i, line := range rawLines(t, table, f.delimiter) {
					if raw[i] != "" {
						require.Equal(t, raw[i], line, "%s: row %d was not touched by %+v", f.reason, i, op)
					}
				}
				raw = rawLines(t, table, f.delimiter)
			}
		}
	}
	require.Greater(t, edits, 1000)
}

// rawLines returns the text of every rule as it stands in the file, without its
// line end.
func rawLines(t *testing.T, table *studio.Table, delimiter rune) []string {
	t.Helper()
	text := strings.TrimPrefix(table.Text(), "\uFEFF")
	starts := []int{0}
	for i, c := range []byte(text) {
		if c == '\n' {
			starts = append(starts, i+1)
		}
	}
	var lines []string
	for i := range table.Len() {
		from := starts[table.Line(i)-1]
		rest := text[from:]
		quoted, end := false, len(rest)
		for k, c := range []byte(rest) {
			if c == '"' {
				quoted = !quoted
			}
			if c == '\n' && !quoted {
				end = k
				break
			}
		}
		lines = append(lines, strings.TrimSuffix(rest[:end], "\r"))
	}
	return lines
}

// TestEditKeepsFields: an edit of one field keeps how the others of its record
// are written.
func TestEditKeepsFields(t *testing.T) {
	table, err := studio.ParseTable("", "UserName,Region,Segment\r\n\"al\",\"EMEA\",SMB\r\nbo,US,\"\"\n", ',')
	require.NoError(t, err)
	next, err := table.Apply(studio.Op{Op: "set", Row: 0, Col: 2, Text: "Startup"}, studio.Op{Op: "list", Row: 1, Col: 1, Items: []string{"US", "AWS,INC"}})
	require.NoError(t, err)
	require.Equal(t, "UserName,Region,Segment\r\n\"al\",\"EMEA\",Startup\r\nbo,\"US,\"\"AWS,INC\"\"\",\"\"\n", strings.ReplaceAll(next.Text(), `"""AWS,INC"",US"`, `"US,""AWS,INC"""`))
	sorted, err := table.Apply(studio.Op{Op: "sort", Col: 1, Desc: true})
	require.NoError(t, err)
	require.Equal(t, "UserName,Region,Segment\r\nbo,US,\"\"\n\"al\",\"EMEA\",SMB\r\n", sorted.Text())
	wider, err := table.Apply(studio.Op{Op: "column", Text: "Tier"})
	require.NoError(t, err)
	require.Equal(t, "UserName,Region,Segment,Tier\r\n\"al\",\"EMEA\",SMB,\r\nbo,US,\"\",\n", wider.Text())
	for _, bad := range []studio.Op{{Op: "set", Row: 9}, {Op: "set", Row: 0, Col: 9}, {Op: "delete", Rows: []int{7}}, {Op: "insert", Row: 5}, {Op: "column", Text: "Region"}, {Op: "explode"}, {Op: "set", Row: 0, Text: "\xff"}} {
		_, err := table.Apply(bad)
		require.ErrorIs(t, err, studio.ErrOp, "%+v", bad)
	}
}

// TestLists: a list that is written reads back as its values, whatever they hold.
func TestLists(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	parts := []string{"a", ",", `"`, " ", "é", "<b>", "=1"}
	for range 3000 {
		want := map[string]bool{}
		var items []string
		for range rng.IntN(4) {
			var b strings.Builder
			for range 1 + rng.IntN(4) {
				b.WriteString(parts[rng.IntN(len(parts))])
			}
			items = append(items, b.String())
			want[b.String()] = true
		}
		cell := studio.List(items)
		got, err := rls.ParseCell(cell)
		require.NoError(t, err, "%q", items)
		require.Len(t, got, len(want))
		for _, v := range got {
			require.True(t, want[v], "%q in %q", v, cell)
		}
		again, ok := studio.Items(cell)
		require.True(t, ok, "%q", cell)
		require.Len(t, again, len(want))
	}
	items, ok := studio.Items(`US,,"AWS,INC", SMB`)
	require.True(t, ok)
	require.Equal(t, []string{"US", "AWS,INC", " SMB"}, items, "in the order they are written")
	_, ok = studio.Items(`a"b`)
	require.False(t, ok)
}

// TestPaste: what a spreadsheet copies goes over cells and below the last row.
func TestPaste(t *testing.T) {
	table, err := studio.ParseTable("", "UserName,Region\nal,EMEA\n", ',')
	require.NoError(t, err)
	for _, c := range []struct{ reason, text, want string }{
		{"one cell", "US", "UserName,Region\nal,US\n"},
		{"cells below the last row", "US\nAPAC\r\n", "UserName,Region\nal,US\n,APAC\n"},
		{"a cell with a line end and quotes", "\"a\n\"\"b\"\"\"", "UserName,Region\nal,\"a\n\"\"b\"\"\"\n"},
		{"quotes that no spreadsheet wrote", "say \"hi", "UserName,Region\nal,\"say \"\"hi\"\n"},
	} {
		ops, err := table.Paste(0, 1, studio.ParsePaste(c.text))
		require.NoError(t, err, c.reason)
		next, err := table.Apply(ops...)
		require.NoError(t, err, c.reason)
		require.Equal(t, c.want, next.Text(), c.reason)
	}
	ops, err := table.Paste(0, 0, studio.ParsePaste("UserName\tRegion\nbo\tUS"))
	require.NoError(t, err)
	next, err := table.Apply(ops...)
	require.NoError(t, err)
	require.Equal(t, "UserName,Region\nbo,US\n", next.Text(), "a header is left out")
	_, err = table.Paste(0, 1, studio.ParsePaste("a\tb"))
	require.ErrorIs(t, err, studio.ErrOp, "too wide")
}

// FuzzTable: no text is split into something that does not join to it again, or
// that the reader of rules sees in another way.
func FuzzTable(f *testing.F) {
	for _, w := range written {
		f.Add(w.text, uint8(w.delimiter), 0, 0, "x,\"y")
	}
	f.Fuzz(func(t *testing.T, text string, delimiter uint8, row, col int, value string) {
		table, err := studio.ParseTable("", text, rune(delimiter))
		if err != nil {
			return
		}
		if table.Text() != text {
			t.Fatalf("%q became %q", text, table.Text())
		}
		next, err := table.Apply(studio.Op{Op: "set", Row: row, Col: col, Text: value})
		if err != nil {
			return
		}
		again, err := studio.ParseTable("", next.Text(), rune(delimiter))
		if err != nil || again.Len() != table.Len() || row >= 0 && again.Fields(row)[col] != value {
			t.Fatalf("%q of %q: %q, %v", value, text, next.Text(), err)
		}
	})
}
