package batch

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
)

// A code is an extension type over a dictionary, the most entangled storage.
type codeArray struct{ array.ExtensionArrayBase }

type codeType struct{ arrow.ExtensionBase }

func newCodeType() *codeType {
	return &codeType{arrow.ExtensionBase{Storage: &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}}}
}

func (*codeType) ArrayType() reflect.Type { return reflect.TypeOf(codeArray{}) }
func (*codeType) ExtensionName() string   { return "rowsight.code" }
func (*codeType) Serialize() string       { return "" }
func (c *codeType) ExtensionEquals(o arrow.ExtensionType) bool {
	return o.ExtensionName() == c.ExtensionName()
}
func (*codeType) Deserialize(arrow.DataType, string) (arrow.ExtensionType, error) {
	return newCodeType(), nil
}

// uuidType is an extension type over plain storage.
type uuidArray struct{ array.ExtensionArrayBase }

type uuidType struct{ arrow.ExtensionBase }

func newUUIDType() *uuidType {
	return &uuidType{arrow.ExtensionBase{Storage: &arrow.FixedSizeBinaryType{ByteWidth: 16}}}
}

func (*uuidType) ArrayType() reflect.Type { return reflect.TypeOf(uuidArray{}) }
func (*uuidType) ExtensionName() string   { return "rowsight.uuid" }
func (*uuidType) Serialize() string       { return "" }
func (u *uuidType) ExtensionEquals(o arrow.ExtensionType) bool {
	return o.ExtensionName() == u.ExtensionName()
}
func (*uuidType) Deserialize(arrow.DataType, string) (arrow.ExtensionType, error) {
	return newUUIDType(), nil
}

// masks are ways to choose rows that take different paths through a copy.
var masks = map[string]func(rng *rand.Rand, i, n int) bool{
	"none":       func(*rand.Rand, int, int) bool { return false },
	"all":        func(*rand.Rand, int, int) bool { return true },
	"few":        func(rng *rand.Rand, _, _ int) bool { return rng.IntN(20) == 0 },
	"half":       func(rng *rand.Rand, _, _ int) bool { return rng.IntN(2) == 0 },
	"most":       func(rng *rand.Rand, _, _ int) bool { return rng.IntN(20) > 0 },
	"front":      func(_ *rand.Rand, i, n int) bool { return i < n/2 },
	"back":       func(_ *rand.Rand, i, n int) bool { return i >= n/2 },
	"middle":     func(_ *rand.Rand, i, n int) bool { return i > n/4 && i < n*3/4 },
	"every 64th": func(_ *rand.Rand, i, _ int) bool { return i%64 == 63 },
}

// TestApply filters a column of every type and compares the rows that come out
// with the rows that went in.
func TestApply(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	types := append(otherTypes(), newUUIDType())
	for _, dt := range append(types, textLayouts()...) {
		for name, visible := range masks {
			for _, n := range []int{0, 1, 64, 130} {
				before, after := rng.IntN(3)*rng.IntN(40), rng.IntN(2)*5
				t.Run(fmt.Sprintf("%s/%s/%d", dt, name, n), func(t *testing.T) {
					testApply(t, rng, dt, n, before, after, visible)
				})
			}
		}
	}
}

func testApply(t *testing.T, rng *rand.Rand, dt arrow.DataType, n, before, after int, visible func(*rand.Rand, int, int) bool) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	tenants := make([]cell, n)
	var want []int
	for i := range tenants {
		tenants[i] = cell{"theirs", true}
		if visible(rng, i, n) {
			tenants[i].text = "ours"
			want = append(want, i)
		}
	}
	tenant := textArray(mem, arrow.BinaryTypes.String, tenants, before, after)
	defer tenant.Release()
	column := randomArray(t, mem, rng, dt, n, before, after)
	defer column.Release()
	schema := arrow.NewSchema([]arrow.Field{{Name: "tenant", Type: tenant.DataType(), Nullable: true}, {Name: "x", Type: dt, Nullable: true}}, nil)
	rec := array.NewRecord(schema, []arrow.Array{tenant, column}, int64(n))
	defer rec.Release()

	f, err := Bind(predicate.In("tenant", "ours"), schema, &Options{Allocator: mem})
	require.NoError(t, err)
	got, err := f.Apply(rec)
	require.NoError(t, err)
	defer got.Release()

	require.True(t, got.Schema().Equal(schema))
	require.EqualValues(t, len(want), got.NumRows())
	require.Equal(t, len(want), got.Column(1).Len())
	for i, row := range want {
		if dt.ID() != arrow.NULL { // which says so only of what is not sliced
			require.Equal(t, column.IsNull(row), got.Column(1).IsNull(i), "row %d of %v", row, column)
		}
		require.Equal(t, rowJSON(t, column, row), rowJSON(t, got.Column(1), i), "row %d", row)
		require.Equal(t, "ours", got.Column(0).(*array.String).Value(i))
	}
	nulls := 0
	for i := range want {
		if got.Column(1).IsNull(i) {
			nulls++
		}
	}
	if dt.ID() == arrow.NULL {
		nulls = len(want)
	}
	require.Equal(t, nulls, got.Column(1).NullN())
}

// TestApplyExtensionOfDictionary builds by hand what the library's constructor
// loses: the dictionary of an extension array.
func TestApplyExtensionOfDictionary(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	dt := newCodeType()
	storage := textArray(mem, dt.Storage, []cell{{"a", true}, {"b", true}, {}, {"c", true}}, 2, 1)
	defer storage.Release()
	gatherer := newGatherer(mem)
	defer gatherer.release()
	column := array.MakeFromData(retyped(storage.Data(), dt, gatherer))
	defer column.Release()
	tenant := textArray(mem, arrow.BinaryTypes.String, []cell{{"y", true}, {"n", true}, {"y", true}, {"y", true}}, 0, 0)
	defer tenant.Release()
	schema := arrow.NewSchema([]arrow.Field{{Name: "t", Type: tenant.DataType()}, {Name: "x", Type: dt}}, nil)
	rec := array.NewRecord(schema, []arrow.Array{tenant, column}, 4)
	defer rec.Release()

	f, err := Bind(predicate.In("t", "y"), schema, &Options{Allocator: mem})
	require.NoError(t, err)
	got, err := f.Apply(rec)
	require.NoError(t, err)
	defer got.Release()
	out := got.Column(1).(*codeArray).Storage().(*array.Dictionary)
	require.Equal(t, 2, out.Dictionary().Len(), "only a and c are left")
	require.Equal(t, `"a"`, rowJSON(t, out, 0))
	require.True(t, out.IsNull(1))
	require.Equal(t, `"c"`, rowJSON(t, out, 2))
}

// TestApplyShares checks where nothing is copied.
func TestApplyShares(t *testing.T) {
	table := textTable{names: []string{"a"}, cells: [][]cell{{{"x", true}, {"x", true}, {"x", true}}}}
	rec := table.record(memory.DefaultAllocator, textLayouts()[:1], 0, 0)
	for _, p := range []predicate.Predicate{predicate.All(), predicate.In("a", "x")} {
		f, err := Bind(p, rec.Schema(), nil)
		require.NoError(t, err)
		got, err := f.Apply(rec)
		require.NoError(t, err)
		require.Same(t, rec, got, "%v hides nothing", p)
	}
	f, err := Bind(predicate.In("a", "y"), rec.Schema(), nil)
	require.NoError(t, err)
	got, err := f.Apply(rec)
	require.NoError(t, err)
	require.Zero(t, got.NumRows())
}
