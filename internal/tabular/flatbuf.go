package tabular

import (
	"encoding/binary"
	"errors"
)

// The metadata of an Arrow IPC message is a flatbuffer: tables that point
// forward at vectors, strings and other tables. The generated accessors trust
// it: a vector that claims a billion fields makes them allocate a billion
// fields. This file walks the parts that are counted or nested, before anything
// decodes them, and looks at every count with the bytes that are there.
//
//	table   [ int32 back to its vtable | fields… ]
//	vtable  [ uint16 size | uint16 table size | uint16 offset of field 0 | … ]
//	vector  [ uint32 count | elements… ]

var errMetadata = errors.New("corrupt metadata")

// flat is a flatbuffer under inspection. Every access is checked; the first
// that would leave the buffer sets bad, and all that follow return zeros.
type flat struct {
	b      []byte
	bad    bool
	budget int // tables still to be visited: shared tables must not multiply the work
}

func newFlat(b []byte) *flat { return &flat{b: b, budget: len(b) / 4} }

// A table is the position of a table; 0 stands for an absent one, as the root
// offset itself lies there.
type table int

func (f *flat) fail() int { f.bad = true; return 0 }

func (f *flat) u16(pos int) int {
	if f.bad || pos < 0 || pos+2 > len(f.b) {
		return f.fail()
	}
	return int(binary.LittleEndian.Uint16(f.b[pos:]))
}

func (f *flat) u32(pos int) int {
	if f.bad || pos < 0 || pos+4 > len(f.b) {
		return f.fail()
	}
	return int(binary.LittleEndian.Uint32(f.b[pos:]))
}

func (f *flat) i64(pos int) int64 {
	if f.bad || pos < 0 || pos+8 > len(f.b) {
		f.fail()
		return 0
	}
	return int64(binary.LittleEndian.Uint64(f.b[pos:]))
}

func (f *flat) root() table { return f.open(f.u32(0)) }

// open accepts the table at pos if its vtable lies in the buffer.
func (f *flat) open(pos int) table {
	f.budget--
	if f.bad || f.budget < 0 || pos <= 0 || pos+4 > len(f.b) {
		return table(f.fail())
	}
	vtable := pos - int(int32(f.u32(pos)))
	size := f.u16(vtable)
	if f.bad || size < 4 || vtable+size > len(f.b) {
		return table(f.fail())
	}
	return table(pos)
}

// field returns the position of field i of t, or 0 if t does not hold it.
func (f *flat) field(t table, i int) int {
	if t == 0 || f.bad {
		return 0
	}
	vtable := int(t) - int(int32(f.u32(int(t))))
	if 4+2*i >= f.u16(vtable) { // as the accessors ask, also where the size is odd
		return 0
	}
	if off := f.u16(vtable + 4 + 2*i); off > 0 {
		return int(t) + off
	}
	return 0
}

func (f *flat) long(t table, i int) int64 {
	if pos := f.field(t, i); pos > 0 {
		return f.i64(pos)
	}
	return 0
}

func (f *flat) byte(t table, i int) byte {
	pos := f.field(t, i)
	if pos == 0 || pos >= len(f.b) {
		return 0
	}
	return f.b[pos]
}

func (f *flat) table(t table, i int) table {
	pos := f.field(t, i)
	if pos == 0 {
		return 0
	}
	return f.open(pos + f.u32(pos))
}

// vector returns the position of the first element of vector field i and how
// many there are, each size bytes long.
func (f *flat) vector(t table, i, size int) (pos, n int) {
	pos = f.field(t, i)
	if pos == 0 {
		return 0, 0
	}
	pos += f.u32(pos)
	n = f.u32(pos)
	pos += 4
	if f.bad || n > (len(f.b)-pos)/size {
		return f.fail(), 0
	}
	return pos, n
}

// each calls fn for every table in vector field i.
func (f *flat) each(t table, i int, fn func(table)) {
	pos, n := f.vector(t, i, 4)
	for ; n > 0 && !f.bad; n-- {
		fn(f.open(pos + f.u32(pos)))
		pos += 4
	}
}

// The numbers below are the positions of fields in Schema.fbs, Message.fbs and
// File.fbs of the Arrow format.

const maxNesting = 64 // as the Arrow libraries allow

// A need is how many entries the vectors of a batch must have for the columns
// of a schema. The generated accessors do not compare an index with a vector's
// count: beyond its end they would take other bytes for lengths and offsets.
type need struct{ nodes, buffers, views, unions int }

func (n *need) add(m need) {
	n.nodes += m.nodes
	n.buffers += m.buffers
	n.views += m.views
	n.unions += m.unions
}

// A layout is what the messages of a schema look like.
type layout struct {
	record       need
	dictionaries map[int64]need // by id
}

// schema checks a Schema table and returns the layout of its batches.
func (f *flat) schema(t table) layout {
	l := layout{dictionaries: make(map[int64]need)}
	f.each(t, 1, func(field table) { l.record.add(f.schemaField(field, l.dictionaries, maxNesting)) })
	f.keyValues(t, 2)
	return l
}

// The numbers of types that are not laid out as two buffers.
const (
	typeNull, typeBinary, typeText, typeTimestamp, typeStruct, typeUnion, typeFixedList = 1, 4, 5, 10, 13, 14, 16
	typeLargeBinary, typeLargeText, typeRunEnds, typeBinaryView, typeTextView           = 19, 20, 22, 23, 24
	typeListView, typeLargeListView                                                     = 25, 26
)

func (f *flat) schemaField(t table, dictionaries map[int64]need, depth int) need {
	if depth == 0 {
		f.fail()
		return need{}
	}
	f.vector(t, 0, 1) // name
	f.keyValues(t, 6)
	n := need{nodes: 1, buffers: 2}
	kind, typ := f.byte(t, 2), f.table(t, 3)
	switch kind {
	case typeNull, typeRunEnds:
		n.buffers = 0
	case typeStruct, typeFixedList:
		n.buffers = 1
	case typeBinary, typeText, typeLargeBinary, typeLargeText, typeListView, typeLargeListView:
		n.buffers = 3
	case typeBinaryView, typeTextView:
		n.views = 1
	case typeTimestamp:
		f.vector(typ, 1, 1) // time zone
	case typeUnion:
		f.vector(typ, 1, 4) // type ids
		n.unions = 1
		if pos := f.field(typ, 0); pos == 0 || f.u16(pos) == 0 { // sparse
			n.buffers = 1
		}
	}
	f.each(t, 5, func(child table) { n.add(f.schemaField(child, dictionaries, depth-1)) })
	if dict := f.table(t, 4); dict > 0 {
		f.table(dict, 1) // type of the indices
		// Columns can share a dictionary. If they lie about its type, the
		// reader believes one of them.
		id := f.long(dict, 0)
		other := dictionaries[id]
		dictionaries[id] = need{max(n.nodes, other.nodes), max(n.buffers, other.buffers), max(n.views, other.views), max(n.unions, other.unions)}
		return need{nodes: 1, buffers: 2}
	}
	return n
}

func (f *flat) keyValues(t table, i int) {
	f.each(t, i, func(kv table) {
		f.vector(kv, 0, 1)
		f.vector(kv, 1, 1)
	})
}
