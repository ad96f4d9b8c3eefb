package batches_test

import (
	"errors"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/batches"
)

func TestZero(t *testing.T) {
	var r batches.Reader
	require.False(t, r.Next())
	require.Nil(t, r.Record())
	require.NoError(t, r.Err())
	r.Release()
}

func TestReader(t *testing.T) {
	failed := errors.New("failed")
	for _, tt := range []struct {
		reason string
		n      int // records before the end
		err    error
	}{
		{"records, and then the end", 3, nil},
		{"no record", 0, nil},
		{"an error at once", 0, failed},
		{"an error after records", 2, failed},
	} {
		t.Run(tt.reason, func(t *testing.T) {
			mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
			defer mem.AssertSize(t, 0)
			schema := arrow.NewSchema([]arrow.Field{{Name: "n", Type: arrow.PrimitiveTypes.Int64}}, nil)
			calls, closed := 0, 0
			r := batches.New(schema, func() (arrow.Record, error) {
				if calls++; calls > tt.n {
					return nil, tt.err
				}
				b := array.NewRecordBuilder(mem, schema)
				defer b.Release()
				b.Field(0).(*array.Int64Builder).Append(int64(calls))
				return b.NewRecord(), nil
			}, func() { closed++ })
			r.Retain()
			for i := range tt.n {
				require.True(t, r.Next())
				require.Equal(t, int64(i+1), r.Record().Column(0).(*array.Int64).Value(0))
			}
			for range 2 { // the end stays the end
				require.False(t, r.Next())
				require.Equal(t, tt.err, r.Err())
			}
			require.Equal(t, tt.n+1, calls)
			r.Release()
			require.Zero(t, closed)
			r.Release()
			require.Equal(t, 1, closed)
		})
	}
}

// A record that is not read to the end is released with its reader.
func TestReleasedEarly(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	schema := arrow.NewSchema([]arrow.Field{{Name: "n", Type: arrow.PrimitiveTypes.Int64}}, nil)
	r := batches.New(schema, func() (arrow.Record, error) {
		b := array.NewRecordBuilder(mem, schema)
		defer b.Release()
		b.Field(0).(*array.Int64Builder).Append(1)
		return b.NewRecord(), nil
	}, nil)
	require.True(t, r.Next())
	r.Release()
	require.False(t, r.Next())
}
