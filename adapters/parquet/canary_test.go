package parquet_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"runtime"
	"testing"

	mem18 "github.com/apache/arrow-go/v18/arrow/memory"
	pqfile "github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/parquet"
)

// TestCanaries: this package checks what arrow-go does not. Each canary is a file that
// a check here refuses and that the library alone reads, or breaks on. One that fails
// says that the library has the check now: remove ours, if the message and the
// cost of the library's are as good.
func TestCanaries(t *testing.T) {
	plain := file(t, &parquet.WriterOptions{Compression: parquet.Uncompressed, Statistics: []string{}}, sales(40))
	two := file(t, &parquet.WriterOptions{Compression: parquet.Uncompressed, RowGroupRows: 20}, sales(40))
	for _, tt := range []struct {
		check, where string
		who          who
		file         []byte
		edit         func(m *metadata.FileMetaData)
	}{
		{"a repetition type that is none", "checkElements", ours, plain, func(m *metadata.FileMetaData) { *m.FileMetaData.Schema[2].RepetitionType = 5 }},
		{"pages of another column", "checkMetadata", ours, plain, func(m *metadata.FileMetaData) { m.RowGroups[0].Columns[2].MetaData.PathInSchema = []string{"region"} }},
		{"column chunks that share bytes", "checkApart", ours, two, func(m *metadata.FileMetaData) {
			a, b := m.RowGroups[0].Columns[0].MetaData, m.RowGroups[1].Columns[0].MetaData
			b.DataPageOffset, b.DictionaryPageOffset, b.TotalCompressedSize = a.DataPageOffset, a.DictionaryPageOffset, a.TotalCompressedSize
		}},
		{"more column orders than columns", "checkMetadata", ours, plain, func(m *metadata.FileMetaData) {
			m.FileMetaData.ColumnOrders = append(m.FileMetaData.ColumnOrders, m.FileMetaData.ColumnOrders...)
		}},
		{"a negative size", "checkMetadata", ours, plain, func(m *metadata.FileMetaData) { m.RowGroups[0].TotalByteSize = -1 }},
		{"fewer rows in a row group than its columns have", "reader", ours, plain, func(m *metadata.FileMetaData) { m.RowGroups[0].NumRows, m.FileMetaData.NumRows = 30, 30 }},
		{"more rows in a row group than its columns have", "reader", ours, plain, func(m *metadata.FileMetaData) { m.RowGroups[0].NumRows, m.FileMetaData.NumRows = 50, 50 }},
		{"no repetition type", "checkElements", ours, plain, func(m *metadata.FileMetaData) { m.FileMetaData.Schema[2].RepetitionType = nil }},
		{"neither type nor children", "checkElements", both, plain, func(m *metadata.FileMetaData) { m.FileMetaData.Schema[2].Type = nil }},
		{"a type that is none", "checkElements", both, plain, func(m *metadata.FileMetaData) { *m.FileMetaData.Schema[2].Type = 9 }},
		{"a converted type that is none", "checkElements", both, plain, func(m *metadata.FileMetaData) {
			converted := *m.FileMetaData.Schema[1].ConvertedType
			converted, m.FileMetaData.Schema[1].LogicalType = 99, nil
			m.FileMetaData.Schema[1].ConvertedType = &converted
		}},
		{"values of no length", "checkElements", both, plain, func(m *metadata.FileMetaData) {
			e := m.FileMetaData.Schema[1]
			*e.Type, e.TypeLength, e.LogicalType, e.ConvertedType = 7, nil, nil, nil
			for _, g := range m.RowGroups {
				*(*int64)(&g.Columns[0].MetaData.Type) = 7
			}
		}},
		{"a type that is not that of the schema", "checkMetadata", ours, plain, func(m *metadata.FileMetaData) { *(*int64)(&m.RowGroups[0].Columns[0].MetaData.Type) = 1 }},
		{"a codec that is none", "checkMetadata", both, plain, func(m *metadata.FileMetaData) { *(*int64)(&m.RowGroups[0].Columns[0].MetaData.Codec) = 99 }},
		{"a negative number of values", "checkMetadata", ours, plain, func(m *metadata.FileMetaData) { m.RowGroups[0].Columns[0].MetaData.NumValues = -1 }},
		{"an encoding that is none", "checkMetadata", ours, plain, func(m *metadata.FileMetaData) { *(*int64)(&m.RowGroups[0].Columns[0].MetaData.Encodings[0]) = 42 }},
		{"encoding statistics of an encoding that is none", "checkMetadata", ours, plain, func(m *metadata.FileMetaData) {
			*(*int64)(&m.RowGroups[0].Columns[0].MetaData.EncodingStats[0].Encoding) = 42
		}},
		{"encoding statistics of a page type that is none", "checkMetadata", ours, plain, func(m *metadata.FileMetaData) {
			*(*int64)(&m.RowGroups[0].Columns[0].MetaData.EncodingStats[0].PageType) = 9
		}},
		{"encoding statistics of a negative number of pages", "checkMetadata", ours, plain, func(m *metadata.FileMetaData) {
			m.RowGroups[0].Columns[0].MetaData.EncodingStats[0].Count = -1
		}},
		{"fewer columns than the schema has", "checkMetadata", both, plain, func(m *metadata.FileMetaData) { m.RowGroups[0].Columns = m.RowGroups[0].Columns[:2] }},
		{"pages behind the end of the file", "chunkOf", both, plain, func(m *metadata.FileMetaData) {
			m.RowGroups[0].Columns[0].MetaData.DataPageOffset = 1 << 40
			m.RowGroups[0].Columns[0].MetaData.DictionaryPageOffset = nil
		}},
		{"other rows in the file than in its row groups", "checkGroups", ours, plain, func(m *metadata.FileMetaData) { m.FileMetaData.NumRows, m.NumRows = 41, 41 }},
	} {
		t.Run(tt.check, func(t *testing.T) {
			require.NoError(t, alone(tt.file), "the file before it is edited")
			b := edited(t, tt.file, tt.edit)
			err := readHostile(t, b, &parquet.Options{}, tt.check)
			require.ErrorIs(t, err, parquet.ErrCorrupt, "this package refuses it")
			tt.who.says(t, alone(b), tt.where)
		})
	}
}

