// Package parquet reads Parquet files as records of Arrow v15 and writes
// records of Arrow v15 to Parquet files. The format is handled by arrow-go v18,
// whose memory is handed over without a copy (package arrow18).
//
//	r, err := parquet.Open("sales.parquet", &parquet.Options{Dictionary: []string{"region"}})
//	if err != nil { … }
//	defer r.Release()
//	for rec, err := range filter.Records(ctx, r) { … } // a Reader is an array.RecordReader
//
// # Memory
//
// A [Reader] holds one record, the decompressed page of each column that is
// read, and a read buffer of 64 KiB a column, however large the file is; it
// reads row group by row group and only the columns asked for. Several files
// are several Readers. A record belongs to the Reader until the next call of
// Next; one that is retained belongs to the caller, and may be released on any
// goroutine, also after the Reader.
//
// A [Writer] keeps the row group it is writing, compressed. It also keeps the pages it
// is making, up to 16 MiB, or 64 KiB for each column if that is more, and a dictionary
// for each column of text, which takes at most 1 MiB in the file. It encodes columns on
// all processors.
//
// # Row groups that are not read
//
// Options.Prune takes the predicate that the records will be filtered by. Row
// groups that certainly hold no visible row are left out, neither read nor
// decompressed:
//
//	p := policy.For(viewer) // a predicate.Predicate
//	r, err := parquet.Open("sales.parquet", &parquet.Options{Prune: &p})
//	if err != nil { … }
//	defer r.Release()
//	for rec, err := range filter.Records(ctx, r) { … } // the filter of p, as before
//	log.Println(r.Stats().RowGroupsSkipped, r.Stats().BytesSkipped)
//
// The rows after the filter are the same as without it. Three kinds of evidence
// about row groups are used, each only where the cheaper ones left a doubt:
//
//   - Statistics in the footer: min_value and max_value, cut off or not, of
//     columns whose order the file declares, and the count of nulls. The older
//     min and max have no reliable order for text and are ignored; so are
//     min_value and max_value without a declared order, as some versions of
//     DuckDB write them: the format leaves their meaning open.
//   - Bloom filters, of which 32 bytes a value are read.
//   - Dictionaries of column chunks in which every page refers to one. If the
//     footer does not say so, the headers of the pages do.
//
// They count for top-level columns of UTF-8 text that have their name alone.
// Anything else, and whatever is damaged, missing or contradicts itself, leaves
// nothing out, and what is wrong with the file is reported when the row group
// is read. A file that lies consistently can hide its own rows; it can show
// none, for the filter looks at every row that is read. Pages that are left out
// are not checked, though all that the footer says is.
//
// If a table is sorted by a column of the rules and a row group holds about as many rows as
// one of its values, a viewer of one value costs about what that value costs; each row
// group adds some hundred bytes a column to the footer, which is always read. Pages of a
// row group are left out, too, as the next section says.
//
// # Rows that are not decoded
//
// In the row groups that are left, the columns of the predicate are read first.
// They tell which rows are visible. If there is none, nothing else of the row
// group is read. The values of the visible rows alone are taken out of the pages,
// several columns at a time. Every page of the row group is checked before its first
// row is returned; indices of dictionaries and the encoding of text are checked record
// by record. A record has at most BatchRows visible rows, and fewer if their values
// take more than 64 MiB. Values of the next records are kept, up to 32 MiB or
// MaxBatchBytes, so that pages are decoded once.
//
// In a file with a page index, pages without a visible row are not read beyond their
// headers, and not checked. Bounds in the index rule out pages of the predicate's columns,
// as statistics do for row groups: an index that lies consistently can hide rows, and can
// show none. The places and rows of pages are not taken from the index: the header of every page is
// read, and each must be where the index says and have as many rows. Texts of pages that are
// read must be inside of the bounds that were used. Otherwise the row group is read as a
// whole. Each [Writer] writes an index.
//
// This needs columns of these types at the top level: utf8, binary and their large
// forms, bool, int32, int64, uint32, uint64, float32, float64, date32, and
// timestamps; not read as dictionaries; in pages of plain values or of indices into
// a dictionary. Other files, and row groups in which anything is wrong, are read as
// if there were no such step, with the same errors. After the first row group that
// must be read as a whole, so are all that follow.
//
// [Stats] tells what was saved. It counts hidden rows and is not for viewers.
//
// # Files that are not trusted
//
// A file that is corrupt, cut short or made to do harm ends in an [Error],
// never in a crash, in rows it does not hold, or in memory without bound:
// Options.MaxBatchBytes bounds what a record takes and, once more, what the
// library keeps for a row group, and no page is larger than 256 MiB. What
// arrow-go v18.8.0 does not do for that is done here:
//
//   - The library decodes on the goroutine that calls Next, where a panic of
//     it becomes an error. The library opens columns below a struct on
//     goroutines of its own even when told not to; the same calls are made here
//     first, so that what would panic there has panicked here. No byte of the
//     file is read in between.
//   - Lists in the footer are compared with the bytes that are there before
//     Thrift allocates for them, and the schema's depth is bounded, because an
//     exhausted stack cannot be recovered. The same holds for the stored Arrow
//     schema, including the message body it announces.
//   - Places and sizes of column chunks must lie inside the file; a file cut
//     short is refused before its first row.
//   - Sizes inside snappy and zstd data are compared with the page header
//     before the library allocates for them; so are block sizes, counts and
//     total lengths in pages of differences (DELTA encodings).
//   - Footer fields are checked one by one: numbers that no enumeration has,
//     elements without a repetition type, column chunks that are of another
//     column, of another type, or share bytes with each other.
//   - Each page is decompressed and accounted for to its last byte: as many
//     levels as it has values, none above what the schema allows, as many values
//     as the levels leave, nothing behind them. All columns of a row group end
//     with the same row. So a schema that was changed, such as required for
//     optional, cannot turn levels into values or shift a column. Up to 16 MiB
//     of a row group are kept for the library, more are read twice.
//   - Page checksums are verified where a writer left them. Without them, a
//     flipped bit in a value cannot be noticed by anyone.
//   - Every row group must hold as many rows as the footer says, in every
//     column, and every record passes arrow18.Validate: no index outside its
//     dictionary, no offset outside its data, null counts that are true.
//
// The file must not change while it is read.
//
// # Files that are refused
//
// Encrypted files, columns in other files, the codecs LZO and LZ4 (LZ4_RAW is
// read), and INT96 timestamps outside the years 1677 to 2262, which do not fit
// Arrow's nanoseconds. A fixed-size list that can be null is refused inside
// another list, because the library takes it through a kernel on a goroutine
// of its own; anywhere else it is read 1,000 rows at a time, below the number
// at which that happens.
//
// # Linking
//
// The package pulls in arrow-go v18 with its flight package and gRPC. It does
// not link beside parquet, flight or cdata of Arrow v15.
package parquet
