package corpus

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
)

// A Table holds rows as the cases describe them. A nil text is NULL.
type Table struct {
	Columns []Column
	Rows    [][]any // int64, float64, bool, string or nil
}

// A Column is one column of a table. Type is int64, float64, bool or text.
type Column struct{ Name, Type string }

// ID returns the id of a row.
func (t *Table) ID(row int) int64 { return t.Rows[row][0].(int64) }

// Value is what [predicate.Predicate.Match] asks about a row.
func (t *Table) Value(row int) func(string) (string, bool) {
	return func(column string) (string, bool) {
		for i, c := range t.Columns {
			if c.Name == column {
				s, ok := t.Rows[row][i].(string)
				return s, ok
			}
		}
		return "", false
	}
}

// IDs reads an expectation: "all", or a list of ids.
func (t *Table) IDs(tb testing.TB, raw json.RawMessage) []int64 {
	tb.Helper()
	ids := []int64{}
	if string(raw) == `"all"` {
		for row := range t.Rows {
			ids = append(ids, t.ID(row))
		}
		return ids
	}
	require.NoError(tb, Strict(raw, &ids))
	return ids
}

// Tables reads the tables of the corpus.
func Tables(t testing.TB) map[string]*Table {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(folder(t), "tables.json"))
	require.NoError(t, err)
	var f struct {
		Format int
		About  string
		Tables map[string]struct {
			Columns []Column
			Rows    [][]json.RawMessage
		}
	}
	require.NoError(t, Strict(data, &f))
	tables := make(map[string]*Table)
	for name, in := range f.Tables {
		out := &Table{Columns: in.Columns}
		for _, cells := range in.Rows {
			require.Len(t, cells, len(in.Columns), name)
			row := make([]any, len(cells))
			for i, raw := range cells {
				row[i] = readCell(t, in.Columns[i].Type, raw)
			}
			out.Rows = append(out.Rows, row)
		}
		tables[name] = out
	}
	return tables
}

func readCell(t testing.TB, kind string, raw json.RawMessage) any {
	t.Helper()
	if string(raw) == "null" {
		return nil
	}
	switch kind {
	case "int64":
		n, err := strconv.ParseInt(string(raw), 10, 64)
		require.NoError(t, err)
		return n
	case "float64":
		f, err := strconv.ParseFloat(string(raw), 64)
		require.NoError(t, err)
		return f
	case "bool":
		b, err := strconv.ParseBool(string(raw))
		require.NoError(t, err)
		return b
	default:
		require.Equal(t, "text", kind)
		return Text(t, raw)
	}
}

// Matched returns the ids of the rows that p matches.
func (t *Table) Matched(p predicate.Predicate) []int64 {
	ids := []int64{}
	for row := range t.Rows {
		if p.Match(t.Value(row)) {
			ids = append(ids, t.ID(row))
		}
	}
	return ids
}
