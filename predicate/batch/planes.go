package batch

// planes are few values again, in the form that AVX2 permutes: of 16 slots, or 8,
// the words of the keys, a register or two for each word. A hash of 4 or 3 bits leads to
// the slot of the one value that a text may be equal to.
type planes struct {
	lo, hi [2][planeSlots]uint32 // the words of the keys, low half first
	codes  [planeSlots]uint32
	mul    uint32
	half   bool // 8 slots
}

const (
	planeSlots = 16
	planeSeeds = 2000 // hashes that are tried; 12 values need some 300
	maxPlanes  = 13   // values: more hardly ever find slots of their own
)

// slot folds a key to 32 bits and takes the highest of their product.
func (p *planes) slot(k key) uint32 {
	x := k.lo ^ k.hi
	hash := uint32(x^x>>32) * p.mul
	if p.half {
		return hash >> 29
	}
	return hash >> 28
}

// newPlanes returns the values of l, all short, as planes, nil if they are too many
// or no hash keeps them apart.
func newPlanes(l *lookup) *planes {
	if l.n > maxPlanes || l.n == 0 {
		return nil
	}
	p := new(planes)
	for _, p.half = range [...]bool{true, false} {
		if p.half && l.n > planeSlots/2 {
			continue
		}
		for i := range uint64(planeSeeds) {
			p.mul = uint32((mixA+2*i*mixB)>>32) | 1
			if p.fill(l) {
				return p
			}
		}
	}
	return nil
}

// fill puts the values of l into their slots. It reports false if two share one.
// A free slot has the key 0, which only the empty text has, and that is not looked up.
func (p *planes) fill(l *lookup) bool {
	var used uint32
	for _, k := range l.eachKey {
		s := p.slot(k)
		if used>>s&1 != 0 {
			return false
		}
		used |= 1 << s
	}
	p.lo, p.hi = [2][planeSlots]uint32{}, [2][planeSlots]uint32{}
	for place, k := range l.eachKey {
		s := p.slot(k)
		p.lo[0][s], p.lo[1][s] = uint32(k.lo), uint32(k.lo>>32)
		p.hi[0][s], p.hi[1][s] = uint32(k.hi), uint32(k.hi>>32)
		p.codes[s] = l.code(place)
	}
	return true
}
