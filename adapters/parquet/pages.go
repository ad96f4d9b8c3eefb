package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"

	v18pq "github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	"github.com/klauspost/compress/zstd"
)

// A chunk is where the pages of one column of one row group lie in the file.
type chunk struct {
	start, size int64
	values      int64
	rows        int64 // of the row group
	codec       compress.Compression

	maxRep, maxDef int16
	typ            v18pq.Type
	width          int64 // of a value in bytes, of types that have one
	old            bool  // size is more than there is
	index          *pageIndex
}

// chunkOf reads and checks the place of a column chunk, as the library will
// compute it: its reader takes the sizes in the footer at their word.
func chunkOf(m *metadata.FileMetaData, rg, leaf int) (chunk, error) {
	col, err := m.RowGroup(rg).ColumnChunk(leaf)
	if err != nil {
		return chunk{}, err
	}
	if path := col.FilePath(); path != "" {
		return chunk{}, fmt.Errorf("%w: the column is in another file", ErrUnsupported)
	}
	if col.CryptoMetadata() != nil {
		return chunk{}, fmt.Errorf("%w: the column is encrypted", ErrUnsupported)
	}
	c := chunk{start: col.DataPageOffset(), size: col.TotalCompressedSize(), values: col.NumValues(), rows: m.RowGroup(rg).NumRows(), codec: col.Compression()}
	descr := m.Schema.Column(leaf)
	c.maxRep, c.maxDef = descr.MaxRepetitionLevel(), descr.MaxDefinitionLevel()
	c.typ, c.width = descr.PhysicalType(), int64(descr.PhysicalType().ByteSize())
	if c.typ == v18pq.Types.FixedLenByteArray {
		c.width = int64(descr.TypeLength())
	}
	if dict := col.DictionaryPageOffset(); col.HasDictionaryPage() && dict > 0 && dict < c.start {
		c.start = dict
	}
	end := m.GetSourceFileSize()
	if c.start < 0 || c.size < 0 || c.start > end || c.size > end-c.start {
		return chunk{}, corrupt("pages at byte %d, %d bytes of a file of %d", c.start, c.size, end)
	}
	if c.values < 0 {
		return chunk{}, corrupt("%d values", c.values)
	}
	// Old writers left the header of the dictionary page out of the size; the
	// library reads up to 100 bytes more for them.
	if m.WriterVersion().LessThan(metadata.Parquet816FixedVersion) {
		c.size += min(100, end-c.start-c.size)
		c.old = true
	}
	if _, err := compress.GetCodec(c.codec); err != nil {
		return chunk{}, fmt.Errorf("%w: %w", ErrUnsupported, err)
	}
	return c, nil
}

// A page is what checkPage, account and dictionaryOf need of a page header.
type page struct {
	header               int   // bytes of the header itself
	compressed, expanded int64 // sizes of what follows
	levels               int64 // bytes before the compressed part (version 2)
	repLevels            int64 // of these, of repetition
	values               int64 // of a data page
	kind, shape          int64 // the type, by its number and by the header that is there
	nulls, rows          int64 // version 2
	plain                bool  // version 2, and not compressed
	crc                  int64 // of all that follows the header, if there is one
	checked              bool
	v2                   bool
	encoding             int64
	defEncoding          int64 // version 1
	repEncoding          int64
	dictionary           bool
	entries              int64 // of a dictionary
	dictEncoding         int64
}

// Bounds on page headers: they hold statistics, that is two values.
const (
	headerGuess = 4 << 10
	headerMax   = 16 << 20
	maxHeaders  = 1 << 14 // that are kept for a row group, each column its share
)

