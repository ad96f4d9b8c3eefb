package parquet

import (
	"encoding/binary"
	"io"

	v18pq "github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/metadata"
)

// A dictionary is the set of values in one column chunk.
type dictionary struct {
	known  bool // false: values may be there that are not in the dictionary
	values map[string]bool
}

// Types of pages; index pages, number 1, were never written.
const (
	dataPage       = 0
	dictionaryPage = 2
	dataPageV2     = 3
)

// dictionaryOf reads the dictionary page of a column chunk whose data pages all
// refer to it. The dictionary may have values that no row has, never the other
// way round.
func dictionaryOf(r io.ReaderAt, m *metadata.FileMetaData, group, leaf int, c chunk, max int64) *dictionary {
	unknown := &dictionary{}
	only, told := onlyDictionary(m, group, leaf)
	if told && !only {
		return unknown
	}
	p, err := checkPage(r, c.start, c.start+c.size, c, max, new([]byte))
	plain := p.dictEncoding == int64(v18pq.Encodings.Plain) || p.dictEncoding == int64(v18pq.Encodings.PlainDict)
	if err != nil || !p.dictionary || !plain || p.compressed > max {
		return unknown
	}
	if !told && !everyPageRefers(r, c) {
		return unknown
	}
	b := make([]byte, p.compressed)
	if err := readFull(r, b, c.start+int64(p.header)); err != nil {
		return unknown
	}
	if p.expanded > 0 {
		if b, err = decompress(c.codec, b, p.expanded); err != nil {
			return unknown
		}
	}
	if int64(len(b)) != p.expanded {
		return unknown
	}
	values, ok := plainTexts(b, p.entries)
	if !ok {
		return unknown
	}
	return &dictionary{known: true, values: values}
}

// plainTexts decodes n texts, each behind its length in four bytes.
func plainTexts(b []byte, n int64) (map[string]bool, bool) {
	if n < 0 || n > int64(len(b)/4) {
		return nil, false
	}
	values := make(map[string]bool)
	text := string(b)
	for range n {
		if len(b) < 4 {
			return nil, false
		}
		size := int64(binary.LittleEndian.Uint32(b))
		if b, text = b[4:], text[4:]; size > int64(len(b)) {
			return nil, false
		}
		values[text[:size]] = true
		b, text = b[size:], text[size:]
	}
	if len(b) > 0 {
		return nil, false
	}
	return values, true
}

// onlyDictionary reports whether every data page of a column chunk stores
// indices into the dictionary, by what the footer tells. Writers fall back to
// plain values in the middle of a chunk when the dictionary has become too
// large.
func onlyDictionary(m *metadata.FileMetaData, group, leaf int) (only, told bool) {
	meta := m.RowGroups[group].Columns[leaf].MetaData
	for _, s := range meta.GetEncodingStats() {
		if t := int64(s.GetPageType()); t != dataPage && t != dataPageV2 {
			continue
		}
		if !refers(int64(s.GetEncoding())) {
			return false, true
		}
		only, told = true, true
	}
	if told {
		return only, true
	}
	// A list of encodings does not say of which pages they are: PLAIN is that
	// of data pages or of the dictionary. Without an encoding of indices there
	// is nothing to look at.
	told = true
	for _, e := range meta.GetEncodings() {
		if refers(int64(e)) {
			told = false
		}
	}
	return false, told
}

// refers reports whether an encoding of data pages is that of indices.
func refers(encoding int64) bool {
	return encoding == int64(v18pq.Encodings.PlainDict) || encoding == int64(v18pq.Encodings.RLEDict)
}

// everyPageRefers is onlyDictionary by the header of each page of a chunk.
func everyPageRefers(r io.ReaderAt, c chunk) bool {
	var buf []byte
	end, seen := c.start+c.size, int64(0)
	for at := c.start; seen < c.values; {
		if at >= end {
			return false
		}
		p, err := readPage(r, at, end, &buf)
		at += int64(p.header)
		if err != nil || p.values < 0 || p.compressed < 0 || p.compressed > end-at {
			return false
		}
		if p.values > 0 && !refers(p.encoding) {
			return false
		}
		at += p.compressed
		seen += p.values
	}
	return true
}
