package batch

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/rowsight/rowsight/predicate"
)

// nestedColumns returns a column of n rows of each nested kind, well-formed and
// as builders write it.
func nestedColumns(n int) map[string]arrow.Array {
	rng := rand.New(rand.NewPCG(5, 5))
	mem := memory.DefaultAllocator
	number, text := arrow.PrimitiveTypes.Int32, arrow.BinaryTypes.String
	fill := func(b array.Builder) {
		switch b := b.(type) {
		case *array.Int32Builder:
			b.Append(rng.Int32())
		case *array.StringBuilder:
			b.Append(fmt.Sprintf("%0*d", 4+rng.IntN(12), rng.IntN(1000)))
		case *array.StringViewBuilder:
			b.Append(fmt.Sprintf("%0*d", 4+rng.IntN(24), rng.IntN(1000)))
		}
	}
	build := func(dt arrow.DataType, row func(b array.Builder)) arrow.Array {
		b := array.NewBuilder(mem, dt)
		for range n {
			row(b)
		}
		return b.NewArray()
	}
	numbers := build(number, fill)
	texts := build(text, fill)
	columns := map[string]arrow.Array{
		"string_view": build(arrow.BinaryTypes.StringView, fill),
		"list": build(arrow.ListOf(text), func(b array.Builder) {
			l := b.(*array.ListBuilder)
			l.Append(true)
			for range rng.IntN(4) {
				fill(l.ValueBuilder())
			}
		}),
		"list_view": build(arrow.ListViewOf(number), func(b array.Builder) {
			l, k := b.(*array.ListViewBuilder), rng.IntN(4)
			l.AppendWithSize(true, k)
			for range k {
				fill(l.ValueBuilder())
			}
		}),
		"map": build(arrow.MapOf(text, number), func(b array.Builder) {
			m := b.(*array.MapBuilder)
			m.Append(true)
			for range rng.IntN(4) {
				fill(m.KeyBuilder())
				fill(m.ItemBuilder())
			}
		}),
		"fixed_size_list": build(arrow.FixedSizeListOf(2, number), func(b array.Builder) {
			l := b.(*array.FixedSizeListBuilder)
			l.Append(true)
			fill(l.ValueBuilder())
			fill(l.ValueBuilder())
		}),
		"struct": build(arrow.StructOf(arrow.Field{Name: "a", Type: number, Nullable: true}, arrow.Field{Name: "b", Type: text, Nullable: true}), func(b array.Builder) {
			s := b.(*array.StructBuilder)
			s.Append(true)
			fill(s.FieldBuilder(0))
			fill(s.FieldBuilder(1))
		}),
		"run_end": build(arrow.RunEndEncodedOf(number, text), func(b array.Builder) {
			r := b.(*array.RunEndEncodedBuilder)
			if rng.IntN(3) == 0 || r.Len() == 0 {
				r.Append(1)
				fill(r.ValueBuilder())
			} else {
				r.ContinueRun(1)
			}
		}),
	}
	fields := []arrow.Field{{Name: "a", Type: number, Nullable: true}, {Name: "b", Type: text, Nullable: true}}
	codes, places := make([]byte, n), make([]int32, n)
	var used [2]int32
	for i := range codes {
		codes[i] = byte(rng.IntN(2))
		places[i] = used[codes[i]]
		used[codes[i]]++
	}
	children := []arrow.ArrayData{numbers.Data(), texts.Data()}
	columns["sparse_union"] = array.MakeFromData(array.NewData(arrow.SparseUnionOf(fields, []arrow.UnionTypeCode{0, 1}), n, []*memory.Buffer{nil, memory.NewBufferBytes(codes)}, children, 0, 0))
	dense := array.MakeFromData(array.NewData(arrow.DenseUnionOf(fields, []arrow.UnionTypeCode{0, 1}), n, []*memory.Buffer{nil, memory.NewBufferBytes(codes), memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(places))}, children, 0, 0))
	columns["dense_union"] = dense
	columns["struct of dense_union"] = array.MakeFromData(array.NewData(arrow.StructOf(arrow.Field{Name: "u", Type: dense.DataType(), Nullable: true}), n, []*memory.Buffer{nil}, []arrow.ArrayData{dense.Data()}, 0, 0))
	return columns
}

// BenchmarkNested is the rows of a column of each nested kind, of which half are
// visible, or all.
func BenchmarkNested(b *testing.B) {
	const rows = 1 << 13
	rng := rand.New(rand.NewPCG(6, 6))
	tenants := array.NewStringBuilder(memory.DefaultAllocator)
	for range rows {
		tenants.Append([]string{"ours", "theirs"}[rng.IntN(2)])
	}
	tenant := tenants.NewArray()
	for name, column := range nestedColumns(rows) {
		schema := arrow.NewSchema([]arrow.Field{{Name: "tenant", Type: tenant.DataType()}, {Name: "x", Type: column.DataType(), Nullable: true}}, nil)
		rec := array.NewRecord(schema, []arrow.Array{tenant, column}, rows)
		for _, visible := range []string{"half", "all"} {
			p := predicate.In("tenant", "ours")
			if visible == "all" {
				p = predicate.In("tenant", "ours", "theirs")
			}
			b.Run(fmt.Sprintf("column=%s/visible=%s", name, visible), func(b *testing.B) {
				f, err := Bind(p, schema, nil)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportAllocs()
				for b.Loop() {
					got, err := f.Apply(rec)
					if err != nil {
						b.Fatal(err)
					}
					got.Release()
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
			})
		}
	}
}
