package parquet

import "hash/maphash"

// A textTable numbers distinct texts in the order in which they come. It is the
// dictionary of a column chunk while it is written: it holds no text that was not put.
type textTable struct {
	seed   maphash.Seed
	slots  []uint32 // a number and 1; 0 is free
	hashes []uint32 // by number
	data   []byte   // the texts
	ends   []int    // in data, by number
}

// dictionaryBytes bounds a dictionary in the file. Readers keep it whole.
const dictionaryBytes = 1 << 20

func newTextTable() *textTable {
	return &textTable{seed: maphash.MakeSeed(), slots: make([]uint32, 256)}
}

// clear takes out all texts and keeps the memory.
func (t *textTable) clear() {
	clear(t.slots)
	t.hashes, t.data, t.ends = t.hashes[:0], t.data[:0], t.ends[:0]
}

func (t *textTable) len() int { return len(t.ends) }

// text returns a text by its number.
func (t *textTable) text(i uint32) []byte {
	from := 0
	if i > 0 {
		from = t.ends[i-1]
	}
	return t.data[from:t.ends[i]]
}

// put returns the number of a text, and false if there is no room for another one.
func (t *textTable) put(text []byte) (uint32, bool) {
	h := maphash.Bytes(t.seed, text)
	mask := uint64(len(t.slots) - 1)
	at := h & mask
	for ; t.slots[at] != 0; at = (at + 1) & mask {
		if i := t.slots[at] - 1; t.hashes[i] == uint32(h>>32) && string(t.text(i)) == string(text) {
			return i, true
		}
	}
	if len(t.data)+4*t.len()+len(text)+4 > dictionaryBytes {
		return 0, false
	}
	t.data = append(t.data, text...)
	t.ends = append(t.ends, len(t.data))
	t.hashes = append(t.hashes, uint32(h>>32))
	t.slots[at] = uint32(t.len())
	if 2*t.len() > len(t.slots) {
		t.grow()
	}
	return uint32(t.len() - 1), true
}

// grow doubles the slots. A slot follows from the low bits of a hash, which are not
// kept, so that texts are hashed again.
func (t *textTable) grow() {
	t.slots = make([]uint32, 2*len(t.slots))
	mask := uint64(len(t.slots) - 1)
	for i := range t.ends {
		at := maphash.Bytes(t.seed, t.text(uint32(i))) & mask
		for t.slots[at] != 0 {
			at = (at + 1) & mask
		}
		t.slots[at] = uint32(i) + 1
	}
}
