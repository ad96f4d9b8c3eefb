package parquet

import (
	"encoding/binary"

	v18 "github.com/apache/arrow-go/v18/arrow"
	v18pq "github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	"github.com/apache/arrow-go/v18/parquet/schema"
)

// compare adds the values of a plain page to the statistics.
func (c *flatColumn) compare() {
	switch s := c.stats.(type) {
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
func (c *flatColumn) setStats(m *metadata.ColumnChunkMetaDataBuilder, props *v18pq.WriterProperties) error {
	if s, ok := c.stats.(*metadata.ByteArrayStatistics); ok && c.noted {
		s.SetMinMax(c.least, c.greatest)
	}
	stats, err := c.stats.Encode()
	if err != nil {
		return err
	}
	stats.ApplyStatSizeLimits(int(props.MaxStatsSizeFor(c.descr.Path())))
	stats.Signed = c.descr.SortOrder() == schema.SortSIGNED
	if stats.IsSet() {
		m.SetStats(stats)
	}
	c.stats.Reset()
	c.noted = false
	return nil
}
