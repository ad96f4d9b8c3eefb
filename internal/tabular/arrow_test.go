package tabular

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/batch"
)

// sample has a column of every layout.
func sample(t testing.TB) arrow.Record {
	list := arrow.ListOf(arrow.BinaryTypes.String)
	item := arrow.StructOf(arrow.Field{Name: "x", Type: arrow.PrimitiveTypes.Int32, Nullable: true}, arrow.Field{Name: "l", Type: list, Nullable: true})
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "text", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "dict", Type: &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}, Nullable: true},
		{Name: "ree", Type: arrow.RunEndEncodedOf(arrow.PrimitiveTypes.Int16, arrow.BinaryTypes.String)},
		{Name: "large", Type: arrow.BinaryTypes.LargeString, Nullable: true},
		{Name: "bool", Type: arrow.FixedWidthTypes.Boolean, Nullable: true},
		{Name: "dec", Type: &arrow.Decimal128Type{Precision: 10, Scale: 2}, Nullable: true},
		{Name: "fsb", Type: &arrow.FixedSizeBinaryType{ByteWidth: 3}, Nullable: true},
		{Name: "fsl", Type: arrow.FixedSizeListOf(2, arrow.PrimitiveTypes.Int8), Nullable: true},
		{Name: "struct", Type: item, Nullable: true},
		{Name: "map", Type: arrow.MapOf(arrow.BinaryTypes.String, arrow.PrimitiveTypes.Int64), Nullable: true},
		{Name: "union", Type: arrow.DenseUnionOf([]arrow.Field{{Name: "i", Type: arrow.PrimitiveTypes.Int32}, {Name: "s", Type: arrow.BinaryTypes.String}}, []arrow.UnionTypeCode{0, 5})},
		{Name: "null", Type: arrow.Null, Nullable: true},
	}, nil)
	const text = `[
	 {"text":"EMEA","dict":"SMB","ree":"a","large":"é","bool":true,"dec":"1.50","fsb":"YWJj","fsl":[1,2],"struct":{"x":1,"l":["p","q"]},"map":[{"key":"k","value":1}],"union":[0,7],"null":null},
	 {"text":null,"dict":"Ent","ree":"a","large":"","bool":null,"dec":"-2.00","fsb":"eHl6","fsl":null,"struct":null,"map":[],"union":[5,"u"],"null":null},
	 {"text":"US","dict":null,"ree":"b","large":null,"bool":false,"dec":null,"fsb":null,"fsl":[3,4],"struct":{"x":null,"l":[]},"map":null,"union":[0,8],"null":null}]`
	rec, _, err := array.RecordFromJSON(memory.DefaultAllocator, schema, strings.NewReader(text))
	require.NoError(t, err)
	return rec
}

func arrowStream(t testing.TB, rec arrow.Record, opts ...ipc.Option) []byte {
	var b bytes.Buffer
	w := ipc.NewWriter(&b, append(opts, ipc.WithSchema(rec.Schema()))...)
	require.NoError(t, w.Write(rec))
	require.NoError(t, w.Write(rec))
	require.NoError(t, w.Close())
	return b.Bytes()
}

type seeker struct{ bytes.Buffer }

func (s *seeker) Seek(off int64, whence int) (int64, error) {
	if off != 0 || whence != io.SeekCurrent {
		return 0, fmt.Errorf("unexpected seek")
	}
	return int64(s.Len()), nil
}

func arrowFile(t testing.TB, rec arrow.Record, opts ...ipc.Option) []byte {
	var b seeker
	w, err := ipc.NewFileWriter(&b, append(opts, ipc.WithSchema(rec.Schema()))...)
	require.NoError(t, err)
	require.NoError(t, w.Write(rec))
	require.NoError(t, w.Write(rec))
	require.NoError(t, w.Close())
	return b.Bytes()
}

func readBytes(data []byte) (array.RecordReader, error) {
	if bytes.HasPrefix(data, []byte(ArrowMagic)) {
		return ArrowFile("x", bytes.NewReader(data), int64(len(data)), nil)
	}
	return ArrowStream("x", bytes.NewReader(data), nil)
}

// use reads data as far as it goes, and filters what it holds.
func use(data []byte) error {
	d, err := readBytes(data)
	if err != nil {
		return err
	}
	defer d.Release()
	p := predicate.Or(predicate.In("text", "EMEA"), predicate.In("dict", "Ent"), predicate.In("ree", "b"))
	filter, err := batch.Bind(p, d.Schema(), &batch.Options{Workers: 1})
	if err != nil {
		return err // a flipped bit renamed a column
	}
	for d.Next() {
		rec, err := filter.Apply(d.Record())
		if err != nil {
			return err
		}
		_ = fmt.Sprint(rec)
		rec.Release()
	}
	return d.Err()
}

func encodings(t testing.TB) map[string][]byte {
	rec := sample(t)
	return map[string][]byte{
		"stream": arrowStream(t, rec),
		"file":   arrowFile(t, rec),
		"lz4":    arrowStream(t, rec, ipc.WithLZ4()),
		"zstd":   arrowFile(t, rec, ipc.WithZstd()),
	}
}

func TestArrowRoundTrip(t *testing.T) {
	want := fmt.Sprint(sample(t))
	for name, data := range encodings(t) {
		d, err := readBytes(data)
		require.NoError(t, err, name)
		n := 0
		for d.Next() {
			require.Equal(t, want, fmt.Sprint(d.Record()), name)
			n++
		}
		require.NoError(t, d.Err(), name)
		require.Equal(t, 2, n, name)
		d.Release()
	}
}

// TestArrowCutOff cuts everywhere. A stream may end where a message does, as
// the format allows; everything else is an error.
func TestArrowCutOff(t *testing.T) {
	for name, data := range encodings(t) {
		whole := 0
		for n := 0; n < len(data); n += 7 {
			if err := use(data[:n]); err == nil {
				whole++
			}
		}
		if name == "file" || name == "zstd" {
			require.Zero(t, whole, name)
		} else {
			require.LessOrEqual(t, whole, 6, name)
		}
	}
}

// TestArrowFlippedBits flips bits one by one. Whatever comes of it must be
// rows or an error, never a crash, and never cost much memory.
func TestArrowFlippedBits(t *testing.T) {
	const most = 300 << 20
	every := 31
	switch {
	case os.Getenv("ROWSIGHT_SOAK") != "":
		every = 1
	case testing.Short():
		every = 61
	}
	var before, after runtime.MemStats
	for name, data := range encodings(t) {
		refused := 0
		for i := 0; i < len(data); i += every {
			runtime.ReadMemStats(&before)
			for _, bit := range []byte{7, byte(i % 7)} {
				data[i] ^= 1 << bit
				if use(data) != nil {
					refused++
				}
				data[i] ^= 1 << bit
			}
			runtime.ReadMemStats(&after)
			require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(most), "%s: byte %d", name, i)
		}
		require.Greater(t, refused, len(data)/every/8, "%s: the test flips nothing that matters", name)
	}
}

func FuzzArrow(f *testing.F) {
	for _, data := range encodings(f) {
		f.Add(data)
	}
	f.Fuzz(func(_ *testing.T, data []byte) { _ = use(data) })
}
