package test

import (
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/testkit/corpus"
	"github.com/rowsight/rowsight/predicate"
)

// A layout is one way to hold text in Arrow. Every layout must give the same
// answer (S4).
type layout struct {
	name  string
	build func(mem memory.Allocator, texts []*string) arrow.Array
}

func layouts() []layout {
	all := []layout{
		{name: "utf8", build: buildUTF8},
		{name: "large_utf8", build: buildLargeUTF8},
		{name: "string_view", build: buildStringView},
	}
	for _, index := range []arrow.DataType{
		arrow.PrimitiveTypes.Int8, arrow.PrimitiveTypes.Int16, arrow.PrimitiveTypes.Int32, arrow.PrimitiveTypes.Int64,
		arrow.PrimitiveTypes.Uint8, arrow.PrimitiveTypes.Uint16, arrow.PrimitiveTypes.Uint32, arrow.PrimitiveTypes.Uint64,
	} {
		all = append(all, layout{name: "dictionary<" + index.Name() + ">", build: func(mem memory.Allocator, texts []*string) arrow.Array {
			return buildDictionary(mem, index, texts)
		}})
	}
	for _, ends := range []arrow.DataType{arrow.PrimitiveTypes.Int16, arrow.PrimitiveTypes.Int32, arrow.PrimitiveTypes.Int64} {
		all = append(all, layout{name: "run_end_encoded<" + ends.Name() + ">", build: func(mem memory.Allocator, texts []*string) arrow.Array {
			return buildRunEnds(mem, ends, texts)
		}})
	}
	return all
}

// layoutsFor returns the layouts to try p in. A filter is compiled for each, so
// predicates of very many values are tried in one of each family.
func layoutsFor(p predicate.Predicate) []layout {
	all := layouts()
	if valueCount(p) < 50_000 {
		return all
	}
	family := ""
	return slices.DeleteFunc(all, func(l layout) bool {
		same := strings.HasPrefix(l.name, family+"<")
		family, _, _ = strings.Cut(l.name, "<")
		return same
	})
}

func valueCount(p predicate.Predicate) int {
	if p.Op() == predicate.OpIn {
		return p.Len()
	}
	n := 0
	for q := range p.Args() {
		n += valueCount(q)
	}
	return n
}

// record lays out a table, or if sliced is set, cuts it out of a larger record
// in which other rows stand before and behind it. The caller releases it.
func (l layout) record(tb testing.TB, mem memory.Allocator, t *corpus.Table, sliced bool) arrow.Record {
	tb.Helper()
	rows := t.Rows
	from, to := int64(0), int64(len(rows))
	if sliced && len(rows) > 0 {
		// The table three times, of which the middle is cut out: behind a row
		// more, and with neighbours that look like rows of the table.
		rows = append(append(append([][]any{t.Rows[0]}, t.Rows...), t.Rows...), t.Rows...)
		from += to + 1
		to += from
	}
	var fields []arrow.Field
	var columns []arrow.Array
	for i, c := range t.Columns {
		column := l.column(tb, mem, c.Type, i, rows)
		columns = append(columns, column)
		fields = append(fields, arrow.Field{Name: c.Name, Type: column.DataType(), Nullable: true})
	}
	rec := array.NewRecord(arrow.NewSchema(fields, nil), columns, int64(len(rows)))
	for _, c := range columns {
		c.Release()
	}
	defer rec.Release()
	return rec.NewSlice(from, to)
}

func (l layout) column(tb testing.TB, mem memory.Allocator, kind string, i int, rows [][]any) arrow.Array {
	tb.Helper()
	if kind == "text" {
		texts := make([]*string, len(rows))
		for r, row := range rows {
			if s, ok := row[i].(string); ok {
				texts[r] = &s
			}
		}
		return l.build(mem, texts)
	}
	b := array.NewBuilder(mem, map[string]arrow.DataType{
		"int64": arrow.PrimitiveTypes.Int64, "float64": arrow.PrimitiveTypes.Float64, "bool": arrow.FixedWidthTypes.Boolean,
	}[kind])
	defer b.Release()
	for _, row := range rows {
		switch v := row[i].(type) {
		case nil:
			b.AppendNull()
		case int64:
			b.(*array.Int64Builder).Append(v)
		case float64:
			b.(*array.Float64Builder).Append(v)
		case bool:
			b.(*array.BooleanBuilder).Append(v)
		default:
			require.FailNow(tb, "a cell of another type", "%T", v)
		}
	}
	return b.NewArray()
}

// textBuilder is what the builders of text layouts have in common.
type textBuilder interface {
	array.Builder
	Append(string)
}

func build(b textBuilder, texts []*string) arrow.Array {
	defer b.Release()
	for _, s := range texts {
		if s == nil {
			b.AppendNull()
		} else {
			b.Append(*s)
		}
	}
	return b.NewArray()
}

func buildUTF8(mem memory.Allocator, texts []*string) arrow.Array {
	return build(array.NewStringBuilder(mem), texts)
}

