package parquet

// Stats says how much of a file there is, and how much of it a [Reader] has
// left out so far. It counts hidden rows too: it is for those who run the
// reader, and not for viewers (V8).
type Stats struct {
	RowGroups, RowGroupsSkipped int
	// RowsSkipped counts the rows of row groups that were left out, and the rows
	// that were left out of other row groups.
	Rows, RowsSkipped int64
	// Bytes is the size, in the file, of the column chunks that were asked for;
	// BytesSkipped of those that lie in a row group that was left out.
	Bytes, BytesSkipped int64
	// BytesProbed is what was read of dictionaries and bloom filters to decide.
	BytesProbed int64
	// BytesRead is all that was read from the file, with the footer: twice where
	// the columns that are read take more than 16 MiB of a row group, and for the
	// columns of Options.Prune.
	BytesRead int64
}

// Stats returns what was read and left out so far. It is complete when Next has
// returned false.
func (r *Reader) Stats() Stats {
	s := r.stats
	if r.r != nil {
		s.BytesRead += r.r.read.Load()
	}
	if r.prune != nil {
		s.BytesProbed = r.prune.probed
	}
	if r.late != nil {
		s.BytesRead += r.late.tests.r.read.Load()
	}
	return s
}

// skip counts the current row group as left out.
func (r *Reader) skip() {
	g := r.meta.RowGroup(r.group - 1)
	r.stats.RowGroupsSkipped++
	r.stats.RowsSkipped += g.NumRows()
	for _, l := range r.opens {
		if c, err := g.ColumnChunk(l.column); err == nil { // checkChunk saw that it is there
			r.stats.BytesSkipped += c.TotalCompressedSize()
		}
	}
}
