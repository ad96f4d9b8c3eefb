// Package batch evaluates predicates on Arrow record batches: which rows are
// visible, and a record of just those rows.
//
//	filter, err := batch.Bind(p, sales.Schema(), nil)
//	visible, err := filter.Apply(sales)
//
// [Bind] compiles a [predicate.Predicate] for a schema once; the [Filter] it
// returns is used for any number of records, by any number of goroutines.
// [Filter.Mask] and [Filter.Count] say which and how many rows are visible,
// [Filter.Apply] copies them out, [Filter.Records] and [Filter.Reader] do so for
// a stream, several records at a time and in order.
//
// # Columns
//
// A column that a predicate names must be text: utf8, large_utf8 or
// string_view, a dictionary of text with any index type, or run-end encoded
// text. Sliced arrays are fine. NULL and "" are never in a set (S2). All other
// columns may be of any Arrow type; they are carried along.
//
// # What leaves
//
// A filtered record holds nothing of a hidden row (S3). Its buffers are new and
// hold visible rows only. Dictionaries are rebuilt from the values that visible
// rows use. What is masked is zeroed: the slots of nulls and, at any depth, what
// lies below a NULL parent or in the children that a union does not select.
// Masked rows of children are null, as builders of Arrow make them; a masked row
// of a union has the first type code.
//
// Where every row is visible, a column is handed on without a copy if no buffer,
// child or dictionary holds more than the rows need. Buffers that are too long
// are cut: a buffer that shares the memory and reaches no further takes their
// place. Everything else is copied.
//
// Package batchtest lists what a record holds beside its rows, for tests.
//
// # How it works
//
// What can stand in a column falls into classes: two texts are in the same
// class if exactly the same rules accept them. Each row's texts are looked up
// once, and the classes walk a decision table from column to column; where the
// table would be too large, sets of rules are intersected instead. The time for
// a row therefore depends on the number of columns the rules test, not on the
// number of rules, and on the number of values only through the caches.
//
// Texts of up to 15 bytes are compared as two words without being read again, and
// with one value only: a hash made for the values a rule set names leads each text
// to the one place where it can be. Dictionaries are looked up once per
// dictionary, and runs once per run. A batch whose dictionary holds no value that
// a rule accepts is not looked at.
//
// On amd64 with AVX2 and BMI2, or with AVX-512, the innermost loops are in assembly.
// Elsewhere, and with the build tag purego, they are in Go and show the same rows.
// The environment variable ROWSIGHT_CPU, read once, chooses a smaller form for
// tests: avx512, avx2 or purego.
//
// # Malformed records
//
// A record that Arrow's full validation would refuse is refused with
// [ErrMalformed], at any depth: offsets, sizes, indices, run ends, type codes and
// views that lead out of their arrays or come in another order than the format
// wants, null counts that are not those of the bitmaps, views with the prefix or
// padding of another value. Nested and run-end encoded columns, dictionaries and
// columns that are handed on without a copy are looked at as a whole. In flat
// columns the rows that are copied are looked at, and not the hidden ones; the null
// count is compared unless fewer than one row in 64 is visible. Where no row is
// visible, only the columns that the predicate names are looked at.
//
// Values are not looked at: text is compared and copied byte by byte, whether or
// not it is UTF-8, and numbers need not fit the precision or range of their type.
// Every reader sees the same bytes there.
//
// # Errors
//
// [Bind] reports every column that does not fit, as [*BindError]. A record of
// another schema is [ErrSchema], one whose buffers contradict each other
// [ErrMalformed]; neither lets a row pass, and neither ends the program. Errors
// name columns and types, never what a row holds (S7).
package batch
