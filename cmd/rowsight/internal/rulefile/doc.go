// Package rulefile opens files that people edit: permission datasets and
// rosters. Whatever the format, the answer is the text of a CSV file, in which
// the reader of package rls or roster finds what is wrong.
//
//	xlsx, Parquet, Arrow, JSON lines ──┐
//	gzip ── UTF-16 ── sep=; ── tabs ───┼──►  CSV text, and what was assumed
//	CSV ───────────────────────────────┘
//
// A file is read where it has one meaning. What was assumed to find it is said;
// what has several meanings is left as it is, for the reader to refuse, or is an
// error with the one sentence that helps.
package rulefile
