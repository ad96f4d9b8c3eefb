package batch

import (
	"fmt"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/arraycheck/broken"
	"github.com/rowsight/rowsight/predicate"
)

// TestBroken: a malformed array is refused wherever it is, whichever of its rows
// are visible. Only a flat column is not looked at where its rows are hidden.
func TestBroken(t *testing.T) {
	checked := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer checked.AssertSize(t, 0)
	n := 0
	try := func(mem memory.Allocator, name, reason string, d arrow.ArrayData) {
		a, ok := broken.Make(d)
		if !ok {
			return // Arrow itself refuses it
		}
		n++
		for visible, p := range brokenFilters(a.DataType()) {
			rec := brokenRecord(visible, a)
			f, err := Bind(p, rec.Schema(), &Options{Allocator: mem})
			require.NoError(t, err)
			got, err := f.Apply(rec)
			require.ErrorIs(t, err, ErrMalformed, "%s: %s: rows %s by %s", name, reason, visible, p)
			require.Nil(t, got)
		}
	}
	for _, b := range broken.Arrays() {
		try(checked, b.Name, b.Reason, b.Data)
		for outer, in := range broken.Inside(b.Data) {
			try(checked, b.Name+" in "+outer, b.Reason, in)
			for outermost, in := range broken.Inside(in) {
				// The checked allocator takes its time.
				try(memory.DefaultAllocator, b.Name+" in "+outer+" in "+outermost, b.Reason, in)
			}
		}
	}
	require.Greater(t, n, 10000)
}

// brokenFilters returns filters by which rows of a broken array are visible: "x"
// for a row. Its faults are of rows 1 and 2.
func brokenFilters(dt arrow.DataType) map[string]predicate.Predicate {
	some := predicate.In("tenant", "x")
	filters := map[string]predicate.Predicate{"xxxx": some, ".xx.": some, "xxx.": some, "....": predicate.All()}
	if nested(dt) {
		filters["...x"] = some
		if IsText(dt) {
			filters[".xxx"] = predicate.And(some, predicate.HasValue("broken"))
		}
	}
	return filters
}

func brokenRecord(visible string, a arrow.Array) arrow.Record {
	tenants := make([]cell, len(visible))
	for i := range visible {
		tenants[i] = cell{visible[i : i+1], true}
	}
	tenant := textArray(memory.DefaultAllocator, arrow.BinaryTypes.String, tenants, 0, 0)
	schema := arrow.NewSchema([]arrow.Field{{Name: "tenant", Type: tenant.DataType()}, {Name: "broken", Type: a.DataType(), Nullable: true}}, nil)
	return array.NewRecord(schema, []arrow.Array{tenant, a}, int64(len(visible)))
}

