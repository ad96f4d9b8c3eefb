package web_test

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/examples/oktank/internal/web"
)

// TestZero: what is served is what is listed, so no licence is forgotten and no
// notes are served.
func TestZero(t *testing.T) {
	_, err := fs.Stat(web.Files, "vendor/README.md")
	require.ErrorIs(t, err, fs.ErrNotExist)
	for _, name := range []string{"portal.html", "dashboard.html", "dashboard.js", "portal.js", "oktank.css"} {
		_, err := fs.Stat(web.Files, name)
		require.NoError(t, err)
	}
}

// TestVendored: the libraries are byte for byte those of the list.
func TestVendored(t *testing.T) {
	list, err := os.ReadFile("vendor/README.md")
	require.NoError(t, err)
	rows := regexp.MustCompile("(?m)^\\| (\\S+) \\|.*`([0-9a-f]{64})` \\|$").FindAllStringSubmatch(string(list), -1)
	require.Len(t, rows, 1)
	for _, row := range rows {
		data, err := web.Files.ReadFile("vendor/" + row[1])
		require.NoError(t, err)
		sum := sha256.Sum256(data)
		require.Equal(t, row[2], hex.EncodeToString(sum[:]), row[1])
	}
	scripts, err := fs.Glob(web.Files, "vendor/*.js")
	require.NoError(t, err)
	require.Len(t, scripts, len(rows), "every vendored script is listed")
}
