package parquet_test

import (
	"bytes"
	"encoding/binary"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/parquet"
)

// TestFootersThatLie: a footer of some bytes that would make Thrift allocate
// gigabytes, or the library recurse until the stack is gone.
func TestFootersThatLie(t *testing.T) {
	deep := func(elements int) []byte { // version 1, a schema in which each element has one child
		b := []byte{0x15, 0x02, 0x19, 0xfc}
		b = binary.AppendUvarint(b, uint64(elements))
		for range elements {
			b = append(b, 0x48, 1, 'a', 0x15, 0x02, 0x00) // name "a", one child
		}
		return append(b, 0x00)
	}
	for _, tt := range []struct {
		reason string
		footer []byte
		want   string
	}{
		{"a schema of 2^31 elements", []byte{0x15, 0x02, 0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07}, "longer than the bytes left"},
		{"row groups without end", []byte{0x15, 0x02, 0x19, 0x1c, 0x48, 1, 'a', 0x00, 0x16, 0x00, 0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07}, "longer than the bytes left"},
		{"a deep schema", deep(1000), "nested too deep"},
		{"deep structs", bytes.Repeat([]byte{0x1c}, 100_000), "nested too deep"},
		{"deep lists", append([]byte{0x19}, bytes.Repeat([]byte{0x19}, 100_000)...), "nested too deep"},
		{"a negative number of children", []byte{0x15, 0x02, 0x19, 0x1c, 0x48, 1, 'a', 0x15, 0x01, 0x00, 0x00}, "-1 children"},
		{"nothing", nil, "ends in the middle"},
		{"a string past the end", []byte{0x18, 0x7f}, "ends in the middle"},
		{"an unknown type", []byte{0x1f}, "unknown type"},
	} {
		b := append([]byte("PAR1"), tt.footer...)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(tt.footer)))
		b = append(b, "PAR1"...)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := parquet.NewReader(section(b), nil)
		runtime.ReadMemStats(&after)
		require.ErrorIs(t, err, parquet.ErrCorrupt, tt.reason)
		require.ErrorContains(t, err, tt.want, tt.reason)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(16<<20), tt.reason)
	}
}
