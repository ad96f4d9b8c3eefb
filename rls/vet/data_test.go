package vet

import (
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate/batch"
)

// Every layout of text gives the same values, in slices too, and NULL and "" are
// one. A value of a dictionary that no row holds is not in the data.
func TestReadDataLayouts(t *testing.T) {
	rows := []string{"APAC", "US", "", "EMEA", "NULL", "EMEA", "US", "US"}
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	appendRow := map[string]func(b array.Builder, text string){
		"utf8": func(b array.Builder, text string) { b.(*array.StringBuilder).Append(text) },
		"large_utf8": func(b array.Builder, text string) {
			b.(*array.LargeStringBuilder).Append(text)
		},
		"string_view": func(b array.Builder, text string) { b.(*array.StringViewBuilder).Append(text) },
		"dictionary": func(b array.Builder, text string) {
			require.NoError(t, b.(*array.BinaryDictionaryBuilder).AppendString(text))
		},
		"run_end_encoded": func(b array.Builder, text string) {
			ree := b.(*array.RunEndEncodedBuilder)
			ree.Append(1)
			if text == "null" {
				ree.ValueBuilder().AppendNull()
				return
			}
			ree.ValueBuilder().(*array.StringBuilder).Append(text)
		},
	}
	types := map[string]arrow.DataType{
		"utf8": arrow.BinaryTypes.String, "large_utf8": arrow.BinaryTypes.LargeString, "string_view": arrow.BinaryTypes.StringView,
		"dictionary":      &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String},
		"run_end_encoded": arrow.RunEndEncodedOf(arrow.PrimitiveTypes.Int32, arrow.BinaryTypes.String),
	}
	for name, typ := range types {
		t.Run(name, func(t *testing.T) {
			b := array.NewBuilder(mem, typ)
			defer b.Release()
			for _, text := range rows {
				switch {
				case text != "NULL":
					appendRow[name](b, text)
				case name == "run_end_encoded":
					appendRow[name](b, "null")
				default:
					b.AppendNull()
				}
			}
			whole := b.NewArray()
			defer whole.Release()
			part := array.NewSlice(whole, 1, 7) // US "" EMEA NULL EMEA US
			defer part.Release()
			schema := arrow.NewSchema([]arrow.Field{{Name: "Region", Type: typ, Nullable: true}}, nil)
			rec := array.NewRecord(schema, []arrow.Array{part}, 6)
			defer rec.Release()
			r, err := array.NewRecordReader(schema, []arrow.Record{rec, rec})
			require.NoError(t, err)
			defer r.Release()
			d, err := readData(r, []string{"Region", "Region", "Other"})
			require.NoError(t, err)
			require.Equal(t, 12, d.Rows())
			require.Len(t, d.columns, 1)
			counts := make(map[string]int)
			for _, text := range d.columns[0].texts {
				counts[text] = d.columns[0].count(text)
			}
			require.Equal(t, map[string]int{"US": 4, "": 4, "EMEA": 4}, counts)
		})
	}
}

// Records that contradict themselves are an error, not a panic.
func TestReadDataMalformed(t *testing.T) {
	schema := arrow.NewSchema([]arrow.Field{{Name: "Region", Type: arrow.BinaryTypes.String}}, nil)
	offsets := memory.NewBufferBytes(arrow.Int32Traits.CastToBytes([]int32{0, 900}))
	data := array.NewData(arrow.BinaryTypes.String, 1, []*memory.Buffer{nil, offsets, memory.NewBufferBytes([]byte("US"))}, nil, 0, 0)
	defer data.Release()
	broken := brokenReader{schema: schema, column: data}
	_, err := readData(&broken, []string{"Region"})
	require.ErrorIs(t, err, batch.ErrMalformed)
}

// A brokenReader has one record, whose column is made when it is asked for.
type brokenReader struct {
	array.RecordReader
	schema *arrow.Schema
	column arrow.ArrayData
	done   bool
}

func (r *brokenReader) Schema() *arrow.Schema { return r.schema }
func (r *brokenReader) Err() error            { return nil }
func (r *brokenReader) Next() bool {
	first := !r.done
	r.done = true
	return first
}

func (r *brokenReader) Record() arrow.Record {
	return array.NewRecord(r.schema, []arrow.Array{array.MakeFromData(r.column)}, 1)
}
