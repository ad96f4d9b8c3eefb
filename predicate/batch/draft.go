package batch

import (
	"sync"
)

// A draft lends the memory that building a table needs besides the table, and
// keeps it for the next: it is ten times as much, and asking for it anew would
// take as long as the rest.
type draft struct {
	words    slab[uint64]
	ids      slab[uint32]
	numbers  slab[int32]
	keys     slab[key]
	members  slab[member]
	residues slab[residue]
	buckets  slab[bucketed]
	sets     slab[[]uint32]
	taken    [maxTaken]uint8 // places of a part of a perfect hash, from its first on: 1 or 0
	secret   salt            // see salt
	steps    int             // what building tables took, for tests
}

var drafts = sync.Pool{New: func() any { return new(draft) }}

// maxDraft bounds what is kept of each kind, in elements. Rules with more values
// than this are few, and their filters are what takes long.
const maxDraft = 1 << 18

// salt returns the secret salt of the draft. Nobody who writes rules knows it, so
// nobody can choose values or numbers that fall together.
func (d *draft) salt() salt {
	if d.secret.isZero() {
		d.secret = newSalt()
	}
	return d.secret
}

// free hands d on.
func (d *draft) free() {
	d.reset()
	drafts.Put(d)
}

// reset takes back what d lent, and keeps neither texts nor what its slabs let go.
func (d *draft) reset() {
	clear(d.keys.free[:min(d.keys.used, len(d.keys.free))])
	clear(d.sets.free[:min(d.sets.used, len(d.sets.free))])
	d.words.reset(maxDraft)
	d.ids.reset(maxDraft)
	d.numbers.reset(maxDraft)
	d.keys.reset(maxDraft)
	d.members.reset(maxDraft)
	d.residues.reset(maxDraft)
	d.buckets.reset(maxDraft)
	d.sets.reset(maxDraft)
}
