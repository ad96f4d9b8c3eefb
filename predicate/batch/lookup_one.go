package batch

import (
	"encoding/binary"
)

// one is a set of a single value, such as the tenant of a session. Rows are
// compared by length and first bytes, 64 at a time; the few that agree in both
// are then compared in full.
type one struct {
	value string
	code  uint32
	first uint64 // the first 8 bytes, padded with zeros
	keep  uint64 // the bits of a loaded word that count
}

func newOne(l *lookup) *one {
	o := new(one)
	for i, k := range l.eachKey {
		o.value, o.code = k.text(), l.code(i)
	}
	for i, v := range l.values {
		if v != "" {
			o.value, o.code = v, l.longCodes[i]
		}
	}
	o.first, _ = words([]byte(o.value), 0, min(len(o.value), 8))
	o.keep = keepLow[min(len(o.value), 8)]
	return o
}

// text returns the text that k was made of.
func (k key) text() string {
	var b [16]byte
	binary.LittleEndian.PutUint64(b[:8], k.lo)
	binary.LittleEndian.PutUint64(b[8:], k.hi)
	return string(b[:k.size()])
}
