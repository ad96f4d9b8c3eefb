package vet

import (
	"errors"
	"slices"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/predicate/batch"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/internal/distinct"
)

// A dataset is what the checks need of the data: the different values of the
// restricted columns, and the different rows that these make, counted.
type dataset struct {
	*distinct.Table
	schema  *arrow.Schema
	columns []*values // of the restricted columns that are text
}

// values are the different values of one column. Number 0 is NULL and "", which
// behave the same (U12).
type values struct {
	*distinct.Table
	column int
	texts  []string
	cut    map[string]int // of values that SPICE cuts: how many become this one
}

// has reports whether the column holds a value, as it is or as SPICE cuts it.
func (vs *values) has(value string) bool {
	if vs == nil || value == "" {
		return false
	}
	_, ok := vs.Find(vs.column, value)
	return ok || vs.cut[value] > 0
}

// count returns in how many rows the column holds a value.
func (vs *values) count(text string) int {
	id, _ := vs.Find(vs.column, text)
	return vs.RowsWith(vs.column, id)
}

// values returns those of a column, nil without data or such a column.
func (d *dataset) values(name string) *values {
	if d == nil {
		return nil
	}
	if i := slices.Index(d.Columns(), name); i >= 0 {
		return d.columns[i]
	}
	return nil
}

// names returns the names of all columns of the data.
func (d *dataset) names() (names []string) {
	for _, f := range d.schema.Fields() {
		names = append(names, f.Name)
	}
	return names
}

// bindable returns why a column cannot be restricted, or nil.
func bindable(schema *arrow.Schema, name string) (found *batch.BindError) {
	errors.As(batch.Check(schema, name), &found)
	return found
}

// readData reads the columns of that name, those that can be restricted, to the
// end of the data.
func readData(r array.RecordReader, names []string) (*dataset, error) {
	d := &dataset{schema: r.Schema()}
	var columns []string
	for _, name := range names {
		if !slices.Contains(columns, name) && bindable(d.schema, name) == nil {
			columns = append(columns, name)
		}
	}
	var err error
	if d.Table, err = distinct.Read(r, columns); err != nil {
		return nil, err
	}
	for i := range columns {
		vs := &values{Table: d.Table, column: i, texts: d.Texts(i), cut: make(map[string]int)}
		vs.findCuts()
		d.columns = append(d.columns, vs)
	}
	return d, nil
}

// findCuts counts what SPICE makes of values that it cuts (V7).
func (vs *values) findCuts() {
	for _, text := range vs.texts {
		if longer(text, rls.MaxRunes) > 0 {
			vs.cut[cutText(text)]++
		}
	}
	for text := range vs.cut {
		if _, ok := vs.Find(vs.column, text); ok {
			vs.cut[text]++
		}
	}
}

// cutText returns the first characters of text, as SPICE keeps them.
func cutText(text string) string {
	at := 0
	for range rls.MaxRunes {
		_, n := utf8.DecodeRuneInString(text[at:])
		at += n
	}
	return text[:at]
}

// few returns the values of the column, quoted, if they are at most n.
func (vs *values) few(n int) string {
	if len(vs.texts) == 1 || len(vs.texts) > n+1 {
		return ""
	}
	return some(slices.Sorted(slices.Values(vs.texts[1:])))
}
