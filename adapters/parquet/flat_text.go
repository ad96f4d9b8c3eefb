package parquet

import (
	"bytes"
	"encoding/binary"

	v18 "github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/bitutil"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// triedTexts is the number of texts after which a dictionary is given up if less than a
// third of them were in it already.
const triedTexts = 2048

// texts takes up to n texts and returns how many rows. It ends early when the page is full
// or the dictionary is.
func (c *flatColumn) texts(arr v18.Array, from, n int) int {
	var data []byte
	b := arr.Data().Buffers()
	if b[2] != nil {
		data = b[2].Bytes()
	}
	at := arr.Data().Offset() + from
	var valid func(int) bool // nil: always
	if arr.NullN() > 0 {
		valid = func(i int) bool { return arr.IsValid(from + i) }
	}
	if c.large {
		return putTexts(c, data, v18.Int64Traits.CastFromBytes(b[1].Bytes())[at:at+n+1], valid)
	}
	return putTexts(c, data, v18.Int32Traits.CastFromBytes(b[1].Bytes())[at:at+n+1], valid)
}

func putTexts[T int32 | int64](c *flatColumn, data []byte, ends []T, valid func(int) bool) int {
	for i := range len(ends) - 1 {
		if (valid == nil || valid(i)) && !c.put(data[ends[i]:ends[i+1]]) {
			return i
		}
		if c.full {
			return i + 1
		}
	}
	return len(ends) - 1
}

// put adds a text to the page. It reports false if the text must be put again, into the
// next page.
func (c *flatColumn) put(text []byte) bool {
	if c.table != nil {
		i, ok := c.table.put(text)
		switch {
		case ok && !c.pointless():
			c.numbers = append(c.numbers, i)
			return true
		case c.dictPages > 0 || c.plainSize() > 2*dictionaryBytes: // this page is the last one that refers to the dictionary
			c.full, c.ended = true, true
			return false
		}
		c.forgetTable()
	}
	c.values = append(binary.LittleEndian.AppendUint32(c.values, uint32(len(text))), text...)
	c.full = len(c.values) >= c.most
	return true
}

// pointless reports whether so few texts of the first page repeat that a dictionary
// saves nothing.
func (c *flatColumn) pointless() bool {
	return c.dictPages == 0 && len(c.numbers) >= triedTexts && c.table.len() > len(c.numbers)/3*2
}

// plainSize returns how many bytes the texts of the page take without the dictionary.
func (c *flatColumn) plainSize() (size int) {
	for _, i := range c.numbers {
		size += 4 + len(c.table.text(i))
	}
	return size
}

// forgetTable gives up a dictionary that no page refers to. Texts of this page, and of
// later row groups, are written as they are.
func (c *flatColumn) forgetTable() {
	for _, i := range c.numbers {
		text := c.table.text(i)
		c.values = append(binary.LittleEndian.AppendUint32(c.values, uint32(len(text))), text...)
	}
	c.numbers, c.table, c.spare = c.numbers[:0], nil, nil
}

// ofDictionary returns what takes values of a dictionary: only those that a row has.
func (c *flatColumn) ofDictionary(d *array.Dictionary, s *pageScratch) func(v18.Array, int, int) int {
	values := d.Dictionary()
	b := values.Data().Buffers()
	var data []byte
	if b[2] != nil {
		data = b[2].Bytes()
	}
	var ends []int32
	if values.Len() > 0 { // not one more: an index beyond the values is an error
		ends = v18.Int32Traits.CastFromBytes(b[1].Bytes())[values.Data().Offset():][:values.Len()+1]
	}
	known := s.known[:0] // by number of the value: its number in the table, and 1
	if values.Len() <= 2*d.Len() {
		known = append(known, make([]uint32, values.Len())...)
	}
	s.known = known
	return func(_ v18.Array, from, n int) int {
		for i := range n {
			if d.IsNull(from + i) {
				continue
			}
			v := d.GetValueIndex(from + i)
			if c.table != nil && len(known) > 0 && known[v] > 0 {
				c.numbers = append(c.numbers, known[v]-1)
				continue
			}
			if !c.put(data[ends[v]:ends[v+1]]) {
				return i
			}
			if c.table != nil && len(known) > 0 {
				known[v] = c.numbers[len(c.numbers)-1] + 1
			}
			if c.full {
				return i + 1
			}
		}
		return n
	}
}

// withNulls returns d, in which a row is NULL if its value is. The caller releases it.
func withNulls(d *array.Dictionary) *array.Dictionary {
	values, data := d.Dictionary(), d.Data()
	if values.NullN() == 0 {
		d.Retain()
		return d
	}
	nulls, valid := 0, make([]byte, bitutil.BytesForBits(int64(data.Offset()+d.Len())))
	for i := range d.Len() {
		if d.IsValid(i) && values.IsValid(d.GetValueIndex(i)) {
			bitutil.SetBit(valid, data.Offset()+i)
		} else {
			nulls++
		}
	}
	buffers := []*memory.Buffer{memory.NewBufferBytes(valid), data.Buffers()[1]}
	out := array.NewDataWithDictionary(d.DataType(), d.Len(), buffers, nulls, data.Offset(), values.Data().(*array.Data))
	defer out.Release()
	return array.NewDictionaryData(out)
}

// note compares a text with the least and the greatest one so far.
func (c *flatColumn) note(text []byte) {
	word := firstWord(text)
	if !c.noted {
		c.noted, c.leastWord, c.greatestWord = true, word, word
		c.least, c.greatest = append(c.least[:0], text...), append(c.greatest[:0], text...)
		return
	}
	if word <= c.leastWord && (word < c.leastWord || bytes.Compare(text, c.least) < 0) {
		c.least, c.leastWord = append(c.least[:0], text...), word
	}
	if word >= c.greatestWord && (word > c.greatestWord || bytes.Compare(text, c.greatest) > 0) {
		c.greatest, c.greatestWord = append(c.greatest[:0], text...), word
	}
}

// firstWord returns the first eight bytes of a text as a number, with zeros behind a shorter
// one. If it is less than that of another text, so is the text.
func firstWord(text []byte) (word uint64) {
	if len(text) >= 8 {
		return binary.BigEndian.Uint64(text)
	}
	for i, b := range text {
		word |= uint64(b) << (56 - 8*i)
	}
	return word
}
