package suite

import (
	"testing"

	"github.com/rowsight/rowsight/internal/testkit/corpus"
)

// loadCorpus returns the cases that say which rows of a table are visible.
func loadCorpus(t *testing.T) (cases []corpus.Case) {
	t.Helper()
	for _, c := range corpus.Load(t) {
		if c.Kind != "relations" && c.Kind != "arns" {
			cases = append(cases, c)
		}
	}
	return cases
}

// tableOf returns a table of a corpus with its columns of text.
func tableOf(in *corpus.Table, name, typ string) Table {
	out := Table{Name: name, Type: typ}
	for row := range in.Rows {
		out.Rows = append(out.Rows, Row{ID: in.ID(row)})
	}
	for i, c := range in.Columns {
		if c.Type != "text" {
			continue
		}
		out.Columns = append(out.Columns, c.Name)
		for row, cells := range in.Rows {
			var cell *string
			if s, ok := cells[i].(string); ok {
				cell = &s
			}
			out.Rows[row].Cells = append(out.Rows[row].Cells, cell)
		}
	}
	return out
}
