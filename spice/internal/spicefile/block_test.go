package spicefile

import (
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"
)

// blockTypes are types of each kind of block.
func blockTypes() []arrow.DataType {
	return []arrow.DataType{
		arrow.BinaryTypes.String, dictType, arrow.BinaryTypes.Binary, arrow.FixedWidthTypes.Boolean,
		arrow.PrimitiveTypes.Int8, arrow.PrimitiveTypes.Float64, &arrow.Decimal128Type{Precision: 30, Scale: 2}, &arrow.FixedSizeBinaryType{ByteWidth: 3},
	}
}

// blockColumn returns n rows of a type as they are stored, every third NULL if nulls.
// Text repeats if repeats.
func blockColumn(t testing.TB, dt arrow.DataType, n int, nulls, repeats bool) arrow.Array {
	t.Helper()
	source := dt
	if IsText(dt) {
		source = arrow.BinaryTypes.String
	}
	b := array.NewBuilder(memory.DefaultAllocator, source)
	defer b.Release()
	for i := range n {
		value := i
		if repeats {
			value = i % 5
		}
		switch {
		case nulls && i%3 == 0:
			b.AppendNull()
		case source.ID() == arrow.BOOL:
			b.(*array.BooleanBuilder).Append(i%2 == 0)
		case source.ID() == arrow.FIXED_SIZE_BINARY:
			b.(*array.FixedSizeBinaryBuilder).Append([]byte(fmt.Sprintf("%03d", value%1000)))
		case source.ID() == arrow.BINARY:
			b.(*array.BinaryBuilder).Append([]byte(fmt.Sprint(value)))
		default:
			require.NoError(t, b.AppendValueFromString(fmt.Sprint(value%100)))
		}
	}
	arr := b.NewArray()
	defer arr.Release()
	c := newColumn(dt, &WriteOptions{})
	require.NoError(t, c.append(arr, nil))
	rows := make([]uint32, n)
	for i := range rows {
		rows[i] = uint32(i)
	}
	if text, ok := c.(*text); ok {
		if !repeats {
			text.numbers = nil
		}
		arr, _ := text.encode(rows)
		return arr
	}
	return c.take(rows)
}

// TestBlock opens what it wrote: columns of every kind, with and without NULL.
func TestBlock(t *testing.T) {
	for _, dt := range blockTypes() {
		for _, n := range []int{1, 7, 8, 63, 64, 300} {
			for i := range 4 {
				want := blockColumn(t, dt, n, i&1 != 0, i&2 != 0)
				mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
				plain := appendBlock([]byte("before"), want)[len("before"):]
				block := memory.NewBufferWithAllocator(mem.Allocate(len(plain)), mem)
				copy(block.Bytes(), plain)
				got, err := openBlock(block, dt, n)
				require.NoError(t, err)
				block.Release()
				require.True(t, array.Equal(want, got), "%s, %d rows: want %s, got %s", dt, n, want, got)
				require.Equal(t, want.NullN(), got.NullN())
				_, isDictionary := got.(*array.Dictionary)
				require.Equal(t, IsText(dt) && i&2 != 0 && n >= 63, isDictionary && n >= 63, "%s, %d rows", dt, n)
				got.Release()
				mem.AssertSize(t, 0)
			}
		}
	}
}

// TestDamagedBlock changes a number of the header, cuts the block, and makes it longer.
func TestDamagedBlock(t *testing.T) {
	open := func(b []byte, dt arrow.DataType, rows int) error {
		arr, err := openBlock(memory.NewBufferBytes(b), dt, rows)
		if err == nil {
			arr.Release()
		}
		return err
	}
	for _, dt := range blockTypes() {
		for i := range 4 {
			whole := appendBlock(nil, blockColumn(t, dt, 70, i&1 != 0, i&2 != 0))
			require.NoError(t, open(whole, dt, 70))
			require.ErrorIs(t, open(whole, dt, 71), ErrCorrupt)
			require.ErrorIs(t, open(whole, dt, -1), ErrCorrupt)
			require.ErrorIs(t, open(append(whole[:len(whole):len(whole)], make([]byte, blockAlign)...), dt, 70), ErrCorrupt)
			for n := range len(whole) {
				if n%blockAlign == 0 {
					require.ErrorIs(t, open(whole[:n], dt, 70), ErrCorrupt, "%s: cut at %d", dt, n)
				}
			}
			for field := range blockHead / 4 {
				was := binary.LittleEndian.Uint32(whole[4*field:])
				for _, value := range []uint32{0, 1, 2, was + 1, was - 1, 1 << 31, 1<<32 - 1} {
					if value == was || field == 0 && value == 1 && !IsText(dt) && was == 1 {
						continue
					}
					damaged := append([]byte{}, whole...)
					binary.LittleEndian.PutUint32(damaged[4*field:], value)
					if field == 3 && binary.LittleEndian.Uint32(whole) == blockPlain {
						continue // a number that plain columns do not use
					}
					require.ErrorIs(t, open(damaged, dt, 70), ErrCorrupt, "%s: %d in field %d, not %d", dt, value, field, was)
				}
			}
		}
	}
}

// FuzzBlock opens any bytes. What opens can be read.
func FuzzBlock(f *testing.F) {
	for i, dt := range blockTypes() {
		for j := range 4 {
			f.Add(appendBlock(nil, blockColumn(f, dt, 9, j&1 != 0, j&2 != 0)), uint8(i), uint8(9))
		}
	}
	f.Add([]byte{}, uint8(0), uint8(0))
	f.Fuzz(func(t *testing.T, b []byte, kind, rows uint8) {
		dt := blockTypes()[int(kind)%len(blockTypes())]
		mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
		block := memory.NewBufferWithAllocator(mem.Allocate(len(b)), mem)
		copy(block.Bytes(), b)
		arr, err := openBlock(block, dt, int(rows))
		block.Release()
		if err == nil {
			require.Equal(t, int(rows), arr.Len())
			nulls := 0
			for i := range arr.Len() {
				_ = arr.ValueStr(i)
				if arr.IsNull(i) {
					nulls++
				}
			}
			require.Equal(t, arr.NullN(), nulls)
			schema := arrow.NewSchema([]arrow.Field{{Name: "x", Type: arrow.BinaryTypes.String}}, nil)
			if IsText(dt) {
				rec := array.NewRecord(arrow.NewSchema([]arrow.Field{{Name: "x", Type: arr.DataType()}}, nil), []arrow.Array{arr}, int64(rows))
				Deliver(rec, []int{0}, schema, mem).Release()
				rec.Release()
			}
			arr.Release()
		}
		mem.AssertSize(t, 0)
	})
}
