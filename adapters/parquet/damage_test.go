package parquet_test

import (
	"bytes"
	"testing"

	v18pq "github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/arrow18"
	"github.com/rowsight/rowsight/adapters/parquet"
)

// written writes a record as the library does, by options of its own.
func written(t testing.TB, rec arrow.Record, props ...v18pq.WriterProperty) []byte {
	t.Helper()
	src, err := arrow18.FromRecord(rec)
	require.NoError(t, err)
	defer src.Release()
	var b bytes.Buffer
	w, err := pqarrow.NewFileWriter(src.Schema(), &b, v18pq.NewWriterProperties(props...), pqarrow.DefaultWriterProps())
	require.NoError(t, err)
	require.NoError(t, w.Write(src))
	require.NoError(t, w.Close())
	return b.Bytes()
}

// damagedSources are small files in the versions, encodings and codecs there are.
func damagedSources(t testing.TB) map[string][]byte {
	rec := sales(60)
	one, two := v18pq.WithDataPageVersion(v18pq.DataPageV1), v18pq.WithDataPageVersion(v18pq.DataPageV2)
	groups := v18pq.WithMaxRowGroupLength(25)
	return map[string][]byte{
		"dictionary, version 1": written(t, rec, one, groups),
		"dictionary, version 2": written(t, rec, two, groups),
		"plain, version 1":      written(t, rec, one, v18pq.WithDictionaryDefault(false)),
		"plain, version 2":      written(t, rec, two, v18pq.WithDictionaryDefault(false)),
		"delta, version 1": written(t, rec, one, v18pq.WithDictionaryDefault(false), v18pq.WithEncodingFor("amount", v18pq.Encodings.DeltaBinaryPacked),
			v18pq.WithEncodingFor("region", v18pq.Encodings.DeltaByteArray), v18pq.WithEncodingFor("customer", v18pq.Encodings.DeltaLengthByteArray)),
	}
}

// asJSON reads a file to its end: its fields, and all its rows.
func asJSON(b []byte) (fields, rows string, err error) {
	r, err := parquet.NewReader(section(b), &parquet.Options{MaxBatchBytes: hostileBytes})
	if err != nil {
		return "", "", err
	}
	defer r.Release()
	var out bytes.Buffer
	for r.Next() {
		j, err := r.Record().MarshalJSON()
		if err != nil {
			return "", "", err
		}
		out.Write(j)
	}
	for _, f := range r.Schema().Fields() {
		fields += f.Name + " " + f.Type.String() + "\n"
	}
	return fields, out.String(), r.Err()
}

// TestFooterBits flips every bit of the footer: whatever is read has the rows of
// the file that was written, or is an error. A file with other names or types of
// columns is another file.
func TestFooterBits(t *testing.T) {
	for name, whole := range damagedSources(t) {
		fields, rows, err := asJSON(whole)
		require.NoError(t, err)
		footer := len(whole) - 8 - int(uint32(whole[len(whole)-8])|uint32(whole[len(whole)-7])<<8)
		refused := 0
		for at := footer; at < len(whole); at++ {
			for bit := range 8 {
				b := bytes.Clone(whole)
				b[at] ^= 1 << bit
				f, got, err := asJSON(b)
				switch {
				case err != nil:
					refused++
				case f == fields:
					require.Equal(t, rows, got, "%s: byte %d bit %d of the footer: no error, other rows", name, at-footer, bit)
				}
			}
		}
		require.Greater(t, refused, 1000, name)
	}
}

// TestRepetition gives each element of the schema every repetition type: the
// levels of a column must not be read as values, nor values as levels.
func TestRepetition(t *testing.T) {
	for name, whole := range damagedSources(t) {
		_, rows, err := asJSON(whole)
		require.NoError(t, err)
		footer := len(whole) - 8 - int(uint32(whole[len(whole)-8])|uint32(whole[len(whole)-7])<<8)
		changed := 0
		for _, column := range []string{"region", "amount", "customer"} {
			// In the schema: repetition type (field 3, i32), name (field 4, binary).
			text := append([]byte{0x18, byte(len(column))}, column...)
			at := footer + bytes.Index(whole[footer:], text) - 1
			for v := range byte(127) {
				if v == whole[at] {
					continue
				}
				b := bytes.Clone(whole)
				b[at] = v
				changed++
				_, got, err := asJSON(b)
				if err == nil {
					require.Equal(t, rows, got, "%s: column %s: repetition %d for %d", name, column, v, whole[at])
				}
			}
		}
		require.Equal(t, 3*126, changed)
	}
}
