package parquet_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	v18 "github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	mem18 "github.com/apache/arrow-go/v18/arrow/memory"
	v18pq "github.com/apache/arrow-go/v18/parquet"
	pqfile "github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	flatbuffers "github.com/google/flatbuffers/go"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/parquet"
)

// TestCanaryArrowSchema: the Arrow schema that is stored in a file says that it has a
// million fields, and the library allocates them all before it reads the first.
func TestCanaryArrowSchema(t *testing.T) {
	const count = 1 << 20
	plain := file(t, nil, sales(3))
	require.NoError(t, alone(plain), "the file before it is edited")
	b := edited(t, plain, func(m *metadata.FileMetaData) {
		for _, kv := range m.FileMetaData.KeyValueMetadata {
			if kv.Key != "ARROW:schema" {
				continue
			}
			raw, err := base64.StdEncoding.DecodeString(*kv.Value)
			require.NoError(t, err)
			message := flatbuffers.Table{Bytes: raw[8:], Pos: flatbuffers.GetUOffsetT(raw[8:])}
			var schema flatbuffers.Table
			message.Union(&schema, flatbuffers.UOffsetT(message.Offset(8)))     // the header of Message.fbs
			at := schema.Vector(flatbuffers.UOffsetT(schema.Offset(6))) - 4 + 8 // the length of the fields in Schema.fbs
			require.EqualValues(t, 3, binary.LittleEndian.Uint32(raw[at:]))
			binary.LittleEndian.PutUint32(raw[at:], count)
			*kv.Value = base64.StdEncoding.EncodeToString(raw)
		}
	})
	var err error
	require.Less(t, allocated(func() { err = readHostile(t, b, &parquet.Options{}, "fields") }), uint64(count))
	require.ErrorIs(t, err, parquet.ErrCorrupt, "this package refuses it")
	require.Greater(t, allocated(func() { _ = alone(b) }), uint64(16*count), "the library looks at the length before it allocates now: see checkArrowSchema")
}

// away is an allocator that counts what goroutines of arrow/compute take from it.
type away struct {
	mem18.Allocator
	n *atomic.Int64
}

func (a away) Allocate(size int) []byte {
	stack := make([]byte, 1<<16)
	stack = stack[:runtime.Stack(stack, false)]
	if _, created, ok := strings.Cut(string(stack), "\ncreated by "); ok && strings.Contains(created, "arrow/compute") {
		a.n.Add(1)
	}
	return a.Allocator.Allocate(size)
}

// TestCanaryFixedSizeLists: the library reads fixed-size lists that can be null, with
// many changes between null and not null, on a goroutine of arrow/compute. A panic there,
// as that of an allocator at its limit, ends the process.
func TestCanaryFixedSizeLists(t *testing.T) {
	const rows = 4000
	element := v18.Field{Name: "element", Type: v18.PrimitiveTypes.Int32, Nullable: true}
	stored, written := v18.DataType(v18.FixedSizeListOfField(2, element)), v18.DataType(v18.ListOfField(element))
	for _, tt := range []struct {
		name            string
		stored, written v18.DataType
		refused         bool
	}{
		{"a column", stored, written, false}, // read here in batches of 1,000 rows
		{"inside a list", v18.ListOf(stored), v18.ListOf(written), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			// The library writes no fixed-size list that is null, so the file has lists of
			// any size and the Arrow schema of one with fixed-size lists.
			write := func(typ v18.DataType, fill func(b array.Builder)) []byte {
				schema := v18.NewSchema([]v18.Field{{Name: "v", Type: typ, Nullable: true}}, nil)
				b := array.NewRecordBuilder(mem18.DefaultAllocator, schema)
				defer b.Release()
				fill(b.Field(0))
				rec := b.NewRecordBatch()
				defer rec.Release()
				var out bytes.Buffer
				w, err := pqarrow.NewFileWriter(schema, &out, nil, pqarrow.NewArrowWriterProperties(pqarrow.WithStoreSchema()))
				require.NoError(t, err)
				require.NoError(t, w.WriteBuffered(rec))
				require.NoError(t, w.Close())
				return out.Bytes()
			}
			var text *string
			_ = edited(t, write(tt.stored, func(array.Builder) {}), func(m *metadata.FileMetaData) { text = m.KeyValueMetadata().FindValue("ARROW:schema") })
			require.NotNil(t, text)
			b := edited(t, write(tt.written, func(b array.Builder) {
				lists := b.(*array.ListBuilder)
				if inner, ok := lists.ValueBuilder().(*array.ListBuilder); ok {
					lists.Append(true)
					lists = inner
				}
				for i := range rows {
					if lists.Append(i%2 == 0); i%2 == 0 {
						lists.ValueBuilder().(*array.Int32Builder).AppendValues([]int32{1, 2}, nil)
					}
				}
			}), func(m *metadata.FileMetaData) {
				for _, kv := range m.FileMetaData.KeyValueMetadata {
					if kv.Key == "ARROW:schema" {
						kv.Value = text
					}
				}
			})

			mem := away{mem18.DefaultAllocator, new(atomic.Int64)}
			r, err := pqfile.NewParquetReader(bytes.NewReader(b), pqfile.WithReadProps(v18pq.NewReaderProperties(mem)))
			require.NoError(t, err)
			defer r.Close()
			all, err := pqarrow.NewFileReader(r, pqarrow.ArrowReadProperties{BatchSize: rows}, mem)
			require.NoError(t, err)
			records, err := all.GetRecordReader(context.Background(), nil, nil)
			require.NoError(t, err)
			defer records.Release()
			require.True(t, records.Next(), records.Err())
			require.NotZero(t, mem.n.Load(), "the library allocates on the goroutine of its reader now: see addLeaves")

			mine, err := parquet.NewReader(section(b), nil)
			if tt.refused {
				require.ErrorIs(t, err, parquet.ErrUnsupported)
				return
			}
			require.NoError(t, err)
			defer mine.Release()
			for mine.Next() {
				require.LessOrEqual(t, mine.Record().NumRows(), int64(1000))
			}
			require.NoError(t, mine.Err())
		})
	}
}
