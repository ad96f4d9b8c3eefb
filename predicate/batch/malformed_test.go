package batch

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
)

// TestMalformed damages the offsets, indices, run ends and references of
// columns, as a hostile file might, and checks that filtering ends with an
// error or with rows that are whole, and leaves nothing allocated.
func TestMalformed(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 14))
	errors := 0
	for _, dt := range append(otherTypes(), textLayouts()...) {
		for range 60 {
			mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
			n := 40
			tenants := randomCells(rng, n, []string{"ours", "theirs"})
			tenant := textArray(memory.DefaultAllocator, arrow.BinaryTypes.String, tenants, 0, 0)
			column := randomArray(t, memory.DefaultAllocator, rng, dt, n, 0, 0)
			damage(rng, column.Data())
			names := []string{"tenant", "x"}
			schema := arrow.NewSchema([]arrow.Field{{Name: names[0], Type: tenant.DataType()}, {Name: names[1], Type: dt}}, nil)
			rec := array.NewRecord(schema, []arrow.Array{tenant, column}, int64(n))
			p := predicate.In("tenant", "ours")
			if IsText(dt) {
				p = predicate.And(p, predicate.In("x", hostile...))
			}
			f, err := Bind(p, schema, &Options{Allocator: mem})
			require.NoError(t, err)
			got, err := f.Apply(rec)
			if err != nil {
				require.ErrorIs(t, err, ErrMalformed)
				require.Nil(t, got)
				errors++
			} else {
				got.Release()
			}
			_, _ = f.Count(rec)
			mem.AssertSize(t, 0)
		}
	}
	require.Greater(t, errors, 100, "nothing was damaged where it matters")
}

// damage overwrites four bytes of a buffer of structure, not of content.
func damage(rng *rand.Rand, d arrow.ArrayData) {
	if children := d.Children(); len(children) > 0 && rng.IntN(2) == 0 {
		damage(rng, children[rng.IntN(len(children))])
		return
	}
	if d.DataType().ID() == arrow.DICTIONARY && rng.IntN(3) == 0 {
		damage(rng, d.Dictionary())
		return
	}
	for i, b := range d.Buffers() {
		if i > 0 && b != nil && b.Len() >= 4 {
			at := rng.IntN(b.Len() - 3)
			word := []uint32{rng.Uint32(), 0, 1 << 31, 1<<31 - 1, ^uint32(0), 41, 1 << 20}[rng.IntN(7)]
			binary.LittleEndian.PutUint32(b.Bytes()[at:], word)
			return
		}
	}
}

// TestMalformedAlike: whatever a damaged column is taken for, it is the same by
// every path, or refused.
func TestMalformedAlike(t *testing.T) {
	rng := rand.New(rand.NewPCG(15, 16))
	pool := []string{"ours", "theirs", "of more than 15 bytes", "EMEA5", "a"}
	many := make([]string, 300)
	for i := range many {
		many[i] = string(rune('a'+i%26)) + string(rune('a'+i/26))
	}
	filters := []predicate.Predicate{
		predicate.In("x", "ours"),
		predicate.In("x", "EMEA5", "ours", "a"),
		predicate.In("x", append(many, pool...)...),
		predicate.Or(predicate.And(predicate.In("x", "ours"), predicate.In("tenant", "ours")), predicate.And(predicate.HasValue("x"), predicate.In("tenant", "theirs"))),
	}
	const n = 200
	compared, refused := 0, 0
	for _, dt := range textLayouts() {
		for range repeats(100) {
			tenant := textArray(memory.DefaultAllocator, arrow.BinaryTypes.String, randomCells(rng, n, pool), 0, 0)
			column := textArray(memory.DefaultAllocator, dt, randomCells(rng, n, pool), rng.IntN(2)*5, 0)
			damage(rng, column.Data())
			schema := arrow.NewSchema([]arrow.Field{{Name: "tenant", Type: tenant.DataType()}, {Name: "x", Type: dt}}, nil)
			rec := array.NewRecord(schema, []arrow.Array{tenant, column}, n)
			for _, p := range filters {
				var masks []string
				for _, off := range []path{0, pathWide, pathWide | pathForms, pathVector, pathForms, pathTable, pathVector | pathForms, pathBits, pathDicts, pathMemo} {
					f, err := Bind(p, schema, &Options{off: off})
					require.NoError(t, err)
					mask, err := f.Mask(rec)
					if err != nil {
						require.ErrorIs(t, err, ErrMalformed)
						refused++
						continue
					}
					masks = append(masks, mask.String())
					mask.Release()
				}
				for _, mask := range masks {
					require.Equal(t, masks[0], mask, "%s by %s", dt, p)
					compared++
				}
			}
		}
	}
	require.Greater(t, compared, 1000)
	require.Greater(t, refused, 1000)
}

