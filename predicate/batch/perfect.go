package batch

import (
	"math/bits"
	"slices"
)

// A perfect hash gives each member of a set a place of its own. A look-up reads one
// member and has no branch that depends on it: the text is that member or no member.
// The hash divides members into buckets of one or two. Every bucket has a pilot, a
// number chosen when the set is built such that no two members share a place.
//
//	hash ──highest bits──► bucket ──► pilot ─┐
//	  └──────────────────────────────────────┴─mixed──► place
//
// Pilots take about a byte a member and stay in the caches; only the read of the
// member itself may miss them.
//
// Large sets are built in parts, each small enough for the caches. A part has its
// own buckets and its own places. So the highest bits of a hash are, at once, the
// part, the first bits of the bucket, and the first bits of the place:
//
//	bit  63        64-parts     shift       32             0
//	     ├─── part ───┼───────────┼──────────┼─────────────┤
//	     ├──────── bucket ────────┤
//
//	pilot = pilots[hash>>shift]
//	mixed = (hash ^ pilot*pilotMul) * pilotMix >> 32        32 bits
//	x     = part, then the low 32-parts bits of mixed       32 bits, a fraction of 1<<32
//	place = x * slots >> 32                                 0 <= place < slots
//
// So place never exceeds slots, whatever the hash is: readers need no check.
// vector_avx512_amd64.s computes the same and loads 4 pilot bytes at once, which is why
// sparePilots bytes follow the last pilot.
type perfect struct {
	pilots []uint8 // one a bucket, a power of two of them, then sparePilots zeros
	shift  uint8   // 64 less the bits of a bucket number
	parts  uint8   // the bits of a part number
	top    uint64  // mask of the part bits in x: the highest parts of 32 bits
	slots  uint32  // the number of places; parts have equally many
}

const (
	pilotMul    = mixC & (1<<32 - 1) // 32 bits, so that vectors multiply in one instruction
	pilotMix    = mixB
	maxPilots   = 256
	sparePilots = 3
	maxBucket   = 64
	maxPart     = 1 << 12 // members of a part, on average
	maxTaken    = 1 << 13 // places of a part: a part may be half as large again as the average
	maxMembers  = 1 << 30
)

// pilotXor[pilot] is the number that a pilot XORs with a hash.
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

// newPerfect returns a perfect hash for members with these hashes, and the place
// of each. It reports false if it finds none, for example because two hashes are
// equal. The caller then tries another salt.
func newPerfect(d *draft, hashes []uint64) (p *perfect, places []uint32, ok bool) {
	if len(hashes) == 0 || len(hashes) > maxMembers {
		return nil, nil, false
	}
	b := newPerfectBuilder(d, len(hashes))
	if len(b.fill) == 1 {
		b.fill[0] = len(hashes)
		b.divided()
		ok = b.settle(0, hashes)
		return b.perfect, b.places, ok
	}
	numbers := d.ids.take(int(b.slots))
	for !b.divide(hashes, numbers) {
		if !b.enlarge() {
			return nil, nil, false
		}
		numbers = d.ids.take(int(b.slots))
	}
	b.divided()
	places = d.ids.take(len(hashes))
	mine := d.words.take(b.room)
	for part, fill := range b.fill {
		own := numbers[part*b.room:][:fill]
		for i, number := range own {
			mine[i] = hashes[number]
		}
		if !b.settle(part, mine[:fill]) {
			return nil, nil, false
		}
		for i, number := range own {
			places[number] = b.places[i]
		}
	}
	return b.perfect, places, true
}

// divide sorts the numbers of members by part: part p has numbers[p*room:][:fill[p]].
// It reports false if a part has too many members.
func (b *perfectBuilder) divide(hashes []uint64, numbers []uint32) bool {
	for i, h := range hashes {
		at, ok := b.next(h)
		if !ok {
			return false
		}
		numbers[at] = uint32(i)
	}
	return true
}

// A perfectBuilder first divides members into parts, and then settles one part
// after the other.
type perfectBuilder struct {
	*perfect
	room int   // places of each part
	fill []int // members of each part, so far

	steps, limit int // trials of four pilots with one member; see patience

	draft *draft
	// State of settle, for one part:
	places  []uint32   // by number of the member; within the part until settle returns
	members []bucketed // sorted by bucket, in order
	order   []uint32   // bucket numbers, the largest bucket first
	ends    []uint32   // by bucket: its size, then its start in members, then its end
}

// A bucketed is a member in a list that is sorted by bucket.
type bucketed struct {
	hash   uint64
	number int // in the part
}

func newPerfectBuilder(d *draft, n int) *perfectBuilder {
	// Buckets of one or two are quickly placed while a fifth of the places is
	// left free, or a tenth in a part that has more members than others.
	// There are two buckets at least, as AVX2 cannot shift by 64.
	parts, buckets := powerOfTwo((n+maxPart-1)/maxPart), powerOfTwo(max(n*2/3, 2))
	b := &perfectBuilder{
		perfect: &perfect{
			pilots: make([]uint8, buckets+sparePilots),
			shift:  uint8(64 - bits.TrailingZeros(uint(buckets))),
			parts:  uint8(bits.TrailingZeros(uint(parts))),
			top:    1<<32 - 1<<32/uint64(parts),
		},
		room:  (n+parts-1)/parts*5/4 + 1,
		fill:  make([]int, parts),
		limit: patience(n),
		draft: d,
	}
	b.slots = uint32(b.room * parts)
	return b
}

