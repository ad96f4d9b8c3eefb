package parquet_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/parquet"
	"github.com/rowsight/rowsight/internal/testkit/realdata"
)

// refused names the conformance files that are not read, and why.
var refused = map[string]struct {
	err  error
	want string
}{
	"hadoop_lz4_compressed_larger.parquet":           {parquet.ErrUnsupported, "compression for LZ4 unimplemented"},
	"non_hadoop_lz4_compressed.parquet":              {parquet.ErrUnsupported, "compression for LZ4 unimplemented"},
	"int96_from_spark.parquet":                       {parquet.ErrCorrupt, "INT96 timestamp is outside the Arrow nanosecond range"},
	"rle-dict-uncompressed-corrupt-checksum.parquet": {parquet.ErrCorrupt, "the checksum is wrong"},
}

// rows the conformance files are documented to hold, where the footer does not say.
var rows = map[string]int64{"repeated_no_annotation.parquet": 6}

func TestRealFiles(t *testing.T) {
	files := parquetFiles(t, realdata.Path(t, "data", "5_conformance", "parquet-testing"))
	files = append(files, parquetFiles(t, realdata.Path(t, "data", "1_datasets"))...)
	require.NotEmpty(t, files)
	seen := 0
	for _, path := range files {
		t.Run(filepath.Base(path), func(t *testing.T) {
			b, err := os.ReadFile(path)
			require.NoError(t, err)
			for _, dict := range [][]string{nil, texts(t, b)} {
				r, err := parquet.Open(path, &parquet.Options{Dictionary: dict})
				var n int64
				if err == nil {
					n, err = count(r), r.Err()
					if err == nil {
						require.Equal(t, r.NumRows(), n)
					}
					r.Release()
				}
				if want, ok := refused[filepath.Base(path)]; ok {
					require.ErrorIs(t, err, want.err)
					require.ErrorContains(t, err, want.want)
					require.ErrorContains(t, err, path, "the message names the file")
					seen++
					continue
				}
				require.NoError(t, err)
				if want, ok := rows[filepath.Base(path)]; ok {
					require.Equal(t, want, n)
				}
				require.NotZero(t, n)
			}
		})
	}
	require.Equal(t, 2*len(refused), seen, "a file that is now read is still listed as refused")
}

func parquetFiles(t *testing.T, dir string) (paths []string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".parquet") {
			paths = append(paths, path)
		}
		return err
	}))
	return paths
}