// checkPages walks the pages of a chunk and refuses sizes that would make the
// decompressors allocate without regard to the page header: they trust the
// sizes inside the compressed data, which a file of some kilobytes can set to
// many gigabytes. It also compares the checksums, which are optional and which
// the library leaves alone: a flipped bit in a value is not otherwise noticed,
// and a rule would be applied to it. Then it looks into each page, see account. Values of
// pages that are as they should be go to taken, if it is not nil.
func checkPages(r io.ReaderAt, c chunk, max int64, taken *gathering) error {
	w := newWalk(r, c, max, taken)
	if taken != nil {
		s := taken.scratches.get()
		s.lend(&w.account)
		defer func() { s.takeBack(&w.account); taken.scratches.put(s) }()
	}
	for w.more() {
		if err := w.next(); err != nil {
			return err
		}
	}
	switch {
	case w.values != c.values:
		return corrupt("pages of %d values, the footer says %d", w.values, c.values)
	case w.rows != c.rows:
		return corrupt("pages of %d rows, the row group has %d", w.rows, c.rows)
	case w.at != w.end && !c.old:
		return corrupt("%d bytes behind the last page", w.end-w.at)
	}
	return nil
}

// A walk goes through the pages of a chunk.
type walk struct {
	account
	r       io.ReaderAt
	at, end int64 // the next page, and the end of the chunk
}

func newWalk(r io.ReaderAt, c chunk, max int64, taken *gathering) *walk {
	return &walk{account: account{c: c, max: max, entries: -1, taken: taken}, r: r, at: c.start, end: c.start + c.size}
}

// more reports whether another page is to come.
func (w *walk) more() bool { return w.values < w.c.values && w.at < w.end }

// next checks the next page and gives its values to taken, or passes it.
func (w *walk) next() error {
	at, taken := w.at, w.taken
	if taken != nil && w.pages > 0 && taken.mayPass() {
		p, known := taken.headers[at]
		if !known {
			var err error
			if p, err = readPage(w.r, at, w.end, &w.head); err != nil {
				return fmt.Errorf("%w: page at byte %d: %w", ErrCorrupt, at, err)
			}
			if len(taken.headers) < taken.mostHeaders {
				taken.headers[at] = p
			}
		}
		if !p.dictionary && p.values > 0 && p.compressed >= 0 && taken.passes(p.values) {
			if err := taken.placed(at, p); err != nil {
				return err
			}
			if w.pages++; !taken.checked {
				taken.skipped++
			}
			w.values, w.rows, taken.row = w.values+p.values, w.rows+p.values, taken.row+p.values
			w.at += int64(p.header) + p.compressed
			return nil
		}
	}
	p, err := checkPage(w.r, at, w.end, w.c, w.max, &w.head)
	if err != nil {
		return err
	}
	if taken != nil {
		if err := taken.placed(at, p); err != nil {
			return err
		}
	}
	if err := w.add(w.r, at+int64(p.header), p); err != nil {
		return fmt.Errorf("page at byte %d: %w", at, err)
	}
	w.at += int64(p.header) + p.compressed
	return nil
}

// checkPage is checkPages for the page whose header is at a byte. buf is a buffer to use
// again.
func checkPage(r io.ReaderAt, at, end int64, c chunk, max int64, buf *[]byte) (page, error) {
	p, err := readPage(r, at, end, buf)
	if err != nil {
		return page{}, fmt.Errorf("%w: page at byte %d: %w", ErrCorrupt, at, err)
	}
	at += int64(p.header)
	switch {
	case p.kind != p.shape:
		return page{}, corrupt("page at byte %d: type %d with the header of type %d", at, p.kind, p.shape)
	case p.compressed < 0 || p.expanded < 0 || p.values < 0 || p.levels < 0:
		return page{}, corrupt("page at byte %d: negative size", at)
	case p.compressed > end-at:
		return page{}, corrupt("page at byte %d: %d bytes, %d are left", at, p.compressed, end-at)
	case p.expanded > max:
		return page{}, tooLarge("page at byte %d: %d bytes", at, p.expanded)
	case p.levels > p.compressed || p.levels > p.expanded:
		return page{}, corrupt("page at byte %d: %d bytes of levels in %d", at, p.levels, p.compressed)
	}
	if !p.plain {
		body := io.NewSectionReader(r, at+p.levels, p.compressed-p.levels)
		if err := checkExpansion(body, c.codec, p.expanded-p.levels, max); err != nil {
			return page{}, fmt.Errorf("page at byte %d: %w", at, err)
		}
	}
	if p.checked {
		sum := crc32.NewIEEE()
		if _, err := io.Copy(sum, io.NewSectionReader(r, at, p.compressed)); err != nil {
			return page{}, err
		}
		if sum.Sum32() != uint32(p.crc) {
			return page{}, corrupt("page at byte %d: the checksum is wrong", at)
		}
	}
	return p, nil
}

