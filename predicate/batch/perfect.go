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
// Pilots take a byte or so a member and stay in the caches; only the member
// itself may be missed there.
//
// The highest bits of all divide places, too, into parts. What belongs to one
// part fits into the caches while it is built.
type perfect struct {
	pilots []uint8 // of the buckets, a power of two; spare ones follow, as vectors load 4
	shift  uint8   // of a hash, to index pilots
	parts  uint8   // bits of a hash that choose a part
	top    uint64  // the same bits, of the 32 that choose a place
	slots  uint32  // how many places there are, as many in each part
}

const (
	pilotMul    = mixC & (1<<32 - 1) // 32 bits
	pilotMix    = mixB
	maxPilots   = 256
	sparePilots = 3
	maxBucket   = 64
	maxPart     = 1 << 12 // members, about
	maxTaken    = 1 << 13 // places in a part: half again as many as usual
	maxMembers  = 1 << 30
)

// pilotXor is what pilots change in a hash.
var pilotXor = func() (xor [maxPilots]uint64) {
	for i := range xor {
		xor[i] = uint64(i) * pilotMul
	}
	return xor
}()

// place returns the only place where a member with this hash can be.
func (p *perfect) place(hash uint64) uint32 {
	return p.spot(hash, uint64(p.pilots[hash>>p.shift]))
}

func (p *perfect) spot(hash, pilot uint64) uint32 {
	mixed := (hash ^ pilot*pilotMul) * pilotMix >> 32
	return uint32((hash>>32&p.top | mixed&^p.top) * uint64(p.slots) >> 32)
}

// part returns the part that a hash belongs to.
func (p *perfect) part(hash uint64) int { return int(hash >> (64 - p.parts)) }

// newPerfect returns a perfect hash for members with these hashes. It reports
// false if it finds none, as where two hashes are equal.
func newPerfect(d *draft, hashes []uint64) (*perfect, bool) {
	if len(hashes) == 0 || len(hashes) > maxMembers {
		return nil, false
	}
	b := newPerfectBuilder(d, len(hashes))
	for _, h := range hashes {
		b.count(h)
	}
	if !b.counted() {
		return nil, false
	}
	members := d.words.take(len(hashes))
	for _, h := range hashes {
		members[b.next(h)] = h
	}
	for part := range b.partCount() {
		if from, to := b.bounds(part); !b.settle(part, members[from:to]) {
			return nil, false
		}
	}
	return b.perfect, true
}

// A perfectBuilder takes members three times: to count them, to bring those of a
// part together, and to settle one part after the other.
type perfectBuilder struct {
	*perfect
	ends []int // of the parts, at 1 + part

	// Of the part that is being settled:
	members []uint64 // by bucket, the largest first
	order   []uint32 // the buckets of members
	starts  []uint32 // of the buckets in members
	draft   *draft
}

func newPerfectBuilder(d *draft, n int) *perfectBuilder {
	// Buckets of one or two are quickly placed while a fifth of the places is
	// left free.
	parts, buckets := powerOfTwo((n+maxPart-1)/maxPart), powerOfTwo(max(n*2/3, 1))
	p := &perfect{
		pilots: make([]uint8, buckets+sparePilots),
		shift:  uint8(64 - bits.TrailingZeros(uint(buckets))),
		parts:  uint8(bits.TrailingZeros(uint(parts))),
		top:    1<<32 - 1<<32/uint64(parts),
	}
	return &perfectBuilder{perfect: p, ends: make([]int, parts+2), draft: d}
}

func (b *perfectBuilder) count(hash uint64) { b.ends[b.part(hash)+2]++ }

// counted gives each part its bounds after the last count. It reports false if
// a part has too many.
func (b *perfectBuilder) counted() bool {
	largest := 0
	for i, n := range b.ends[2:] {
		largest = max(largest, n)
		b.ends[i+2] += b.ends[i+1]
	}
	slots := largest + largest/4 + 1
	if slots > maxTaken {
		return false
	}
	parts := b.partCount()
	b.slots = uint32(parts * slots)
	b.members = b.draft.words.take(largest)
	b.order, b.starts = b.draft.ids.take((len(b.pilots)-sparePilots)/parts), b.draft.ids.take((len(b.pilots)-sparePilots)/parts)
	return true
}

