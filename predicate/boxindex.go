package predicate

import (
	"math/bits"
	"slices"
)

// A boxIndex finds the boxes that could contain a given one without looking at
// all pairs: a containing box accepts, in its key column, the first value that
// the contained box has there.
type boxIndex struct {
	boxes []Predicate // what is no box, or the zero Predicate, is not found
	uses  columnUses
	slots []int32    // by key hash: the newest entry, 0 for none
	chain []boxEntry // entry 0 is not used
}

// A boxEntry is one value of a box's key atom. Entries of one slot are linked.
type boxEntry struct {
	key  uint64
	box  int32
	next int32
}

func newBoxIndex(boxes []Predicate) *boxIndex {
	ix := &boxIndex{boxes: boxes, uses: usesOf(boxes)}
	keys := make([]Predicate, len(boxes))
	entries := 1
	for i, p := range boxes {
		if !p.box() {
			continue
		}
		keys[i] = slices.MinFunc(p.atoms(), func(a, b Predicate) int {
			return ix.uses.keyCost(a) - ix.uses.keyCost(b)
		})
		entries += len(keys[i].n.values)
	}
	ix.slots = make([]int32, 1<<bits.Len(uint(entries)))
	ix.chain = make([]boxEntry, 1, entries)
	for i, key := range keys {
		switch key.Op() {
		case OpHasValue:
			use := ix.uses.of(key.n.column)
			use.anyKey = append(use.anyKey, int32(i))
		case OpIn:
			column := ix.uses.of(key.n.column).hash
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
	name    string
	hash    uint64
	firsts  [16]uint64 // a bit for the hash of each first value
	spread  int        // bits in firsts: about how many first values there are
	anyHere int        // boxes with a HasValue
	anyKey  []int32    // boxes whose key atom is a HasValue
}

// columnUses are the uses of the columns that boxes have. Rules restrict a few
// columns, which are compared one by one; a map is for more.
type columnUses struct {
	few  []*columnUse
	many map[string]*columnUse
}

const fewColumns = 8

// of returns the use of a column, which begins as that of none.
func (cs *columnUses) of(column string) *columnUse {
	for _, u := range cs.few {
		if u.name == column {
			return u
		}
	}
	u := cs.many[column]
	if u != nil {
		return u
	}
	u = &columnUse{name: column, hash: hash(column)}
	if len(cs.few) < fewColumns {
		cs.few = append(cs.few, u)
		return u
	}
	if cs.many == nil {
		cs.many = make(map[string]*columnUse)
	}
	cs.many[column] = u
	return u
}

func usesOf(boxes []Predicate) columnUses {
	var uses columnUses
	for _, p := range boxes {
		if !p.box() {
			continue
		}
		for _, a := range p.atoms() {
			u := uses.of(a.n.column)
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
	return uses
}

// keyCost estimates what it takes to have atom a as key: index entries made,
// and candidates met later. A HasValue is met by every box that tests the
// column.
func (cs *columnUses) keyCost(a Predicate) int {
	u := cs.of(a.n.column)
	if a.Op() == OpHasValue {
		return 1<<30 + u.anyHere
	}
	return len(a.n.values) + 1<<16/u.spread
}

// covers reports whether one of the boxes, other than self, contains the box
// of atoms b.
func (ix *boxIndex) covers(b []Predicate, self *node) bool {
	is := func(i int32) bool {
		p := ix.boxes[i]
		return p.n != nil && p.n != self && boxCovers(p.atoms(), b)
	}
	for _, a := range b {
		use := ix.uses.of(a.n.column)
		if slices.ContainsFunc(use.anyKey, is) {
			return true
		}
		if a.Op() != OpIn {
			continue
		}
		k := entryKey(use.hash, a.n.first)
		for e := ix.slots[k&uint64(len(ix.slots)-1)]; e != 0; e = ix.chain[e].next {
			if ix.chain[e].key == k && is(ix.chain[e].box) {
				return true
			}
		}
	}
	return false
}
