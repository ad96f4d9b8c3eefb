package arraycheck

import (
	"encoding/binary"

	v15 "github.com/apache/arrow/go/v15/arrow"
)

// checkIncreasing checks that no offset goes back. The ends have been checked,
// so everything between them lies inside the values.
func checkIncreasing[T int32 | int64](d v15.ArrayData, castOffsets func([]byte) []T) error {
	offsets := elements(castOffsets(bytesOf(d, 1)), d, d.Len()+1)
	next := offsets[1:]
	done := 0
	if narrow, ok := any(offsets).([]int32); ok {
		done = rising(v15.Int32Traits.CastToBytes(narrow))
	}
	// The sign of signs is set if an offset or a step is negative. A step between
	// offsets that are not negative cannot overflow.
	var signs T
	for i, o := range offsets[done:len(next)] {
		signs |= o | (next[done+i] - o)
	}
	if signs >= 0 {
		return nil
	}
	for i, o := range offsets[:len(next)] {
		if next[i] < o {
			return malformed("offset of row %d goes back from %d to %d", i+1, o, next[i])
		}
	}
	return nil
}

// rising returns how many offsets of 32 bits, from the first on, are known not to
// be negative and not to exceed the next. It compares four in one go, two in a
// number:
//
//	b     o0 o1 o2 o3 o4
//	x     o0|o1    o2|o3      offsets
//	y        o1|o2    o3|o4   those that follow
//
// No half borrows from the other: with its sign set, one of y exceeds one of x
// that is not negative, and keeps the sign if it is not less.
func rising(b []byte) int {
	const signs = 1<<63 | 1<<31
	kept, negative := uint64(signs), uint64(0)
	i := 0
	for ; i+20 <= len(b); i += 16 {
		c := (*[20]byte)(b[i:])
		x0, y0 := binary.NativeEndian.Uint64(c[0:]), binary.NativeEndian.Uint64(c[4:])
		x1, y1 := binary.NativeEndian.Uint64(c[8:]), binary.NativeEndian.Uint64(c[12:])
		kept &= (y0 | signs) - x0
		kept &= (y1 | signs) - x1
		negative |= x0 | x1
	}
	if negative&signs != 0 || kept&signs != signs {
		return 0 // somewhere; the caller looks where
	}
	return i / 4
}
