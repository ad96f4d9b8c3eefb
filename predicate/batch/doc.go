// Package batch evaluates predicates on Arrow record batches: which rows are
// visible, and a record of just those rows.
//
//	filter, err := batch.Bind(p, sales.Schema(), nil)
//	visible, err := filter.Apply(sales)
//
// [Bind] compiles a [predicate.Predicate] for a schema once. Any number of
// goroutines can use its [Filter] for any number of records. [Filter.Mask]
// returns which rows are visible, [Filter.Count] returns how many, and
// [Filter.Apply] copies them. [Filter.Records] and [Filter.Reader] filter a
// stream. They work on several records concurrently and keep their order.
//
// # Columns
//
// A column that a predicate names must be text: utf8, large_utf8 or
// string_view, a dictionary of text with any index type, or run-end encoded
// text. Sliced arrays are fine. NULL and "" are never in a set (S2). Other
// columns may have any Arrow type and are copied.
//
// # What a filtered record contains
//
// A filtered record holds nothing of a hidden row (S3). Its buffers are new and
// contain only visible rows. Dictionaries are rebuilt from the values of
// visible rows. A value is masked if it is null, lies below a null parent at
// any depth, or is in a child of a union that the row does not select. Masked
// values are zeroed. Masked rows of children are null, as the builders of Arrow
// write them; a masked row of a union has the first type code.
//
// If every row is visible, Apply returns a column without a copy, provided that
// its buffers, children and dictionaries contain only these rows. If a buffer is
// merely longer than needed, the result has a shorter view of the same memory.
// Apply copies everything else.
//
// In tests, package batchtest finds bytes of a record that do not belong to its
// rows.
//
// # How it works
//
// Two texts of a column are in the same class if exactly the same rules accept
// them. The filter looks up the class of each text of a row once. A decision
// table then has the result for each combination of classes, column by column. If
// the table would be too large, the filter intersects sets of rules instead. So
// the time for a row depends on the number of tested columns and not on the
// number of rules. The number of values matters only for the processor's caches.
//
// Texts of up to 15 bytes are compared as two words of 8 bytes. A perfect hash
// maps each text to the only value of the rules that it can equal, so each text
// is compared once. Each value of a dictionary is looked up once per dictionary,
// and each run of a run-end encoded column once. If the rules accept no value of a
// dictionary, the filter does not read the rows of the batch.
//
// On amd64 with AVX2 and BMI2, or with AVX-512, the innermost loops are in
// assembly, and on arm64 some of them. Elsewhere, and with the build tag
// purego, they are in Go and give the same rows. For tests, the environment
// variable ROWSIGHT_CPU selects one of the forms that the processor can run:
// avx512, mixed, avx2, neon or purego. It is read once. [Form] returns the form in
// use.
//
// # Malformed records
//
// A filter refuses a record that Arrow's full validation would refuse, with
// [ErrMalformed]. At any depth, offsets, sizes, indices, run ends, type codes
// and views must lie inside their arrays and be in the order of the format;
// null counts must be those of the bitmaps; and the prefix and padding of a
// view must be those of its value. Nested and run-end encoded columns,
// dictionaries, and columns that are returned without a copy are checked
// completely. In flat columns only the copied rows are checked, and the null
// count is compared if at least one row in 64 is visible. If no row is visible,
// only the columns of the predicate are checked.
//
// Values are not checked: text is compared and copied byte by byte, whether or
// not it is UTF-8, and numbers need not fit the precision or range of their
// type.
//
// # Errors
//
// [Bind] reports every column that does not fit, as [*BindError]. For a record of
// another schema, a filter returns [ErrSchema], and for a record with
// contradictory buffers [ErrMalformed]. In both cases it returns no row and does
// not panic. Errors contain names of columns and types, never values (S7).
package batch
