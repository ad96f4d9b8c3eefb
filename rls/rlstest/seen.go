package rlstest

import (
	"encoding/binary"
	"iter"
	"math/bits"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/batch"
)

// seen is what a viewer sees of a table: bit g&63 of word g>>6 is group g of its
// rows. The zero seen is of a viewer who sees nothing.
type seen struct {
	t     *table
	mask  []uint64
	count int // of rows
}

// see evaluates a predicate on the whole data.
func (t *table) see(p predicate.Predicate) (seen, error) {
	f, err := batch.Bind(p, t.groups.Schema(), nil)
	if err != nil {
		return seen{}, err
	}
	m, err := f.Mask(t.groups)
	if err != nil {
		return seen{}, err
	}
	defer m.Release()
	// A mask has offset 0, no nulls, and zeros behind its last row.
	bitmap := m.Data().Buffers()[1].Bytes()
	s := seen{t: t, mask: make([]uint64, (m.Len()+63)/64)}
	for i := range s.mask {
		var word [8]byte
		copy(word[:], bitmap[i*8:])
		s.mask[i] = binary.LittleEndian.Uint64(word[:])
	}
	if rest := m.Len() & 63; rest != 0 {
		s.mask[len(s.mask)-1] &= 1<<rest - 1
	}
	for g := range s.groups() {
		s.count += len(t.members.of(g))
	}
	return s, nil
}

// everything is what a viewer sees whom nothing is hidden from.
func (t *table) everything() seen {
	n := int(t.groups.NumRows())
	s := seen{t: t, mask: make([]uint64, (n+63)/64), count: t.rows}
	for g := range n {
		s.mask[g>>6] |= 1 << (g & 63)
	}
	return s
}

func (s seen) has(row int32) bool {
	if s.t == nil {
		return false
	}
	g := s.t.of[row]
	return s.mask[g>>6]>>(g&63)&1 != 0
}

// groups returns the visible groups in order.
func (s seen) groups() iter.Seq[int32] {
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

// rows returns the visible rows, in no order.
func (s seen) rows() iter.Seq[int32] {
	return func(yield func(int32) bool) {
		for g := range s.groups() {
			for _, row := range s.t.members.of(g) {
				if !yield(row) {
					return
				}
			}
		}
	}
}
