package parquet_test

import (
	"bytes"
	"context"
	"io"
	"testing"
	"testing/fstest"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/parquet"
	"github.com/rowsight/rowsight/spice/source"
)

// format is Parquet for package source, as its documentation has it.
func format(ctx context.Context, f *source.Opened) (array.RecordReader, error) {
	at, size, err := f.Random()
	if err != nil {
		return nil, err
	}
	return parquet.NewReader(io.NewSectionReader(at, 0, size), &parquet.Options{Context: ctx})
}

// TestSource reads Parquet files as a data source does: from a file system, and
// from where bytes come in order only.
func TestSource(t *testing.T) {
	rows := source.CSV(nil, source.InFS(fstest.MapFS{"a.csv": {Data: []byte("region,id\nEMEA,007\nUS,008\n")}}, "a.csv"))
	r, err := rows.Records(t.Context())
	require.NoError(t, err)
	var file bytes.Buffer
	w, err := parquet.NewWriter(&file, r.Schema(), nil)
	require.NoError(t, err)
	for r.Next() {
		require.NoError(t, w.Write(r.Record()))
	}
	require.NoError(t, w.Close())
	r.Release()

	inOrder := source.Open("s3://bucket/b.parquet", func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(file.Bytes())), nil })
	inFS := source.InFS(fstest.MapFS{"a.parquet": {Data: file.Bytes()}}, "a.parquet")
	r, err = source.Read(format, inFS, inOrder).Records(t.Context())
	require.NoError(t, err)
	defer r.Release()
	var regions []string
	for r.Next() {
		for i := range int(r.Record().NumRows()) {
			regions = append(regions, r.Record().Column(0).ValueStr(i))
		}
	}
	require.NoError(t, r.Err())
	require.Equal(t, []string{"EMEA", "US", "EMEA", "US"}, regions)

	for reason, text := range map[string][]byte{"cut off": file.Bytes()[:file.Len()-9], "no Parquet": []byte("a,b\n1,2\n"), "empty": nil} {
		_, err := source.Read(format, source.InFS(fstest.MapFS{"bad": {Data: text}}, "bad")).Records(t.Context())
		require.Error(t, err, reason)
	}
	ctx, cancel := context.WithCancel(t.Context())
	r2, err := source.Read(format, inFS).Records(ctx)
	require.NoError(t, err)
	defer r2.Release()
	cancel()
	require.False(t, r2.Next())
	require.ErrorIs(t, r2.Err(), context.Canceled)
}
