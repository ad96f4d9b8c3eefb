package batch

import "math/bits"

// groups divide the members of a set by hash, some four to a group, and tell in
// one load which member of a group could be the one that is looked for. The
// members themselves lie elsewhere, packed, those of a group side by side, so
// that a look-up touches one line of groups, which stay in the caches, and one
// of members.
//
//	tags  | t7 | t6 | t5 | t4 | t3 | t2 | t1 | t0 |   a byte of the hash of each
//	base  where the group's members begin
//	n     how many there are; those past the eighth have no tag
type groups struct {
	list  []group // a power of two
	shift uint8   // of a hash, to index list
}

type group struct {
	tags    uint64
	base, n uint32
}

const (
	groupTags = 8
	lowBits   = 0x0101010101010101
	highBits  = 0x8080808080808080
)

// tagOf returns the tag of a hash, never 0, which is that of no member. It has
// nothing to do with the bits that choose the group.
func tagOf(hash uint64) uint64 { return max(hash&0xff, 1) }

// of returns the group of a hash.
func (gs *groups) of(hash uint64) group {
	if len(gs.list) == 0 {
		return group{}
	}
	return gs.list[hash>>gs.shift&uint64(len(gs.list)-1)]
}

// matches returns a bit in each byte whose tag is that of hash. Above the
// lowest such bit it may have more; none at all means there is no such tag.
func (g group) matches(hash uint64) uint64 {
	x := g.tags ^ tagOf(hash)*lowBits
	return (x - lowBits) &^ x & highBits
}

// first returns where the first member with the tag of a hash lies, given its
// matches. If there is none it is a place not far from the group, which is why
// members are followed by groupTags+1 spare ones.
func (g group) first(matches uint64) uint32 {
	return g.base + uint32(bits.TrailingZeros64(matches)>>3)
}

// size returns the number of members.
func (gs *groups) size() int {
	if len(gs.list) == 0 {
		return 0
	}
	last := gs.list[len(gs.list)-1]
	return int(last.base + last.n)
}

// newGroups returns groups for n members, all of which are first counted, then
// placed.
func newGroups(n int) groups {
	if n == 0 {
		return groups{}
	}
	size := powerOfTwo((n + 3) / 4)
	gs := groups{make([]group, size), shiftTo(size)}
	if size == 1 {
		gs.shift = 0 // any: the mask of an index leaves nothing
	}
	return gs
}

// count counts a member with this hash.
func (gs *groups) count(hash uint64) { gs.list[hash>>(gs.shift&63)&uint64(len(gs.list)-1)].n++ }

// counted gives each group its place after the last count.
func (gs *groups) counted() {
	base := uint32(0)
	for i := range gs.list {
		g := &gs.list[i]
		g.base, g.n, base = base, 0, base+g.n
	}
}

// place returns where the next member with this hash lies.
func (gs *groups) place(hash uint64) uint32 {
	g := &gs.list[hash>>(gs.shift&63)&uint64(len(gs.list)-1)]
	at := g.base + g.n
	if g.n < groupTags {
		g.tags |= tagOf(hash) << (8 * g.n)
	}
	g.n++
	return at
}

// build makes groups for members with the given hashes and returns where each
// lies.
func (gs *groups) build(hashes []uint64) (places []uint32) {
	*gs = newGroups(len(hashes))
	for _, h := range hashes {
		gs.count(h)
	}
	gs.counted()
	places = make([]uint32, len(hashes))
	for i, h := range hashes {
		places[i] = gs.place(h)
	}
	return places
}

// powerOfTwo returns the least power of two that is at least n.
func powerOfTwo(n int) int { return 1 << bits.Len(uint(n-1)) }

// shiftTo returns by how much a hash is shifted to be less than n.
func shiftTo(n int) uint8 { return uint8(64 - bits.TrailingZeros(uint(n))) }
