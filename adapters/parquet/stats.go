package parquet

// Stats are the size of a file and the part that a [Reader] has skipped so far.
// They count hidden rows, so do not show them to viewers (V8).
type Stats struct {
	RowGroups, RowGroupsSkipped int
	// RowsSkipped counts the rows of skipped row groups, and the skipped rows
	// of other row groups.
	Rows, RowsSkipped int64
	// Bytes is the size, in the file, of the column chunks that were asked for;
	// BytesSkipped of those that lie in a row group that was left out.
	Bytes, BytesSkipped int64
	// PagesSkipped counts the pages of row groups that were read in part, which
	// Options.Prune left out by the page index.
	PagesSkipped int64
	// BytesProbed is the size of the dictionaries and bloom filters that were
	// read to decide.
	BytesProbed int64
	// BytesRead is the number of bytes read from the file, including the
	// footer. Columns of Options.Prune may be read twice, and so are row groups with
	// more than 16 MiB of requested columns that are read as a whole.
	BytesRead int64
}

// Stats returns the current statistics. They are complete when Next has
// returned false.
func (r *Reader) Stats() Stats {
	s := r.stats
	s.PagesSkipped = r.pagesSkipped.Load()
	if r.r != nil {
		s.BytesRead += r.r.read.Load()
	}
	if r.prune != nil {
		s.BytesProbed = r.prune.probed
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
