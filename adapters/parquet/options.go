package parquet

import (
	"context"

	"github.com/rowsight/rowsight/predicate"
)

// Defaults and bounds.
const (
	DefaultBatchRows     = 64 << 10
	DefaultMaxBatchBytes = 1 << 30
	DefaultRowGroupRows  = 1 << 20
	maxPageBytes         = 256 << 20 // of one page, decompressed; writers aim at 1 MiB
	streamBytes          = 64 << 10  // read buffer of one column
)

// Options says what of a file to read and how. The zero Options, like nil,
// reads everything.
type Options struct {
	// Context ends the reader when it is done: the next call of Next returns
	// false and Err returns the context's error. Nil is never done.
	Context context.Context
	// Columns names the top-level columns to read, in the order wanted. Others
	// are not read from the file. Nil reads all. A name the file does not have
	// once is an error.
	Columns []string
	// Dictionary names text columns at the top level to be read as
	// dictionary<int32, utf8>, on which a row filter looks at each distinct
	// value once. It pays for values that repeat, as those in rules do; a column
	// of distinct values becomes slower. A name the file does not have is an
	// error, a column of another type stays as it is.
	Dictionary []string
	// Prune is what the records will be filtered by. Row groups that certainly
	// hold no row of it are not read, and hidden rows of other row groups may be
	// left out; see the package comment. The records may still hold hidden rows,
	// and must be filtered as they would be without it. Nil
	// leaves nothing out; the zero Predicate selects no row and leaves out
	// everything (S1). Its columns need not be among Columns; one that the file
	// does not have once, or not as text, leaves nothing out.
	//
	// It is about the text in the file: leave it nil if texts are changed, cut
	// (V7) or put under another column name before the filter sees them.
	Prune *predicate.Predicate
	// BatchRows is the largest number of rows in a record; 0 is
	// DefaultBatchRows. A record never spans two row groups.
	BatchRows int
	// MaxBatchBytes bounds the memory decoding one record may take; 0 is
	// DefaultMaxBatchBytes. What the library keeps of a row group, mostly one
	// page a column, has a bound of the same size. A file that needs more is
	// refused with ErrTooLarge. Go's collector may need as much again.
	MaxBatchBytes int64

	whole bool  // leave out row groups only; for tests
	held  int64 // instead of maxHeld; for tests
}

// WriterOptions says how to write a file. The zero WriterOptions, like nil,
// compresses with zstd.
type WriterOptions struct {
	Compression Compression
	// RowGroupRows is the number of rows in a row group, 0 is
	// DefaultRowGroupRows. A row group is kept in memory, compressed, until it
	// is full.
	// Options.Prune has most to leave out where rows are sorted by a column of
	// the rules, and this is near the number of rows of one of its values.
	RowGroupRows int64
	// Statistics names the top-level columns whose smallest and largest value
	// and count of nulls are written for each row group. Nil is all columns; a
	// slice without names is none. They hold values of the rows that are written.
	Statistics []string
	// BloomFilters names the top-level text columns for which each row group
	// gets a bloom filter. It pays for columns that are not sorted and have too
	// many values for a dictionary. It takes up to five bytes for each distinct
	// value, at most 1 MiB, and about five for each row in memory until Close.
	BloomFilters []string
}

// Compression of the pages of a file.
type Compression int

const (
	Zstd         Compression = iota // small, and fast to read
	Snappy                          // what every reader has
	Uncompressed                    // nothing to decompress
)
