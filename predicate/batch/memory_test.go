package batch

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
)

func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, seed)) }

// recycler gives freed memory to the next who asks, at the same address, as an
// allocator of a C library would.
type recycler struct{ free map[int][][]byte }

func (r *recycler) Allocate(size int) []byte {
	if list := r.free[size]; len(list) > 0 {
		r.free[size] = list[:len(list)-1]
		return list[len(list)-1]
	}
	return make([]byte, size)
}

func (r *recycler) Free(b []byte) { r.free[len(b)] = append(r.free[len(b)], b) }

func (r *recycler) Reallocate(size int, b []byte) []byte {
	grown := r.Allocate(size)
	copy(grown, b)
	r.Free(b)
	return grown
}

// TestAddressUsedAgain filters dictionaries that lie, one after the other, at
// the same address: what was remembered of the first must not decide the rows
// of the second.
func TestAddressUsedAgain(t *testing.T) {
	mem := &recycler{free: make(map[int][][]byte)}
	dt := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
	schema := arrow.NewSchema([]arrow.Field{{Name: "a", Type: dt}}, nil)
	f, err := Bind(predicate.In("a", "yes"), schema, nil)
	require.NoError(t, err)
	addresses := make(map[uintptr]int)
	for i := range 50 {
		text, want := "yes", 3
		if i%2 == 1 {
			text, want = "not", 0
		}
		b := array.NewBuilder(mem, dt.ValueType).(*array.StringBuilder)
		b.Append(text)
		values := b.NewArray()
		indexBuilder := array.NewInt32Builder(mem)
		indexBuilder.AppendValues([]int32{0, 0, 0}, nil)
		indices := indexBuilder.NewArray()
		column := array.NewDictionaryArray(dt, indices, values)
		rec := array.NewRecord(schema, []arrow.Array{column}, 3)
		addresses[uintptr(unsafe.Pointer(&values.Data().Buffers()[2].Bytes()[0]))]++

		for range 2 { // once to remember, once to be reminded
			n, err := f.Count(rec)
			require.NoError(t, err)
			require.Equal(t, want, n, "round %d", i)
		}
		for _, r := range []interface{ Release() }{rec, column, indices, indexBuilder, values, b} {
			r.Release()
		}
	}
	require.Less(t, len(addresses), 50, "no address was used again, so nothing was tested")
}

// TestMemoIsUsed makes sure that there is something to go wrong above: a
// dictionary that is shared between records is looked up once.
func TestMemoIsUsed(t *testing.T) {
	table := textTable{names: []string{"a"}, cells: [][]cell{{{"x", true}, {"y", true}}}}
	rec := table.record(memory.DefaultAllocator, textLayouts()[5:6], 0, 0)
	f, err := Bind(predicate.In("a", "x"), rec.Schema(), nil)
	require.NoError(t, err)
	c := f.plan.table.columns[0]
	d := rec.Column(0).Data().Dictionary()
	first, err := c.memoOf(d)
	require.NoError(t, err)
	second, err := c.memoOf(d)
	require.NoError(t, err)
	require.Same(t, unsafe.SliceData(first.codes), unsafe.SliceData(second.codes))
}

// TestFilterForgets checks that a used filter keeps no record alive.
func TestFilterForgets(t *testing.T) {
	schema := arrow.NewSchema([]arrow.Field{{Name: "a", Type: &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}}}, nil)
	f, err := Bind(predicate.In("a", "x"), schema, nil)
	require.NoError(t, err)
	gone := make(chan string, 2)
	func() {
		values := make([]cell, 1000)
		for i := range values {
			values[i] = cell{fmt.Sprint("value ", i), true}
		}
		a := textArray(memory.DefaultAllocator, schema.Field(0).Type, values, 0, 0)
		rec := array.NewRecord(schema, []arrow.Array{a}, 1000)
		dictionary := rec.Column(0).Data().Dictionary().(*array.Data)
		runtime.AddCleanup(dictionary, func(string) { gone <- "dictionary" }, "")
		runtime.AddCleanup(dictionary.Buffers()[2], func(string) { gone <- "buffer" }, "")
		_, err := f.Apply(rec)
		require.NoError(t, err)
	}()
	require.Eventually(t, func() bool { runtime.GC(); return len(gone) == 2 }, waitForGC, 1e6, "the filter holds on to what it has seen")
	runtime.KeepAlive(f)
}

const waitForGC = 5e9

// TestSteadyState checks that filtering allocates the output and a fixed little
// besides, however many rows there are.
func TestSteadyState(t *testing.T) {
	f, rec := steady(t, 100)
	few := testing.AllocsPerRun(50, func() { _, _ = f.Count(rec) })
	f, rec = steady(t, 50_000)
	many := testing.AllocsPerRun(50, func() { _, _ = f.Count(rec) })
	require.LessOrEqual(t, many, few+1)
}

func steady(t *testing.T, rows int) (*Filter, arrow.Record) {
	table := randomTable(newRand(12), rows, hostile)
	rec := table.record(memory.DefaultAllocator, textLayouts()[:3], 0, 0)
	p := predicate.And(predicate.In("a", hostile[:20]...), predicate.In("b", hostile[:30]...))
	f, err := Bind(p, rec.Schema(), nil)
	require.NoError(t, err)
	return f, rec
}

// TestDictionaryDecides shows that a batch is not looked at if no rule accepts a
// value of its dictionary: indices that lead out of it go unnoticed, as do
// those of the other columns.
func TestDictionaryDecides(t *testing.T) {
	table := textTable{names: []string{"a", "b"}, cells: [][]cell{{{"x", true}, {"", false}}, {{"y", true}, {"y", true}}}}
	dictionary := textLayouts()[5]
	for _, tt := range []struct {
		reason  string
		p       predicate.Predicate
		off     path
		wantErr error
	}{
		{"no value of the dictionary is in the set", predicate.In("a", "z"), 0, nil},
		{"one column of two is enough", predicate.And(predicate.In("a", "z"), predicate.In("b", "y", "z")), 0, nil},
		{"a value is in the set", predicate.In("a", "x"), 0, ErrMalformed},
		{"another rule leaves the column open", predicate.Or(predicate.In("a", "z"), predicate.In("b", "y")), 0, ErrMalformed},
		{"without the short cut the damage shows", predicate.In("a", "z"), pathDicts, ErrMalformed},
	} {
		rec := table.record(memory.DefaultAllocator, []arrow.DataType{dictionary, dictionary}, 0, 0)
		for i := range 2 {
			cast[int32](rec.Column(i).Data().Buffers()[1].Bytes())[0] = 99
		}
		f, err := Bind(tt.p, rec.Schema(), &Options{off: tt.off})
		require.NoError(t, err)
		n, err := f.Count(rec)
		require.ErrorIs(t, err, tt.wantErr, tt.reason)
		require.Zero(t, n, tt.reason)
	}
}
