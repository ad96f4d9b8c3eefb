package batch

import (
	"math/bits"
	"math/rand/v2"
)

// A salt chooses a hash. The zero salt is the quick one of short values, which
// vectors compute, and is known to everybody: whoever writes rules can look for
// values that fall together under it. A table that takes too many steps to build
// is therefore begun anew with a random salt, whose hashes nobody can foresee.
// Long values, and all that is numbered while a table is built, have a random
// salt from the beginning.
type salt struct{ lo, hi uint64 }

// maxSalts is how many random salts are tried. One that fails is so unlikely that
// a second is hardly ever needed.
const maxSalts = 4

func newSalt() salt { return salt{rand.Uint64() | 1, rand.Uint64()} }

func (s salt) isZero() bool { return s == salt{} }

// hash returns the hash of a key.
func (s salt) hash(k key) uint64 {
	if s.isZero() {
		return k.hash()
	}
	return s.secret(k)
}

// secret is hash for a salt that is not zero.
func (s salt) secret(k key) uint64 {
	hi, lo := bits.Mul64(k.lo^s.lo, k.hi^s.hi)
	return hi ^ lo
}

// scatter returns the hash of a number under a salt that is not zero.
func (s salt) scatter(number uint64) uint64 {
	hi, lo := bits.Mul64(number^s.hi, s.lo)
	return hi ^ lo
}

// slotOf returns from where on a table of slots is searched for what has this hash:
// numbers that follow each other do not go to slots that do.
func slotOf(hash uint64) uint64 { return (hash ^ hash>>32) * mixB >> 20 }

// patience returns how many steps a table of n values may take before it is begun
// anew with another salt. Values that nobody chose with care take one or two each.
func patience(n int) int { return 4*n + 256 }

// rehash replaces the hashes of the first n texts by those of a salt.
func (c *lookupChunk) rehash(s salt, n int) {
	for i, k := range c.keys[:n] {
		c.hashes[i] = s.secret(k)
	}
}
