package batch

import (
	"runtime"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
)

// TestMemosOfTheDead: a filter remembers no dictionary that is gone. Each row group of a
// file may have one, of any size.
func TestMemosOfTheDead(t *testing.T) {
	schema := arrow.NewSchema([]arrow.Field{{Name: "tenant", Type: &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}}}, nil)
	filter, err := Bind(predicate.In("tenant", "a"), schema, &Options{Workers: 1})
	require.NoError(t, err)
	shown := func(value string) arrow.Record {
		b := array.NewRecordBuilder(memory.NewGoAllocator(), schema)
		defer b.Release()
		require.NoError(t, b.Field(0).(*array.BinaryDictionaryBuilder).AppendString(value))
		return b.NewRecord()
	}
	remembered := func(recs ...arrow.Record) int {
		for i, rec := range recs {
			mask, err := filter.Mask(rec)
			require.NoError(t, err)
			require.Equal(t, i == 0, mask.Value(0))
			mask.Release()
		}
		defer runtime.KeepAlive(recs)
		return len(*filter.plan.table.columns[0].memos.list.Load())
	}
	require.Equal(t, 2, remembered(shown("a"), shown("b")), "both are there")
	runtime.GC()
	require.Equal(t, 1, remembered(shown("a")), "the others are gone")
}
