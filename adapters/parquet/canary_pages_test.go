package parquet_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"runtime"
	"slices"
	"testing"

	v18 "github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	mem18 "github.com/apache/arrow-go/v18/arrow/memory"
	v18pq "github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	"github.com/klauspost/compress/snappy"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/parquet"
)

// Numbers of the format.
const (
	pagePlain, pageDictionary, pageV2                                                             = 0, 2, 3
	encPlain, encRLE, encDelta, encDeltaLength, encDeltaStrings, encIndices, encSplit, encUnknown = 0, 3, 5, 6, 7, 8, 9, 42
)

// struct_ writes a struct of the compact protocol: fields by their ids, a number or
// the bytes of a struct for each.
func struct_(fields ...any) []byte {
	var b []byte
	last := 0
	for i := 0; i < len(fields); i += 2 {
		id := fields[i].(int)
		typ, value := byte(5), []byte(nil)
		switch v := fields[i+1].(type) {
		case int:
			value = binary.AppendUvarint(nil, uint64(uint32(int32(v)<<1)^uint32(int32(v)>>31)))
		case []byte:
			typ, value = 12, v
		case bool:
			typ = 2
			if v {
				typ = 1
			}
		}
		b = append(append(b, byte(id-last)<<4|typ), value...)
		last = id
	}
	return append(b, 0)
}

// page1 is a data page of version 1.
func page1(values, encoding int, body []byte) []byte {
	return append(struct_(1, pagePlain, 2, len(body), 3, len(body), 5, struct_(1, values, 2, encoding, 3, encRLE, 4, encRLE)), body...)
}

// page2 is a data page of version 2, not compressed.
func page2(values, nulls, rows, encoding int, rep, def, body []byte) []byte {
	all := slices.Concat(rep, def, body)
	return append(struct_(1, pageV2, 2, len(all), 3, len(all), 8, struct_(1, values, 2, nulls, 3, rows, 4, encoding, 5, len(def), 6, len(rep), 7, false)), all...)
}

// pageOf is a dictionary page.
func pageOf(entries, encoding int, body []byte) []byte {
	return append(struct_(1, pageDictionary, 2, len(body), 3, len(body), 7, struct_(1, entries, 2, encoding)), body...)
}

// textsIn are values of a column of text, as they are in a page.
func textsIn(values ...string) (b []byte) {
	for _, v := range values {
		b = append(binary.LittleEndian.AppendUint32(b, uint32(len(v))), v...)
	}
	return b
}

// lengthed puts the length of levels before them, as pages of version 1 do.
func lengthed(b ...byte) []byte {
	return append(binary.LittleEndian.AppendUint32(nil, uint32(len(b))), b...)
}

// deltas are n equal numbers as differences, in blocks of some values.
func deltas(block, parts, count int, first int64) []byte {
	b := binary.AppendUvarint(nil, uint64(block))
	b = binary.AppendUvarint(b, uint64(parts))
	b = binary.AppendUvarint(b, uint64(count))
	b = binary.AppendVarint(b, first)
	if count > 1 {
		b = append(binary.AppendVarint(b, 0), make([]byte, parts)...)
	}
	return b
}

// chunked is a file with one column, v, whose one chunk has these bytes.
func chunked(t *testing.T, field v18.Field, values, rows int, pages []byte, edits ...func(m *metadata.FileMetaData)) []byte {
	t.Helper()
	field.Name = "v"
	schema := v18.NewSchema([]v18.Field{field}, nil)
	b := array.NewRecordBuilder(mem18.DefaultAllocator, schema)
	defer b.Release()
	rec := b.NewRecordBatch()
	var out bytes.Buffer
	w, err := pqarrow.NewFileWriter(schema, &out, v18pq.NewWriterProperties(v18pq.WithDictionaryDefault(false), v18pq.WithStats(false)), pqarrow.DefaultWriterProps())
	require.NoError(t, err)
	require.NoError(t, w.WriteBuffered(rec))
	require.NoError(t, w.Close())
	edits = append([]func(m *metadata.FileMetaData){func(m *metadata.FileMetaData) {
		g, c := m.RowGroups[0], m.RowGroups[0].Columns[0].MetaData
		m.FileMetaData.NumRows, m.NumRows = int64(rows), int64(rows)
		g.NumRows, g.TotalByteSize = int64(rows), int64(len(pages))
		c.NumValues, c.TotalCompressedSize, c.TotalUncompressedSize = int64(values), int64(len(pages)), int64(len(pages))
		c.DataPageOffset, c.DictionaryPageOffset, c.EncodingStats = 4, nil, nil
		if first := pages[1] >> 1; first == pageDictionary {
			c.DictionaryPageOffset, c.DataPageOffset = new(int64), 5
			*c.DictionaryPageOffset = 4
		}
	}}, edits...)
	return edited2(t, append([]byte("PAR1"), pages...), out.Bytes(), func(m *metadata.FileMetaData) {
		for _, edit := range edits {
			edit(m)
		}
	})
}

