package parquet_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	mem18 "github.com/apache/arrow-go/v18/arrow/memory"
	v18pq "github.com/apache/arrow-go/v18/parquet"
	file18 "github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	"github.com/apache/arrow-go/v18/parquet/schema"
	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/rowsight/rowsight/adapters/parquet"
)

// No goroutine of the library outlives a reader, also one that was left early.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestCancelInTheMiddle(t *testing.T) {
	mem := mem18.NewCheckedAllocator(mem18.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	ctx, cancel := context.WithCancel(context.Background())
	b := file(t, nil, sales(5000))
	r := openOn(t, mem, b, &parquet.Options{Context: ctx, BatchRows: 1024})
	require.True(t, r.Next())
	kept := r.Record()
	kept.Retain()
	cancel()
	require.False(t, r.Next())
	require.ErrorIs(t, r.Err(), context.Canceled)
	require.False(t, r.Next(), "it stays ended")
	require.Nil(t, r.Record())
	r.Release()
	require.Equal(t, int64(1024), kept.NumRows(), "a record that was retained outlives its reader")
	kept.Release()

	_, err := parquet.NewReader(section(b), &parquet.Options{Context: ctx})
	require.ErrorIs(t, err, context.Canceled)
}

func TestReleaseBeforeTheEnd(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sales.parquet")
	require.NoError(t, os.WriteFile(path, file(t, nil, sales(5000)), 0o600))
	r, err := parquet.Open(path, &parquet.Options{BatchRows: 1024})
	require.NoError(t, err)
	require.True(t, r.Next())
	r.Retain()
	r.Release()
	require.True(t, r.Next())
	r.Release()
}

func TestOpenOfNoFile(t *testing.T) {
	r, err := parquet.Open(filepath.Join(t.TempDir(), "none"), nil)
	require.Nil(t, r)
	require.ErrorIs(t, err, os.ErrNotExist)
}

// broken fails at a byte, as a network does.
type broken struct {
	*io.SectionReader
	from int64
	err  error
}

func (b broken) ReadAt(p []byte, at int64) (int, error) {
	if at+int64(len(p)) > b.from && at < b.from+1000 {
		return 0, b.err
	}
	return b.SectionReader.ReadAt(p, at)
}

func TestErrorsOfTheStorageStayVisible(t *testing.T) {
	b := file(t, &parquet.WriterOptions{RowGroupRows: 2000}, sales(5000))
	boom := errors.New("boom")
	r, err := parquet.NewReader(broken{section(b), int64(len(b) / 2), boom}, nil)
	require.NoError(t, err)
	defer r.Release()
	count(r)
	require.ErrorIs(t, r.Err(), boom)
	require.NotErrorIs(t, r.Err(), parquet.ErrCorrupt, "the file may be fine")

	_, err = parquet.NewReader(broken{section(b), int64(len(b) - 100), boom}, nil)
	require.ErrorIs(t, err, boom)
}

func TestTruncationAtEveryByte(t *testing.T) {
	b := file(t, nil, sales(20))
	for n := range b {
		_, err := parquet.NewReader(section(b[:n]), nil)
		require.ErrorIs(t, err, parquet.ErrCorrupt, "cut to %d of %d", n, len(b))
	}
}

func TestMemoryLimit(t *testing.T) {
	mem := mem18.NewCheckedAllocator(mem18.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	b := file(t, nil, sales(100_000))
	r := openOn(t, mem, b, &parquet.Options{MaxBatchBytes: 512 << 10, BatchRows: 100_000})
	require.False(t, r.Next())
	require.ErrorIs(t, r.Err(), parquet.ErrTooLarge)
	r.Release()

	// The bound is on one record, not on all that a caller keeps.
	r = openOn(t, mem, b, &parquet.Options{MaxBatchBytes: 4 << 20, BatchRows: 1000})
	var kept []interface{ Release() }
	for r.Next() {
		r.Record().Retain()
		kept = append(kept, r.Record())
	}
	require.NoError(t, r.Err())
	r.Release()
	for _, rec := range kept {
		rec.Release()
	}

	_, err := parquet.NewReader(section(b), &parquet.Options{MaxBatchBytes: 100})
	require.ErrorIs(t, err, parquet.ErrTooLarge)
}

// A page of one value whose compressed form says, or grows to, far more. The
// decompressors of the library believe it.
func TestBombs(t *testing.T) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<20))
	require.NoError(t, err)
	defer enc.Close()
	claim := []byte{0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 0x0f, 0, 0, 0, 0x01, 0, 0} // a frame of 60 GB with an empty block
	for _, tt := range []struct {
		reason, codec string
		page          []byte
		want          error
	}{
		{"snappy says 4 GB", "SNAPPY", append([]byte{0xff, 0xff, 0xff, 0xff, 0x0f}, make([]byte, 20)...), parquet.ErrCorrupt},
		{"zstd says 60 GB", "ZSTD", claim, parquet.ErrTooLarge},
		{"zstd grows to 200 MB", "ZSTD", enc.EncodeAll(make([]byte, 200<<20), nil), parquet.ErrTooLarge},
		{"zstd is no zstd", "ZSTD", []byte("hello, hello, hello"), parquet.ErrCorrupt},
	} {
		r, err := parquet.NewReader(section(onePage(t, tt.codec, tt.page)), nil)
		require.NoError(t, err, tt.reason)
		require.False(t, r.Next(), tt.reason)
		require.ErrorIs(t, r.Err(), tt.want, tt.reason)
		require.ErrorContains(t, r.Err(), `column "a"`)
		r.Release()
	}
}