// sharing returns columns of n rows that all have one large item of about size
// bytes, in little memory.
func sharing(n, size int) map[string]arrow.ArrayData {
	text := make([]byte, size)
	for i := range text {
		text[i] = byte('a' + i%26)
	}
	content := memory.NewBufferBytes(text)
	large := array.NewData(arrow.BinaryTypes.String, 1, []*memory.Buffer{nil, int32s(0, int32(size)), content}, nil, 0, 0)
	numbers := array.NewData(arrow.PrimitiveTypes.Int32, size/4, []*memory.Buffer{nil, content}, nil, 0, 0)
	one, sizes, zeros := make([]int32, n), make([]int32, n), make([]int32, n)
	far := make([]int32, 0, 4*n)
	steps := make([]int32, n) // lists that overlap, but are not the same
	for i := range n {
		one[i], sizes[i], steps[i] = 1, int32(size/4-n), int32(n-i)
		far = append(far, int32(size-n), 0, 0, int32(i))
		copy(arrow.Int32Traits.CastToBytes(far[len(far)-3:]), text[i:i+4])
	}
	codes := memory.NewBufferBytes(make([]byte, n))
	field := []arrow.Field{{Name: "s", Type: large.DataType()}}
	union := arrow.DenseUnionOf(field, []arrow.UnionTypeCode{0})
	data := func(dt arrow.DataType, bufs []*memory.Buffer, child arrow.ArrayData) arrow.ArrayData {
		return array.NewData(dt, n, bufs, []arrow.ArrayData{child}, 0, 0)
	}
	columns := map[string]arrow.ArrayData{
		"list_view":             data(arrow.ListViewOf(large.DataType()), []*memory.Buffer{nil, int32s(zeros...), int32s(one...)}, large),
		"list_view of overlaps": data(arrow.ListViewOf(numbers.DataType()), []*memory.Buffer{nil, int32s(steps...), int32s(sizes...)}, numbers),
		"dense_union":           data(union, []*memory.Buffer{nil, codes, int32s(zeros...)}, large),
		"string_view":           array.NewData(arrow.BinaryTypes.StringView, n, []*memory.Buffer{nil, int32s(far...), content}, nil, 0, 0),
	}
	wide := make([]int64, n)
	columns["large_list_view of list_view"] = data(arrow.LargeListViewOf(columns["list_view"].DataType()),
		[]*memory.Buffer{nil, memory.NewBufferBytes(arrow.Int64Traits.CastToBytes(wide)), memory.NewBufferBytes(arrow.Int64Traits.CastToBytes(append(wide[:0:0], repeated(int64(n), n)...)))},
		columns["list_view"])
	return columns
}

func repeated[T any](v T, n int) []T {
	s := make([]T, n)
	for i := range s {
		s[i] = v
	}
	return s
}

func int32s(v ...int32) *memory.Buffer {
	return memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(v))
}

// TestSharing: what many rows share is copied once, so that a small column
// cannot ask for much memory, and is the same in each row.
func TestSharing(t *testing.T) {
	const n, size = 80, 1 << 14
	for name, d := range sharing(n, size) {
		for reason, visible := range map[string]func(i int) bool{
			"every third row": func(i int) bool { return i%3 == 0 },
			"all rows":        func(int) bool { return true },
		} {
			mem := &peak{Allocator: memory.DefaultAllocator}
			column := array.MakeFromData(d)
			var tenants []cell
			for i := range n {
				tenants = append(tenants, cell{fmt.Sprint(visible(i)), true})
			}
			tenant := textArray(memory.DefaultAllocator, arrow.BinaryTypes.String, tenants, 0, 0)
			schema := arrow.NewSchema([]arrow.Field{{Name: "tenant", Type: tenant.DataType()}, {Name: "x", Type: d.DataType()}}, nil)
			rec := array.NewRecord(schema, []arrow.Array{tenant, column}, n)
			f, err := Bind(predicate.In("tenant", "true"), schema, &Options{Allocator: mem})
			require.NoError(t, err)
			got, err := f.Apply(rec)
			require.NoError(t, err, name)
			require.Less(t, mem.peak, 4*size, "%s, %s", name, reason)
			row := 0
			for i := range n {
				if !visible(i) {
					continue
				}
				if row%20 == 0 { // they are long
					require.Equal(t, rowJSON(t, column, i), rowJSON(t, got.Column(1), row), "%s, %s, row %d", name, reason, i)
				}
				row++
			}
			require.EqualValues(t, row, got.NumRows())
			got.Release()
			require.Zero(t, mem.now)
		}
	}
}

// peak is an allocator that knows the most it had lent.
type peak struct {
	memory.Allocator
	now, peak int
}

func (p *peak) add(n int) {
	p.now += n
	p.peak = max(p.peak, p.now)
}

func (p *peak) Allocate(n int) []byte {
	p.add(n)
	return p.Allocator.Allocate(n)
}

func (p *peak) Reallocate(n int, b []byte) []byte {
	p.add(n - len(b))
	return p.Allocator.Reallocate(n, b)
}

func (p *peak) Free(b []byte) {
	p.add(-len(b))
	p.Allocator.Free(b)
}
