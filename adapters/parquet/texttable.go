package parquet

import "hash/maphash"

// A textTable numbers distinct texts in the order in which they come. It is the
// dictionary of a column chunk while it is written: it holds no text that was not put.
type textTable struct {
	seed  maphash.Seed
	slots []uint64 // half of a hash, a number and 1; 0 is free
	data  []byte   // the texts
	ends  []uint32 // in data, by number, behind a 0
}

// dictionaryBytes bounds a dictionary in the file. Readers keep it whole.
const dictionaryBytes = 1 << 20

func newTextTable() *textTable {
	return &textTable{seed: maphash.MakeSeed(), slots: make([]uint64, 256), ends: []uint32{0}}
}

// clear takes out all texts and keeps the memory.
func (t *textTable) clear() {
	clear(t.slots)
	t.data, t.ends = t.data[:0], t.ends[:1]
}

func (t *textTable) len() int { return len(t.ends) - 1 }

// text returns a text by its number.
func (t *textTable) text(i uint32) []byte { return t.data[t.ends[i]:t.ends[i+1]] }

// put returns the number of a text, and false if there is no room for another one.
func (t *textTable) put(text []byte) (uint32, bool) {
	const half = 32
	h := maphash.Bytes(t.seed, text) >> half
	mask := uint64(len(t.slots) - 1)
	at := h & mask
	for ; t.slots[at] != 0; at = (at + 1) & mask {
		if slot := t.slots[at]; slot>>half == h {
			if i := uint32(slot) - 1; string(t.text(i)) == string(text) {
				return i, true
			}
		}
	}
	if len(t.data)+4*t.len()+len(text)+4 > dictionaryBytes {
		return 0, false
	}
	t.data = append(t.data, text...)
	t.ends = append(t.ends, uint32(len(t.data)))
	t.slots[at] = h<<half | uint64(t.len())
	if 2*t.len() > len(t.slots) {
		t.grow()
	}
	return uint32(t.len() - 1), true
}

// grow doubles the slots. There are at most a quarter of dictionaryBytes, so that half a hash decides.
func (t *textTable) grow() {
	old := t.slots
	t.slots = make([]uint64, 2*len(old))
	mask := uint64(len(t.slots) - 1)
	for _, slot := range old {
		if slot == 0 {
			continue
		}
		at := slot >> 32 & mask
		for t.slots[at] != 0 {
			at = (at + 1) & mask
		}
		t.slots[at] = slot
	}
}