// onePage makes a file with one column of one int64, whose page holds bytes of
// our choice: written plain, then with the codec changed in the footer.
func onePage(t *testing.T, codec string, body []byte) []byte {
	t.Helper()
	a, err := schema.NewPrimitiveNode("a", v18pq.Repetitions.Required, v18pq.Types.ByteArray, -1, -1)
	require.NoError(t, err)
	root, err := schema.NewGroupNode("schema", v18pq.Repetitions.Required, schema.FieldList{a}, -1)
	require.NoError(t, err)
	var buf bytes.Buffer
	w := file18.NewParquetWriter(&buf, root, file18.WithWriterProps(v18pq.NewWriterProperties(v18pq.WithDictionaryDefault(false), v18pq.WithStats(false))))
	rg, err := w.AppendRowGroupChecked()
	require.NoError(t, err)
	cw, err := rg.NextColumn()
	require.NoError(t, err)
	// The page is the value after the four bytes of its length.
	_, err = cw.(*file18.ByteArrayColumnChunkWriter).WriteBatch([]v18pq.ByteArray{bytes.Repeat([]byte{0xAA}, len(body)-4)}, nil, nil)
	require.NoError(t, err)
	require.NoError(t, cw.Close())
	require.NoError(t, rg.Close())
	require.NoError(t, w.Close())
	b := buf.Bytes()
	at := bytes.Index(b, bytes.Repeat([]byte{0xAA}, len(body)-4))
	require.Positive(t, at)
	copy(b[at-4:], body)
	// The codec is field 4 of the column metadata, an i32, after the path ["a"].
	mark := []byte{0x19, 0x18, 0x01, 'a', 0x15, 0x00}
	at = bytes.LastIndex(b, mark)
	require.Positive(t, at)
	b[at+5] = map[string]byte{"SNAPPY": 2, "ZSTD": 12}[codec]
	return b
}

// The Arrow schema stored in a file is a flatbuffer, which can lie about sizes.
func TestStoredArrowSchemaIsChecked(t *testing.T) {
	b := file(t, nil, sales(3))
	m, err := metadata.NewFileMetaData(b[len(b)-8-int(b[len(b)-8])-int(b[len(b)-7])<<8:len(b)-8], nil)
	require.NoError(t, err)
	stored := *m.KeyValueMetadata().FindValue("ARROW:schema")
	raw, err := base64.StdEncoding.DecodeString(stored)
	require.NoError(t, err)
	refused := 0
	for i := 8; i+4 <= len(raw); i += 4 { // every aligned word becomes very large
		bad := bytes.Clone(raw)
		copy(bad[i:], []byte{0xf0, 0xff, 0xff, 0x7f})
		at := bytes.Index(b, []byte(stored))
		hostile := bytes.Clone(b)
		copy(hostile[at:], base64.StdEncoding.EncodeToString(bad))
		r, err := parquet.NewReader(section(hostile), nil)
		if err != nil {
			refused++
			continue
		}
		r.Release()
	}
	require.NotZero(t, refused)
}

func TestZero(t *testing.T) {
	var r parquet.Reader
	require.False(t, r.Next())
	require.Nil(t, r.Record())
	require.Nil(t, r.Schema())
	require.Zero(t, r.NumRows())
	require.NoError(t, r.Err())
	r.Release()

	var w parquet.Writer
	rec := sales(1)
	require.Error(t, w.Write(rec))
	require.Error(t, w.Close())

	_, err := parquet.NewReader(section(nil), nil)
	require.ErrorIs(t, err, parquet.ErrCorrupt)
	_, err = parquet.NewReader(section([]byte("PAR1....PARE")), nil)
	require.ErrorIs(t, err, parquet.ErrUnsupported)
	_, err = parquet.NewWriter(io.Discard, nil, nil)
	require.ErrorIs(t, err, parquet.ErrUnsupported)
}

func BenchmarkRead(b *testing.B) {
	rec := sales(1_000_000)
	var plain int64
	for _, col := range rec.Columns() {
		for _, buf := range col.Data().Buffers() {
			if buf != nil {
				plain += int64(buf.Len())
			}
		}
	}
	for name, c := range map[string]parquet.Compression{"zstd": parquet.Zstd, "snappy": parquet.Snappy} {
		data := file(b, &parquet.WriterOptions{Compression: c}, rec)
		for what, dict := range map[string][]string{"plain": nil, "dict": {"region"}} {
			b.Run(name+"/"+what, func(b *testing.B) {
				b.SetBytes(plain)
				for b.Loop() {
					r := open(b, data, &parquet.Options{Dictionary: dict})
					if count(r) != rec.NumRows() {
						b.Fatal(r.Err())
					}
					r.Release()
				}
				b.ReportMetric(float64(len(data)), "file-bytes")
			})
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	rec := sales(1_000_000)
	for b.Loop() {
		file(b, nil, rec)
	}
}
