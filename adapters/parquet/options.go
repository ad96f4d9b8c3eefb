package parquet

import "context"

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
	// BatchRows is the largest number of rows in a record; 0 is
	// DefaultBatchRows. A record never spans two row groups.
	BatchRows int
	// MaxBatchBytes bounds the memory decoding one record may take; 0 is
	// DefaultMaxBatchBytes. What the library keeps of a row group, mostly one
	// page a column, has a bound of the same size. A file that needs more is
	// refused with ErrTooLarge. Go's collector may need as much again.
	MaxBatchBytes int64
}

// WriterOptions says how to write a file. The zero WriterOptions, like nil,
// compresses with zstd.
type WriterOptions struct {
	Compression Compression
	// RowGroupRows is the number of rows in a row group, 0 is
	// DefaultRowGroupRows. A row group is kept in memory, compressed, until it
	// is full.
	RowGroupRows int64
}

// Compression of the pages of a file.
type Compression int

const (
	Zstd         Compression = iota // small, and fast to read
	Snappy                          // what every reader has
	Uncompressed                    // nothing to decompress
)
