package main

import (
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// Hand-written Go as it is usually written: a map for each list of values, and
// for each row one rule after the other until one accepts it.

func openMaps(_ *Env, d *Data, threads int) (Session, error) {
	return &handSession{data: d, threads: threads, compile: compileMaps}, nil
}

func compileMaps(c *Case, schema *arrow.Schema) matcher {
	type test struct {
		column int
		values map[string]struct{}
	}
	rules := make([][]test, len(c.Rules))
	for i, rule := range c.Rules {
		for _, name := range c.Columns() {
			if rule[name] == nil {
				continue
			}
			set := make(map[string]struct{}, len(rule[name]))
			for _, v := range rule[name] {
				set[v] = struct{}{}
			}
			rules[i] = append(rules[i], test{schema.FieldIndices(name)[0], set})
		}
	}
	return func(rec arrow.Record) func(int) bool {
		texts := make([]func(int) string, rec.NumCols())
		for i := range texts {
			texts[i] = textOf(rec.Column(i))
		}
		return func(row int) bool {
		next:
			for _, rule := range rules {
				for _, t := range rule {
					if _, ok := t.values[texts[t.column](row)]; !ok {
						continue next
					}
				}
				return true
			}
			return false
		}
	}
}

// textOf returns how to read a column of text; NULL reads as "".
func textOf(arr arrow.Array) func(row int) string {
	switch arr := arr.(type) {
	case *array.String:
		if arr.NullN() == 0 {
			return arr.Value
		}
		return func(row int) string {
			if arr.IsNull(row) {
				return ""
			}
			return arr.Value(row)
		}
	case *array.Dictionary:
		values := arr.Dictionary().(*array.String)
		indices := arr.Indices().(*array.Int32)
		return func(row int) string {
			if indices.IsNull(row) {
				return ""
			}
			return values.Value(int(indices.Value(row)))
		}
	default:
		return nil
	}
}

// A matcher prepares for a batch and returns which of its rows are visible.
type matcher func(rec arrow.Record) (visible func(row int) bool)

// handSession runs a matcher row by row, and builds rows with Arrow's builders.
type handSession struct {
	data    *Data
	threads int
	compile func(c *Case, schema *arrow.Schema) matcher
}

func (s *handSession) Version() string { return "" }
func (s *handSession) Close()          {}

func (s *handSession) Prepare(c *Case) (Query, time.Duration, error) {
	q := &handQuery{handSession: s}
	took, _ := timed(func() error {
		q.match = s.compile(c, s.data.Schema)
		return nil
	})
	return q, took, nil
}

type handQuery struct {
	*handSession
	match matcher
}

func (q *handQuery) Close() {}

func (q *handQuery) Run(k Kind, p Part, check *Answer) (time.Duration, error) {
	batches, _ := q.data.Part(p)
	var sum answers
	took, err := timed(func() error {
		return eachBatch(batches, q.threads, func(_, _ int, rec arrow.Record) error {
			visible := q.match(rec)
			if k == Mask {
				mask := make([]bool, rec.NumRows())
				for row := range mask {
					mask[row] = visible(row)
				}
				if check != nil {
					sum.add(maskAnswer(rec, func(row int) bool { return mask[row] }))
				}
				return nil
			}
			out := buildRows(rec, visible)
			defer out.Release()
			if check != nil {
				sum.add(rowsAnswer(out))
			}
			return nil
		})
	})
	if check != nil {
		*check = sum.sum
	}
	return took, err
}