// next returns the index at which a member with this hash is stored until settle. It
// reports false if the part is nine tenths full.
func (b *perfectBuilder) next(hash uint64) (at int, ok bool) {
	part := b.part(hash)
	fill := b.fill[part]
	b.fill[part]++
	return part*b.room + fill, fill < b.room-b.room/10
}

// enlarge empties all parts and doubles their places, up to maxTaken.
func (b *perfectBuilder) enlarge() bool {
	if b.room == maxTaken {
		return false
	}
	clear(b.fill)
	b.room = min(2*b.room, maxTaken)
	b.slots = uint32(b.room * len(b.fill))
	return true
}

// divided allocates the state of settle. Call it after divide has succeeded.
func (b *perfectBuilder) divided() {
	largest := slices.Max(b.fill)
	b.places, b.members = b.draft.ids.take(largest), b.draft.buckets.take(largest)
	buckets := (len(b.pilots) - sparePilots) / len(b.fill)
	b.order, b.ends = b.draft.ids.take(buckets), b.draft.ids.take(buckets)
}

// settle finds the pilots of a part whose members have these hashes, and sets places
// to their places. It reports false if a bucket has no pilot, or if the search takes
// more than limit steps.
func (b *perfectBuilder) settle(part int, hashes []uint64) bool {
	ends := b.ends
	clear(ends)
	first := uint64(part * len(ends))
	for _, h := range hashes {
		ends[h>>b.shift-first]++
	}
	// Large buckets go first, while there is room.
	var sizes, at [maxBucket + 1]uint32 // how many buckets have how many members, and where those are in order
	for _, size := range ends {
		if size > maxBucket {
			return false
		}
		sizes[size]++
	}
	for size := maxBucket; size > 0; size-- {
		at[size-1] = at[size] + sizes[size]
	}
	order, some := b.order, at[0]
	for i, size := range ends { // without a branch for the empty ones, which go last
		next := &at[size%(maxBucket+1)]
		order[*next] = uint32(i)
		*next++
	}
	order = order[:some]
	sum := uint32(0)
	for _, i := range order {
		ends[i], sum = sum, sum+ends[i]
	}
	for i, h := range hashes {
		end := &ends[h>>b.shift-first]
		b.members[*end] = bucketed{h, i}
		*end++
	}
	clear(b.draft.taken[:b.room])
	from, steps, limit := uint32(0), b.steps, b.limit
	defer func() {
		b.draft.steps += steps - b.steps
		b.steps = steps
	}()
	for _, i := range order {
		to := ends[i]
		pilot, ok := b.pilot(b.members[from:to])
		steps += (1 + int(pilot)/4) * int(to-from)
		if !ok || steps > limit {
			return false
		}
		b.pilots[first+uint64(i)] = pilot
		from = to
	}
	for i := range hashes {
		b.places[i] += uint32(part * b.room)
	}
	return true
}

// pilot finds the pilot of a bucket and takes its places. It tries four pilots at a
// time, because a branch for each would be mispredicted. Every index is below
// b.room <= maxTaken; % maxTaken shows that to the compiler, which then drops the
// bounds check.
func (b *perfectBuilder) pilot(bucket []bucketed) (uint8, bool) {
	taken, inPart, slots := &b.draft.taken, ^b.top, uint64(b.slots)
	if len(bucket) == 1 { // a third of them: what take does is done here
		m := &bucket[0]
		for first := 0; first < maxPilots; first += 4 {
			xor := (*[4]uint64)(pilotXor[first:])
			at := [4]uint64{
				((m.hash ^ xor[0]) * pilotMix >> 32 & inPart) * slots >> 32 % maxTaken,
				((m.hash ^ xor[1]) * pilotMix >> 32 & inPart) * slots >> 32 % maxTaken,
				((m.hash ^ xor[2]) * pilotMix >> 32 & inPart) * slots >> 32 % maxTaken,
				((m.hash ^ xor[3]) * pilotMix >> 32 & inPart) * slots >> 32 % maxTaken,
			}
			full := taken[at[0]] | taken[at[1]]<<1 | taken[at[2]]<<2 | taken[at[3]]<<3
			if free := ^full & 15; free != 0 {
				i := bits.TrailingZeros8(free)
				taken[at[i&3]] = 1
				b.places[m.number] = uint32(at[i&3])
				return uint8(first + i), true
			}
		}
		return 0, false
	}
	for first := 0; first < maxPilots; first += 4 {
		xor := (*[4]uint64)(pilotXor[first:])
		full := uint8(0) // bit i: pilot first+i sends a member to a taken place
		for i := range bucket {
			h := bucket[i].hash
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

// take marks the places of a bucket as taken and stores them in b.places. If two
// members share a place, or it is taken, take undoes its marks and reports false.
func (b *perfectBuilder) take(bucket []bucketed, xor uint64) bool {
	taken, inPart, slots := &b.draft.taken, ^b.top, uint64(b.slots)
	for i, m := range bucket {
		at := ((m.hash ^ xor) * pilotMix >> 32 & inPart) * slots >> 32 % maxTaken
		if taken[at] != 0 {
			for _, m := range bucket[:i] {
				taken[b.places[m.number]%maxTaken] = 0
			}
			return false
		}
		taken[at] = 1
		b.places[m.number] = uint32(at)
	}
	return true
}

// memory returns the bytes of p.
func (p *perfect) memory() int64 { return bytesIn(p.pilots) }

// powerOfTwo returns the least power of two that is at least n.
func powerOfTwo(n int) int { return 1 << bits.Len(uint(n-1)) }