// readPage reads the header at a byte, looking further until it is complete. buf is a
// buffer to use again.
func readPage(r io.ReaderAt, at, end int64, buf *[]byte) (page, error) {
	for n := int64(headerGuess); ; n *= 4 {
		b := grown(*buf, min(n, end-at))
		*buf = b
		if err := readFull(r, b, at); err != nil {
			return page{}, err
		}
		p, err := parsePage(b)
		if errors.Is(err, errShort) && n < end-at && n < headerMax {
			continue
		}
		return p, err
	}
}

// parsePage reads the fields of a PageHeader that tell sizes.
func parsePage(b []byte) (page, error) {
	c := &compact{b: b}
	p := page{shape: -1}
	compressed := true
	number := func(dst *int64) error { var err error; *dst, err = c.int(); return err }
	var has, hasInside seen
	err := c.fields(func(id int64, typ byte) error {
		has.add(id, typ)
		switch {
		case id == 1 && typ == 5:
			return number(&p.kind)
		case id == 2 && typ == 5:
			return number(&p.expanded)
		case id == 3 && typ == 5:
			return number(&p.compressed)
		case id == 4 && typ == 5:
			p.checked = true
			return number(&p.crc)
		case id == 5 && typ == tStruct: // data page
			p.shape = dataPage
			return c.fields(func(id int64, typ byte) error {
				hasInside.add(id, typ)
				switch {
				case id == 1 && typ == 5:
					return number(&p.values)
				case id == 2 && typ == 5:
					return number(&p.encoding)
				case id == 3 && typ == 5:
					return number(&p.defEncoding)
				case id == 4 && typ == 5:
					return number(&p.repEncoding)
				}
				return c.skip(typ, false, 0)
			})
		case id == 7 && typ == tStruct: // dictionary page
			p.dictionary, p.shape = true, dictionaryPage
			return c.fields(func(id int64, typ byte) error {
				hasInside.add(id, typ)
				switch {
				case id == 1 && typ == 5:
					return number(&p.entries)
				case id == 2 && typ == 5:
					return number(&p.dictEncoding)
				}
				return c.skip(typ, false, 0)
			})
		case id == 8 && typ == tStruct: // data page, version 2
			p.v2, p.shape = true, dataPageV2
			return c.fields(func(id int64, typ byte) error {
				hasInside.add(id, typ)
				var levels int64
				switch {
				case id == 1 && typ == 5:
					return number(&p.values)
				case id == 2 && typ == 5:
					return number(&p.nulls)
				case id == 3 && typ == 5:
					return number(&p.rows)
				case id == 4 && typ == 5:
					return number(&p.encoding)
				case (id == 5 || id == 6) && typ == 5: // definition, repetition
					err := number(&levels)
					if levels < 0 {
						return errors.New("negative size of levels")
					}
					p.levels += levels
					if id == 6 {
						p.repLevels = levels
					}
					return err
				case id == 7 && typ == tFalse:
					compressed = false
				}
				return c.skip(typ, false, 0)
			})
		default:
			return c.skip(typ, false, 0)
		}
	})
	p.header, p.plain = c.pos, !compressed
	inside := map[int64]int64{dataPage: 4, dictionaryPage: 2, dataPageV2: 6}[p.shape]
	if err == nil && !(has.upTo(3) && hasInside.upTo(inside)) {
		err = errors.New("a required field is missing")
	}
	return p, err
}

