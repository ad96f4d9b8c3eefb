package studio

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rowsight/rowsight/internal/csvtext"
	"github.com/rowsight/rowsight/internal/list"
)

// An Op is one edit of a Table. Rows count from 0 below the header, and row -1 is
// the header.
type Op struct {
	Op    string     `json:"op"` // set, list, insert, delete, duplicate, sort, column, rename, drop
	Row   int        `json:"row"`
	Col   int        `json:"col"`
	Text  string     `json:"text"`
	Items []string   `json:"items"`
	Rows  []int      `json:"rows"`
	Cells [][]string `json:"cells"`
	Desc  bool       `json:"desc"`
}

// ErrOp is why an edit is refused.
var ErrOp = errors.New("cannot edit")

// Apply returns the table after edits. Fields that no edit names keep the text
// they are written with.
func (t *Table) Apply(ops ...Op) (*Table, error) {
	next := &Table{prefix: t.prefix, records: slices.Clone(t.records), tail: t.tail, delimiter: t.delimiter}
	for _, op := range ops {
		if err := next.apply(op); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrOp, err)
		}
	}
	next.mendEnds()
	known := make(map[*record]bool, len(t.records))
	for _, rec := range t.records {
		known[rec] = true
	}
	for _, rec := range next.records {
		if !known[rec] {
			if err := next.check(rec); err != nil {
				return nil, fmt.Errorf("%w: %w", ErrOp, err)
			}
		}
	}
	return next, nil
}

func (t *Table) apply(op Op) error {
	switch op.Op {
	case "set":
		return t.set(op.Row, op.Col, op.Text)
	case "list":
		return t.set(op.Row, op.Col, List(op.Items))
	case "insert":
		return t.insert(op.Row, op.Cells)
	case "delete":
		return t.remove(op.Rows)
	case "duplicate":
		return t.duplicate(op.Rows)
	case "sort":
		return t.sort(op.Col, op.Desc)
	case "column":
		return t.addColumn(op.Text)
	case "rename":
		return t.renameColumn(op.Col, op.Text)
	case "drop":
		return t.dropColumn(op.Col)
	}
	return fmt.Errorf("got the edit %q", op.Op)
}

// List writes values as the text of one cell, each once.
func List(values []string) string {
	return string(list.Append(nil, unique(values)))
}

func (t *Table) has(row, col int) error {
	if row < -1 || row+1 >= len(t.records) {
		return fmt.Errorf("got row %d, want one of %d", row, t.Len())
	}
	if col < 0 || col >= len(t.records[0].raw) {
		return fmt.Errorf("got column %d, want one of %d", col, len(t.Header()))
	}
	return nil
}

func (t *Table) set(row, col int, text string) error {
	if err := t.has(row, col); err != nil {
		return err
	}
	was := t.records[row+1]
	if was.fields[col] == text {
		return nil
	}
	if !utf8.ValidString(text) {
		return errors.New("the text is not UTF-8")
	}
	rec := *was
	rec.raw, rec.fields = slices.Clone(was.raw), slices.Clone(was.fields)
	rec.raw[col], rec.fields[col] = t.quote(text, strings.HasPrefix(was.raw[col], `"`)), text
	if len(rec.raw) == 1 && text == "" {
		rec.raw[0] = `""`
	}
	t.records[row+1] = &rec
	return nil
}

