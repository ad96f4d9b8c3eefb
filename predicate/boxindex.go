package predicate

import (
	"math/bits"
	"slices"
	"sync"
)

// A boxIndex finds the boxes that could contain a given one without looking at
// all pairs: a containing box accepts, in its key column, every value that the
// contained box has there.
type boxIndex struct {
	boxes []Predicate // what is no box, or the zero Predicate, is not found
	uses  perColumn[columnUse]
	slots []boxSlot  // by key hash
	chain []boxEntry // entry 0 is not used
	steps int        // entries looked at, for tests

	of   []int32  // while it is built: the column of each atom,
	keys []boxKey // and the key of each box
}

// A boxSlot leads to the entries of some keys.
type boxSlot struct{ newest, fill int32 } // 0 for none; and how many there are

// A boxEntry is one value of a box's key atom. Entries of one slot are linked.
type boxEntry struct {
	key  uint32
	sig  uint32 // of the key atom
	box  int32
	next int32
}

func newBoxIndex(boxes []Predicate) *boxIndex {
	ix := new(boxIndex)
	ix.build(boxes)
	return ix
}

// boxIndexes lend the memory of indices that serve one union. It is several
// times as much as the union, and asking for it takes as long as the rest.
var boxIndexes = sync.Pool{New: func() any { return new(boxIndex) }}

// maxKept bounds what is kept for the next union, in entries: somewhat more than
// the rules of a viewer need.
const maxKept = 1 << 14

// free hands ix on, without anything of its boxes.
func (ix *boxIndex) free() {
	if ix.large() {
		return
	}
	clear(ix.keys)
	ix.uses.reset()
	ix.boxes, ix.steps = nil, 0
	boxIndexes.Put(ix)
}

func (ix *boxIndex) large() bool {
	return max(cap(ix.chain), cap(ix.keys), cap(ix.of)/4, cap(ix.uses.names)) > maxKept
}

// build makes ix an index of boxes. It is new, or was freed.
func (ix *boxIndex) build(boxes []Predicate) {
	ix.boxes = boxes
	ix.use()
	ix.keys = resized(ix.keys, len(boxes)) // zeros: see free
	uses, entries := ix.of, 1
	for i, p := range boxes {
		if !p.box() {
			continue
		}
		atoms, least := p.atoms(), 0
		for j, a := range atoms {
			if cost := ix.uses.each[uses[j]].keyCost(a); j == 0 || cost < least {
				least, ix.keys[i] = cost, boxKey{a, uses[j]}
			}
		}
		uses = uses[len(atoms):]
		entries += len(ix.keys[i].atom.n.values)
	}
	ix.slots = resized(ix.slots, 1<<bits.Len(uint(entries)))
	clear(ix.slots)
	ix.chain = resized(ix.chain, entries)[:1]
	last := uint32(len(ix.slots) - 1)
	for i, key := range ix.keys {
		if key.atom.n == nil {
			continue
		}
		use := ix.uses.each[key.use]
		switch key.atom.Op() {
		case OpHasValue:
			use.anyKey = append(use.anyKey, int32(i))
		case OpIn:
			use.key = true
			k := entryKey(use.hash, key.atom.n.first)
			for j, v := range key.atom.n.values {
				if j > 0 {
					k = entryKey(use.hash, hash(v))
				}
				slot := &ix.slots[k&last]
				ix.chain = append(ix.chain, boxEntry{k, fold(key.atom.n.sig), int32(i), slot.newest})
				*slot = boxSlot{int32(len(ix.chain) - 1), slot.fill + 1}
			}
		}
	}
}

// resized returns a slice of n elements, in the memory of s if it is enough. They
// are whatever they were before.
func resized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// A boxKey is the atom by which a box is found.
type boxKey struct {
	atom Predicate
	use  int32
}

// entryKey joins the hashes of a column and a value. Two pairs with one key
// cost a comparison, nothing else.
func entryKey(column, value uint64) uint32 {
	k := bits.RotateLeft64(column, 23) ^ value
	return uint32(k ^ k>>32)
}

// fold makes 32 bits of a signature: that of a subset is still a subset.
func fold(sig uint64) uint32 { return uint32(sig | sig>>32) }

// A columnUse says how well a column tells boxes apart.
type columnUse struct {
	hash    uint64
	firsts  [16]uint64 // a bit for the hash of each first value
	spread  int        // bits in firsts: about how many first values there are
	share   int        // 1<<16/spread: how many boxes have each of them
	anyHere int        // boxes with a HasValue
	key     bool       // some box has an In as key atom here
	anyKey  []int32    // boxes whose key atom is a HasValue
}

// use sees how boxes use columns, and keeps the number of the column of each of
// their atoms.
func (ix *boxIndex) use() {
	ix.of = slices.Grow(ix.of[:0], 4*len(ix.boxes))
	for _, p := range ix.boxes {
		if !p.box() {
			continue
		}
		for _, a := range p.atoms() {
			at := ix.uses.index(a.n.column)
			ix.of = append(ix.of, int32(at))
			u := ix.uses.each[at]
			if a.Op() == OpHasValue {
				u.anyHere++
				continue
			}
			bit := &u.firsts[a.n.first>>60]
			mask := uint64(1) << (a.n.first >> 54 & 63)
			if *bit&mask == 0 {
				*bit |= mask
				u.spread++
			}
		}
	}
	for i, u := range ix.uses.each {
		u.hash, u.share = hash(ix.uses.names[i]), 1<<16/max(u.spread, 1)
	}
}

// keyCost estimates what it takes to have atom a of this column as key: index
// entries made, and candidates met later. A HasValue is met by every box that
// tests the column.
func (u *columnUse) keyCost(a Predicate) int {
	if a.Op() == OpHasValue {
		return 1<<30 + u.anyHere
	}
	return len(a.n.values) + u.share
}

// covers reports whether one of the boxes, other than the one at place self,
// contains the box of atoms b.
func (ix *boxIndex) covers(b []Predicate, self int) bool {
	is := func(i int32) bool {
		return int(i) != self && ix.boxes[i].n != nil && boxCovers(ix.boxes[i].atoms(), b)
	}
	for _, a := range b {
		at := ix.uses.find(a.n.column)
		if at < 0 {
			continue // no box tests it
		}
		use := ix.uses.each[at]
		if slices.ContainsFunc(use.anyKey, is) {
			return true
		}
		if a.Op() != OpIn || !use.key {
			continue
		}
		k := ix.rarest(use, a)
		sig := fold(a.n.sig)
		for e := ix.slots[k&uint32(len(ix.slots)-1)].newest; e != 0; e = ix.chain[e].next {
			ix.steps++
			if c := &ix.chain[e]; c.key == k && sig&^c.sig == 0 && is(c.box) {
				return true
			}
		}
	}
	return false
}

// rarest returns the key of a value of a that few boxes accept: all of them, if
// they contain a, accept every one, so that rules which begin with the same value
// are no reason to look at all. A value is tried for a few entries it may save.
func (ix *boxIndex) rarest(use *columnUse, a Predicate) uint32 {
	best := entryKey(use.hash, a.n.first)
	least := ix.slots[best&uint32(len(ix.slots)-1)].fill
	for i := 1; i < len(a.n.values) && 4*i < int(least); i++ {
		ix.steps++
		k := entryKey(use.hash, hash(a.n.values[i]))
		if n := ix.slots[k&uint32(len(ix.slots)-1)].fill; n < least {
			best, least = k, n
		}
	}
	return best
}
