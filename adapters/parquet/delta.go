package parquet

import (
	"encoding/binary"
	"errors"
	"io"
	"math/bits"
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

// checkDelta looks into a page of differences, which must be decompressed for
// that: the library allocates for the block size, the count and, for strings
// that share prefixes, the total length that the page claims.
func checkDelta(r io.ReaderAt, at int64, p page, c chunk, max int64) error {
	if p.values > max/8 {
		return tooLarge("%d values", p.values)
	}
	b := make([]byte, p.compressed)
	if err := readFull(r, b, at); err != nil {
		return err
	}
	b = b[p.levels:] // of version 2, which are not compressed
	if size := p.expanded - p.levels; !p.plain && size > 0 {
		var err error
		if b, err = decompress(c.codec, b, size); err != nil {
			return err
		}
	}
	if !p.v2 {
		var err error
		if b, err = skipLevels(b, c.maxRep, p.repEncoding, p.values); err != nil {
			return err
		}
		if b, err = skipLevels(b, c.maxDef, p.defEncoding, p.values); err != nil {
			return err
		}
	}
	if len(b) == 0 {
		return nil // all null
	}
	d, err := newDelta(b)
	if err != nil || p.encoding != deltaStrings {
		return err
	}
	prefixes, rest, err := d.lengths()
	if err != nil {
		return err
	}
	if d, err = newDelta(rest); err != nil {
		return err
	}
	suffixes, _, err := d.lengths()
	if err != nil {
		return err
	}
	if len(prefixes) != len(suffixes) {
		return corrupt("%d prefixes and %d suffixes", len(prefixes), len(suffixes))
	}
	var total int64
	for i := range prefixes {
		if total += int64(prefixes[i]) + int64(suffixes[i]); prefixes[i] < 0 || suffixes[i] < 0 || total > max {
			return tooLarge("strings of %d bytes", total)
		}
	}
	return nil
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

func newDelta(b []byte) (*delta, error) {
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

// bitsAt reads width bits, least significant first.
func bitsAt(b []byte, at, width int64) (v uint64) {
	for got := int64(0); got < width; {
		have := 8 - (at+got)%8
		v |= uint64(b[(at+got)/8]>>((at+got)%8)) << got
		got += have
	}
	return v & (1<<width - 1)
}
