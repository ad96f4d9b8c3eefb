// Package output writes records in any of the formats the command knows.
//
//	records  ──►  Writer (csv, jsonl, arrow, parquet, table)  ──►  File
//
// A [File] has its final name only when every row is in it and on disk.
package output
