package main

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// An Answer tells two sets of rows apart, whatever their order. Of a mask only
// the first three fields are known.
type Answer struct {
	Rows int64 // how many
	IDs  int64 // sum of id, which is ts - epoch
	Mix  int64 // sum of id² mod 1,000,003: two rows mixed up cancel out in IDs, not here

	Bytes  int64   // of all texts
	Amount float64 // sum, exact
}

// String returns the answer as the report shows it.
func (a Answer) String() string {
	return fmt.Sprintf("%d rows, ids %d, mix %d, bytes %d, amount %.2f", a.Rows, a.IDs, a.Mix, a.Bytes, a.Amount)
}

func (a *Answer) add(b Answer) {
	a.Rows += b.Rows
	a.IDs += b.IDs
	a.Mix += b.Mix
	a.Bytes += b.Bytes
	a.Amount += b.Amount
}

// masked returns what is known of a mask.
func (a Answer) masked() Answer { return Answer{Rows: a.Rows, IDs: a.IDs, Mix: a.Mix} }

func (a *Answer) row(ts int64) {
	id := ts - epoch
	a.Rows++
	a.IDs += id
	a.Mix += id * id % 1_000_003
}

// maskAnswer returns the answer of the rows of rec that visible names.
func maskAnswer(rec arrow.Record, visible func(row int) bool) (a Answer) {
	ts := columnOf[*array.Int64](rec, "ts")
	for row := range int(rec.NumRows()) {
		if visible(row) {
			a.row(ts.Value(row))
		}
	}
	return a
}

// rowsAnswer returns the answer of all rows of rec, values included.
func rowsAnswer(rec arrow.Record) (a Answer) {
	return selectedAnswer(rec, func(int) bool { return true })
}

func selectedAnswer(rec arrow.Record, visible func(row int) bool) Answer {
	a := maskAnswer(rec, visible)
	for i := range int(rec.NumCols()) {
		length := textLength(rec.Column(i))
		amount, _ := rec.Column(i).(*array.Float64)
		for row := range int(rec.NumRows()) {
			if rec.Column(i).IsNull(row) || !visible(row) {
				continue
			}
			if length != nil {
				a.Bytes += int64(length(row))
			}
			if amount != nil {
				a.Amount += amount.Value(row)
			}
		}
	}
	return a
}

// textLength returns the length of a row's text, or nil if arr is not text.
func textLength(arr arrow.Array) func(row int) int {
	switch arr := arr.(type) {
	case *array.Dictionary:
		value := textLength(arr.Dictionary())
		return func(row int) int { return value(arr.GetValueIndex(row)) }
	case interface{ Value(int) string }:
		return func(row int) int { return len(arr.Value(row)) }
	default:
		return nil
	}
}

// columnOf returns a column by name; a panic here is a bug of this program.
func columnOf[T arrow.Array](rec arrow.Record, name string) T {
	return rec.Column(rec.Schema().FieldIndices(name)[0]).(T)
}