// edited2 puts the footer of one file, edited, behind other bytes.
func edited2(t *testing.T, pages, b []byte, edit func(m *metadata.FileMetaData)) []byte {
	size := int(binary.LittleEndian.Uint32(b[len(b)-8:]))
	m, err := metadata.NewFileMetaData(b[len(b)-8-size:len(b)-8], nil)
	require.NoError(t, err)
	edit(m)
	var footer bytes.Buffer
	_, err = m.WriteTo(&footer, nil)
	require.NoError(t, err)
	out := append(bytes.Clone(pages), footer.Bytes()...)
	return append(binary.LittleEndian.AppendUint32(out, uint32(footer.Len())), "PAR1"...)
}

var (
	textField   = v18.Field{Type: v18.BinaryTypes.String}
	nullText    = v18.Field{Type: v18.BinaryTypes.String, Nullable: true}
	numberField = v18.Field{Type: v18.PrimitiveTypes.Int64}
	boolField   = v18.Field{Type: v18.FixedWidthTypes.Boolean}
	listField   = v18.Field{Type: v18.ListOfNonNullable(v18.PrimitiveTypes.Int64)}
)

func numbers(v ...int64) (b []byte) {
	for _, n := range v {
		b = binary.LittleEndian.AppendUint64(b, uint64(n))
	}
	return b
}

// A who says whose check it is: ours alone, or that of the library, too. The second
// kind stays for its error, which names the place.
type who bool

const (
	ours who = false
	both who = true
)

// says compares what the library alone says to a damaged file.
func (w who) says(t *testing.T, err error, where string) {
	t.Helper()
	if w == ours {
		require.NoError(t, err, "the library refuses it now: see %s", where)
		return
	}
	require.Error(t, err, "the library does not refuse it any more: %s is the only check", where)
}

