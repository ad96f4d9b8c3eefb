package parquet

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	v18 "github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/bitutil"
	"github.com/apache/arrow-go/v18/arrow/memory"
	v18pq "github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	"github.com/apache/arrow-go/v18/parquet/schema"
	"github.com/klauspost/compress/s2"
)

// A flatColumn makes the pages of a column of a row group, one after the other.
//
//	page: [length and levels, if NULL can be] [values, or width and indices]
type flatColumn struct {
	gathered
	descr *schema.Column
	codec compress.Compression
	most  int                      // bytes of a page
	stats metadata.TypedStatistics // of the row group; nil: none are written
	page  metadata.TypedStatistics // of the page

	statBytes int // the longest value in statistics

	// Of the page.
	rows    int
	full    bool   // no value more
	ended   bool   // the dictionary, with this page
	valid   []byte // bits, if NULL can be
	nulls   int
	values  []byte   // as they are in a page
	numbers []uint32 // of texts in table

	// Of the row group.
	table                 *textTable // of texts; nil: they are not put into it
	spare                 *textTable // table, for the next row group
	dictPages, plainPages int32
	nvalues               int64
	head, pages           pageSink // the dictionary page; the others
	headRaw, pagesRaw     int64    // bytes before compression, with the headers
	index                 chunkIndex

	least, greatest         []byte // of the texts of the page, if noted
	leastWord, greatestWord uint64 // how they begin
	noted                   bool
	used                    []uint64 // texts in table that the page has
}

func newFlatColumn(descr *schema.Column, kind gathered, props *v18pq.WriterProperties, most int) *flatColumn {
	c := &flatColumn{gathered: kind, descr: descr, codec: props.CompressionFor(descr.Path()), most: most}
	if props.StatisticsEnabledFor(descr.Path()) {
		c.stats = metadata.NewStatistics(descr, memory.NewGoAllocator())
		c.statBytes = int(props.MaxStatsSizeFor(descr.Path()))
		c.page = metadata.NewStatistics(descr, memory.NewGoAllocator())
	}
	if c.isText() && props.DictionaryEnabledFor(descr.Path()) {
		c.spare = newTextTable()
		c.table = c.spare
	}
	return c
}

// add takes rows of an array and writes the pages that become full.
func (c *flatColumn) add(arr v18.Array, from, n int, s *pageScratch) error {
	take := c.fixed
	if d, ok := arr.(*array.Dictionary); ok {
		d = withNulls(d)
		defer d.Release()
		arr, take = d, c.ofDictionary(d, s)
	} else if c.isText() {
		take = c.texts
	}
	if c.descr.MaxDefinitionLevel() == 0 && arr.NullN() > 0 {
		return fmt.Errorf("%w: got NULL in a column that is not nullable", ErrUnsupported)
	}
	for n > 0 {
		took := take(arr, from, min(n, pageRows-c.rows))
		c.nulls += c.levels(arr, from, took)
		c.rows += took
		from, n = from+took, n-took
		if c.full || c.rows == pageRows {
			if err := c.flush(s); err != nil {
				return err
			}
		}
	}
	return nil
}

// levels notes which of n rows are NULL and returns how many.
func (c *flatColumn) levels(arr v18.Array, from, n int) int {
	if c.descr.MaxDefinitionLevel() == 0 {
		return 0
	}
	for len(c.valid) < (c.rows+n+7)/8 {
		c.valid = append(c.valid, 0)
	}
	if arr.NullN() == 0 {
		bitutil.SetBitsTo(c.valid, int64(c.rows), int64(n), true)
		return 0
	}
	at := arr.Data().Offset() + from
	bitutil.CopyBitmap(arr.NullBitmapBytes(), at, n, c.valid, c.rows)
	return n - bitutil.CountSetBits(arr.NullBitmapBytes(), at, n)
}

// fixed takes up to n values of a width, or booleans, and returns how many rows.
func (c *flatColumn) fixed(arr v18.Array, from, n int) int {
	at := arr.Data().Offset() + from
	b := arr.Data().Buffers()[1].Bytes()
	if c.bit {
		k := c.rows - c.nulls
		for i := range n {
			if arr.IsNull(from + i) {
				continue
			}
			if k&7 == 0 {
				c.values = append(c.values, 0)
			}
			if bitutil.BitIsSet(b, at+i) {
				c.values[k>>3] |= 1 << (k & 7)
			}
			k++
		}
		return n
	}
	n = max(1, min(n, (c.most-len(c.values))/c.width))
	b = b[at*c.width : (at+n)*c.width]
	if arr.NullN() == 0 {
		c.values = append(c.values, b...)
	} else {
		for i := range n {
			if arr.IsValid(from + i) {
				c.values = append(c.values, b[i*c.width:][:c.width]...)
			}
		}
	}
	c.full = len(c.values)+c.width > c.most
	return n
}

// flush compresses the page, if it has rows, and begins the next one.
func (c *flatColumn) flush(s *pageScratch) error {
	defer c.begin()
	if c.rows == 0 {
		return nil
	}
	s.raw = c.appendLevels(s.raw[:0])
	encoding := v18pq.Encodings.Plain
	if c.table != nil {
		encoding = v18pq.Encodings.RLEDict
		width := widthOf(c.table.len())
		s.raw = appendHybrid(append(s.raw, byte(width)), c.numbers, width)
		c.dictPages++
	} else {
		s.raw = append(s.raw, c.values...)
		c.plainPages++
	}
	if len(s.raw) > math.MaxInt32 {
		return tooLarge("a value of %d bytes, a page has at most %d", len(s.raw), math.MaxInt32)
	}
	body := c.compress(s)
	page := file.NewDataPageV1(memory.NewBufferBytes(body), int32(c.rows), encoding, v18pq.Encodings.RLE, v18pq.Encodings.RLE, int32(len(s.raw)))
	defer page.Release()
	p, err := newPages(&c.pages, compress.Codecs.Uncompressed)
	if err != nil {
		return err
	}
	at := c.pages.size
	n, err := p.WriteDataPage(page)
	if err == nil {
		err = c.endPage(at, n)
	}
	c.pagesRaw += n - int64(len(body)) + int64(len(s.raw))
	c.nvalues += int64(c.rows)
	return err
}

