package parquet

import "errors"

// compact reads the Thrift compact protocol in which Parquet writes its footer
// and page headers. It reads no values it does not need; its purpose is to look
// at sizes before the library allocates for them, which Thrift does for the
// count a list claims and not for the bytes that are there.
//
//	field   one byte: id delta in the high half, type in the low half; delta 0
//	        is followed by the id as a zigzag varint; type 0 ends the struct
//	list    one byte: count in the high half (15: a varint follows), type
//	binary  varint length, bytes
type compact struct {
	b   []byte
	pos int
}

// Types of the compact protocol.
const (
	tStop   = 0
	tTrue   = 1
	tFalse  = 2
	tByte   = 3
	tDouble = 7
	tBinary = 8
	tList   = 9
	tSet    = 10
	tMap    = 11
	tStruct = 12
	tUUID   = 13
)

// maxDepth bounds nesting in footer, schema and Arrow schema. The library
// recurses over all three, and Go cannot recover from an exhausted stack.
const maxDepth = 64

var (
	errShort = errors.New("ends in the middle of a value")
	errDeep  = errors.New("nested too deep")
)

func (c *compact) byte() (byte, error) {
	if c.pos >= len(c.b) {
		return 0, errShort
	}
	c.pos++
	return c.b[c.pos-1], nil
}

func (c *compact) varint() (uint64, error) {
	var v uint64
	for shift := 0; shift < 70; shift += 7 {
		b, err := c.byte()
		if err != nil {
			return 0, err
		}
		v |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return v, nil
		}
	}
	return 0, errors.New("number of more than ten bytes")
}

func (c *compact) int() (int64, error) {
	v, err := c.varint()
	return int64(v>>1) ^ -int64(v&1), err
}

// fields calls f for each field of a struct; f reads the value.
func (c *compact) fields(f func(id int64, typ byte) error) error {
	var id int64
	for {
		b, err := c.byte()
		if err != nil {
			return err
		}
		if b&0x0f == tStop {
			return nil
		}
		if delta := int64(b >> 4); delta != 0 {
			id += delta
		} else if id, err = c.int(); err != nil {
			return err
		}
		if err := f(id, b&0x0f); err != nil {
			return err
		}
	}
}

// list returns the count and type of a list. No element is smaller than a
// byte, so a count beyond the bytes that are left is a lie.
func (c *compact) list() (int, byte, error) {
	b, err := c.byte()
	if err != nil {
		return 0, 0, err
	}
	n := uint64(b >> 4)
	if n == 15 {
		if n, err = c.varint(); err != nil {
			return 0, 0, err
		}
	}
	if n > uint64(len(c.b)-c.pos) {
		return 0, 0, errors.New("list is longer than the bytes left")
	}
	return int(n), b & 0x0f, nil
}

func (c *compact) discard(n uint64) error {
	if n > uint64(len(c.b)-c.pos) {
		return errShort
	}
	c.pos += int(n)
	return nil
}

// skip passes over a value. A bool of a field has its value in the type; in a
// list, where inList is set, it takes a byte.
func (c *compact) skip(typ byte, inList bool, depth int) error {
	if depth > maxDepth {
		return errDeep
	}
	switch typ {
	case tTrue, tFalse:
		if inList {
			return c.discard(1)
		}
		return nil
	case tByte:
		return c.discard(1)
	case 4, 5, 6: // i16, i32, i64
		_, err := c.varint()
		return err
	case tDouble:
		return c.discard(8)
	case tUUID:
		return c.discard(16)
	case tBinary:
		n, err := c.varint()
		if err != nil {
			return err
		}
		return c.discard(n)
	case tList, tSet:
		n, elem, err := c.list()
		for i := 0; i < n && err == nil; i++ {
			err = c.skip(elem, true, depth+1)
		}
		return err
	case tMap:
		n, err := c.varint()
		if err != nil || n == 0 {
			return err
		}
		kv, err := c.byte()
		if n > uint64(len(c.b)-c.pos) {
			return errors.New("map is longer than the bytes left")
		}
		for i := uint64(0); i < n && err == nil; i++ {
			if err = c.skip(kv>>4, true, depth+1); err == nil {
				err = c.skip(kv&0x0f, true, depth+1)
			}
		}
		return err
	case tStruct:
		return c.fields(func(_ int64, typ byte) error { return c.skip(typ, false, depth+1) })
	default:
		return errors.New("unknown type")
	}
}