// TestCanaryThrift: a list of a million elements in ten bytes.
func TestCanaryThrift(t *testing.T) {
	footer := append([]byte{0x15, 0x02, 0x19, 0xfc, 0x80, 0x80, 0x40}, make([]byte, 3)...)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := metadata.NewFileMetaData(footer, nil)
	runtime.ReadMemStats(&after)
	require.Error(t, err)
	require.Greater(t, after.TotalAlloc-before.TotalAlloc, uint64(4<<20), "Thrift compares lists with the bytes that are left now: see compact.go")
}

// TestCanaryFieldIDs: columns without ids.
func TestCanaryFieldIDs(t *testing.T) {
	r, err := pqfile.NewParquetReader(bytes.NewReader(file(t, nil, sales(3))))
	require.NoError(t, err)
	defer r.Close()
	all, err := pqarrow.NewFileReader(r, pqarrow.ArrowReadProperties{}, mem18.DefaultAllocator)
	require.NoError(t, err)
	schema, err := all.Schema()
	require.NoError(t, err)
	id, ok := schema.Field(0).Metadata.GetValue("PARQUET:field_id")
	require.True(t, ok && id == "-1", "the library leaves out ids that are none now: see fieldid.go")
}

// alone reads a whole file by the library alone.
func alone(b []byte) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = nil // what it breaks on, it does not check
		}
	}()
	r, err := pqfile.NewParquetReader(bytes.NewReader(b))
	if err != nil {
		return err
	}
	defer r.Close()
	all, err := pqarrow.NewFileReader(r, pqarrow.ArrowReadProperties{BatchSize: 1000}, mem18.DefaultAllocator)
	if err != nil {
		return err
	}
	records, err := all.GetRecordReader(context.Background(), nil, nil)
	if err != nil {
		return err
	}
	defer records.Release()
	for records.Next() {
		_, _ = records.RecordBatch().MarshalJSON()
	}
	return records.Err()
}

// edited is a file with another footer.
func edited(t *testing.T, b []byte, edit func(m *metadata.FileMetaData)) []byte {
	size := int(binary.LittleEndian.Uint32(b[len(b)-8:]))
	m, err := metadata.NewFileMetaData(b[len(b)-8-size:len(b)-8], nil)
	require.NoError(t, err)
	edit(m)
	var footer bytes.Buffer
	_, err = m.WriteTo(&footer, nil)
	require.NoError(t, err)
	out := append(bytes.Clone(b[:len(b)-8-size]), footer.Bytes()...)
	return append(binary.LittleEndian.AppendUint32(out, uint32(footer.Len())), "PAR1"...)
}
