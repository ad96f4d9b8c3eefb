package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestOverLimit: a viewer over a limit is an answer for a program, too, and the
// exit code stays.
func TestOverLimit(t *testing.T) {
	dir := t.TempDir()
	var rules strings.Builder
	rules.WriteString("UserName,Region\n")
	for i := range 1000 {
		fmt.Fprintf(&rules, "al,r%d\n", i)
	}
	path, data := filepath.Join(dir, "rules.csv"), filepath.Join(dir, "data.csv")
	require.NoError(t, os.WriteFile(path, []byte(rules.String()), 0o600))
	require.NoError(t, os.WriteFile(data, []byte("Region\nr1\n"), 0o600))
	for _, format := range []string{"json", "text"} {
		var stdout, stderr bytes.Buffer
		code := run(context.Background(), []string{"explain", "--rules", path, "--user", "al", "--format", format, data}, nil, &stdout, &stderr)
		require.Equal(t, exitUsage, code)
		if format == "text" {
			require.Empty(t, stdout.String())
			continue
		}
		var answer struct{ Error string }
		require.NoError(t, json.Unmarshal(stdout.Bytes(), &answer), stdout.String())
		require.Equal(t, "rowsight: "+answer.Error+"\n", stderr.String())
		page, err := os.ReadFile(filepath.Join("..", "..", "docs", "json.md"))
		require.NoError(t, err)
		require.Contains(t, string(page), stdout.String(), "the page shows this")
	}
}
