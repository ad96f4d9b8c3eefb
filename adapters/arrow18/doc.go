// Package arrow18 hands Arrow data between github.com/apache/arrow/go/v15,
// which rowsight speaks, and github.com/apache/arrow-go/v18, which newer
// drivers and the Parquet reader speak, without copying a value.
//
//	rec15, err := arrow18.Record(rec18)     // v18 to v15
//	rec18, err := arrow18.FromRecord(rec15) // v15 to v18
//
// [DataType], [Schema], [Array], [Record] and [Reader] go from v18 to v15; the
// same names after From go back. It is pure Go: no C Data Interface, whose two
// versions do not link into one binary.
//
// # What is shared
//
// Every buffer: the result points at the very bytes of the source, at the same
// offsets, children and dictionaries included. Only the small headers around
// the buffers are new, so the cost grows with the number of columns and not
// with the rows. Arrow data is immutable; whoever writes into a buffer writes
// into both.
//
// # Who releases
//
// A result has its own reference, which the caller releases. It keeps the
// memory of the source alive until then, so the source may be released at once,
// in any order and from any goroutine; the bytes go back to the allocator they
// came from, of the other version, with the last Release on either side.
// A [Reader] holds a reference of the reader below, and its current record is
// valid until the next call of Next, as in Arrow.
//
// # What is checked
//
// A conversion looks at the shape of every array, in time that does not depend
// on the rows: enough buffers, children and dictionaries, each large enough for
// offset and length, first and last offset inside the values. What does not fit
// is an [Error] that names the column and wraps [ErrMalformed]. Data from an
// untrusted source can be wrong in the middle too: an offset that goes back, an
// index outside its dictionary, a null count that is not that of the bitmap.
// [Validate] finds these by reading all offsets, indices and bitmaps once. A
// record that passes it can be read to the last value without a panic.
// It does not check that strings are valid UTF-8.
//
// # Types
//
// All types v15 has go both ways. A type only v18 has (decimal32, decimal64) is
// an [Error] wrapping [ErrType]. An extension type registered on the receiving
// side arrives as that extension; one that is not arrives as its storage type,
// and the field metadata ARROW:extension:name and ARROW:extension:metadata keep
// it, so that the way back restores it.
//
// # Concurrency
//
// All functions may be called from many goroutines, also on one source. A
// null count the source has not computed yet is computed here, because the
// arrays of v15 compute it on first use without a lock.
package arrow18
