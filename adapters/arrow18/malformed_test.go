package arrow18_test

import (
	"testing"

	v18 "github.com/apache/arrow-go/v18/arrow"
	array18 "github.com/apache/arrow-go/v18/arrow/array"
	mem18 "github.com/apache/arrow-go/v18/arrow/memory"
	v15 "github.com/apache/arrow/go/v15/arrow"
	array15 "github.com/apache/arrow/go/v15/arrow/array"
	mem15 "github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/arrow18"
)

// raw is an array that says whatever its data say; the real ones panic when
// they are made from data as wrong as these.
type raw struct {
	v18.Array
	data v18.ArrayData
}

func (r raw) DataType() v18.DataType { return r.data.DataType() }
func (r raw) Data() v18.ArrayData    { return r.data }

func bytes18(b ...byte) *mem18.Buffer { return mem18.NewBufferBytes(b) }
func int32s(v ...int32) *mem18.Buffer {
	return mem18.NewBufferBytes(v18.Int32Traits.CastToBytes(v))
}

type bufs18 = []*mem18.Buffer

// ints is a child of n rows that is as it should be.
func ints(n int) v18.ArrayData {
	return array18.NewData(v18.PrimitiveTypes.Int32, n, bufs18{nil, mem18.NewBufferBytes(make([]byte, 4*n))}, nil, 0, 0)
}

func runs(ends ...int32) v18.ArrayData {
	return array18.NewData(v18.PrimitiveTypes.Int32, len(ends), bufs18{nil, int32s(ends...)}, nil, 0, 0)
}

var (
	str   = v18.BinaryTypes.String
	i32   = v18.PrimitiveTypes.Int32
	list  = v18.ListOf(i32)
	views = v18.BinaryTypes.StringView
	lv    = v18.ListViewOf(i32)
	dict  = &v18.DictionaryType{IndexType: v18.PrimitiveTypes.Uint8, ValueType: i32}
	strct = v18.StructOf(v18.Field{Name: "a", Type: i32, Nullable: true})
	ree   = v18.RunEndEncodedOf(i32, i32)
	dense = v18.DenseUnionOf([]v18.Field{{Name: "a", Type: i32, Nullable: true}}, []v18.UnionTypeCode{3})
)

