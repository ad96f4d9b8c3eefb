package batchtest_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/testkit/randrecords"
	"github.com/rowsight/rowsight/predicate/batch/batchtest"
)

func TestZero(t *testing.T) {
	empty := array.NewRecord(arrow.NewSchema(nil, nil), nil, 0)
	require.Empty(t, batchtest.Leftovers(empty))
	require.Empty(t, batchtest.Find(empty, []byte("x")))
	require.Empty(t, batchtest.Find(empty, nil), "no text is nowhere")
	require.Equal(t, " (<nil>): buffer 0, bytes 0 to -1", batchtest.Range{}.String())
}

func column(data arrow.ArrayData) arrow.Record {
	a := array.MakeFromData(data)
	return array.NewRecord(arrow.NewSchema([]arrow.Field{{Name: "x", Type: a.DataType(), Nullable: true}}, nil), []arrow.Array{a}, int64(a.Len()))
}

func buffer(b ...byte) *memory.Buffer { return memory.NewBufferBytes(slices.Clip(b)) }

func int32s(v ...int32) *memory.Buffer {
	return buffer(arrow.Int32Traits.CastToBytes(v)...)
}

type (
	bufs     = []*memory.Buffer
	children = []arrow.ArrayData
)

// TestLeftovers has a record for each place where something can be left over,
// and one beside it where nothing is.
func TestLeftovers(t *testing.T) {
	str, u8 := arrow.BinaryTypes.String, arrow.PrimitiveTypes.Uint8
	bytes := func(b ...byte) arrow.ArrayData { return array.NewData(u8, len(b), bufs{nil, buffer(b...)}, nil, 0, 0) }
	fields := []arrow.Field{{Name: "a", Type: u8, Nullable: true}, {Name: "b", Type: u8, Nullable: true}}
	sparse, dense := arrow.SparseUnionOf(fields, []arrow.UnionTypeCode{3, 7}), arrow.DenseUnionOf(fields, []arrow.UnionTypeCode{3, 7})
	dict := &arrow.DictionaryType{IndexType: u8, ValueType: u8}
	ree := arrow.RunEndEncodedOf(arrow.PrimitiveTypes.Int32, u8)
	lv := arrow.ListViewOf(u8)
	inner := arrow.StructOf(fields[:1]...)
	for _, tt := range []struct {
		reason string
		data   arrow.ArrayData
		want   string // "" if nothing is left over
	}{
		{"values", bytes(1, 2), ""},
		{"before a slice", array.NewData(u8, 1, bufs{nil, buffer(1, 2)}, nil, 0, 1), "x (uint8): buffer 1, bytes 0 to 0"},
		{"behind a slice", array.NewData(u8, 1, bufs{nil, buffer(1, 2)}, nil, 0, 0), "x (uint8): buffer 1, bytes 1 to 1"},
		{"in spare capacity", array.NewData(u8, 1, bufs{nil, memory.NewBufferBytes([]byte{1, 2, 3}[:1])}, nil, 0, 0), "x (uint8): buffer 1, bytes 1 to 2"},
		{"zeros in spare capacity", array.NewData(u8, 1, bufs{nil, memory.NewBufferBytes([]byte{1, 0, 0}[:1])}, nil, 0, 0), ""},
		{"in the parent of a buffer", array.NewData(u8, 1, bufs{nil, memory.SliceBuffer(buffer(9, 1), 1, 1)}, nil, 0, 0), "x (uint8): buffer 1, bytes 0 to 0"},
		{"below a null", array.NewData(u8, 2, bufs{buffer(0b01), buffer(1, 2)}, nil, 1, 0), "x (uint8): buffer 1, bytes 1 to 1"},
		{"a zeroed null", array.NewData(u8, 2, bufs{buffer(0b01), buffer(1, 0)}, nil, 1, 0), ""},
		{"a bit behind the rows", array.NewData(u8, 2, bufs{buffer(0b101), buffer(1, 0)}, nil, 1, 0), "x (uint8): buffer 0, bytes 0 to 0"},
		{"a boolean behind the rows", array.NewData(arrow.FixedWidthTypes.Boolean, 1, bufs{nil, buffer(0b10)}, nil, 0, 0), "x (bool): buffer 1, bytes 0 to 0"},
		{"texts", array.NewData(str, 2, bufs{nil, int32s(0, 1, 2), buffer('a', 'b')}, nil, 0, 0), ""},
		{"text of a null", array.NewData(str, 2, bufs{buffer(0b01), int32s(0, 1, 2), buffer('a', 'b')}, nil, 1, 0), "x (utf8): buffer 1, bytes 8 to 8"},
		{"text of no row", array.NewData(str, 1, bufs{nil, int32s(0, 1), buffer('a', 'b')}, nil, 0, 0), "x (utf8): buffer 2, bytes 1 to 1"},
		{"item of a null list", array.NewData(arrow.ListOf(u8), 2, bufs{buffer(0b01), int32s(0, 1, 1)}, children{bytes(1, 2)}, 1, 0), "x.item (uint8): buffer 1, bytes 1 to 1"},
		{"item between list views", array.NewData(lv, 2, bufs{nil, int32s(0, 2), int32s(1, 1)}, children{bytes(1, 2, 3)}, 0, 0), "x.item (uint8): buffer 1, bytes 1 to 1"},
		{"item of a null fixed-size list", array.NewData(arrow.FixedSizeListOf(2, u8), 1, bufs{buffer(0)}, children{bytes(0, 2)}, 1, 0), "x.item (uint8): buffer 1, bytes 1 to 1"},
		{"child of a null struct", array.NewData(inner, 1, bufs{buffer(0)}, children{bytes(5)}, 1, 0), "x.a (uint8): buffer 1, bytes 0 to 0"},
		{"validity below a null", array.NewData(inner, 1, bufs{buffer(0)}, children{array.NewData(u8, 1, bufs{buffer(1), buffer(0)}, nil, 0, 0)}, 1, 0), "x.a (uint8): buffer 0, bytes 0 to 0"},
		{"child that a sparse union does not select", array.NewData(sparse, 1, bufs{nil, buffer(7)}, children{bytes(5), bytes(6)}, 0, 0), "x.a (uint8): buffer 1, bytes 0 to 0"},
		{"item that a dense union does not select", array.NewData(dense, 1, bufs{nil, buffer(7), int32s(0)}, children{bytes(5), bytes(6)}, 0, 0), "x.a (uint8): buffer 1, bytes 0 to 0"},
		{"a union that selects", array.NewData(dense, 1, bufs{nil, buffer(7), int32s(0)}, children{bytes(), bytes(6)}, 0, 0), ""},
		{"a value that no index uses", array.NewDataWithDictionary(dict, 1, bufs{nil, buffer(1)}, 0, 0, bytes(5, 6).(*array.Data)), "x.dictionary (uint8): buffer 1, bytes 0 to 0"},
		{"index of a null", array.NewDataWithDictionary(dict, 2, bufs{buffer(0b01), buffer(0, 1)}, 1, 0, bytes(5).(*array.Data)), "x (dictionary<values=uint8, indices=uint8, ordered=false>): buffer 1, bytes 1 to 1"},
		{"a run of no row", array.NewData(ree, 1, bufs{nil}, children{array.NewData(arrow.PrimitiveTypes.Int32, 2, bufs{nil, int32s(1, 2)}, nil, 0, 0), bytes(5, 0)}, 0, 0), "x.run_ends (int32): buffer 1, bytes 4 to 4"},
		{"value of a run of no row", array.NewData(ree, 1, bufs{nil}, children{array.NewData(arrow.PrimitiveTypes.Int32, 1, bufs{nil, int32s(1)}, nil, 0, 0), array.NewData(u8, 1, bufs{nil, buffer(5, 6)}, nil, 0, 0)}, 0, 0), "x.values (uint8): buffer 1, bytes 1 to 1"},
	} {
		t.Run(tt.reason, func(t *testing.T) {
			got := batchtest.Leftovers(column(tt.data))
			if tt.want == "" {
				require.Empty(t, got)
				return
			}
			require.NotEmpty(t, got)
			require.Equal(t, tt.want, got[0].String())
		})
	}
}

// TestEverySecretIsLeftOver: what random records hide lies in what Leftovers
// finds. Of a text, a byte or two may be live: buffers share memory, and a number
// may be a letter of the text.
func TestEverySecretIsLeftOver(t *testing.T) {
	rnd := rand.New(rand.NewPCG(31, 32))
	secrets := 0
	for range 2000 {
		dt := randrecords.Type(rnd, rnd.IntN(5), randrecords.Any)
		shown := slices.Repeat([]bool{true}, rnd.IntN(20))
		rec := column(randrecords.Array(rnd, dt, shown).Data())
		left := batchtest.Leftovers(rec)
		for _, r := range batchtest.Find(rec, []byte(randrecords.Secret)) {
			secrets++
			require.True(t, slices.ContainsFunc(left, func(l batchtest.Range) bool {
				return slices.Equal(l.Path, r.Path) && l.Buffer == r.Buffer && l.From < r.To && r.From < l.To
			}), "%s in %s, found %v", r, dt, left)
		}
	}
	require.Greater(t, secrets, 10_000)
}