// begin begins a page.
func (c *flatColumn) begin() {
	if c.ended {
		c.table = nil
	}
	c.rows, c.nulls, c.full, c.ended = 0, 0, false, false
	c.valid, c.values, c.numbers = c.valid[:0], c.values[:0], c.numbers[:0]
}

// appendLevels appends which rows are not NULL: one run, or the bits as they are.
func (c *flatColumn) appendLevels(dst []byte) []byte {
	if c.descr.MaxDefinitionLevel() == 0 {
		return dst
	}
	dst = append(dst, 0, 0, 0, 0)
	if c.nulls == 0 || c.nulls == c.rows {
		level := uint32(1)
		if c.nulls > 0 {
			level = 0
		}
		dst = appendRun(dst, level, c.rows, 1)
	} else {
		dst = binary.AppendUvarint(dst, uint64(len(c.valid))<<1|1)
		dst = append(dst, c.valid...)
	}
	binary.LittleEndian.PutUint32(dst, uint32(len(dst)-4))
	return dst
}

// compress returns the page in s, compressed.
func (c *flatColumn) compress(s *pageScratch) []byte {
	switch c.codec {
	case compress.Codecs.Uncompressed:
		return s.raw
	case compress.Codecs.Snappy: // the library asks for more work and a few bytes less
		s.packed = s2.EncodeSnappy(s.packed[:cap(s.packed)], s.raw)
	default:
		codec, err := compress.GetCodec(c.codec)
		if err != nil {
			panic(err) // NewWriter has asked for it
		}
		s.packed = codec.Encode(slices.Grow(s.packed[:0], int(codec.CompressBound(int64(len(s.raw))))), s.raw)
	}
	return s.packed
}

// newPages returns what writes the headers of pages.
func newPages(to *pageSink, codec compress.Compression) (file.PageWriter, error) {
	return file.NewPageWriter(to, codec, 0, nil, 0, 0, memory.DefaultAllocator, false, nil, nil)
}

// end writes the last page of a row group and its dictionary.
func (c *flatColumn) end(s *pageScratch) error {
	if err := c.flush(s); err != nil {
		return err
	}
	if c.dictPages == 0 {
		return nil
	}
	s.raw = s.raw[:0]
	for i := range c.spare.len() {
		text := c.spare.text(uint32(i))
		s.raw = append(binary.LittleEndian.AppendUint32(s.raw, uint32(len(text))), text...)
	}
	page := file.NewDictionaryPage(memory.NewBufferBytes(s.raw), int32(c.spare.len()), v18pq.Encodings.Plain)
	defer page.Release()
	p, err := newPages(&c.head, c.codec) // unlike a page of data, it is compressed by the library
	if err != nil {
		return err
	}
	if _, err := p.WriteDictionaryPage(page); err != nil {
		return err
	}
	header, err := parsePage(c.head.parts[0])
	c.headRaw = int64(header.header) + header.expanded
	return err
}

// writeTo writes the pages and what the footer says of them, and begins the next row
// group.
func (c *flatColumn) writeTo(to *tellingWriter, m *metadata.ColumnChunkMetaDataBuilder) error {
	info := metadata.ChunkMetaInfo{NumValues: c.nvalues, IndexPageOffset: -1}
	stats := metadata.EncodingStats{DictEncodingStats: map[v18pq.Encoding]int32{}, DataEncodingStats: map[v18pq.Encoding]int32{}}
	if c.dictPages > 0 {
		info.DictPageOffset = to.at
		stats.DictEncodingStats[v18pq.Encodings.Plain] = 1
		stats.DataEncodingStats[v18pq.Encodings.RLEDict] = c.dictPages
	}
	if c.plainPages > 0 {
		stats.DataEncodingStats[v18pq.Encodings.Plain] = c.plainPages
	}
	info.DataPageOffset = to.at + c.head.size
	if err := c.index.finish(info.DataPageOffset); err != nil {
		return err
	}
	info.CompressedSize, info.UncompressedSize = c.head.size+c.pages.size, c.headRaw+c.pagesRaw
	if err := c.head.writeTo(to); err != nil {
		return err
	}
	if err := c.pages.writeTo(to); err != nil {
		return err
	}
	if c.stats != nil {
		if err := c.setStats(m); err != nil {
			return err
		}
	}
	if err := m.Finish(info, c.dictPages > 0, c.dictPages > 0 && c.plainPages > 0, stats); err != nil {
		return err
	}
	// The library lists them in the random order of a map.
	encodings := m.Contents().MetaData.EncodingStats
	if len(encodings) == 3 && encodings[1].Encoding > encodings[2].Encoding {
		encodings[1], encodings[2] = encodings[2], encodings[1]
	}
	c.dictPages, c.plainPages, c.nvalues, c.headRaw, c.pagesRaw = 0, 0, 0, 0, 0
	if c.table = c.spare; c.table != nil {
		c.table.clear()
	}
	return nil
}
