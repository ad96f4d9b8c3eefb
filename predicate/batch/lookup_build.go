package batch

import (
	"slices"

	"github.com/rowsight/rowsight/predicate"
)

// newLookup returns the table of the values in b, which has their codes by id.
func newLookup(d *draft, b *builder, codes []uint32) *lookup {
	for range 1 + maxSalts {
		l := &lookup{n: len(b.keys) + len(b.values), salt: b.salt, longSalt: b.longSalt}
		if l.addKeys(d, b, codes) && l.addLong(d, b, codes) {
			return l
		}
		b.resalt()
	}
	return newRest(b, codes)
}

// addKeys adds the short values in b. It reports false if it cannot.
func (l *lookup) addKeys(d *draft, b *builder, codes []uint32) bool {
	if len(b.keys) == 0 {
		return true
	}
	short, places, ok := newPerfect(d, b.keyHashes)
	if !ok {
		return false
	}
	l.short, l.keys, l.shortCodes = short, make([]key, short.slots), make([]uint32, short.slots)
	for i, at := range places {
		l.keys[at], l.shortCodes[at] = b.keys[i], codes[b.keyIDs[i]]
	}
	return true
}

// addLong adds the long values in b. It reports false if it cannot.
func (l *lookup) addLong(d *draft, b *builder, codes []uint32) bool {
	if len(b.values) == 0 {
		return true
	}
	long, places, ok := newPerfect(d, b.valueHashes)
	if !ok {
		return false
	}
	l.long, l.values, l.longCodes = long, make([]string, long.slots), make([]uint32, long.slots)
	for i, v := range b.values {
		l.values[places[i]], l.longCodes[places[i]] = v, codes[b.valueIDs[i]]
		l.lengths[min(len(v)>>6, 4)] |= 1 << (len(v) & 63)
	}
	return true
}

// newRest returns the table of values without a perfect hash, as some are equal in
// theirs or too many fall together, whatever the salt. That is not to be expected,
// and costs a map.
func newRest(b *builder, codes []uint32) *lookup {
	l := &lookup{n: len(b.keys) + len(b.values), rest: make(map[string]uint32)}
	for i, k := range b.keys {
		l.rest[k.text()] = codes[b.keyIDs[i]]
	}
	for i, v := range b.values {
		l.rest[v] = codes[b.valueIDs[i]]
	}
	return l
}

// newSetLookup returns the table of the values of one condition, which all have
// the same code. They are distinct and need no ids, so each goes straight to the
// part where it belongs, and waits there. What large sets cost is memory.
func newSetLookup(d *draft, p predicate.Predicate, code uint32) *lookup {
	long := builder{longSalt: d.salt()}
	for v := range p.Values() {
		if len(v) > maxShort {
			long.appendLong(v, long.longSalt.longHash(bytesOf(v)))
		}
	}
	codes, short := slices.Repeat([]uint32{code}, len(long.values)), p.Len()-len(long.values)
	for range 1 + maxSalts {
		l := &lookup{n: p.Len(), shortCodes: []uint32{code}, same: true, salt: long.salt, longSalt: long.longSalt}
		if l.addLong(d, &long, codes) && (short == 0 || l.addShort(d, p, short)) {
			return l
		}
		long.resalt()
	}
	l := &lookup{n: p.Len(), rest: make(map[string]uint32)}
	for v := range p.Values() {
		l.rest[v] = code
	}
	return l
}

// addShort adds the n short values of p, which have one code.
func (l *lookup) addShort(d *draft, p predicate.Predicate, n int) bool {
	b := newPerfectBuilder(d, n)
	l.keys = make([]key, b.slots)
	for !l.divide(b, p) {
		if !b.enlarge() {
			return false
		}
		l.keys = make([]key, b.slots)
	}
	b.divided()
	l.short = b.perfect
	salted := !l.salt.isZero()
	keys, hashes := d.keys.take(b.room), d.words.take(b.room)
	for part, fill := range b.fill {
		mine := l.keys[part*b.room:][:fill]
		copy(keys, mine)
		clear(mine)
		for i, k := range keys[:fill] {
			if hashes[i] = k.hash(); salted {
				hashes[i] = l.salt.secret(k)
			}
		}
		if !b.settle(part, hashes[:fill]) {
			return false
		}
		for i, k := range keys[:fill] {
			l.keys[b.places[i]] = k
		}
	}
	return true
}

// divide puts keys into their parts, in the places of these, any one for now. It
// reports false if a part has too many.
func (l *lookup) divide(b *perfectBuilder, p predicate.Predicate) bool {
	salted := !l.salt.isZero()
	keys, fill, room := l.keys, b.fill, b.room // next, with what it reads in registers
	limit, shift := room-room/10, 64-b.parts
	for v := range p.Values() {
		if len(v) > maxShort {
			continue
		}
		k := keyOf(v)
		hash := k.hash()
		if salted {
			hash = l.salt.secret(k)
		}
		part := int(hash >> shift)
		at := fill[part]
		if fill[part]++; at >= limit {
			return false
		}
		keys[part*room+at] = k
	}
	return true
}
