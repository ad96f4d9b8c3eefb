package parquet

import (
	"math"
	"slices"

	v18pq "github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/metadata"
)

// The largest number of each enumeration of the format that there is. Below,
// some have been withdrawn, which only compress.GetCodec and the encodings need
// to know.
const (
	lastType        = 7 // fixed-length byte array
	lastRepetition  = 2 // repeated
	lastConverted   = 21
	lastCodec       = 7 // LZ4_RAW
	lastEncoding    = 9 // byte stream split
	lastPage        = 3
	withdrawnGroupV = 1 // of encodings: GROUP_VAR_INT
)

// checkMetadata checks the footer field by field, where Thrift and the library
// take a number they do not know for another: repetition type 5 for required,
// for one, after which the levels of a column are read as its values.
func checkMetadata(m *metadata.FileMetaData) error {
	if err := checkElements(m); err != nil {
		return err
	}
	if n := len(m.GetColumnOrders()); n != 0 && n != m.Schema.NumColumns() {
		return corrupt("%d column orders for %d columns", n, m.Schema.NumColumns())
	}
	for i, g := range m.RowGroups {
		if got, want := len(g.Columns), m.Schema.NumColumns(); got != want {
			return corrupt("row group %d: %d columns, the schema has %d", i+1, got, want)
		}
		if g.TotalByteSize < 0 || g.NumRows < 0 {
			return corrupt("row group %d: %d rows, %d bytes", i+1, g.NumRows, g.TotalByteSize)
		}
		for k, c := range g.Columns {
			meta := c.MetaData
			if meta == nil {
				continue // encrypted, or in another file: chunkOf says so
			}
			descr := m.Schema.Column(k)
			place := "row group %d: column %q: "
			if !slices.Equal(meta.PathInSchema, descr.ColumnPath()) {
				return corrupt(place+"pages of another column", i+1, descr.Path())
			}
			if int64(meta.Type) != int64(descr.PhysicalType()) {
				return corrupt(place+"type %d, the schema says %s", i+1, descr.Path(), meta.Type, descr.PhysicalType())
			}
			if meta.Codec < 0 || meta.Codec > lastCodec {
				return corrupt(place+"codec %d", i+1, descr.Path(), int64(meta.Codec))
			}
			if meta.NumValues < 0 || meta.TotalCompressedSize < 0 || meta.TotalUncompressedSize < 0 {
				return corrupt(place+"%d values, %d bytes, %d compressed", i+1, descr.Path(), meta.NumValues, meta.TotalUncompressedSize, meta.TotalCompressedSize)
			}
			for _, e := range meta.Encodings {
				if !knownEncoding(int64(e)) {
					return corrupt(place+"encoding %d", i+1, descr.Path(), int64(e))
				}
			}
			for _, s := range meta.EncodingStats {
				if s == nil || !knownEncoding(int64(s.Encoding)) || s.PageType < 0 || s.PageType > lastPage || s.Count < 0 {
					return corrupt(place+"encoding statistics", i+1, descr.Path())
				}
			}
		}
	}
	return nil
}

func knownEncoding(e int64) bool { return e >= 0 && e <= lastEncoding && e != withdrawnGroupV }

// checkElements checks the elements of the schema one by one.
func checkElements(m *metadata.FileMetaData) error {
	for i, e := range m.FileMetaData.Schema {
		if e == nil {
			return corrupt("no schema element %d", i)
		}
		group := e.IsSetNumChildren() && *e.NumChildren > 0 || i == 0
		switch {
		case i > 0 && !e.IsSetRepetitionType():
			return corrupt("schema element %q: no repetition type", e.Name)
		case e.IsSetRepetitionType() && (*e.RepetitionType < 0 || *e.RepetitionType > lastRepetition):
			return corrupt("schema element %q: repetition type %d", e.Name, int64(*e.RepetitionType))
		case !group && !e.IsSetType():
			return corrupt("schema element %q: neither type nor children", e.Name)
		case e.IsSetType() && (*e.Type < 0 || *e.Type > lastType):
			return corrupt("schema element %q: type %d", e.Name, int64(*e.Type))
		case e.IsSetConvertedType() && (*e.ConvertedType < 0 || *e.ConvertedType > lastConverted):
			return corrupt("schema element %q: converted type %d", e.Name, int64(*e.ConvertedType))
		case e.IsSetLogicalType() && e.LogicalType.CountSetFieldsLogicalType() != 1:
			return corrupt("schema element %q: an unknown logical type", e.Name)
		case !group && int64(*e.Type) == int64(v18pq.Types.FixedLenByteArray) && (!e.IsSetTypeLength() || *e.TypeLength <= 0):
			return corrupt("schema element %q: no length of its values", e.Name)
		}
	}
	return nil
}

// checkApart checks that no two column chunks of a file have bytes in common:
// one that begins at the place of another would be read as it.
func checkApart(m *metadata.FileMetaData) error {
	type part struct{ from, to int64 }
	var parts []part
	for i := range m.RowGroups {
		for k := range m.RowGroups[i].Columns {
			meta := m.RowGroups[i].Columns[k].MetaData
			if meta == nil || meta.NumValues == 0 {
				continue
			}
			from := meta.DataPageOffset
			if meta.IsSetDictionaryPageOffset() && *meta.DictionaryPageOffset > 0 {
				from = min(from, *meta.DictionaryPageOffset)
			}
			if from > math.MaxInt64-meta.TotalCompressedSize {
				return corrupt("pages at byte %d", from)
			}
			parts = append(parts, part{from, from + meta.TotalCompressedSize})
		}
	}
	slices.SortFunc(parts, func(a, b part) int {
		if a.from != b.from {
			return int(max(-1, min(1, a.from-b.from)))
		}
		return int(max(-1, min(1, a.to-b.to)))
	})
	for i := 1; i < len(parts); i++ {
		if parts[i].from < parts[i-1].to {
			return corrupt("column chunks share byte %d", parts[i].from)
		}
	}
	return nil
}
