package batch

// A builder collects the values that a table will hold and gives each an id, in
// the order they come.
type builder struct {
	keys      []key
	keyHashes []uint64 // under salt, which is zero while values are added
	keyIDs    []uint32
	salt      salt

	values      []string
	valueHashes []uint64 // under longSalt
	valueIDs    []uint32
	longSalt    salt

	next  uint32
	slots []uint32 // open addressing by a secret hash: 1 + index, into keys or values
	draft *draft   // nil without slots
}

// newBuilder returns a builder for at most n values.
func newBuilder(d *draft, n int) *builder {
	return &builder{
		keys: d.keys.take(n)[:0], keyHashes: d.words.take(n)[:0], keyIDs: d.ids.take(n)[:0],
		slots:    d.ids.zeroed(2 * powerOfTwo(max(n, 1))),
		longSalt: d.salt(),
		draft:    d,
	}
}

// add returns the id of value, a new one if it was not added before.
func (b *builder) add(value string) uint32 {
	if len(value) > maxShort {
		return b.addLong(value)
	}
	k := keyOf(value)
	mask := uint64(len(b.slots) - 1)
	for i := slotOf(b.longSalt.secret(k)); ; i++ {
		s := &b.slots[i&mask]
		if *s == 0 {
			*s = uint32(len(b.keys) + 1)
			break
		}
		if at := *s - 1; *s&longSlot == 0 && b.keys[at] == k {
			return b.keyIDs[at]
		}
		b.draft.steps++
	}
	b.keys = append(b.keys, k)
	b.keyHashes = append(b.keyHashes, k.hash())
	b.keyIDs = append(b.keyIDs, b.next)
	b.next++
	return b.next - 1
}

// longSlot marks a slot that holds a long value.
const longSlot = 1 << 31

func (b *builder) addLong(value string) uint32 {
	hash := b.longSalt.longHash(bytesOf(value))
	mask := uint64(len(b.slots) - 1)
	for i := slotOf(hash); ; i++ {
		s := &b.slots[i&mask]
		if *s == 0 {
			*s = uint32(len(b.values)+1) | longSlot
			break
		}
		if at := *s&^longSlot - 1; *s&longSlot != 0 && b.valueHashes[at] == hash && b.values[at] == value {
			return b.valueIDs[at]
		}
		b.draft.steps++
	}
	b.appendLong(value, hash)
	b.next++
	return b.next - 1
}

func (b *builder) appendLong(value string, hash uint64) {
	b.values = append(b.values, value)
	b.valueHashes = append(b.valueHashes, hash)
	b.valueIDs = append(b.valueIDs, b.next)
}

// resalt chooses other hashes for the table. No value may be added any more.
func (b *builder) resalt() {
	b.salt, b.longSalt = newSalt(), newSalt()
	for i, k := range b.keys {
		b.keyHashes[i] = b.salt.secret(k)
	}
	for i, v := range b.values {
		b.valueHashes[i] = b.longSalt.longHash(bytesOf(v))
	}
}