// seen are the ids of the numbers in a struct. The format requires the first ones.
type seen uint64

func (s *seen) add(id int64, typ byte) {
	if id > 0 && id < 64 && typ == 5 {
		*s |= 1 << id
	}
}

func (s seen) upTo(id int64) bool {
	all := seen(1)<<(id+1) - 2
	return s&all == all
}

// checkExpansion compares what compressed data say about their size with what
// the page header says.
func checkExpansion(r *io.SectionReader, codec compress.Compression, want, max int64) error {
	switch codec {
	case compress.Codecs.Snappy:
		// The block starts with its size, for which the decoder allocates.
		b := make([]byte, min(10, r.Size()))
		if err := readFull(r, b, 0); err != nil {
			return err
		}
		if n, k := binary.Uvarint(b); k > 0 && n > uint64(want) {
			return corrupt("%d bytes of snappy, the header says %d", n, want)
		}
	case compress.Codecs.Gzip, compress.Codecs.Brotli:
		// Bounded by the page, except for an empty one, which the library reads
		// to the end whatever comes.
		if want == 0 && r.Size() > 64 {
			return corrupt("%d compressed bytes for none", r.Size())
		}
	case compress.Codecs.Zstd:
		n, err := zstdBound(r)
		if err != nil {
			return fmt.Errorf("%w: zstd: %w", ErrCorrupt, err)
		}
		// Honest blocks may be smaller than the 128 KiB that are assumed here.
		if n > min(max, 8*want+64<<20) {
			return tooLarge("up to %d bytes of zstd, the header says %d", n, want)
		}
	}
	return nil
}

// decompress returns what b holds, for which checkExpansion was asked.
func decompress(codec compress.Compression, b []byte, size int64) ([]byte, error) {
	decoder, err := compress.GetCodec(codec)
	if err != nil {
		return nil, err
	}
	if b, err = compress.Decode(decoder, make([]byte, size), b); err != nil {
		return nil, corrupt("%v", err)
	}
	return b, nil
}

// zstdBound adds up how large the blocks of zstd frames can become, from their
// headers; the decoder of the library stops at 64 GiB. (RFC 8878, section 3.1.)
func zstdBound(r *io.SectionReader) (total int64, err error) {
	const largest = 128 << 10
	var claimed int64
	b := make([]byte, zstd.HeaderMaxSize)
	var h zstd.Header
	for at := int64(0); at < r.Size(); {
		head := b[:min(int64(len(b)), r.Size()-at)]
		if err := readFull(r, head, at); err != nil {
			return 0, err
		}
		if err := h.Decode(head); err != nil {
			return 0, err
		}
		at += int64(h.HeaderSize)
		if h.Skippable {
			at += int64(h.SkippableSize)
			continue
		}
		// The size a frame claims is what the decoder allocates first.
		if size := h.FrameContentSize; size > math.MaxInt64/4 {
			return 0, errors.New("frame of an impossible size")
		} else if claimed += int64(size); claimed < 0 {
			return 0, errors.New("frames of an impossible size")
		}
		for last := false; !last; {
			if err := readFull(r, b[:3], at); err != nil {
				return 0, err
			}
			block := uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16
			size := int64(block >> 3)
			last = block&1 == 1
			at += 3
			switch block >> 1 & 3 {
			case 0: // raw
				total, at = total+size, at+size
			case 1: // one byte, repeated
				total, at = total+size, at+1
			case 2:
				total, at = total+largest, at+size
			default:
				return 0, errors.New("unknown block")
			}
		}
		if h.HasCheckSum {
			at += 4
		}
	}
	return max(total, claimed), nil
}
