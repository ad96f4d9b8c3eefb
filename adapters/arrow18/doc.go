// Package arrow18 converts Arrow data between github.com/apache/arrow/go/v15,
// which rowsight uses, and github.com/apache/arrow-go/v18, which newer drivers
// and the Parquet reader use, without copying a value.
//
//	rec15, err := arrow18.Record(rec18)     // v18 to v15
//	rec18, err := arrow18.FromRecord(rec15) // v15 to v18
//
// [DataType], [Schema], [Array], [Record] and [Reader] convert from v18 to v15;
// the functions with From convert back. The package is pure Go. It does not use
// the C Data Interface, because both versions cannot be linked into one binary.
//
// # What is shared
//
// The result shares every buffer with the source, including children and
// dictionaries. Only the small headers around the buffers are new, so the cost
// depends on the number of columns and not on the rows. Arrow data is
// immutable; a write into a buffer would change both.
//
// # Who releases
//
// A result has its own reference, which the caller releases. It keeps the
// memory of the source alive, so the source may be released at once, in any
// order and from any goroutine. The last Release on either side returns the
// bytes to their allocator. A [Reader] retains its source, and its current
// record is valid until the next call of Next, as in Arrow.
//
// # What is checked
//
// A conversion checks the shape of every array, in time that does not depend on
// the rows: the numbers of buffers, children and dictionaries, their sizes for
// offset and length, and the first and last offset. A violation is an [Error]
// that names the column and wraps [ErrMalformed]. Data from an untrusted source
// can have more errors: a decreasing offset, an index outside its dictionary, a
// null count that differs from the bitmap. [Validate] finds these by reading
// all offsets, indices and bitmaps once. A valid record can be read to the last
// value without a panic. Validate does not check that strings are valid UTF-8.
//
// # Types
//
// All types of v15 can be converted in both directions. A type that only v18
// has (decimal32, decimal64) is an [Error] that wraps [ErrType]. An extension
// type stays an extension type if it is registered with the other version.
// Otherwise it becomes its storage type, and the field metadata
// ARROW:extension:name and ARROW:extension:metadata keep its name, so that
// converting back restores it.
//
// # Concurrency
//
// All functions are safe for concurrent use, also with one source. A conversion
// computes missing null counts, because the arrays of v15 compute them on first
// use without a lock.
package arrow18