// TestShapeIsRefused: what the conversion itself must catch, because making the
// array would panic or its first and last row would.
func TestShapeIsRefused(t *testing.T) {
	kids := func(d ...v18.ArrayData) []v18.ArrayData { return d }
	tests := []struct {
		reason string
		data   v18.ArrayData
		want   string
	}{
		{"fewer buffers than the type has", array18.NewData(i32, 2, bufs18{nil}, nil, 0, 0), "1 buffers, want 2"},
		{"no values", array18.NewData(i32, 2, bufs18{nil, nil}, nil, 0, 0), "buffer 1 has 0 bytes, want 8"},
		{"values too short", array18.NewData(i32, 2, bufs18{nil, int32s(1)}, nil, 0, 0), "buffer 1 has 4 bytes, want 8"},
		{"values too short for the offset", array18.NewData(i32, 1, bufs18{nil, int32s(1)}, nil, 0, 1), "buffer 1 has 4 bytes, want 8"},
		{"negative length", array18.NewData(i32, -1, bufs18{nil, int32s(1)}, nil, 0, 0), "length -1"},
		{"negative offset", array18.NewData(i32, 1, bufs18{nil, int32s(1)}, nil, 0, -1), "offset -1"},
		{"sum of offset and length overflows", array18.NewData(i32, 1<<62, bufs18{nil, int32s(1)}, nil, 0, 1<<62), "length"},
		{"size in bytes overflows", array18.NewData(i32, 1<<62, bufs18{nil, int32s(1)}, nil, 0, 0), "elements of 4 bytes"},
		{"bitmap too short", array18.NewData(i32, 9, bufs18{bytes18(1), mem18.NewBufferBytes(make([]byte, 36))}, nil, 1, 0), "buffer 0 has 1 bytes, want 2"},
		{"nulls without a bitmap", array18.NewData(i32, 1, bufs18{nil, int32s(1)}, nil, 1, 0), "no validity bitmap"},
		{"more nulls than rows", array18.NewData(i32, 1, bufs18{bytes18(0), int32s(1)}, nil, 2, 0), "2 nulls of 1 rows"},
		{"bits too short", array18.NewData(v18.FixedWidthTypes.Boolean, 9, bufs18{nil, bytes18(1)}, nil, 0, 0), "buffer 1 has 1 bytes, want 2"},
		{"text with two buffers", array18.NewData(str, 1, bufs18{nil, int32s(0, 0)}, nil, 0, 0), "2 buffers, want 3"},
		{"one offset missing", array18.NewData(str, 2, bufs18{nil, int32s(0, 1), bytes18('a')}, nil, 0, 0), "buffer 1 has 8 bytes, want 12"},
		{"text past its bytes", array18.NewData(str, 1, bufs18{nil, int32s(0, 9), bytes18('a')}, nil, 0, 0), "offsets 0 to 9 of 1"},
		{"text before its bytes", array18.NewData(str, 1, bufs18{nil, int32s(-1, 0), bytes18('a')}, nil, 0, 0), "offsets -1 to 0"},
		{"text ends before it starts", array18.NewData(str, 1, bufs18{nil, int32s(1, 0), bytes18('a')}, nil, 0, 0), "offsets 1 to 0"},
		{"list past its child", array18.NewData(list, 1, bufs18{nil, int32s(0, 3)}, kids(ints(2)), 0, 0), "offsets 0 to 3 of 2"},
		{"list without a child", array18.NewData(list, 1, bufs18{nil, int32s(0, 3)}, nil, 0, 0), "0 children, want 1"},
		{"child that is nothing", array18.NewData(list, 1, bufs18{nil, int32s(0, 3)}, kids(nil), 0, 0), "no data"},
		{"bad child", array18.NewData(list, 1, bufs18{nil, int32s(0, 1)}, kids(array18.NewData(i32, 1, bufs18{nil, nil}, nil, 0, 0)), 0, 0), "item: int32: malformed array: buffer 1"},
		{"struct longer than its child", array18.NewData(strct, 3, bufs18{nil}, kids(ints(2)), 0, 0), "child 0 has 2 rows, want 3"},
		{"offset past the child", array18.NewData(strct, 2, bufs18{nil}, kids(ints(2)), 0, 1), "child 0 has 2 rows, want 3"},
		{"fixed lists longer than the child", array18.NewData(v18.FixedSizeListOf(2, i32), 2, bufs18{nil}, kids(ints(3)), 0, 0), "child 0 has 3 rows, want 4"},
		{"no dictionary", array18.NewData(dict, 1, bufs18{nil, bytes18(0)}, nil, 0, 0), "dictionary: int32: malformed array: no data"},
		{"indices too short", array18.NewDataWithDictionary(dict, 2, bufs18{nil, bytes18(0)}, 0, 0, ints(1).(*array18.Data)), "buffer 1 has 1 bytes, want 2"},
		{"runs end early", array18.NewData(ree, 3, bufs18{nil}, kids(runs(1, 2), ints(2)), 0, 0), "last run ends at 2, want 3"},
		{"no runs", array18.NewData(ree, 3, bufs18{nil}, kids(runs(), ints(0)), 0, 0), "no runs for 3 rows"},
		{"run without a value", array18.NewData(ree, 3, bufs18{nil}, kids(runs(1, 3), ints(1)), 0, 0), "2 run ends for 1 values"},
		{"null run ends", array18.NewData(ree, 1, bufs18{nil}, kids(array18.NewData(i32, 1, bufs18{bytes18(0), int32s(1)}, nil, 1, 0), ints(1)), 0, 0), "null run ends"},
		{"views too short", array18.NewData(views, 2, bufs18{nil, mem18.NewBufferBytes(make([]byte, 16))}, nil, 0, 0), "buffer 1 has 16 bytes, want 32"},
		{"view data missing", array18.NewData(views, 1, bufs18{nil, mem18.NewBufferBytes(make([]byte, 16)), nil}, nil, 0, 0), "no buffer 2"},
		{"list view without sizes", array18.NewData(lv, 1, bufs18{nil, int32s(0), nil}, kids(ints(1)), 0, 0), "buffer 2 has 0 bytes"},
		{"union without codes", array18.NewData(dense, 1, bufs18{nil, nil, int32s(0)}, kids(ints(1)), 0, 0), "buffer 1 has 0 bytes"},
		{"dense union without offsets", array18.NewData(dense, 1, bufs18{nil, bytes18(3), nil}, kids(ints(1)), 0, 0), "buffer 2 has 0 bytes"},
		{"map of a null struct layout", array18.NewData(v18.MapOf(i32, i32), 1, bufs18{nil, int32s(0, 1)}, kids(ints(1)), 0, 0), "0 children, want 2"},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			arr, err := arrow18.Array(raw{data: tt.data})
			require.Nil(t, arr)
			require.ErrorIs(t, err, arrow18.ErrMalformed)
			require.ErrorContains(t, err, tt.want)
			var where *arrow18.Error
			require.ErrorAs(t, err, &where)
			require.NotEmpty(t, where.Type)
		})
	}
}

