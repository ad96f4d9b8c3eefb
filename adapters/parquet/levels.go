package parquet

import (
	"encoding/binary"
	"math/bits"
)

// hybrid walks over n numbers of a width in bits, in runs and packed groups of
// eight, calls each for every run of equal numbers, if it is not nil, and
// returns the bytes behind them. Only in the last group may there be more
// numbers than n, and bytes that nobody needs may be missing there.
//
//	varint, lowest bit 0: how often; the number, in whole bytes
//	varint, lowest bit 1: how many groups; 8 × width bits for each
func hybrid(b []byte, width, n int64, each func(v uint64, times int64) error) ([]byte, error) {
	bytes := (width + 7) / 8
	for n > 0 {
		head, k := binary.Uvarint(b)
		if k <= 0 {
			return nil, corrupt("numbers: %v", errShort)
		}
		b = b[k:]
		if head&1 == 0 {
			times := int64(head >> 1)
			if times <= 0 || times > n || bytes > int64(len(b)) {
				return nil, corrupt("a run of %d numbers, %d are left", times, n)
			}
			var v uint64
			for i := range bytes {
				v |= uint64(b[i]) << (8 * i)
			}
			if v>>width != 0 {
				return nil, corrupt("a number of more than %d bits", width)
			}
			b, n = b[bytes:], n-times
			if each != nil {
				if err := each(v, times); err != nil {
					return nil, err
				}
			}
			continue
		}
		groups := int64(head >> 1)
		if groups <= 0 || groups > (n+7)/8 {
			return nil, corrupt("%d groups of numbers, %d are left", groups, n)
		}
		here := min(8*groups, n)
		if need := (here*width + 7) / 8; need > int64(len(b)) {
			return nil, corrupt("numbers: %v", errShort)
		}
		if each != nil {
			for i := range here {
				if err := each(bitsAt(b, i*width, width), 1); err != nil {
					return nil, err
				}
			}
		}
		b, n = b[min(groups*width, int64(len(b))):], n-here
	}
	return b, nil
}

// counted is what the levels of a page, the numbers before its values, say.
type counted struct {
	rows  int64 // begun here: repetition level 0
	first bool  // the first value begins a row
	there int64 // values that are not null
}

// count adds up the levels of a page of n values. rep and def are empty where
// there are none.
func (c chunk) count(rep, def []byte, p page) (l counted, err error) {
	l = counted{rows: p.values, first: true, there: p.values}
	if c.maxRep > 0 {
		l.rows = 0
		seen := int64(0)
		err := walkLevels(rep, c.maxRep, p.repEncoding, p.values, func(v uint64, times int64) error {
			if seen == 0 {
				l.first = v == 0
			}
			seen += times
			if v == 0 {
				l.rows += times
			}
			return nil
		})
		if err != nil {
			return l, err
		}
	}
	if c.maxDef == 1 && p.defEncoding != bitPacked {
		l.there, err = bitLevels(nil, def, p.values)
		return l, err
	}
	if c.maxDef > 0 {
		l.there = 0
		err := walkLevels(def, c.maxDef, p.defEncoding, p.values, func(v uint64, times int64) error {
			if v == uint64(c.maxDef) {
				l.there += times
			}
			return nil
		})
		if err != nil {
			return l, err
		}
	}
	return l, nil
}

// walkLevels calls each for all levels, which must take all of b.
func walkLevels(b []byte, most int16, encoding, n int64, each func(v uint64, times int64) error) error {
	width := int64(bits.Len16(uint16(most)))
	checked := func(v uint64, times int64) error {
		if v > uint64(most) {
			return corrupt("a level of %d, at most %d", v, most)
		}
		return each(v, times)
	}
	if encoding == bitPacked { // from the highest bit down
		if want := (n*width + 7) / 8; int64(len(b)) != want {
			return corrupt("levels of %d bytes, want %d", len(b), want)
		}
		for i := range n {
			var v uint64
			for k := i * width; k < (i+1)*width; k++ {
				v = v<<1 | uint64(b[k/8]>>(7-k%8)&1)
			}
			if err := checked(v, 1); err != nil {
				return err
			}
		}
		return nil
	}
	rest, err := hybrid(b, width, n, checked)
	if err == nil && len(rest) > 0 {
		err = corrupt("%d bytes behind the levels", len(rest))
	}
	return err
}

// bitLevels is walkLevels for n levels of one bit in runs and groups. It returns how many are 1,
// and sets their bits in dst, which is zero, if it is not nil.
func bitLevels(dst []uint64, b []byte, n int64) (ones int64, err error) {
	for at := int64(0); at < n; {
		head, k := binary.Uvarint(b)
		if k <= 0 {
			return 0, corrupt("numbers: %v", errShort)
		}
		b = b[k:]
		times := int64(head >> 1)
		if head&1 == 0 {
			switch {
			case times <= 0 || times > n-at || len(b) == 0:
				return 0, corrupt("a run of %d numbers, %d are left", times, n-at)
			case b[0] > 1:
				return 0, corrupt("a number of more than 1 bits")
			case b[0] == 1:
				ones += times
				if dst != nil {
					setBits(dst, at, at+times)
				}
			}
			b, at = b[1:], at+times
			continue
		}
		if times <= 0 || times > (n-at+7)/8 {
			return 0, corrupt("%d groups of numbers, %d are left", times, n-at)
		}
		end := min(at+8*times, n)
		if (end-at+7)/8 > int64(len(b)) {
			return 0, corrupt("numbers: %v", errShort)
		}
		for i := b; at < end; at += 64 {
			var word uint64
			if len(i) >= 8 {
				word, i = binary.LittleEndian.Uint64(i), i[8:]
			} else {
				for k, v := range i {
					word |= uint64(v) << (8 * k)
				}
			}
			if left := end - at; left < 64 {
				word &= 1<<left - 1
			}
			ones += int64(bits.OnesCount64(word))
			if dst != nil && word != 0 {
				dst[at>>6] |= word << (at & 63)
				if high := word >> 1 >> (63 - at&63); high != 0 {
					dst[at>>6+1] |= high
				}
			}
		}
		b, at = b[min(times, int64(len(b))):], end
	}
	if len(b) > 0 {
		return 0, corrupt("%d bytes behind the levels", len(b))
	}
	return ones, nil
}
