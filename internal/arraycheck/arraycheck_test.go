package arraycheck_test

import (
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/arraycheck"
)

// Every layout, whole and broken, is tried by the tests of adapters/arrow18,
// whose conversions rest on this package, and by those of internal/tabular,
// which flip bits in IPC bytes.

func TestZero(t *testing.T) {
	require.ErrorIs(t, arraycheck.Validate(nil), arraycheck.ErrMalformed)
}

// record has one text column with the given offsets over the bytes "abc".
func record(offsets ...int32) arrow.Record {
	data := array.NewData(arrow.BinaryTypes.String, len(offsets)-1,
		[]*memory.Buffer{nil, memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(offsets)), memory.NewBufferBytes([]byte("abc"))}, nil, 0, 0)
	schema := arrow.NewSchema([]arrow.Field{{Name: "a", Type: arrow.BinaryTypes.String}}, nil)
	return array.NewRecord(schema, []arrow.Array{array.NewStringData(data)}, int64(len(offsets)-1))
}

func TestValidate(t *testing.T) {
	require.NoError(t, arraycheck.Validate(record(0, 1, 1, 3)))
	err := arraycheck.Validate(record(0, 2, 1, 3))
	require.ErrorIs(t, err, arraycheck.ErrMalformed)
	require.EqualError(t, err, `column "a": utf8: malformed array: offset of row 2 goes back from 2 to 1`)
	var where *arraycheck.Error
	require.ErrorAs(t, err, &where)
	require.Equal(t, `column "a"`, where.Path)
}

func TestShape(t *testing.T) {
	col := record(0, 1, 3).Column(0).Data()
	require.NoError(t, arraycheck.Shape(col, arraycheck.Storage(col.DataType())))
	long := array.NewData(arrow.BinaryTypes.String, 9, col.Buffers(), nil, 0, 0)
	require.ErrorIs(t, arraycheck.Shape(long, long.DataType()), arraycheck.ErrMalformed)
	require.Zero(t, arraycheck.Nulls(col, col.DataType()))
	require.Empty(t, arraycheck.Below(col.DataType()))
}
