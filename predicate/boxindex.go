package predicate

import (
	"math/bits"
	"slices"
)

// A boxIndex finds the boxes that could contain a given one without looking at
// all pairs: a containing box accepts, in its key column, the first value that
// the contained box has there.
type boxIndex struct {
	boxes []Predicate        // what is no box, or the zero Predicate, is not found
	slots []int32            // by key hash: the newest entry, 0 for none
	chain []boxEntry         // entry 0 is not used
	byAny map[string][]int32 // by column: boxes whose key atom is a HasValue
}

// A boxEntry is one value of a box's key atom. Entries of one slot are linked.
type boxEntry struct {
	key  uint64
	box  int32
	next int32
}

func newBoxIndex(boxes []Predicate) *boxIndex {
	ix := &boxIndex{boxes: boxes}
	uses := columnUses(boxes)
	keys := make([]Predicate, len(boxes))
	entries := 1
	for i, p := range boxes {
		if !p.box() {
			continue
		}
		keys[i] = slices.MinFunc(p.atoms(), func(a, b Predicate) int {
			return keyCost(a, uses) - keyCost(b, uses)
		})
		entries += len(keys[i].n.values)
	}
	ix.slots = make([]int32, 1<<bits.Len(uint(entries)))
	ix.chain = make([]boxEntry, 1, entries)
	for i, key := range keys {
		switch key.Op() {
		case OpHasValue:
			if ix.byAny == nil {
				ix.byAny = make(map[string][]int32)
			}
			ix.byAny[key.n.column] = append(ix.byAny[key.n.column], int32(i))
		case OpIn:
			column := hash(key.n.column)
			for _, v := range key.n.values {
				k := entryKey(column, hash(v))
				slot := &ix.slots[k&uint64(len(ix.slots)-1)]
				ix.chain = append(ix.chain, boxEntry{k, int32(i), *slot})
				*slot = int32(len(ix.chain) - 1)
			}
		}
	}
	return ix
}

// entryKey joins the hashes of a column and a value. Two pairs with one key
// cost a comparison, nothing else.
func entryKey(column, value uint64) uint64 { return bits.RotateLeft64(column, 23) ^ value }

// A columnUse says how well a column tells boxes apart.
type columnUse struct {
	firsts  [16]uint64 // a bit for the hash of each first value
	spread  int        // bits in firsts: about how many first values there are
	anyHere int        // boxes with a HasValue
}

func columnUses(boxes []Predicate) map[string]*columnUse {
	uses := make(map[string]*columnUse)
	for _, p := range boxes {
		if !p.box() {
			continue
		}
		for _, a := range p.atoms() {
			u := uses[a.n.column]
			if u == nil {
				u = new(columnUse)
				uses[a.n.column] = u
			}
			if a.Op() == OpHasValue {
				u.anyHere++
			} else {
				u.firsts[a.n.first>>60] |= 1 << (a.n.first >> 54 & 63)
			}
		}
	}
	for _, u := range uses {
		for _, word := range u.firsts {
			u.spread += bits.OnesCount64(word)
		}
	}
	return uses
}

// keyCost estimates what it takes to have atom a as key: index entries made,
// and candidates met later. A HasValue is met by every box that tests the
// column.
func keyCost(a Predicate, uses map[string]*columnUse) int {
	if a.Op() == OpHasValue {
		return 1<<30 + uses[a.n.column].anyHere
	}
	return len(a.n.values) + 1<<16/uses[a.n.column].spread
}

// covers reports whether one of the boxes, other than self, contains the box
// of atoms b.
func (ix *boxIndex) covers(b []Predicate, self *node) bool {
	is := func(i int32) bool {
		p := ix.boxes[i]
		return p.n != nil && p.n != self && boxCovers(p.atoms(), b)
	}
	for _, a := range b {
		if slices.ContainsFunc(ix.byAny[a.n.column], is) {
			return true
		}
		if a.Op() != OpIn {
			continue
		}
		k := entryKey(hash(a.n.column), a.n.first)
		for e := ix.slots[k&uint64(len(ix.slots)-1)]; e != 0; e = ix.chain[e].next {
			if ix.chain[e].key == k && is(ix.chain[e].box) {
				return true
			}
		}
	}
	return false
}
