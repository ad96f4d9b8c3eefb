package batch

import (
	"errors"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
)

func TestBindErrors(t *testing.T) {
	str := arrow.BinaryTypes.String
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "Region", Type: str},
		{Name: "Twice", Type: str},
		{Name: "Twice", Type: str},
		{Name: "Sales", Type: arrow.PrimitiveTypes.Float64},
		{Name: "Bytes", Type: arrow.BinaryTypes.Binary},
		{Name: "Code", Type: newUUIDType()},
		{Name: "Numbers", Type: &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.PrimitiveTypes.Int64}},
	}, nil)
	for _, tt := range []struct {
		reason string
		p      predicate.Predicate
		want   []string
		is     []error
	}{
		{"a column that is there once and is text", predicate.In("Region", "US"), nil, nil},
		{"no column is named, so none can be missing", predicate.All(), nil, nil},
		{"nothing is visible, whatever the schema", predicate.Predicate{}, nil, nil},
		{"names are case-sensitive", predicate.In("region", "US"), []string{`column "region": no such column`}, []error{ErrNoColumn}},
		{"which of the two is meant cannot be known", predicate.In("Twice", "US"), []string{`column "Twice": several columns have this name`}, []error{ErrAmbiguous}},
		{"numbers are not compared with text", predicate.In("Sales", "1"), []string{`column "Sales": not text: type is float64`}, []error{ErrNotText}},
		{"bytes need not be text", predicate.In("Bytes", "1"), []string{`column "Bytes": not text`}, []error{ErrNotText}},
		{"an extension type gives text a meaning of its own", predicate.In("Code", "1"), []string{`column "Code": not text`}, []error{ErrNotText}},
		{"a dictionary of numbers holds numbers", predicate.HasValue("Numbers"), []string{`column "Numbers": not text`}, []error{ErrNotText}},
		{"every problem is reported, not only the first",
			predicate.Or(predicate.In("Sales", "1"), predicate.In("Gone", "1"), predicate.In("Region", "US")),
			[]string{`column "Gone": no such column`, `column "Sales": not text`}, []error{ErrNoColumn, ErrNotText}},
	} {
		t.Run(tt.reason, func(t *testing.T) {
			f, err := Bind(tt.p, schema, nil)
			if tt.want == nil {
				require.NoError(t, err)
				require.True(t, f.Predicate().Equal(tt.p))
				require.Same(t, schema, f.Schema())
				return
			}
			require.Nil(t, f, "an error comes with a filter that denies")
			for i, want := range tt.want {
				require.ErrorContains(t, err, want)
				require.ErrorIs(t, err, tt.is[i])
			}
			var bind *BindError
			require.True(t, errors.As(err, &bind))
		})
	}
	_, err := Bind(predicate.All(), nil, nil)
	require.ErrorIs(t, err, ErrSchema)
}

// TestOtherSchema shows records to a filter that was bound to something else.
func TestOtherSchema(t *testing.T) {
	field := func(name string, dt arrow.DataType) arrow.Field {
		return arrow.Field{Name: name, Type: dt, Nullable: true}
	}
	str := arrow.BinaryTypes.String
	f, err := Bind(predicate.In("a", "x"), arrow.NewSchema([]arrow.Field{field("a", str), field("b", str)}, nil), nil)
	require.NoError(t, err)
	metadata := arrow.NewMetadata([]string{"k"}, []string{"v"})
	for _, tt := range []struct {
		reason string
		schema *arrow.Schema
		want   string
	}{
		{"the same fields", arrow.NewSchema([]arrow.Field{field("a", str), field("b", str)}, nil), ""},
		{"metadata does not matter", arrow.NewSchema([]arrow.Field{field("a", str), field("b", str)}, &metadata), ""},
		{"a column less", arrow.NewSchema([]arrow.Field{field("a", str)}, nil), "it has 1 columns, want 2"},
		{"other order", arrow.NewSchema([]arrow.Field{field("b", str), field("a", str)}, nil), `column 0 is "b", want "a"`},
		{"other type", arrow.NewSchema([]arrow.Field{field("a", str), field("b", arrow.BinaryTypes.LargeString)}, nil), `column "b" is large_utf8, want utf8`},
	} {
		t.Run(tt.reason, func(t *testing.T) {
			var columns []arrow.Array
			for _, field := range tt.schema.Fields() {
				columns = append(columns, textArray(memory.DefaultAllocator, field.Type, []cell{{"x", true}}, 0, 0))
			}
			rec := array.NewRecord(tt.schema, columns, 1)
			n, err := f.Count(rec)
			if tt.want == "" {
				require.NoError(t, err)
				require.Equal(t, 1, n)
				return
			}
			require.ErrorIs(t, err, ErrSchema)
			require.ErrorContains(t, err, tt.want)
			require.Zero(t, n)
			got, err := f.Apply(rec)
			require.ErrorIs(t, err, ErrSchema)
			require.Nil(t, got)
			mask, err := f.Mask(rec)
			require.ErrorIs(t, err, ErrSchema)
			require.Nil(t, mask)
		})
	}
	_, err = f.Count(nil)
	require.ErrorIs(t, err, ErrSchema)
}

// TestZero checks that what nobody filled in lets no row pass (S1).
func TestZero(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	table := textTable{names: []string{"a"}, cells: [][]cell{{{"x", true}, {"", true}, {}}}}
	rec := table.record(mem, textLayouts()[:1], 0, 0)
	defer rec.Release()
	bound, err := Bind(predicate.Predicate{}, rec.Schema(), &Options{Allocator: mem})
	require.NoError(t, err)
	for name, f := range map[string]*Filter{"nil": nil, "zero": {}, "zero predicate": bound} {
		n, err := f.Count(rec)
		require.NoError(t, err, name)
		require.Zero(t, n, name)
		mask, err := f.Mask(rec)
		require.NoError(t, err, name)
		require.Equal(t, 3, mask.Len(), name)
		for i := range 3 {
			require.False(t, mask.Value(i), name)
		}
		mask.Release()
		got, err := f.Apply(rec)
		require.NoError(t, err, name)
		require.Zero(t, got.NumRows(), name)
		got.Release()
		require.Equal(t, predicate.OpNone, f.Predicate().Op(), name)
		r, err := array.NewRecordReader(rec.Schema(), []arrow.Record{rec})
		require.NoError(t, err)
		for range f.Records(t.Context(), r) {
			require.Fail(t, "a row passed", name)
		}
		r.Release()
	}
	var rows Rows
	require.False(t, rows.Next())
	require.Empty(t, rows.Columns())
	var zero plan
	mask := []uint64{^uint64(0)}
	require.NoError(t, zero.eval(rec, mask))
	require.Zero(t, mask[0])
}
