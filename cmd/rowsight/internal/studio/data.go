package studio

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sort"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/predicate/batch"
)

// A dataset is the data in memory. It never changes. Its records are never
// released, because an answer may still be computed from them when another file
// is opened: the garbage collector takes them.
type dataset struct {
	schema  *arrow.Schema
	records []arrow.Record
	before  []int // rows before each record
	rows    int
}

func (e *Engine) readData(ctx context.Context, path string) (*dataset, error) {
	var columns []string
	s := e.snapshot()
	if rules, err := s.now.read(); err == nil {
		columns = append(columns, rules.Columns()...)
	}
	if config, err := s.tags.config(); err == nil {
		columns = append(columns, config.Columns()...)
	}
	r, err := e.host.Data(ctx, path, columns)
	if err != nil {
		return nil, err
	}
	defer r.Release()
	d := &dataset{schema: r.Schema()}
	for r.Next() {
		rec := r.Record()
		if rec.NumRows() == 0 {
			continue
		}
		rec.Retain()
		d.records, d.before = append(d.records, rec), append(d.before, d.rows)
		d.rows += int(rec.NumRows())
	}
	return d, r.Err()
}

// reader reads the data from its beginning, until the context ends: a page that
// has asked something newer does not wait for an older answer.
func (d *dataset) reader(ctx context.Context) (array.RecordReader, error) {
	r, err := array.NewRecordReader(d.schema, d.records)
	if err != nil {
		return nil, err
	}
	return &stoppable{r, ctx}, nil
}

// A stoppable reader ends with its context.
type stoppable struct {
	array.RecordReader
	ctx context.Context
}

// Next implements [array.RecordReader].
func (r *stoppable) Next() bool { return r.ctx.Err() == nil && r.RecordReader.Next() }

// Err implements [array.RecordReader].
func (r *stoppable) Err() error { return errors.Join(r.ctx.Err(), r.RecordReader.Err()) }

// at returns the record with a row, and where the row is in it.
func (d *dataset) at(row int) (rec arrow.Record, i int) {
	k := sort.SearchInts(d.before, row+1) - 1
	return d.records[k], row - d.before[k]
}

// fits is an error if the data lacks columns, or holds no text in them.
func (d *dataset) fits(columns []string) error {
	err := batch.Check(d.schema, columns...)
	if err == nil {
		return nil
	}
	var names []string
	for _, f := range d.schema.Fields() {
		names = append(names, f.Name)
	}
	return &Problem{Code: "no-fit", Text: errors.Join(err, fmt.Errorf("the data has the columns %q", names)).Error()}
}

// texts returns the values of a row as they print; nil for NULL.
func (e *Engine) texts(d *dataset, row int) ([]*string, error) {
	rec, i := d.at(row)
	out := make([]*string, rec.NumCols())
	for c := range out {
		arr := rec.Column(c)
		if arr.IsNull(i) {
			continue
		}
		text, err := e.host.Text(arr, d.schema.Field(c))
		if err != nil {
			return nil, err
		}
		s, err := text(i)
		if err != nil {
			return nil, err
		}
		out[c] = &s
	}
	return out, nil
}

// named returns the values of some columns of a row by name; "" for no value.
func (e *Engine) named(d *dataset, row int, columns []string) (map[string]string, error) {
	texts, err := e.texts(d, row)
	if err != nil {
		return nil, err
	}
	values := make(map[string]string, len(columns))
	for _, column := range columns {
		values[column] = ""
		for _, c := range d.schema.FieldIndices(column) {
			if texts[c] != nil {
				values[column] = *texts[c]
			}
		}
	}
	return values, nil
}

// A valueList has values of a column of the data for people to choose from.
type valueList struct {
	Values []string `json:"values"`
	More   bool     `json:"more"`
}

// maxChoices is how many values are offered.
const maxChoices = 200

// values returns values of a column of the data that contain a text.
func (e *Engine) values(_ context.Context, q struct {
	Column string `json:"column"`
	Text   string `json:"text"`
}) (*valueList, error) {
	s := e.snapshot()
	list := &valueList{Values: []string{}}
	if s.data == nil {
		return list, nil
	}
	at := s.data.schema.FieldIndices(q.Column)
	if len(at) != 1 {
		return list, nil
	}
	distinct, err := e.distinct(s.data, at[0])
	if err != nil {
		return nil, err
	}
	for _, v := range distinct {
		if contains(v, q.Text) {
			if len(list.Values) == maxChoices {
				list.More = true
				break
			}
			list.Values = append(list.Values, v)
		}
	}
	return list, nil
}

// maxDistinct is how many values of a column are collected.
const maxDistinct = 10_000

// distinct returns the values of a column in order, at most maxDistinct.
func (e *Engine) distinct(d *dataset, column int) ([]string, error) {
	seen := make(map[string]bool)
	for text, err := range e.column(d, column) {
		if err != nil {
			return nil, err
		}
		if text != "" {
			seen[text] = true
		}
		if len(seen) == maxDistinct {
			break
		}
	}
	return slices.Sorted(maps.Keys(seen)), nil
}

// column returns the values of a column as they print, row by row; "" for NULL.
func (e *Engine) column(d *dataset, column int) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for _, rec := range d.records {
			arr := rec.Column(column)
			text, err := e.host.Text(arr, d.schema.Field(column))
			if err != nil {
				yield("", err)
				return
			}
			for i := range arr.Len() {
				value := ""
				if !arr.IsNull(i) {
					value, err = text(i)
				}
				if !yield(value, err) {
					return
				}
			}
		}
	}
}
