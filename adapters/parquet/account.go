package parquet

import (
	"encoding/binary"
	"io"

	v18pq "github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
)

// An account adds up what the pages of a column chunk hold, to the last byte.
// Pages that are read under the wrong type, repetition or encoding have bytes
// left over, or too few: the library does not look, and shows values of other
// rows.
type account struct {
	c       chunk
	max     int64
	pages   int
	entries int64 // of the dictionary; -1: there is none
	values  int64
	rows    int64
	head    []byte // of the page before, to be used again, as the next two
	in, out []byte
	taken   *gathering
}

// add looks into the page whose body begins at a byte.
func (a *account) add(r io.ReaderAt, at int64, p page) error {
	a.pages++
	b, err := a.body(r, at, p)
	if err != nil {
		return err
	}
	if p.dictionary {
		if a.pages > 1 {
			return corrupt("a dictionary behind other pages")
		}
		if p.dictEncoding != plain && p.dictEncoding != plainDictionary {
			return corrupt("a dictionary of encoding %d", p.dictEncoding)
		}
		if a.entries = p.entries; p.entries < 0 {
			return corrupt("a dictionary of %d entries", p.entries)
		}
		if err := a.plain(b, p.entries); err != nil || a.taken == nil {
			return err
		}
		return a.taken.setDictionary(b, p.entries)
	}
	var rep, def []byte
	if p.v2 {
		rep, def, b = b[:p.repLevels], b[p.repLevels:p.levels], b[p.levels:]
		if a.c.maxRep == 0 && !zeroLevels(rep, int64(p.values)) || a.c.maxDef == 0 && !zeroLevels(def, int64(p.values)) {
			return corrupt("levels of a column without any")
		}
	} else {
		if rep, b, err = cutLevels(b, a.c.maxRep, p.repEncoding, p.values); err != nil {
			return err
		}
		if def, b, err = cutLevels(b, a.c.maxDef, p.defEncoding, p.values); err != nil {
			return err
		}
	}
	l, err := a.c.count(rep, def, p)
	if err != nil {
		return err
	}
	if p.v2 && (p.nulls != 0 && p.nulls != p.values-l.there || p.rows != l.rows) { // some writers leave nulls at 0
		return corrupt("%d nulls and %d rows, the header says %d and %d", p.values-l.there, l.rows, p.nulls, p.rows)
	}
	if a.rows == 0 && p.values > 0 && !l.first {
		return corrupt("the first value continues a row")
	}
	a.values += p.values
	a.rows += l.rows
	if err := a.valuesOf(b, p.encoding, l.there); err != nil || a.taken == nil {
		return err
	}
	return a.taken.page(a.c, p, def, b, l.there)
}

// body returns the levels and values of a page, decompressed.
func (a *account) body(r io.ReaderAt, at int64, p page) ([]byte, error) {
	a.in = grown(a.in, p.compressed)
	if err := readFull(r, a.in, at); err != nil {
		return nil, err
	}
	if p.plain || a.c.codec == compress.Codecs.Uncompressed {
		if p.compressed != p.expanded {
			return nil, corrupt("%d bytes, uncompressed %d", p.compressed, p.expanded)
		}
		return a.in, nil
	}
	a.out = grown(a.out, p.expanded)
	copy(a.out, a.in[:p.levels])
	if p.expanded > p.levels {
		decoder, err := compress.GetCodec(a.c.codec)
		if err != nil {
			return nil, err
		}
		b, err := compress.Decode(decoder, a.out[p.levels:], a.in[p.levels:])
		if err != nil {
			return nil, corrupt("%v", err)
		}
		if int64(len(b)) != p.expanded-p.levels {
			return nil, corrupt("%d bytes when decompressed, the header says %d", len(b), p.expanded-p.levels)
		}
		copy(a.out[p.levels:], b) // nothing, if that is where they are
	}
	return a.out, nil
}

