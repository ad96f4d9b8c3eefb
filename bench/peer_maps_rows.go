package main

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// buildRows copies the visible rows of rec column by column with Arrow's
// builders. A dictionary is kept as it is: its hidden values leave with the
// result, which rowsight does not let happen.
func buildRows(rec arrow.Record, visible func(row int) bool) arrow.Record {
	var rows []int
	for row := range int(rec.NumRows()) {
		if visible(row) {
			rows = append(rows, row)
		}
	}
	cols := make([]arrow.Array, rec.NumCols())
	for i, c := range rec.Columns() {
		cols[i] = buildColumn(c, rows)
		defer cols[i].Release()
	}
	return array.NewRecord(rec.Schema(), cols, int64(len(rows)))
}

func buildColumn(c arrow.Array, rows []int) arrow.Array {
	switch c := c.(type) {
	case *array.String:
		b := array.NewStringBuilder(memory.DefaultAllocator)
		defer b.Release()
		return appendRows(b, rows, c, c.Value)
	case *array.Int32:
		b := array.NewInt32Builder(memory.DefaultAllocator)
		defer b.Release()
		return appendRows(b, rows, c, c.Value)
	case *array.Int64:
		b := array.NewInt64Builder(memory.DefaultAllocator)
		defer b.Release()
		return appendRows(b, rows, c, c.Value)
	case *array.Float64:
		b := array.NewFloat64Builder(memory.DefaultAllocator)
		defer b.Release()
		return appendRows(b, rows, c, c.Value)
	case *array.Dictionary:
		indices := buildColumn(c.Indices(), rows)
		defer indices.Release()
		return array.NewDictionaryArray(c.DataType(), indices, c.Dictionary())
	default:
		panic("bench: no builder for " + c.DataType().String()) // not a column of schemaOf
	}
}

type builderOf[T any] interface {
	array.Builder
	Append(T)
}

func appendRows[T any](b builderOf[T], rows []int, c arrow.Array, value func(int) T) arrow.Array {
	b.Reserve(len(rows))
	for _, row := range rows {
		if c.IsNull(row) {
			b.AppendNull()
		} else {
			b.Append(value(row))
		}
	}
	return b.NewArray()
}