func buildLargeUTF8(mem memory.Allocator, texts []*string) arrow.Array {
	return build(array.NewLargeStringBuilder(mem), texts)
}

func buildStringView(mem memory.Allocator, texts []*string) arrow.Array {
	return build(array.NewStringViewBuilder(mem), texts)
}

// buildDictionary encodes texts with a dictionary that is not tidy: it has an
// entry that no row uses, and a NULL entry that every second NULL refers to.
func buildDictionary(mem memory.Allocator, index arrow.DataType, texts []*string) arrow.Array {
	unused := "used by no row"
	entries := []*string{&unused, nil}
	at := make(map[string]int)
	indices := array.NewBuilder(mem, index)
	defer indices.Release()
	for row, s := range texts {
		if s == nil {
			if row%2 == 0 {
				indices.AppendNull()
			} else {
				appendIndex(indices, 1)
			}
			continue
		}
		if _, ok := at[*s]; !ok {
			at[*s] = len(entries)
			entries = append(entries, s)
		}
		appendIndex(indices, at[*s])
	}
	ix := indices.NewArray()
	defer ix.Release()
	values := buildUTF8(mem, entries)
	defer values.Release()
	return array.NewDictionaryArray(&arrow.DictionaryType{IndexType: index, ValueType: values.DataType()}, ix, values)
}

func appendIndex(b array.Builder, n int) {
	switch b := b.(type) {
	case *array.Int8Builder:
		b.Append(int8(n))
	case *array.Int16Builder:
		b.Append(int16(n))
	case *array.Int32Builder:
		b.Append(int32(n))
	case *array.Int64Builder:
		b.Append(int64(n))
	case *array.Uint8Builder:
		b.Append(uint8(n))
	case *array.Uint16Builder:
		b.Append(uint16(n))
	case *array.Uint32Builder:
		b.Append(uint32(n))
	case *array.Uint64Builder:
		b.Append(uint64(n))
	}
}

func buildRunEnds(mem memory.Allocator, ends arrow.DataType, texts []*string) arrow.Array {
	b := array.NewBuilder(mem, ends)
	defer b.Release()
	var values []*string
	for row, s := range texts {
		last := row+1 == len(texts)
		if !last && equalText(s, texts[row+1]) {
			continue
		}
		appendIndex(b, row+1)
		values = append(values, s)
	}
	runs := b.NewArray()
	defer runs.Release()
	texted := buildUTF8(mem, values)
	defer texted.Release()
	return array.NewRunEndEncodedArray(runs, texted, len(texts), 0)
}

func equalText(a, b *string) bool { return a == b || a != nil && b != nil && *a == *b }

// textAt reads a cell of any layout by the slow way of Arrow's own accessors.
func textAt(tb testing.TB, column arrow.Array, row int) (string, bool) {
	tb.Helper()
	switch c := column.(type) {
	case *array.Dictionary:
		if c.IsNull(row) {
			return "", false
		}
		return textAt(tb, c.Dictionary(), c.GetValueIndex(row))
	case *array.RunEndEncoded:
		return textAt(tb, c.Values(), c.GetPhysicalIndex(row))
	case interface{ Value(int) string }:
		return c.Value(row), column.IsValid(row)
	default:
		require.FailNow(tb, "not text", "%T", column)
		return "", false
	}
}

// TestLayouts: what is built is what the table says, so that a fault of a
// layout is not taken for one of the filter.
func TestLayouts(t *testing.T) {
	for name, tbl := range corpus.Tables(t) {
		for _, l := range layouts() {
			mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
			for _, sliced := range []bool{false, true} {
				rec := l.record(t, mem, tbl, sliced)
				require.EqualValues(t, len(tbl.Rows), rec.NumRows())
				for row := range tbl.Rows {
					requireRow(t, tbl, row, rec, row, name+" "+l.name)
				}
				rec.Release()
			}
			mem.AssertSize(t, 0)
		}
	}
}

// requireRow compares a row of a record with a row of the table.
func requireRow(tb testing.TB, t *corpus.Table, want int, rec arrow.Record, got int, msg string) {
	tb.Helper()
	for i, c := range t.Columns {
		column := rec.Column(i)
		switch v := t.Rows[want][i].(type) {
		case nil:
			if c.Type == "text" {
				_, ok := textAt(tb, column, got)
				require.False(tb, ok, msg)
				continue
			}
			require.True(tb, column.IsNull(got), msg)
		case string:
			s, ok := textAt(tb, column, got)
			require.True(tb, ok, msg)
			require.Equal(tb, v, s, msg)
		case int64:
			require.Equal(tb, v, column.(*array.Int64).Value(got), msg)
		case float64:
			require.Equal(tb, v, column.(*array.Float64).Value(got), msg)
		case bool:
			require.Equal(tb, v, column.(*array.Boolean).Value(got), msg)
		}
	}
}
