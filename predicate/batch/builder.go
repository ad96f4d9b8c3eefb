package batch

// A builder collects the values that a table will hold and gives each an id, in
// the order they come.
type builder struct {
	keys      []key
	keyHashes []uint64
	keyIDs    []uint32

	values      []string
	valueHashes []uint64
	valueIDs    []uint32

	next  uint32
	slots []uint32 // open addressing by hash: 1 + index, into keys or values
}

// newBuilder returns a builder for at most n values. The zero builder does not
// look for values that were added before.
func newBuilder(d *draft, n int) *builder {
	return &builder{
		keys: d.keys.take(n)[:0], keyHashes: d.words.take(n)[:0], keyIDs: d.ids.take(n)[:0],
		slots: d.ids.zeroed(2 * powerOfTwo(max(n, 1))),
	}
}

// add returns the id of value, a new one if it was not added before.
func (b *builder) add(value string) uint32 {
	if len(value) > maxShort {
		return b.addLong(value)
	}
	k := keyOf(value)
	hash := k.hash()
	if b.slots != nil {
		mask := uint64(len(b.slots) - 1)
		for i := hash >> 20; ; i++ {
			s := &b.slots[i&mask]
			if *s == 0 {
				*s = uint32(len(b.keys) + 1)
				break
			}
			if at := *s - 1; *s&longSlot == 0 && b.keys[at] == k {
				return b.keyIDs[at]
			}
		}
	}
	b.keys = append(b.keys, k)
	b.keyHashes = append(b.keyHashes, hash)
	b.keyIDs = append(b.keyIDs, b.next)
	b.next++
	return b.next - 1
}

// longSlot marks a slot that holds a long value.
const longSlot = 1 << 31

func (b *builder) addLong(value string) uint32 {
	hash := longHash(bytesOf(value))
	if b.slots != nil {
		mask := uint64(len(b.slots) - 1)
		for i := hash >> 20; ; i++ {
			s := &b.slots[i&mask]
			if *s == 0 {
				*s = uint32(len(b.values)+1) | longSlot
				break
			}
			if at := *s&^longSlot - 1; *s&longSlot != 0 && b.valueHashes[at] == hash && b.values[at] == value {
				return b.valueIDs[at]
			}
		}
	}
	b.values = append(b.values, value)
	b.valueHashes = append(b.valueHashes, hash)
	b.valueIDs = append(b.valueIDs, b.next)
	b.next++
	return b.next - 1
}
