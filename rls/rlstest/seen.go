package rlstest

import (
	"encoding/binary"
	"iter"
	"math/bits"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/batch"
)

// seen is what a viewer sees of the data: bit i&63 of word i>>6 is row i. The
// zero seen is of a viewer who sees nothing.
type seen struct {
	mask  []uint64
	count int
}

// see evaluates a predicate on the whole data.
func (t *table) see(p predicate.Predicate) (seen, error) {
	f, err := batch.Bind(p, t.rec.Schema(), nil)
	if err != nil {
		return seen{}, err
	}
	m, err := f.Mask(t.rec)
	if err != nil {
		return seen{}, err
	}
	defer m.Release()
	// A mask has offset 0, no nulls, and zeros behind its last row.
	bitmap := m.Data().Buffers()[1].Bytes()
	s := seen{mask: make([]uint64, (t.rows+63)/64)}
	for i := range s.mask {
		var word [8]byte
		copy(word[:], bitmap[min(i*8, len(bitmap)):])
		s.mask[i] = binary.LittleEndian.Uint64(word[:])
	}
	if rest := t.rows & 63; rest != 0 {
		s.mask[len(s.mask)-1] &= 1<<rest - 1
	}
	for _, w := range s.mask {
		s.count += bits.OnesCount64(w)
	}
	return s, nil
}

// everything is what a viewer sees whom nothing is hidden from.
func (t *table) everything() seen {
	s := seen{mask: make([]uint64, (t.rows+63)/64), count: t.rows}
	for i := range s.mask {
		s.mask[i] = ^uint64(0)
	}
	if rest := t.rows & 63; rest != 0 {
		s.mask[len(s.mask)-1] = 1<<rest - 1
	}
	return s
}

func (s seen) has(row int32) bool {
	return s.mask != nil && s.mask[row>>6]>>(row&63)&1 != 0
}

// rows returns the visible rows in order.
func (s seen) rows() iter.Seq[int32] {
	return func(yield func(int32) bool) {
		for i, w := range s.mask {
			for ; w != 0; w &= w - 1 {
				if !yield(int32(i<<6 + bits.TrailingZeros64(w))) {
					return
				}
			}
		}
	}
}
