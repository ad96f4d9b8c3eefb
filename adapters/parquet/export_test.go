package parquet

import (
	"fmt"
	"io"

	"github.com/apache/arrow-go/v18/arrow/memory"
	v18pq "github.com/apache/arrow-go/v18/parquet"
)

// NewReaderOn is NewReader with an allocator that counts.
func NewReaderOn(mem memory.Allocator, r v18pq.ReaderAtSeeker, opts *Options) (*Reader, error) {
	return newReader(r, "", opts, mem)
}

// Whole returns options that leave out row groups only.
func Whole(opts Options) *Options {
	opts.whole = true
	return &opts
}

// Hold sets how many bytes of later windows a reader keeps; -1 is none.
func (opts *Options) Hold(bytes int64) { opts.held = bytes }

// Gathers reports whether a reader can leave out single rows.
func (r *Reader) Gathers() bool { return r.late != nil }

// Headers returns how many headers of pages a reader keeps.
func (r *Reader) Headers() (n int) {
	if r.late != nil && r.late.held != nil {
		for _, headers := range r.late.held.headers {
			n += len(headers)
		}
	}
	return n
}

// MaxHeaders bounds them.
const MaxHeaders = maxHeaders

// IndicesOf and Hybrid decode the same numbers.
var (
	IndicesOf = indicesOf
	Hybrid    = hybrid
)

// Parsers of what is read to decide what is left out.
var (
	ParseBloomHeader = parseBloomHeader
	PlainTexts       = plainTexts
)

// ReadFooter reads the metadata of a file.
var ReadFooter = readFooter

// Bloom returns what asks the bloom filter of a column chunk for a value, and
// whether there is one.
func Bloom(r *io.SectionReader, group, leaf int) (mayHold func(string) bool, exists bool) {
	m, err := readFooter(r, 1<<30)
	if err != nil {
		return nil, false
	}
	f := bloomOf(&source{ReaderAtSeeker: r}, m, group, leaf)
	return f.mayHold, f.blocks > 0
}

// Why is what the package makes of an error of the library.
func Why(err error) error { return why(err) }

// AppendHybrid is the inverse of Hybrid.
var AppendHybrid = appendHybrid

// LargestPage returns the size of the largest page of data of a file. The footer must say
// where the first one of each column chunk is, and how large its pages are expanded.
func LargestPage(r *io.SectionReader) (largest int64, err error) {
	m, err := readFooter(r, 1<<30)
	if err != nil {
		return 0, err
	}
	for g := range m.RowGroups {
		for leaf := range m.RowGroups[g].Columns {
			c, err := chunkOf(m, g, leaf)
			if err != nil {
				return 0, err
			}
			first, expanded := int64(0), int64(0)
			for at := c.start; at < c.start+c.size; {
				p, err := readPage(r, at, c.start+c.size, new([]byte))
				if err != nil {
					return 0, err
				}
				if !p.dictionary {
					largest = max(largest, p.expanded)
					if first == 0 {
						first = at
					}
				}
				at, expanded = at+int64(p.header)+p.compressed, expanded+int64(p.header)+p.expanded
			}
			col, err := m.RowGroup(g).ColumnChunk(leaf)
			if err != nil {
				return 0, err
			}
			if col.DataPageOffset() != first || col.TotalUncompressedSize() != expanded {
				return 0, fmt.Errorf("column %d: data at %d, %d bytes expanded, want %d and %d", leaf, col.DataPageOffset(), col.TotalUncompressedSize(), first, expanded)
			}
		}
	}
	return largest, nil
}

// A PageIndex says which rows and bytes pages have.
type PageIndex = pageIndex

// Index changes the index of every column chunk that has one.
func (r *Reader) Index(change func(*PageIndex)) { r.late.lie = change }

// Move moves bytes and rows to a page from the next one.
func (x *pageIndex) Move(page int, bytes, rows int64) {
	x.pages[page].size += bytes
	x.pages[page+1].at, x.pages[page+1].size = x.pages[page+1].at+bytes, x.pages[page+1].size-bytes
	x.pages[page+1].row += rows
}

// Merge makes two pages one.
func (x *pageIndex) Merge(page int) {
	x.pages[page].size += x.pages[page+1].size
	x.pages = append(x.pages[:page+1], x.pages[page+2:]...)
}

// Parsers of the page index.
var ParseBounds = parseBounds

// ParsePlaces returns how many pages an index has.
func ParsePlaces(b []byte) int {
	x := &pageIndex{}
	_ = x.parsePlaces(b)
	return len(x.pages)
}

// Indexes returns from where to where the indexes of the places of pages, and of their bounds,
// lie in a file.
func Indexes(r *io.SectionReader) (places, bounds [][2]int64) {
	m, err := readFooter(r, 1<<30)
	if err != nil {
		return nil, nil
	}
	for _, g := range m.RowGroups {
		for _, c := range g.Columns {
			if c.OffsetIndexOffset != nil {
				places = append(places, [2]int64{*c.OffsetIndexOffset, *c.OffsetIndexOffset + int64(*c.OffsetIndexLength)})
			}
			if c.ColumnIndexOffset != nil {
				bounds = append(bounds, [2]int64{*c.ColumnIndexOffset, *c.ColumnIndexOffset + int64(*c.ColumnIndexLength)})
			}
		}
	}
	return places, bounds
}

// BitLevels returns the levels of one bit, and how many are 1, as pages with NULLs are read.
func BitLevels(b []byte, n int64) (levels []uint64, ones int64, err error) {
	levels = make([]uint64, (n+63)/64)
	ones, err = bitLevels(levels, b, n)
	if counted, other := bitLevels(nil, b, n); counted != ones || fmt.Sprint(other) != fmt.Sprint(err) {
		err = fmt.Errorf("%d levels are 1 and not %d: %w, %w", counted, ones, other, err)
	}
	return levels, ones, err
}

// WalkLevels returns the same by the code for levels of any width.
func WalkLevels(b []byte, n int64) (levels []uint64, ones int64, err error) {
	levels = make([]uint64, (n+63)/64)
	at := int64(0)
	err = walkLevels(b, 1, rle, n, func(v uint64, times int64) error {
		for ; times > 0; times-- {
			levels[at>>6] |= v << (at & 63)
			at, ones = at+1, ones+int64(v)
		}
		return nil
	})
	return levels, ones, err
}
