package studio

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// newRules begins a rule file from nothing: principal columns, and those that the
// rules restrict. It has no place on disk.
func (e *Engine) newRules(ctx context.Context, q struct {
	Columns []string `json:"columns"`
}) (*state, error) {
	t := &Table{delimiter: ",", records: []*record{{end: "\n"}}}
	for i, name := range q.Columns {
		if name == "" || slices.Contains(q.Columns[:i], name) {
			return nil, &Problem{Code: "refused", Text: fmt.Sprintf("got the column %q, want names that differ", name)}
		}
		head := t.records[0]
		head.raw, head.fields = append(head.raw, t.quote(name, false)), append(head.fields, name)
	}
	if len(q.Columns) < 2 {
		return nil, &Problem{Code: "refused", Text: "want a column of users or groups, and one that the rules restrict"}
	}
	if err := t.check(t.records[0]); err != nil {
		return nil, &Problem{Code: "refused", Text: err.Error()}
	}
	path, err := e.host.Keep("rules.csv", []byte(t.Text()))
	if err == nil {
		err = e.openBeside(ctx, "rules", path)
	}
	if err != nil {
		return nil, err
	}
	return e.newState(), nil
}

// openBeside opens a file that was made of the data on the page, which stays.
func (e *Engine) openBeside(ctx context.Context, kind, path string) error {
	e.mu.Lock()
	e.files.Example = false
	e.mu.Unlock()
	return e.open(ctx, kind, path)
}

// renameColumn gives a column another name.
func (t *Table) renameColumn(col int, name string) error {
	if err := t.has(-1, col); err != nil {
		return err
	}
	if i := slices.Index(t.Header(), name); i >= 0 && i != col {
		return fmt.Errorf("the file already has a column %q", name)
	}
	if name == "" {
		return fmt.Errorf("the column needs a name")
	}
	return t.set(-1, col, name)
}

// dropColumn takes a column out of every record.
func (t *Table) dropColumn(col int) error {
	if err := t.has(-1, col); err != nil {
		return err
	}
	if len(t.Header()) == 1 {
		return fmt.Errorf("the file needs a column")
	}
	alone := len(t.Header()) == 2
	for i, rec := range t.records {
		less := *rec
		if col < len(rec.raw) {
			less.raw = slices.Delete(slices.Clone(rec.raw), col, col+1)
			less.fields = slices.Delete(slices.Clone(rec.fields), col, col+1)
		}
		if alone { // of one column, a blank line is a record
			less.lead = ""
			if less.fields[0] == "" {
				less.raw[0] = `""`
			}
		}
		t.records[i] = &less
	}
	if alone {
		t.tail = strings.TrimLeft(t.tail, "\r\n")
	}
	return nil
}
