package predicate

import (
	"math/bits"
	"slices"
)

// A boxIndex finds the boxes that could contain a given one without looking at
// all pairs: a containing box accepts, in its key column, every value that the
// contained box has there.
type boxIndex struct {
	boxes []Predicate // what is no box, or the zero Predicate, is not found
	uses  perColumn[columnUse]
	slots []int32    // by key hash: the newest entry, 0 for none
	fill  []int32    // entries of each slot
	chain []boxEntry // entry 0 is not used
	steps int        // entries looked at, for tests
}

// A boxEntry is one value of a box's key atom. Entries of one slot are linked.
type boxEntry struct {
	key  uint32
	sig  uint32 // of the key atom
	box  int32
	next int32
}

func newBoxIndex(boxes []Predicate) *boxIndex {
	ix := &boxIndex{boxes: boxes}
	uses := ix.use(boxes)
	keys := make([]boxKey, len(boxes))
	entries := 1
	for i, p := range boxes {
		if !p.box() {
			continue
		}
		least := 0
		for j, a := range p.atoms() {
			if cost := ix.uses.each[uses[j]].keyCost(a); j == 0 || cost < least {
				least, keys[i] = cost, boxKey{a, uses[j]}
			}
		}
		uses = uses[len(p.atoms()):]
		entries += len(keys[i].atom.n.values)
	}
	ix.slots = make([]int32, 1<<bits.Len(uint(entries)))
	ix.fill = make([]int32, len(ix.slots))
	ix.chain = make([]boxEntry, 1, entries)
	for i, key := range keys {
		if key.atom.n == nil {
			continue
		}
		use := ix.uses.each[key.use]
		switch key.atom.Op() {
		case OpHasValue:
			use.anyKey = append(use.anyKey, int32(i))
		case OpIn:
			use.key = true
			for _, v := range key.atom.n.values {
				k := entryKey(use.hash, hash(v))
				slot := &ix.slots[k&uint32(len(ix.slots)-1)]
				ix.fill[k&uint32(len(ix.slots)-1)]++
				ix.chain = append(ix.chain, boxEntry{k, fold(key.atom.n.sig), int32(i), *slot})
				*slot = int32(len(ix.chain) - 1)
			}
		}
	}
	return ix
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
	anyHere int        // boxes with a HasValue
	key     bool       // some box has an In as key atom here
	anyKey  []int32    // boxes whose key atom is a HasValue
}

// use sees how boxes use columns, and returns the number of the column of each
// of their atoms.
func (ix *boxIndex) use(boxes []Predicate) []int32 {
	of := make([]int32, 0, 4*len(boxes))
	for _, p := range boxes {
		if !p.box() {
			continue
		}
		for _, a := range p.atoms() {
			at := ix.uses.index(a.n.column)
			of = append(of, int32(at))
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
		u.hash = hash(ix.uses.names[i])
	}
	return of
}

// keyCost estimates what it takes to have atom a of this column as key: index
// entries made, and candidates met later. A HasValue is met by every box that
// tests the column.
func (u *columnUse) keyCost(a Predicate) int {
	if a.Op() == OpHasValue {
		return 1<<30 + u.anyHere
	}
	return len(a.n.values) + 1<<16/u.spread
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
		for e := ix.slots[k&uint32(len(ix.slots)-1)]; e != 0; e = ix.chain[e].next {
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
	least := ix.fill[best&uint32(len(ix.slots)-1)]
	for i := 1; i < len(a.n.values) && 4*i < int(least); i++ {
		ix.steps++
		k := entryKey(use.hash, hash(a.n.values[i]))
		if n := ix.fill[k&uint32(len(ix.slots)-1)]; n < least {
			best, least = k, n
		}
	}
	return best
}
