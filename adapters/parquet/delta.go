package parquet

import (
	"encoding/binary"
	"errors"
	"math/bits"

	v18pq "github.com/apache/arrow-go/v18/parquet"
)

// Encodings of data pages that store differences.
const (
	bitPacked         = 4 // of levels, deprecated
	deltaBinaryPacked = 5
	deltaLengths      = 6
	deltaStrings      = 7
)

// maxBlock bounds the values of a block of differences, for which the library
// allocates what the page says. Writers use 128 to 1,024.
const maxBlock = 64 << 10

// differences checks that n values take all of b. The library allocates for the
// block size, the count and, for strings that share prefixes, the total length
// that the page claims.
func (a *account) differences(b []byte, encoding, n int64) error {
	if n > a.max/8 {
		return tooLarge("%d values", n)
	}
	number := a.c.typ == v18pq.Types.Int32 || a.c.typ == v18pq.Types.Int64
	switch {
	case number != (encoding == deltaBinaryPacked),
		!number && a.c.typ != v18pq.Types.ByteArray && (encoding == deltaLengths || a.c.typ != v18pq.Types.FixedLenByteArray):
		return corrupt("encoding %d of %s", encoding, a.c.typ)
	case encoding == deltaBinaryPacked:
		d, err := newDelta(b, n)
		if err != nil {
			return err
		}
		return rested(d.rest(8 * a.c.width))
	case encoding == deltaLengths:
		_, total, rest, err := lengths(b, n)
		if err == nil && total != int64(len(rest)) {
			err = corrupt("%d bytes of values, their lengths are %d", len(rest), total)
		}
		return err
	}
	prefixes, _, rest, err := lengths(b, n)
	if err != nil {
		return err
	}
	suffixes, added, rest, err := lengths(rest, n)
	if err != nil {
		return err
	}
	if added != int64(len(rest)) {
		return corrupt("%d bytes of values, their lengths are %d", len(rest), added)
	}
	var total, before int64
	for i := range prefixes {
		if int64(prefixes[i]) > before {
			return corrupt("a value begins with %d bytes of one of %d", prefixes[i], before)
		}
		before = int64(prefixes[i]) + int64(suffixes[i])
		if a.c.typ == v18pq.Types.FixedLenByteArray && before != a.c.width {
			return corrupt("a value of %d bytes, want %d", before, a.c.width)
		}
		if total += before; total > a.max {
			return tooLarge("strings of %d bytes", total)
		}
	}
	return nil
}

// lengths decodes n lengths, their sum, and returns the bytes that follow.
func lengths(b []byte, n int64) (sizes []int32, total int64, rest []byte, err error) {
	d, err := newDelta(b, n)
	if err != nil {
		return nil, 0, nil, err
	}
	if sizes, rest, err = d.lengths(); err != nil {
		return nil, 0, nil, err
	}
	for _, size := range sizes {
		if size < 0 {
			return nil, 0, nil, corrupt("a length of %d", size)
		}
		total += int64(size)
	}
	return sizes, total, rest, nil
}

// skipLevels passes over the levels of a version 1 page: a length of four bytes
// and as many bytes, or the deprecated packed form.
func skipLevels(b []byte, maxLevel int16, encoding, values int64) ([]byte, error) {
	if maxLevel == 0 {
		return b, nil
	}
	var n int64
	if encoding == bitPacked {
		n = (values*int64(bits.Len16(uint16(maxLevel))) + 7) / 8
	} else {
		if len(b) < 4 {
			return nil, corrupt("levels: %v", errShort)
		}
		n, b = int64(binary.LittleEndian.Uint32(b)), b[4:]
	}
	if n > int64(len(b)) {
		return nil, corrupt("levels: %v", errShort)
	}
	return b[n:], nil
}

// delta is a run of integers stored as differences:
//
//	header   block size, miniblocks a block, count, first value; varints
//	block    smallest difference; a bit width for each miniblock; miniblocks
type delta struct {
	c                  compact
	mini, minis, count int64
	first              int64
}

func newDelta(b []byte, n int64) (*delta, error) {
	d := &delta{c: compact{b: b}}
	var head [3]uint64
	for i := range head {
		v, err := d.c.varint()
		if err != nil {
			return nil, corrupt("differences: %v", err)
		}
		head[i] = v
	}
	first, err := d.c.int()
	if err != nil {
		return nil, corrupt("differences: %v", err)
	}
	block, minis, count := head[0], head[1], head[2]
	if block > maxBlock {
		return nil, tooLarge("blocks of %d values", block)
	}
	if block == 0 || minis == 0 || block%minis != 0 || count > 1<<31 {
		return nil, corrupt("blocks of %d values in %d parts, %d in all", block, minis, count)
	}
	if int64(count) != n {
		return nil, corrupt("%d differences, want %d", count, n)
	}
	d.mini, d.minis, d.count, d.first = int64(block/minis), int64(minis), int64(count), first
	return d, nil
}

// lengths decodes all values, as int32, and returns the bytes that follow.
func (d *delta) lengths() ([]int32, []byte, error) {
	bad := func(err error) ([]int32, []byte, error) { return nil, nil, corrupt("differences: %v", err) }
	out := make([]int32, 0, min(d.count, 1<<16)) // grows with what is there
	v := d.first
	if d.count > 0 {
		out = append(out, int32(v))
	}
	for int64(len(out)) < d.count {
		least, err := d.c.int()
		if err != nil {
			return bad(err)
		}
		widths := d.c.pos
		if err := d.c.discard(uint64(d.minis)); err != nil {
			return bad(err)
		}
		for m := range d.minis {
			if int64(len(out)) == d.count {
				break
			}
			width := int64(d.c.b[widths+int(m)])
			if width > 32 {
				return bad(errors.New("width over 32 bits"))
			}
			start := int64(d.c.pos)
			if err := d.c.discard(uint64((d.mini*width + 7) / 8)); err != nil {
				return bad(err)
			}
			for i := range d.mini {
				if int64(len(out)) == d.count {
					break
				}
				v += least + int64(bitsAt(d.c.b[start:], i*width, width))
				out = append(out, int32(v))
			}
		}
	}
	return out, d.c.b[d.c.pos:], nil
}

// rest passes over all values, of a width of at most so many bits, and returns
// the bytes that follow.
func (d *delta) rest(most int64) ([]byte, error) {
	for left := d.count - 1; left > 0; {
		if _, err := d.c.int(); err != nil {
			return nil, corrupt("differences: %v", err)
		}
		widths := d.c.pos
		if err := d.c.discard(uint64(d.minis)); err != nil {
			return nil, corrupt("differences: %v", err)
		}
		for m := int64(0); m < d.minis && left > 0; m++ {
			width := int64(d.c.b[widths+int(m)])
			if width > most {
				return nil, corrupt("differences of %d bits", width)
			}
			if err := d.c.discard(uint64((d.mini*width + 7) / 8)); err != nil {
				return nil, corrupt("differences: %v", err)
			}
			left -= d.mini
		}
	}
	return d.c.b[d.c.pos:], nil
}

// bitsAt reads width bits, least significant first.
func bitsAt(b []byte, at, width int64) (v uint64) {
	for got := int64(0); got < width; {
		have := 8 - (at+got)%8
		v |= uint64(b[(at+got)/8]>>((at+got)%8)) << got
		got += have
	}
	return v & (1<<width - 1)
}