// TestShapeIsRefusedFromV15 shows that the other direction looks as well; the
// checks are the same.
func TestShapeIsRefusedFromV15(t *testing.T) {
	data := array15.NewData(v15.BinaryTypes.String, 1, []*mem15.Buffer{nil, mem15.NewBufferBytes(make([]byte, 4)), nil}, nil, 0, 0)
	_, err := arrow18.FromArray(raw15{data: data})
	require.ErrorIs(t, err, arrow18.ErrMalformed)
	require.EqualError(t, err, "arrow18: utf8: malformed array: buffer 1 has 4 bytes, want 8")

	noDict := array15.NewData(&v15.DictionaryType{IndexType: v15.PrimitiveTypes.Int8, ValueType: v15.BinaryTypes.String}, 1,
		[]*mem15.Buffer{nil, mem15.NewBufferBytes(make([]byte, 1))}, nil, 0, 0)
	_, err = arrow18.FromArray(raw15{data: noDict})
	require.ErrorIs(t, err, arrow18.ErrMalformed)
}

type raw15 struct {
	v15.Array
	data v15.ArrayData
}

func (r raw15) DataType() v15.DataType { return r.data.DataType() }
func (r raw15) Data() v15.ArrayData    { return r.data }

// TestValidateReadsEveryRow: data whose ends are right and whose middle is not.
func TestValidateReadsEveryRow(t *testing.T) {
	kids := func(d ...v18.ArrayData) []v18.ArrayData { return d }
	view := func(size, buf, off int32, prefix string) *mem18.Buffer {
		b := make([]byte, 16)
		copy(b[4:], prefix)
		h := v18.Int32Traits.CastFromBytes(b)
		h[0], h[2], h[3] = size, buf, off
		return mem18.NewBufferBytes(b)
	}
	long := mem18.NewBufferBytes([]byte("thirteen bytes"))
	tests := []struct {
		reason string
		data   v18.ArrayData
		want   string // "" if it is valid
	}{
		{"right", array18.NewData(str, 2, bufs18{nil, int32s(0, 1, 2), bytes18('a', 'b')}, nil, 0, 0), ""},
		{"offset goes back", array18.NewData(str, 3, bufs18{nil, int32s(0, 2, 1, 2), bytes18('a', 'b')}, nil, 0, 0), "offset of row 2 goes back from 2 to 1"},
		{"offset runs ahead", array18.NewData(str, 2, bufs18{nil, int32s(0, 99, 2), bytes18('a', 'b')}, nil, 0, 0), "goes back from 99 to 2"},
		{"list offset goes back", array18.NewData(list, 2, bufs18{nil, int32s(0, 5, 2)}, kids(ints(2)), 0, 0), "goes back from 5 to 2"},
		{"inside a list", array18.NewData(v18.ListOf(str), 1, bufs18{nil, int32s(0, 2)}, kids(array18.NewData(str, 2, bufs18{nil, int32s(0, 9, 1), bytes18('a')}, nil, 0, 0)), 0, 0), `column "c": item: utf8: malformed array: offset of row 2 goes back`},
		{"null count too low", array18.NewData(i32, 2, bufs18{bytes18(0b01), int32s(1, 2)}, nil, 0, 0), "null count 0, the bitmap has 1"},
		{"null count too high", array18.NewData(i32, 2, bufs18{bytes18(0b01), int32s(1, 2)}, nil, 2, 0), "null count 2, the bitmap has 1"},
		{"index outside", array18.NewDataWithDictionary(dict, 2, bufs18{nil, bytes18(0, 1)}, 0, 0, ints(1).(*array18.Data)), "index of row 1 is not in the dictionary of 1"},
		{"index outside, in a null", array18.NewDataWithDictionary(dict, 2, bufs18{bytes18(0b01), bytes18(0, 9)}, 1, 0, ints(1).(*array18.Data)), ""},
		{"unsigned index above 127", array18.NewDataWithDictionary(dict, 1, bufs18{nil, bytes18(200)}, 0, 0, ints(201).(*array18.Data)), ""},
		{"inside a dictionary", array18.NewDataWithDictionary(&v18.DictionaryType{IndexType: v18.PrimitiveTypes.Int8, ValueType: str}, 1, bufs18{nil, bytes18(0)}, 0, 0,
			array18.NewData(str, 2, bufs18{nil, int32s(0, 9, 1), bytes18('a')}, nil, 0, 0)), `dictionary: utf8`},
		{"run end goes back", array18.NewData(ree, 3, bufs18{nil}, kids(runs(2, 1, 3), ints(3)), 0, 0), "run 1 ends at 1, after 2"},
		{"run end zero", array18.NewData(ree, 3, bufs18{nil}, kids(runs(0, 3), ints(2)), 0, 0), "run 0 ends at 0, after 0"},
		{"list view past its child", array18.NewData(lv, 1, bufs18{nil, int32s(1), int32s(2)}, kids(ints(2)), 0, 0), "list 0 spans 2 elements from 1 of 2"},
		{"list view of negative size", array18.NewData(lv, 1, bufs18{nil, int32s(1), int32s(-1)}, kids(ints(2)), 0, 0), "spans -1"},
		{"unknown type code", array18.NewData(dense, 1, bufs18{nil, bytes18(4), int32s(0)}, kids(ints(1)), 0, 0), "unknown type code 4"},
		{"negative type code", array18.NewData(dense, 1, bufs18{nil, bytes18(0xff), int32s(0)}, kids(ints(1)), 0, 0), "unknown type code -1"},
		{"dense union past its child", array18.NewData(dense, 1, bufs18{nil, bytes18(3), int32s(1)}, kids(ints(1)), 0, 0), "element 1 of a child of 1"},
		{"view", array18.NewData(views, 1, bufs18{nil, view(14, 0, 0, "thir"), long}, nil, 0, 0), ""},
		{"view in no buffer", array18.NewData(views, 1, bufs18{nil, view(14, 1, 0, "thir"), long}, nil, 0, 0), "in buffer 1 of 1"},
		{"view past its buffer", array18.NewData(views, 1, bufs18{nil, view(14, 0, 1, "hirt"), long}, nil, 0, 0), "spans 14 bytes from 1 of 14"},
		{"view with another prefix", array18.NewData(views, 1, bufs18{nil, view(14, 0, 0, "fift"), long}, nil, 0, 0), "prefix of another value"},
		{"view of negative size", array18.NewData(views, 1, bufs18{nil, view(-1, 0, 0, ""), long}, nil, 0, 0), "size -1"},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			arr, err := arrow18.Array(raw{data: tt.data})
			require.NoError(t, err, "the ends are right")
			defer arr.Release()
			rec := array15.NewRecord(v15.NewSchema([]v15.Field{{Name: "c", Type: arr.DataType(), Nullable: true}}, nil), []v15.Array{arr}, -1)
			defer rec.Release()
			err = arrow18.Validate(rec)
			if tt.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, arrow18.ErrMalformed)
			require.ErrorContains(t, err, tt.want)
			require.ErrorContains(t, err, `column "c"`)
		})
	}
}