// next returns where the next member with this hash goes, among all.
func (b *perfectBuilder) next(hash uint64) int {
	at := &b.ends[b.part(hash)+1]
	*at++
	return *at - 1
}

func (b *perfectBuilder) partCount() int { return 1 << b.parts }

// bounds returns where the members of a part are, once all have gone there.
func (b *perfectBuilder) bounds(part int) (from, to int) { return b.ends[part], b.ends[part+1] }

// settle finds the pilots of the buckets of a part, whose members have these
// hashes.
func (b *perfectBuilder) settle(part int, hashes []uint64) bool {
	starts := b.starts
	clear(starts)
	first := uint64(part * len(starts))
	for _, h := range hashes {
		starts[h>>b.shift-first]++
	}
	// Large buckets go first, while there is room.
	var sizes [maxBucket + 1]uint32 // how many buckets have how many members
	for _, size := range starts {
		if size > maxBucket {
			return false
		}
		sizes[size]++
	}
	var places [maxBucket + 1]uint32 // in order
	for size := maxBucket; size > 0; size-- {
		places[size-1] = places[size] + sizes[size]
	}
	order := b.order[:places[0]]
	for i, size := range starts {
		if size > 0 {
			order[places[size]] = uint32(i)
			places[size]++
		}
	}
	sum := uint32(0)
	for _, i := range order {
		starts[i], sum = sum, sum+starts[i]
	}
	for _, h := range hashes {
		at := &starts[h>>b.shift-first]
		b.members[*at] = h
		*at++
	}
	clear(b.draft.taken[:b.slots>>b.parts])
	from := uint32(0)
	for _, i := range order {
		to := starts[i] // now where the bucket ends
		pilot, ok := b.pilot(b.members[from:to])
		if !ok {
			return false
		}
		b.pilots[first+uint64(i)] = pilot
		from = to
	}
	return true
}

// pilot finds the pilot of a bucket and takes the places it leads to. It tries
// four at a time, as a branch for each would be mispredicted.
func (b *perfectBuilder) pilot(bucket []uint64) (uint8, bool) {
	taken, inPart, slots := &b.draft.taken, ^b.top, uint64(b.slots)
	for first := 0; first < maxPilots; first += 4 {
		xor := (*[4]uint64)(pilotXor[first:])
		full := uint8(0) // a bit for each pilot that leads where somebody is
		for _, h := range bucket {
			full |= taken[((h^xor[0])*pilotMix>>32&inPart)*slots>>32%maxTaken] |
				taken[((h^xor[1])*pilotMix>>32&inPart)*slots>>32%maxTaken]<<1 |
				taken[((h^xor[2])*pilotMix>>32&inPart)*slots>>32%maxTaken]<<2 |
				taken[((h^xor[3])*pilotMix>>32&inPart)*slots>>32%maxTaken]<<3
		}
		for free := ^full & 15; free != 0; free &= free - 1 {
			pilot := first + bits.TrailingZeros8(free)
			if b.take(bucket, pilotXor[pilot&(maxPilots-1)]) {
				return uint8(pilot), true
			}
		}
	}
	return 0, false
}

// take takes the places to which a pilot sends a bucket, if no two are the same.
func (b *perfectBuilder) take(bucket []uint64, xor uint64) bool {
	taken, inPart, slots := &b.draft.taken, ^b.top, uint64(b.slots)
	for i, h := range bucket {
		at := &taken[((h^xor)*pilotMix>>32&inPart)*slots>>32%maxTaken]
		if *at != 0 {
			for _, h := range bucket[:i] {
				taken[((h^xor)*pilotMix>>32&inPart)*slots>>32%maxTaken] = 0
			}
			return false
		}
		*at = 1
	}
	return true
}

// memory returns the bytes of p.
func (p *perfect) memory() int64 { return bytesIn(p.pilots) }

// powerOfTwo returns the least power of two that is at least n.
func powerOfTwo(n int) int { return 1 << bits.Len(uint(n-1)) }