// TestCanaryPages: what the library does not check in the pages of a column, and what
// it checks as well.
func TestCanaryPages(t *testing.T) {
	three := textsIn("aa", "bb", "cc")
	whole := page1(3, encPlain, three)
	dict := pageOf(2, encPlain, textsIn("aa", "bb"))
	indices := []byte{1, 3 << 1, 1} // one bit wide: three times 1
	withCRC := func(sum uint32) []byte {
		return append(struct_(1, pagePlain, 2, len(three), 3, len(three), 4, int(int32(sum)), 5, struct_(1, 3, 2, encPlain, 3, encRLE, 4, encRLE)), three...)
	}
	ones := lengthed(3<<1, 1) // three definition levels of 1
	for _, tt := range []struct {
		check, where string
		who          who
		field        v18.Field
		rows         int
		good, bad    []byte
	}{
		{"bytes behind the last page", "checkPages", ours, textField, 3, whole, append(bytes.Clone(whole), make([]byte, 7)...)},
		{"a checksum that is wrong", "checkPage", ours, textField, 3, withCRC(crc32.ChecksumIEEE(three)), withCRC(1)},
		{"a size that is not that of the body", "account.body", both, textField, 3, whole,
			append(struct_(1, pagePlain, 2, len(three)-6, 3, len(three), 5, struct_(1, 3, 2, encPlain, 3, encRLE, 4, encRLE)), three...)},
		{"bytes behind plain values", "account.plain", ours, textField, 3, whole, page1(3, encPlain, append(bytes.Clone(three), 0, 0, 0, 0))},
		{"bytes behind numbers", "account.plain", ours, numberField, 2, page1(2, encPlain, numbers(1, 2)), page1(2, encPlain, numbers(1, 2, 3))},
		{"bytes behind booleans", "account.plain", ours, boolField, 3, page1(3, encPlain, []byte{5}), page1(3, encPlain, []byte{5, 5})},
		{"a dictionary with bytes left over", "account.plain", ours, textField, 3, append(bytes.Clone(dict), page1(3, encIndices, indices)...),
			append(pageOf(1, encPlain, textsIn("aa", "bb")), page1(3, encIndices, []byte{1, 3 << 1, 0})...)},
		{"bytes behind indices", "rested", ours, textField, 3, append(bytes.Clone(dict), page1(3, encIndices, indices)...), append(bytes.Clone(dict), page1(3, encIndices, append(bytes.Clone(indices), 9, 9))...)},
		{"a dictionary of another encoding", "account.add", both, textField, 3, append(bytes.Clone(dict), page1(3, encIndices, indices)...), append(pageOf(2, encDelta, textsIn("aa", "bb")), page1(3, encIndices, indices)...)},
		{"a dictionary behind other pages", "account.add", ours, textField, 3, whole, slices.Concat(page1(1, encPlain, textsIn("aa")), dict, page1(2, encIndices, []byte{1, 2 << 1, 1}))},
		{"a run of more indices than values", "hybrid", ours, textField, 3, append(bytes.Clone(dict), page1(3, encIndices, indices)...), append(bytes.Clone(dict), page1(3, encIndices, []byte{1, 7 << 1, 1})...)},
		{"an index of more bits than its width", "hybrid", both, textField, 3, append(bytes.Clone(dict), page1(3, encIndices, indices)...), append(bytes.Clone(dict), page1(3, encIndices, []byte{1, 3 << 1, 3})...)},
		{"bytes behind levels", "walkLevels", ours, nullText, 3, page1(3, encPlain, append(bytes.Clone(ones), three...)), page1(3, encPlain, append(lengthed(3<<1, 1, 9, 9), three...))},
		{"a level that is too large", "walkLevels", ours, nullText, 3, page1(3, encPlain, append(bytes.Clone(ones), three...)), page1(3, encPlain, append(lengthed(2<<1, 1, 1<<1, 3), three...))},
		{"fewer levels than values", "hybrid", both, nullText, 3, page1(3, encPlain, append(bytes.Clone(ones), three...)), page1(3, encPlain, append(lengthed(2<<1, 1), three...))},
		{"levels of a column without any", "zeroLevels", ours, textField, 3, page2(3, 0, 3, encPlain, nil, nil, three), page2(3, 0, 3, encPlain, nil, []byte{3 << 1, 1}, three)},
		{"a number of nulls that is not that of the levels", "account.add", ours, nullText, 3, page2(3, 0, 3, encPlain, nil, []byte{3 << 1, 1}, three), page2(3, 2, 3, encPlain, nil, []byte{3 << 1, 1}, three)},
		{"a number of rows that is not that of the levels", "account.add", ours, textField, 3, page2(3, 0, 3, encPlain, nil, nil, three), page2(3, 0, 2, encPlain, nil, nil, three)},
		{"a first value that continues a row", "account.add", both, listField, 1, page1(2, encPlain, slices.Concat(lengthed(1<<1, 0, 1<<1, 1), lengthed(2<<1, 1), numbers(1, 2))),
			page1(2, encPlain, slices.Concat(lengthed(1<<1, 1, 1<<1, 0), lengthed(2<<1, 1), numbers(1, 2)))},
		{"runs of another length than the page", "account.valuesOf", ours, boolField, 3, page1(3, encRLE, lengthed(3<<1, 1)), page1(3, encRLE, append(lengthed(3<<1, 1), 9, 9))},
		{"differences with bytes left over", "rested", ours, numberField, 3, page1(3, encDelta, deltas(128, 4, 3, 7)), page1(3, encDelta, append(deltas(128, 4, 3, 7), 9, 9))},
		{"fewer differences than values", "newDelta", ours, numberField, 3, page1(3, encDelta, deltas(128, 4, 3, 7)), page1(3, encDelta, deltas(128, 4, 2, 7))},
		{"lengths that are not those of the values", "account.differences", ours, textField, 3, page1(3, encDeltaLength, append(deltas(128, 4, 3, 2), "aabbcc"...)), page1(3, encDeltaLength, append(deltas(128, 4, 3, 2), "aabbccdd"...))},
		{"a length that is negative", "lengths", both, textField, 3, page1(3, encDeltaLength, append(deltas(128, 4, 3, 2), "aabbcc"...)), page1(3, encDeltaLength, deltas(128, 4, 3, -2))},
		{"a prefix that is longer than the value before", "account.differences", both, textField, 3, page1(3, encDeltaStrings, slices.Concat(deltas(128, 4, 3, 0), deltas(128, 4, 3, 2), []byte("aabbcc"))),
			page1(3, encDeltaStrings, slices.Concat(deltas(128, 4, 3, 5), deltas(128, 4, 3, 2), []byte("aabbcc")))},
		{"split bytes of text", "account.valuesOf", ours, textField, 3, whole, page1(3, encSplit, three)},
		{"a page of one type with the header of another", "checkPage", ours, textField, 3, whole, append(struct_(1, pageV2, 2, len(three), 3, len(three), 5, struct_(1, 3, 2, encPlain, 3, encRLE, 4, encRLE)), three...)},
		{"a negative size", "checkPage", both, textField, 3, whole, append(struct_(1, pagePlain, 2, -5, 3, len(three), 5, struct_(1, 3, 2, encPlain, 3, encRLE, 4, encRLE)), three...)},
		{"a negative number of values", "checkPage", both, textField, 3, whole, append(page1(-1, encPlain, three), whole...)},
		{"levels that are larger than the page", "checkPage", both, textField, 3, page2(3, 0, 3, encPlain, nil, nil, three),
			append(struct_(1, pageV2, 2, len(three), 3, len(three), 8, struct_(1, 3, 2, 0, 3, 3, 4, encPlain, 5, 99, 6, 0, 7, false)), three...)},
		{"indices without a dictionary", "account.valuesOf", both, textField, 3, whole, page1(3, encIndices, indices)},
		{"indices that are wider than 32 bits", "account.valuesOf", ours, textField, 3, append(bytes.Clone(dict), page1(3, encIndices, indices)...), append(bytes.Clone(dict), page1(3, encIndices, []byte{40, 3 << 1, 1, 0, 0, 0, 0})...)},
		{"an encoding that is none", "account.valuesOf", both, textField, 3, whole, page1(3, encUnknown, three)},
		{"fewer values in the pages than in the footer", "checkPages", ours, textField, 4, page1(4, encPlain, textsIn("a", "b", "c", "d")), whole},
		{"a missing field", "parsePage", both, textField, 3, whole, append(struct_(1, pagePlain, 2, len(three), 3, len(three), 5, struct_(1, 3, 2, encPlain)), three...)},
	} {
		t.Run(tt.check, func(t *testing.T) {
			values := tt.rows
			if tt.field.Type.ID() == v18.LIST {
				values = 2
			}
			good := chunked(t, tt.field, values, tt.rows, tt.good)
			require.NoError(t, alone(good), "the page before it is damaged")
			require.NoError(t, readHostile(t, good, &parquet.Options{}, tt.check), "the page before it is damaged")
			bad := chunked(t, tt.field, values, tt.rows, tt.bad)
			require.ErrorIs(t, readHostile(t, bad, &parquet.Options{}, tt.check), parquet.ErrCorrupt, "this package refuses it")
			tt.who.says(t, alone(bad), tt.where)
		})
	}
}

