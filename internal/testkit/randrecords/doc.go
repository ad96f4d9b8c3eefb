// Package randrecords makes random Arrow records for tests, with a secret in
// every place that no visible value needs: hidden rows, the slots of nulls, what
// lies below a NULL or in children that a union does not select, values of
// dictionaries that only such places use, bytes before, between and behind the
// values, and the spare capacity of buffers. Records are well-formed, hidden rows
// included.
//
// It also shows rows as text, as an oracle that shares no code with package
// batch.
package randrecords
