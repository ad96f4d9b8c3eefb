package parquet

import (
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

// Gathers reports whether a reader can leave out single rows.
func (r *Reader) Gathers() bool { return r.late != nil }

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
