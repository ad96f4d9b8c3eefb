package batch

import "math/bits"

// A perfect hash gives each member of a set a place of its own, so that a
// look-up touches one member and has no branch that depends on it: either it is
// the one looked for or none is. Members are divided by hash into buckets of one
// or two, and every bucket has a pilot, a number that sends its members to
// places nobody else has.
//
//	hash ──highest bits──► bucket ──► pilot ─┐
//	  └──────────────────────────────────────┴─mixed──► place
//
// Pilots take a byte or two a member and stay in the caches; so only the member
// itself may be missed.
type perfect struct {
	pilots []uint8 // of the buckets, a power of two; spare ones follow, as vectors load 4
	shift  uint8   // of a hash, to index pilots
	slots  uint32  // how many places there are
	mix    uint64
}

const (
	pilotMul   = mixC & (1<<32 - 1) // 32 bits
	maxPilots  = 256
	maxBucket  = 64
	maxMembers = 1 << 30
	mixes      = 4 // that are tried
)

// place returns the only place where a member with this hash can be.
func (p *perfect) place(hash uint64) uint32 {
	return p.spot(hash, uint64(p.pilots[hash>>p.shift]))
}

func (p *perfect) spot(hash, pilot uint64) uint32 {
	mixed := (hash ^ pilot*pilotMul) * p.mix >> 32
	return uint32(mixed * uint64(p.slots) >> 32)
}

// newPerfect returns a perfect hash for members with these hashes. It reports
// false if there is none, as where two hashes are equal.
func newPerfect(d *draft, hashes []uint64) (*perfect, bool) {
	n := len(hashes)
	if n == 0 || n > maxMembers {
		return nil, false
	}
	// Buckets of one or two are quickly placed while a fifth of the places is
	// left free.
	buckets := powerOfTwo(max(n*2/3, 1))
	p := &perfect{pilots: make([]uint8, buckets+3), shift: uint8(64 - bits.TrailingZeros(uint(buckets))), slots: uint32(n + n/4 + 1)}
	ends := d.numbers.zeroed(buckets + 2)
	for _, h := range hashes {
		ends[h>>p.shift+2]++
	}
	var sizes [maxBucket + 1]int // how many buckets have how many members
	for b := range buckets {
		size := ends[b+2]
		if size > maxBucket {
			return nil, false
		}
		sizes[size]++
		ends[b+2] += ends[b+1]
	}
	members := d.words.take(n)
	for _, h := range hashes {
		at := &ends[h>>p.shift+1]
		members[*at] = h
		*at++
	}
	// Large buckets go first, while there is room.
	order := d.ids.take(buckets)
	for size, at := maxBucket, 0; size >= 0; size-- {
		sizes[size], at = at, at+sizes[size]
	}
	for b := range buckets {
		at := &sizes[ends[b+1]-ends[b]]
		order[*at] = uint32(b)
		*at++
	}
	taken := bitset(d.words.take((int(p.slots) + 63) / 64))
	for i := range uint64(mixes) {
		p.mix = mixB + 2*i*mixA
		clear(taken)
		if p.settle(order, ends, members, taken) {
			return p, true
		}
	}
	return nil, false
}

// settle finds the pilots of all buckets.
func (p *perfect) settle(order []uint32, ends []int32, members []uint64, taken bitset) bool {
	for _, b := range order {
		bucket := members[ends[b]:ends[b+1]]
		if len(bucket) == 0 {
			return true // as are all that follow
		}
		pilot := uint64(0)
		for !p.fits(bucket, pilot, taken) {
			if pilot++; pilot == maxPilots {
				return false
			}
		}
		p.pilots[b] = uint8(pilot)
	}
	return true
}

// fits takes the places to which pilot sends a bucket, if all are free.
func (p *perfect) fits(bucket []uint64, pilot uint64, taken bitset) bool {
	for i, hash := range bucket {
		at := int(p.spot(hash, pilot))
		if taken.has(at) {
			for _, hash := range bucket[:i] {
				at := p.spot(hash, pilot)
				taken[at>>6] &^= 1 << (at & 63)
			}
			return false
		}
		taken.set(at)
	}
	return true
}

// memory returns the bytes of p.
func (p *perfect) memory() int64 { return bytesIn(p.pilots) }

// powerOfTwo returns the least power of two that is at least n.
func powerOfTwo(n int) int { return 1 << bits.Len(uint(n-1)) }
