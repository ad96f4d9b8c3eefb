package flightsql

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	arrow15 "github.com/apache/arrow/go/v15/arrow"
	array15 "github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/adapters/arrow18"
	"github.com/rowsight/rowsight/query/eval"
)

// schema returns the columns of the result.
func (s *plainStatement) schema() (*arrow.Schema, error) {
	if s.fields != nil {
		return arrow18.FromSchema(arrow15.NewSchema(s.fields, nil))
	}
	return arrow18.FromSchema(eval.Schema(s.plan.Output()))
}

// used returns the columns that the statement reads, sorted; nil is all.
func (s *plainStatement) used() []string {
	if s.read == nil {
		return append([]string{}, s.plan.Needs()...)
	}
	if s.read.Columns == nil {
		return nil
	}
	names := slices.Concat(s.read.Columns, s.read.Where.Restricted())
	slices.Sort(names)
	return slices.Compact(names)
}

// explain says what the statement does, without its values.
func (s *plainStatement) explain() []string {
	lines := []string{fmt.Sprintf("dataset %q: the rows that its rules admit", s.name)}
	var filters []string
	if s.read != nil {
		filters = s.read.Where.Restricted()
	} else {
		filters = s.plan.FilterColumns()
	}
	if len(filters) > 0 {
		lines = append(lines, "filter: "+strings.Join(filters, ", "))
	}
	switch {
	case s.empty:
		lines = append(lines, "nothing is read: LIMIT 0")
	case s.read != nil && s.read.Columns == nil:
		lines = append(lines, "read: all columns that the session sees")
	case s.read != nil:
		lines = append(lines, "read: "+strings.Join(s.read.Columns, ", "))
	default:
		var names []string
		for _, c := range s.plan.Output() {
			names = append(names, c.Name)
		}
		what := "groups: "
		if s.plan.Query().Columns != nil {
			what = "page of rows: "
		}
		lines = append(lines, what+strings.Join(names, ", "))
	}
	return lines
}

// newReader returns records of the other Arrow version, with the columns named as in
// the result.
func newReader(schema *arrow.Schema, rows iter.Seq2[arrow15.Record, error], fields []arrow15.Field) array.RecordReader {
	return array.ReaderFromIter(schema, func(yield func(arrow.RecordBatch, error) bool) {
		for rec, err := range rows {
			if err != nil {
				yield(nil, err)
				return
			}
			if fields != nil {
				rec = array15.NewRecord(arrow15.NewSchema(fields, nil), rec.Columns(), rec.NumRows())
			} else {
				rec.Retain()
			}
			out, err := arrow18.FromRecord(rec)
			rec.Release()
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(out, nil) { // which takes the reference
				return
			}
		}
	})
}