func TestARefusedRecordLeaksNothing(t *testing.T) {
	mem := mem18.NewCheckedAllocator(mem18.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	b := array18.NewStringBuilder(mem)
	b.Append("a")
	good := b.NewArray()
	b.Release()
	defer good.Release()
	bad := array18.NewData(list, 1, bufs18{nil, int32s(0, 3)}, []v18.ArrayData{ints(2)}, 0, 0)
	s := v18.NewSchema([]v18.Field{{Name: "good", Type: str}, {Name: "bad", Type: list}, {Name: "worse", Type: list}}, nil)

	rec, err := arrow18.Record(batch{schema: s, cols: []v18.Array{good, raw{data: bad}, raw{data: bad}}, rows: 1})
	require.Nil(t, rec)
	require.ErrorContains(t, err, `column "bad"`)
	require.ErrorContains(t, err, `column "worse"`)

	_, err = arrow18.Record(batch{schema: s, cols: []v18.Array{good}, rows: 1})
	require.ErrorContains(t, err, "1 columns, the schema has 3")
	_, err = arrow18.Record(batch{schema: v18.NewSchema([]v18.Field{{Name: "good", Type: str}}, nil), cols: []v18.Array{good}, rows: 7})
	require.ErrorContains(t, err, "1 rows, the record has 7")
}

// batch is a record batch that was not checked when it was made.
type batch struct {
	v18.RecordBatch
	schema *v18.Schema
	cols   []v18.Array
	rows   int64
}

func (b batch) Schema() *v18.Schema    { return b.schema }
func (b batch) Columns() []v18.Array   { return b.cols }
func (b batch) Column(i int) v18.Array { return b.cols[i] }
func (b batch) NumRows() int64         { return b.rows }
