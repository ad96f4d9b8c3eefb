package compact_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/testkit/realdata"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/compact"
	"github.com/rowsight/rowsight/rls/diff"
)

// TestRealRules makes every real permission dataset compact, and has package
// diff look for what that changed.
func TestRealRules(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(realdata.Path(t, "data", "2_permissions"), "*", "*.csv"))
	require.NoError(t, err)
	done, fewer := 0, 0
	for _, path := range files {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		rs, err := rls.ReadCSV(bytes.NewReader(text), nil)
		if err != nil {
			continue // not a permission dataset
		}
		r, err := compact.Rules(rs, nil)
		require.NoError(t, err)
		changed, err := diff.Rules(rs, r.Rules, nil)
		require.NoError(t, err)
		require.Equal(t, "no difference\n", changed.String(), path)
		require.LessOrEqual(t, r.After.Rules, r.Before.Rules)
		if r.After.Rules < r.Before.Rules {
			fewer++
		}
		t.Log(filepath.Base(filepath.Dir(path)), r)
		done++
	}
	require.Greater(t, done, 10)
	require.Greater(t, fewer, 1)
}