// allocated returns how many bytes a function asks for.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestCanaryBombs: a page of some bytes for which the library allocates megabytes.
func TestCanaryBombs(t *testing.T) {
	const large = 32 << 20
	packed := func(codec int, body []byte) []byte {
		page := append(struct_(1, pagePlain, 2, 18, 3, len(body), 5, struct_(1, 3, 2, encPlain, 3, encRLE, 4, encRLE)), body...)
		return chunked(t, textField, 3, 3, page, func(m *metadata.FileMetaData) { *(*int64)(&m.RowGroups[0].Columns[0].MetaData.Codec) = int64(codec) })
	}
	bomb := binary.AppendUvarint(nil, large)
	zstd := []byte{0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0x10, 1, 0, 0} // a frame of 256 MiB
	for _, tt := range []struct {
		check, where string
		file         []byte
	}{
		{"a size inside snappy data", "checkExpansion", packed(1, append(bomb, snappy.Encode(nil, textsIn("aa", "bb", "cc"))[1:]...))},
		{"a size inside zstd data", "checkExpansion", packed(6, zstd)},
		{"a block of differences", "maxBlock", chunked(t, numberField, 3, 3, page1(3, encDelta, deltas(large/8, 1, 3, 7)))},
	} {
		t.Run(tt.check, func(t *testing.T) {
			var err error
			require.Less(t, allocated(func() { err = readHostile(t, tt.file, &parquet.Options{}, tt.check) }), uint64(large/2))
			require.Error(t, err, "this package refuses it")
			require.Greater(t, allocated(func() { _ = alone(tt.file) }), uint64(large/2), "the library looks before it allocates now: see %s", tt.where)
		})
	}
}
