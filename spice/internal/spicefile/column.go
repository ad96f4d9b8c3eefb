package spicefile

import (
	"fmt"
	"math"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/bitutil"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// A column collects the rows of one column until a run of them is put in
// order, and then hands them out in that order.
type column interface {
	// append adds the rows of arr whose bit in drop is not set.
	append(arr arrow.Array, drop []bool) error
	// take returns the rows with these numbers as an array, which the caller
	// releases.
	take(rows []uint32) arrow.Array
	bytes() int // about the memory of the rows
	reset()
}

func newColumn(t arrow.DataType, opts *WriteOptions) column {
	switch {
	case IsText(t):
		return newText(opts.maxRunes())
	case t.ID() == arrow.BOOL:
		return &bools{}
	case t.ID() == arrow.BINARY:
		return &binaries{}
	default:
		return &fixed{typ: t, width: fixedWidth(t)}
	}
}

// fixed is a column of values that all take width bytes.
type fixed struct {
	typ    arrow.DataType
	width  int
	values []byte
	valid  []bool
}

func (c *fixed) append(arr arrow.Array, drop []bool) error {
	data := arr.Data()
	var values []byte
	if b := data.Buffers()[1]; b != nil {
		values = b.Bytes()
	}
	for i := range arr.Len() {
		if drop != nil && drop[i] {
			continue
		}
		ok := arr.IsValid(i)
		c.valid = append(c.valid, ok)
		if !ok { // what lies under a null is not for anybody
			c.values = append(c.values, make([]byte, c.width)...)
			continue
		}
		at := (data.Offset() + i) * c.width
		c.values = append(c.values, values[at:at+c.width]...)
	}
	return nil
}

func (c *fixed) take(rows []uint32) arrow.Array {
	out := make([]byte, 0, len(rows)*c.width)
	for _, r := range rows {
		at := int(r) * c.width
		out = append(out, c.values[at:at+c.width]...)
	}
	valid, nulls := takeValid(c.valid, rows)
	return makeArray(c.typ, len(rows), nulls, valid, memory.NewBufferBytes(out))
}

func (c *fixed) bytes() int { return len(c.values) + len(c.valid) }
func (c *fixed) reset()     { c.values, c.valid = c.values[:0], c.valid[:0] }

// bools is a column of truth values.
type bools struct{ values, valid []bool }

func (c *bools) append(arr arrow.Array, drop []bool) error {
	a := arr.(*array.Boolean)
	for i := range a.Len() {
		if drop != nil && drop[i] {
			continue
		}
		c.valid = append(c.valid, a.IsValid(i))
		c.values = append(c.values, a.IsValid(i) && a.Value(i))
	}
	return nil
}

func (c *bools) take(rows []uint32) arrow.Array {
	bits := make([]byte, bitutil.BytesForBits(int64(len(rows))))
	for i, r := range rows {
		if c.values[r] {
			bitutil.SetBit(bits, i)
		}
	}
	valid, nulls := takeValid(c.valid, rows)
	return makeArray(arrow.FixedWidthTypes.Boolean, len(rows), nulls, valid, memory.NewBufferBytes(bits))
}

func (c *bools) bytes() int { return 2 * len(c.values) }
func (c *bools) reset()     { c.values, c.valid = c.values[:0], c.valid[:0] }

// binaries is a column of bytes of any length.
type binaries struct {
	data  []byte
	ends  []int // of each row in data
	valid []bool
}

func (c *binaries) append(arr arrow.Array, drop []bool) error {
	a := arr.(*array.Binary)
	for i := range a.Len() {
		if drop != nil && drop[i] {
			continue
		}
		ok := a.IsValid(i)
		if ok {
			c.data = append(c.data, a.Value(i)...)
		}
		c.ends, c.valid = append(c.ends, len(c.data)), append(c.valid, ok)
	}
	if len(c.data) > math.MaxInt32 { // Arrow's offsets end there
		return fmt.Errorf("%w: %d bytes in %d rows", ErrTooLong, len(c.data), len(c.ends))
	}
	return nil
}

func (c *binaries) value(r uint32) []byte {
	start := 0
	if r > 0 {
		start = c.ends[r-1]
	}
	return c.data[start:c.ends[r]]
}

func (c *binaries) take(rows []uint32) arrow.Array {
	valid, nulls := takeValid(c.valid, rows)
	offsets, data := varLength(len(rows), func(i int) []byte { return c.value(rows[i]) })
	return makeArray(arrow.BinaryTypes.Binary, len(rows), nulls, valid, offsets, data)
}

func (c *binaries) bytes() int { return len(c.data) + 9*len(c.ends) }
func (c *binaries) reset()     { c.data, c.ends, c.valid = c.data[:0], c.ends[:0], c.valid[:0] }

// varLength lays out n values one behind the other.
func varLength[V ~string | ~[]byte](n int, value func(i int) V) (offsets, data *memory.Buffer) {
	ends := make([]int32, n+1)
	var all []byte
	for i := range n {
		all = append(all, value(i)...)
		ends[i+1] = int32(len(all)) // a run is kept far below 2 GiB
	}
	return memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(ends)), memory.NewBufferBytes(all)
}

func takeValid(valid []bool, rows []uint32) (bitmap *memory.Buffer, nulls int) {
	bits := make([]byte, bitutil.BytesForBits(int64(len(rows))))
	for i, r := range rows {
		if valid[r] {
			bitutil.SetBit(bits, i)
		} else {
			nulls++
		}
	}
	if nulls == 0 {
		return nil, 0
	}
	return memory.NewBufferBytes(bits), nulls
}

func makeArray(t arrow.DataType, n, nulls int, buffers ...*memory.Buffer) arrow.Array {
	data := array.NewData(t, n, buffers, nil, nulls, 0)
	defer data.Release()
	return array.MakeFromData(data)
}
