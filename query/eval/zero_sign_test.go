package eval_test

import (
	"encoding/json"
	"iter"
	"math"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/query"
	"github.com/rowsight/rowsight/query/eval"
)

// TestZeroSign: the order of 0 and -0 changes no answer.
func TestZeroSign(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	negative := math.Copysign(0, -1)
	for _, values := range [][]float64{{0, negative}, {negative, 0}, {negative}} {
		b := array.NewRecordBuilder(mem, arrow.NewSchema([]arrow.Field{{Name: "f", Type: arrow.PrimitiveTypes.Float64}}, nil))
		defer b.Release()
		b.Field(0).(*array.Float64Builder).AppendValues(values, nil)
		rec := b.NewRecord()
		defer rec.Release()
		q := query.Query{Measures: []query.Measure{
			{Func: query.Min, Of: query.Col("f")}, {Func: query.Max, Of: query.Col("f")}, {Func: query.Percentile, Percent: "50", Of: query.Col("f")},
		}}
		plan, err := q.Check(eval.Columns(rec.Schema()))
		require.NoError(t, err)
		var rows iter.Seq2[arrow.Record, error] = func(yield func(arrow.Record, error) bool) { yield(rec, nil) }
		r, err := eval.Answer(t.Context(), plan, rows, nil)
		require.NoError(t, err)
		text, err := json.Marshal(r)
		require.NoError(t, err)
		require.NotContains(t, string(text), "-0")
		r.Release()
	}
}
