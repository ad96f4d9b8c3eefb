package batch

import (
	"github.com/apache/arrow/go/v15/arrow"
)

// plain reads utf8 and large_utf8: offsets into one run of bytes.
type plain[O int32 | int64] struct {
	lookup  *lookup
	offsets []O // of the rows, one more than there are
	data    []byte
	valid   []byte // nil: no nulls
	bit     int    // of the first row in valid
}

func openPlain[O int32 | int64](data arrow.ArrayData, l *lookup, cast func([]byte) []O) (codes, error) {
	n := data.Len()
	if n == 0 {
		return &plain[O]{lookup: l, offsets: make([]O, 1)}, nil
	}
	off := data.Offset()
	return &plain[O]{
		lookup:  l,
		offsets: cast(bufferBytes(data, 1))[off : off+n+1],
		data:    bufferBytes(data, 2),
		valid:   validity(data),
		bit:     off,
	}, nil
}

func (p *plain[O]) read(dst []uint32, from int) error {
	lookupPlain(p.lookup, dst, p.offsets[from:from+len(dst)+1], p.data)
	if p.valid != nil {
		zeroNulls(dst, p.valid, p.bit+from)
	}
	return nil
}

// lookupPlain is the loop most of the time of a filter on plain text is spent
// in: lookup.find for every row, with the first slot of a short text looked at
// in line and its outcome chosen without a branch.
func lookupPlain[O int32 | int64](l *lookup, dst []uint32, offsets []O, data []byte) {
	offsets = offsets[:len(dst)+1]
	short, shortBy, miss := l.short, l.shortBy, l.miss
	if len(short) == 0 {
		at := int(offsets[0])
		for i := range dst {
			end := int(offsets[i+1])
			dst[i] = l.find(data, at, end-at)
			at = end
		}
		return
	}
	mask := len(short) - 1
	at := int(offsets[0])
	for i := range dst {
		end := int(offsets[i+1])
		n := end - at
		if uint(n-1) >= maxShort {
			dst[i] = l.find(data, at, n)
			at = end
			continue
		}
		lo, hi := words(data, at, n)
		at = end
		slot := int(shortHash(lo, hi, uint32(n))>>shortBy) & mask
		s := &short[slot]
		differ := (lo ^ s.lo) | (hi ^ s.hi) | uint64(uint32(n)^s.size)
		code := s.code
		if differ != 0 {
			code = miss
		}
		if differ != 0 && s.size != 0 {
			code = l.probe(lo, hi, uint32(n), slot+1)
		}
		dst[i] = code
	}
}

// probe goes on with a search whose first slot held another value.
func (l *lookup) probe(lo, hi uint64, n uint32, slot int) uint32 {
	mask := len(l.short) - 1
	for ; ; slot++ {
		s := &l.short[slot&mask]
		if s.lo == lo && s.hi == hi && s.size == n {
			return s.code
		}
		if s.size == 0 {
			return l.miss
		}
	}
}
