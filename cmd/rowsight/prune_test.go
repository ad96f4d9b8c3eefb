package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"
)

// TestPruneArrow: of a stream whose tenants have dictionaries of their own, one
// tenant's batches are decoded, and one of each other tenant; all rows count.
func TestPruneArrow(t *testing.T) {
	words := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}
	schema := arrow.NewSchema([]arrow.Field{{Name: "tenant", Type: words}}, nil)
	var stream bytes.Buffer
	w := ipc.NewWriter(&stream, ipc.WithSchema(schema))
	for _, tenant := range []string{"a", "b", "c"} {
		rec, _, err := array.RecordFromJSON(memory.DefaultAllocator, schema, strings.NewReader(fmt.Sprintf(`[{"tenant":%q},{"tenant":%q}]`, tenant, tenant)))
		require.NoError(t, err)
		for range 4 {
			require.NoError(t, w.Write(rec))
		}
		rec.Release()
	}
	require.NoError(t, w.Close())
	path := filepath.Join(t.TempDir(), "tenants.arrows")
	require.NoError(t, os.WriteFile(path, stream.Bytes(), 0o600))

	code, stdout, stderr := command("", "filter", "--rules", rulesFile(t, "tenant", "b"), "--user", "A", "--format", "csv", path)
	require.Equal(t, exitOK, code, stderr)
	require.Equal(t, "tenant\n"+strings.Repeat("b\n", 8), stdout)
	require.Equal(t, "8 of 24 rows visible to A\nskipped 6 of 12 batches without visible rows, 50% of the bytes\n", stderr)
}
