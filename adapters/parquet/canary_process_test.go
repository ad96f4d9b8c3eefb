package parquet_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"os"
	"os/exec"
	"runtime/debug"
	"testing"

	v18 "github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	mem18 "github.com/apache/arrow-go/v18/arrow/memory"
	v18pq "github.com/apache/arrow-go/v18/parquet"
	pqfile "github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/parquet"
)

// canaryEnv names what the process does that reads for TestCanaryProcess.
const canaryEnv = "ROWSIGHT_PARQUET_CANARY"

// refusing is an allocator that can only panic, as that of this package does at its
// limit.
type refusing struct{ mem18.Allocator }

func (refusing) Allocate(int) []byte { panic("a limit") }

// TestCanaryProcess: what ends a process in the library, where no recover helps.
func TestCanaryProcess(t *testing.T) {
	switch os.Getenv(canaryEnv) {
	case "depth": // without the limit, Go takes a gigabyte of stack before it gives up
		debug.SetMaxStack(1 << 20)
		_, _ = metadata.NewFileMetaData(deepFooter(100_000), nil)
		return
	case "goroutine":
		_ = structWith(t, refusing{mem18.DefaultAllocator})
		return
	}
	for _, tt := range []struct{ name, where, want string }{
		{"depth", "maxDepth", "stack exceeds"},
		{"goroutine", "rehearse, and limit.soft", "panic: a limit"},
	} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestCanaryProcess$")
		cmd.Env = append(os.Environ(), canaryEnv+"="+tt.name)
		out, err := cmd.CombinedOutput()
		require.Error(t, err, "the library does not end the process any more: see %s", tt.where)
		require.Contains(t, string(out), tt.want, tt.where)
	}
	b := append([]byte("PAR1"), deepFooter(100_000)...)
	b = append(binary.LittleEndian.AppendUint32(b, uint32(len(b)-4)), "PAR1"...)
	_, err := parquet.NewReader(section(b), nil)
	require.ErrorIs(t, err, parquet.ErrCorrupt, "this package refuses it")
	require.NoError(t, structWith(t, mem18.DefaultAllocator), "the file is fine")
}

// deepFooter has a schema in which each element is the one child of that before.
func deepFooter(elements int) []byte {
	b := binary.AppendUvarint([]byte{0x15, 0x02, 0x19, 0xfc}, uint64(elements))
	for range elements {
		b = append(b, 0x48, 1, 'a', 0x15, 0x02, 0x00)
	}
	return append(b, 0x16, 0x00, 0x19, 0x0c, 0x00) // no rows, no row groups
}

// structWith reads a column of structs by the library, which opens their fields on
// goroutines of its own. A panic on this one is an error.
func structWith(t *testing.T, mem mem18.Allocator) (err error) {
	schema := v18.NewSchema([]v18.Field{{Name: "s", Type: v18.StructOf(v18.Field{Name: "a", Type: v18.BinaryTypes.String}, v18.Field{Name: "b", Type: v18.BinaryTypes.String})}}, nil)
	b := array.NewRecordBuilder(mem18.DefaultAllocator, schema)
	defer b.Release()
	s := b.Field(0).(*array.StructBuilder)
	s.Append(true)
	s.FieldBuilder(0).(*array.StringBuilder).Append("x")
	s.FieldBuilder(1).(*array.StringBuilder).Append("y")
	var out bytes.Buffer
	w, err := pqarrow.NewFileWriter(schema, &out, nil, pqarrow.DefaultWriterProps())
	require.NoError(t, err)
	require.NoError(t, w.Write(b.NewRecordBatch()))
	require.NoError(t, w.Close())
	defer func() { _ = recover() }()
	r, err := pqfile.NewParquetReader(bytes.NewReader(out.Bytes()), pqfile.WithReadProps(v18pq.NewReaderProperties(mem)))
	require.NoError(t, err)
	defer r.Close()
	all, err := pqarrow.NewFileReader(r, pqarrow.ArrowReadProperties{BatchSize: 10}, mem)
	require.NoError(t, err)
	records, err := all.GetRecordReader(context.Background(), nil, nil)
	if err == nil {
		records.Release()
	}
	return err
}
