// Package spicefile writes and reads the files of one version of a dataset:
// chunks of rows, each column of a chunk sealed by itself, rows of a kind
// together, and a sealed manifest with what each chunk holds.
package spicefile