// quote writes a field, in quotes if it had them or needs them.
func (t *Table) quote(text string, quoted bool) string {
	if !quoted && !strings.Contains(text, t.delimiter) && !strings.ContainsAny(text, "\"\r\n") {
		return text
	}
	return `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
}

// insert puts records before row; cells that are missing are empty.
func (t *Table) insert(row int, cells [][]string) error {
	if row < 0 || row > t.Len() {
		return fmt.Errorf("got row %d, want one of 0 to %d", row, t.Len())
	}
	var made []*record
	for _, fields := range cells {
		rec := &record{end: t.lineEnd()}
		for i := range t.Header() {
			text := ""
			if i < len(fields) {
				text = fields[i]
			}
			if !utf8.ValidString(text) {
				return errors.New("the text is not UTF-8")
			}
			raw := t.quote(text, false)
			if len(t.Header()) == 1 && text == "" {
				raw = `""`
			}
			rec.raw, rec.fields = append(rec.raw, raw), append(rec.fields, text)
		}
		made = append(made, rec)
	}
	t.records = slices.Insert(t.records, row+1, made...)
	return nil
}

// lineEnd is how the lines of the file end.
func (t *Table) lineEnd() string {
	for _, rec := range t.records {
		if rec.end != "" {
			return rec.end
		}
	}
	return "\n"
}

// mendEnds gives every record but the last a line end.
func (t *Table) mendEnds() {
	for i, rec := range t.records {
		if rec.end == "" && i+1 < len(t.records) {
			ended := *rec
			ended.end = t.lineEnd()
			t.records[i] = &ended
		}
	}
}

func (t *Table) remove(rows []int) error {
	drop := make(map[int]bool)
	for _, row := range rows {
		if row < 0 || row >= t.Len() {
			return fmt.Errorf("got row %d, want one of %d", row, t.Len())
		}
		drop[row+1] = true
	}
	kept := t.records[:0:0]
	for i, rec := range t.records {
		if !drop[i] {
			kept = append(kept, rec)
		}
	}
	t.records = kept
	return nil
}

func (t *Table) duplicate(rows []int) error {
	rows = slices.Compact(slices.Sorted(slices.Values(rows)))
	for _, row := range slices.Backward(rows) {
		if row < 0 || row >= t.Len() {
			return fmt.Errorf("got row %d, want one of %d", row, t.Len())
		}
		twin := *t.records[row+1]
		twin.lead = ""
		if twin.end == "" {
			twin.end = t.lineEnd()
		}
		t.records = slices.Insert(t.records, row+2, &twin)
	}
	return nil
}

func (t *Table) sort(col int, desc bool) error {
	if err := t.has(-1, col); err != nil {
		return err
	}
	slices.SortStableFunc(t.records[1:], func(a, b *record) int {
		n := cmp.Or(strings.Compare(strings.ToLower(a.fields[col]), strings.ToLower(b.fields[col])), strings.Compare(a.fields[col], b.fields[col]))
		if desc {
			return -n
		}
		return n
	})
	return nil
}

// addColumn adds a column at the end, which every rule leaves empty.
func (t *Table) addColumn(name string) error {
	switch {
	case name == "" || !utf8.ValidString(name):
		return errors.New("the column needs a name")
	case slices.Contains(t.Header(), name):
		return fmt.Errorf("the file already has a column %q", name)
	}
	for i, rec := range t.records {
		wider := *rec
		field := ""
		if i == 0 {
			field = name
		}
		wider.raw = append(slices.Clone(rec.raw), t.quote(field, false))
		wider.fields = append(slices.Clone(rec.fields), field)
		t.records[i] = &wider
	}
	return nil
}

// check holds that a reader of CSV reads a record as it was meant.
func (t *Table) check(rec *record) error {
	if len(rec.raw) == 1 && rec.raw[0] == "" { // a record in a file of one column, and nothing without its header
		return nil
	}
	var b strings.Builder
	alone := *rec
	alone.lead = ""
	alone.append(&b, t.delimiter)
	delimiter, _ := utf8.DecodeRuneInString(t.delimiter)
	r := csvtext.NewReader(strings.NewReader(b.String()), &csvtext.Options{Delimiter: delimiter})
	fields, err := r.Read()
	if err != nil && err != io.EOF {
		return err
	}
	if !slices.Equal(fields, rec.fields) {
		return errors.New("the record would be read in another way")
	}
	return nil
}

// ParsePaste reads what a spreadsheet puts on the clipboard: fields between tabs,
// in quotes where they hold line ends.
func ParsePaste(text string) [][]string {
	text = strings.TrimSuffix(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	r := csvtext.NewReader(strings.NewReader(text), &csvtext.Options{Delimiter: '\t', Ragged: true})
	var rows [][]string
	for {
		fields, err := r.Read()
		if err == io.EOF {
			return rows
		}
		if err != nil { // not quoted by a spreadsheet: the text as it stands
			rows = nil
			for line := range strings.Lines(text) {
				rows = append(rows, strings.Split(strings.TrimSuffix(line, "\n"), "\t"))
			}
			return rows
		}
		rows = append(rows, slices.Clone(fields))
	}
}

// Paste returns the edits that put rows of fields at a place: over the cells that
// are there, and into new rows below the last. A first row that repeats the
// header is left out.
func (t *Table) Paste(row, col int, cells [][]string) (ops []Op, err error) {
	if err := t.has(max(row, -1), col); err != nil && row != t.Len() {
		return nil, fmt.Errorf("%w: %w", ErrOp, err)
	}
	if len(cells) > 0 && len(cells[0]) > 1 && slices.Equal(cells[0], t.Header()[min(col, len(t.Header())):min(len(t.Header()), col+len(cells[0]))]) {
		cells = cells[1:]
	}
	var added [][]string
	for i, fields := range cells {
		if col+len(fields) > len(t.Header()) {
			return nil, fmt.Errorf("%w: got %d columns, want at most %d from here on", ErrOp, len(fields), len(t.Header())-col)
		}
		if at := max(row, 0) + i; at < t.Len() {
			for c, text := range fields {
				ops = append(ops, Op{Op: "set", Row: at, Col: col + c, Text: text})
			}
			continue
		}
		added = append(added, append(make([]string, col), fields...))
	}
	if added != nil {
		ops = append(ops, Op{Op: "insert", Row: t.Len(), Cells: added})
	}
	return ops, nil
}