// TestMalformedMiss: a text that leads out of its column is refused also where
// no value has as few bytes, and where any text would do.
func TestMalformedMiss(t *testing.T) {
	bytes := func(numbers ...int32) []byte { return arrow.Int32Traits.CastToBytes(numbers) }
	content := memory.NewBufferBytes(make([]byte, 40))
	columns := map[string]arrow.ArrayData{
		"offset below 0": array.NewData(arrow.BinaryTypes.String, 1, []*memory.Buffer{nil, memory.NewBufferBytes(bytes(-5, 0)), content}, nil, 0, 0),
		"view outside": array.NewData(arrow.BinaryTypes.StringView, 1,
			[]*memory.Buffer{nil, memory.NewBufferBytes(bytes(14, 0, 0, 1<<20)), content}, nil, 0, 0),
	}
	long := []string{"more than 15 bytes 1", "more than 15 bytes 2"}
	other := textArray(memory.DefaultAllocator, arrow.BinaryTypes.String, []cell{{"x", true}}, 0, 0)
	for name, data := range columns {
		schema := arrow.NewSchema([]arrow.Field{{Name: "a", Type: data.DataType()}, {Name: "b", Type: other.DataType()}}, nil)
		rec := array.NewRecord(schema, []arrow.Array{array.MakeFromData(data), other}, 1)
		for _, p := range []predicate.Predicate{
			predicate.HasValue("a"),
			predicate.In("a", long...),
			predicate.Or(predicate.And(predicate.HasValue("a"), predicate.HasValue("b")), predicate.And(predicate.In("a", "xyz"), predicate.In("b", "q"))),
			predicate.Or(predicate.And(predicate.HasValue("a"), predicate.HasValue("b")), predicate.And(predicate.In("a", long...), predicate.In("b", "q"))),
		} {
			for path, off := range paths {
				f, err := Bind(p, schema, &Options{off: off})
				require.NoError(t, err)
				n, err := f.Count(rec)
				require.ErrorIs(t, err, ErrMalformed, "%s, %s, %s", name, p, path)
				require.Zero(t, n)
				got, err := f.Apply(rec)
				require.ErrorIs(t, err, ErrMalformed, "%s, %s, %s", name, p, path)
				require.Nil(t, got)
			}
		}
	}
}

// TestEmptyWithOffset: a column of no rows that begins anywhere is fine.
func TestEmptyWithOffset(t *testing.T) {
	for _, valid := range []*memory.Buffer{nil, memory.NewBufferBytes(nil), memory.NewBufferBytes([]byte{1})} {
		numbers := array.NewData(arrow.PrimitiveTypes.Int32, 0, []*memory.Buffer{valid, memory.NewBufferBytes(make([]byte, 64))}, nil, 0, 16)
		tenant := textArray(memory.DefaultAllocator, arrow.BinaryTypes.String, nil, 3, 0)
		schema := arrow.NewSchema([]arrow.Field{{Name: "tenant", Type: tenant.DataType()}, {Name: "n", Type: arrow.PrimitiveTypes.Int32}}, nil)
		f, err := Bind(predicate.In("tenant", "ours"), schema, nil)
		require.NoError(t, err)
		got, err := f.Apply(array.NewRecord(schema, []arrow.Array{tenant, array.MakeFromData(numbers)}, 0))
		require.NoError(t, err)
		require.Zero(t, got.NumRows())
	}
}
