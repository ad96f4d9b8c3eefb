package batch

// A numbering numbers keys in the order they come, as a map would that never
// grows: what happens once per principal is mostly this.
type numbering struct {
	draft *draft
	salt  salt
	keys  []uint64
	slots []int32 // open addressing by key: 1 + number
}

// newNumbering returns a numbering for at most n keys.
func newNumbering(d *draft, n int) *numbering {
	return &numbering{d, d.salt(), d.words.take(n)[:0], d.numbers.zeroed(2 * powerOfTwo(max(n, 1)))}
}

// of returns the number of a key, and whether it is new.
func (ns *numbering) of(key uint64) (number int32, added bool) {
	mask := uint64(len(ns.slots) - 1)
	for i := slotOf(ns.salt.scatter(key)); ; i++ {
		s := &ns.slots[i&mask]
		if *s == 0 {
			ns.keys = append(ns.keys, key)
			*s = int32(len(ns.keys))
			return *s - 1, true
		}
		if ns.keys[*s-1] == key {
			return *s - 1, false
		}
		ns.draft.steps++
	}
}
