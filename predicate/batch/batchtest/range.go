package batchtest

import (
	"bytes"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
)

// A Range is a part of a buffer of a record.
type Range struct {
	// Path leads to an array: the name of the column, and below it the names of
	// children, "dictionary" for the values of a dictionary.
	Path []string
	// Type is the type of the array.
	Type arrow.DataType
	// Buffer is the index of the buffer in the array.
	Buffer int
	// From and To are the bytes From to To-1. They may lie past the length of the
	// buffer, in its spare capacity.
	From, To int
}

// String returns the range as text, without its content:
//
//	address.city.dictionary (utf8): buffer 2, bytes 10 to 15
func (r Range) String() string {
	b := bytes.NewBufferString("")
	for i, name := range r.Path {
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(name)
	}
	fmt.Fprintf(b, " (%v): buffer %d, bytes %d to %d", r.Type, r.Buffer, r.From, r.To-1)
	return b.String()
}

// Leftovers returns every range of bytes of rec that belongs to no value of its
// rows and is not 0. These are
//
//   - bytes and bits outside of the rows of a slice, and past the last row;
//   - the slot of a NULL, and its text or items;
//   - whatever lies below a NULL, and in the children that a union does not
//     select: validity bits, too, which are 0 there if there are any;
//   - values of a dictionary, items of a child and bytes of a text buffer that no
//     row refers to;
//   - the capacity of a buffer beyond its length, and the buffer it was cut from.
//
// A masked row of a union has a type code: the first of the type is taken for
// 0. Lengths and offsets are those of values: offsets that step over a NULL
// without giving it any item belong to its neighbours.
//
// rec must be well-formed. Leftovers panics if it is not.
func Leftovers(rec arrow.Record) []Range {
	w := walk(rec)
	var found []Range
	for _, p := range w.places {
		live := w.live(p.bytes)
		found = p.append(found, func(i int) bool { return p.bytes[i]&^live[i] != 0 })
	}
	return found
}

// Find returns where text lies in the buffers of rec, their spare capacity
// included. A text in the values of the rows is found as well.
func Find(rec arrow.Record, text []byte) []Range {
	var found []Range
	if len(text) == 0 {
		return nil
	}
	for _, p := range walk(rec).places {
		for from := 0; ; {
			at := bytes.Index(p.bytes[from:], text)
			if at < 0 {
				break
			}
			from += at
			found = append(found, p.at(from, from+len(text)))
			from += len(text)
		}
	}
	return found
}

// A place is a buffer with all that can be reached through it.
type place struct {
	path   []string
	dt     arrow.DataType
	buffer int
	bytes  []byte
}

func (p place) at(from, to int) Range {
	return Range{Path: p.path, Type: p.dt, Buffer: p.buffer, From: from, To: to}
}

// append appends the ranges of the bytes that f picks.
func (p place) append(found []Range, f func(i int) bool) []Range {
	for i := 0; i < len(p.bytes); i++ {
		if !f(i) {
			continue
		}
		from := i
		for i < len(p.bytes) && f(i) {
			i++
		}
		found = append(found, p.at(from, i))
	}
	return found
}