// grown returns n bytes, those of b if there are as many.
func grown(b []byte, n int64) []byte {
	if int64(cap(b)) < n {
		return make([]byte, n)
	}
	return b[:n]
}

// cutLevels takes the levels off a page of version 1.
func cutLevels(b []byte, most int16, encoding, values int64) (levels, rest []byte, err error) {
	if most > 0 && encoding != rle && encoding != bitPacked {
		return nil, nil, corrupt("levels of encoding %d", encoding)
	}
	rest, err = skipLevels(b, most, encoding, values)
	if err != nil || most == 0 {
		return nil, rest, err
	}
	levels = b[:len(b)-len(rest)]
	if encoding == rle {
		levels = levels[4:] // the length
	}
	return levels, rest, nil
}

// Encodings of values; those of differences are in delta.go.
const (
	plain           = int64(0)
	plainDictionary = 2
	rle             = 3
	rleDictionary   = 8
	byteStreamSplit = 9
)

// valuesOf checks that n values take all of b.
func (a *account) valuesOf(b []byte, encoding, n int64) error {
	if n == 0 && len(b) == 0 {
		return nil
	}
	switch encoding {
	case plain:
		return a.plain(b, n)
	case plainDictionary, rleDictionary:
		if a.entries < 0 {
			return corrupt("indices without a dictionary")
		}
		if len(b) == 0 || b[0] > 32 {
			return corrupt("indices without a width")
		}
		return rested(hybrid(b[1:], int64(b[0]), n, nil))
	case rle:
		if a.c.typ != v18pq.Types.Boolean {
			return corrupt("encoding %d of %s", encoding, a.c.typ)
		}
		if len(b) < 4 || int64(binary.LittleEndian.Uint32(b)) != int64(len(b)-4) {
			return corrupt("runs of another length than the page")
		}
		return rested(hybrid(b[4:], 1, n, nil))
	case byteStreamSplit:
		if a.c.typ == v18pq.Types.ByteArray || a.c.typ == v18pq.Types.Boolean || a.c.typ == v18pq.Types.Int96 {
			return corrupt("encoding %d of %s", encoding, a.c.typ)
		}
		return a.plain(b, n)
	case deltaBinaryPacked, deltaLengths, deltaStrings:
		return a.differences(b, encoding, n)
	default:
		return corrupt("encoding %d of values", encoding)
	}
}

// rested is an error if bytes are left over.
func rested(rest []byte, err error) error {
	if err == nil && len(rest) > 0 {
		return corrupt("%d bytes behind the values", len(rest))
	}
	return err
}

// plain checks that n values as they are take all of b.
func (a *account) plain(b []byte, n int64) error {
	width := a.c.width
	switch a.c.typ {
	case v18pq.Types.Boolean:
		if want := (n + 7) / 8; int64(len(b)) != want {
			return corrupt("%d bytes for %d values", len(b), n)
		}
		return nil
	case v18pq.Types.ByteArray:
		for range n {
			if len(b) < 4 {
				return corrupt("values: %v", errShort)
			}
			size := int64(binary.LittleEndian.Uint32(b))
			if size > int64(len(b)-4) {
				return corrupt("values: %v", errShort)
			}
			b = b[4+size:]
		}
		return rested(b, nil)
	}
	if n > int64(len(b)) || n*width != int64(len(b)) {
		return corrupt("%d bytes for %d values of %d", len(b), n, width)
	}
	return nil
}

// zeroLevels reports whether levels say nothing: there are none, or they are one
// run of zeros for all values, as some writers put before a column without levels.
func zeroLevels(b []byte, values int64) bool {
	if len(b) == 0 {
		return true
	}
	header, n := binary.Uvarint(b)
	rest := b[max(n, 0):]
	return n > 0 && header&1 == 0 && header>>1 == uint64(values) && (len(rest) == 0 || len(rest) == 1 && rest[0] == 0)
}
