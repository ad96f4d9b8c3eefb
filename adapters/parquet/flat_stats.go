package parquet

import (
	"encoding/binary"

	v18 "github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	"github.com/apache/arrow-go/v18/parquet/schema"
)

// A chunkIndex is the index of the pages of a column chunk while it is written.
type chunkIndex struct {
	places *metadata.OffsetIndexBuilder
	bounds metadata.ColumnIndexBuilder // nil: there are no statistics
}

// begin begins the index of a column of the next row group.
func (x *chunkIndex) begin(to *metadata.PageIndexBuilder, column int, bounds bool) (err error) {
	if x.places, err = to.GetOffsetIndexBuilder(column); err == nil && bounds {
		x.bounds, err = to.GetColumnIndexBuilder(column)
	}
	return err
}

// finish ends the index of pages of which the first one is at a byte.
func (x *chunkIndex) finish(at int64) error {
	if err := x.places.Finish(at); err != nil || x.bounds == nil {
		return err
	}
	return x.bounds.Finish()
}

// endPage adds a page, of so many bytes from one on, to the index and the statistics. Where a
// value is too long for statistics, the column chunk has no bounds of pages.
func (c *flatColumn) endPage(at, size int64) error {
	if err := c.index.places.AddPage(at, c.nvalues, int32(size)); err != nil || c.stats == nil {
		return err
	}
	if c.table == nil {
		c.compare()
	} else {
		c.compareUsed()
	}
	if s, ok := c.page.(*metadata.ByteArrayStatistics); ok && c.noted {
		s.SetMinMax(c.least, c.greatest)
	}
	c.page.IncNulls(int64(c.nulls))
	stats, err := c.page.Encode()
	if err != nil {
		return err
	}
	stats.ApplyStatSizeLimits(c.statBytes)
	stats.AllNullValue = c.nulls == c.rows
	if err := c.index.bounds.AddPage(&stats); err != nil {
		return err
	}
	c.stats.Merge(c.page)
	c.stats.IncNulls(0) // to be written, which Merge forgets
	c.page.Reset()
	c.noted = false
	return nil
}

// compareUsed notes the texts of the dictionary that the page has.
func (c *flatColumn) compareUsed() {
	c.used = append(c.used[:0], make([]uint64, (c.table.len()+63)/64)...)
	for _, i := range c.numbers {
		if bit := uint64(1) << (i & 63); c.used[i>>6]&bit == 0 {
			c.used[i>>6] |= bit
			c.note(c.table.text(i))
		}
	}
}

// compare adds the values of a plain page to the statistics.
func (c *flatColumn) compare() {
	switch s := c.page.(type) {
	case *metadata.BooleanStatistics:
		for _, b := range []byte{0, 1} { // two values decide as well as all
			if c.holds(b) {
				s.Update([]bool{b == 1}, 0)
			}
		}
	case *metadata.Int32Statistics:
		s.Update(v18.Int32Traits.CastFromBytes(c.values), 0)
	case *metadata.Int64Statistics:
		s.Update(v18.Int64Traits.CastFromBytes(c.values), 0)
	case *metadata.Float32Statistics:
		s.Update(v18.Float32Traits.CastFromBytes(c.values), 0)
	case *metadata.Float64Statistics:
		s.Update(v18.Float64Traits.CastFromBytes(c.values), 0)
	case *metadata.ByteArrayStatistics:
		for b := c.values; len(b) > 0; {
			size := binary.LittleEndian.Uint32(b)
			c.note(b[4 : 4+size])
			b = b[4+size:]
		}
	}
}

// holds reports whether a bit is among the booleans of the page.
func (c *flatColumn) holds(bit byte) bool {
	for i := range c.rows - c.nulls {
		if c.values[i>>3]>>(i&7)&1 == bit {
			return true
		}
	}
	return false
}

// setStats writes the statistics of the row group, as the library does.
func (c *flatColumn) setStats(m *metadata.ColumnChunkMetaDataBuilder) error {
	stats, err := c.stats.Encode()
	if err != nil {
		return err
	}
	stats.ApplyStatSizeLimits(c.statBytes)
	stats.Signed = c.descr.SortOrder() == schema.SortSIGNED
	if stats.IsSet() {
		m.SetStats(stats)
	}
	c.stats.Reset()
	return nil
}
