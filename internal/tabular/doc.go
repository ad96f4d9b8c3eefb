// Package tabular reads tables from bytes as streams of Arrow records: CSV, JSON
// lines, Arrow files and streams.
//
//	bytes  ──►  CSV, JSON, ArrowStream, ArrowFile  ──►  records of one schema
//
// Memory is bounded by the size of a batch, whatever the size of the input.
// What is read may be cut off, corrupt or made to do harm. The answer is an
// [Error] that says where, never a crash, and never rows that are in doubt.
package tabular
