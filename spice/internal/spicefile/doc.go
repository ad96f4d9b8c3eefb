// Package spicefile writes and reads the files of one version of a dataset:
// record batches as sealed chunks, rows of a kind together, and a sealed
// manifest with what each chunk holds.
package spicefile
