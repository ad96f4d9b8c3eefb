package integration

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// javaScriptClient is the client of AWS for JavaScript, from npm.
const javaScriptClient = "@aws-sdk/client-quicksight@3.1169.0"

// TestQuickSightJavaScript calls the service with the JavaScript client: paths
// with blanks and slashes, pages, times, errors.
func TestQuickSightJavaScript(t *testing.T) {
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(program, " is not installed")
		}
	}
	cache, err := os.UserCacheDir()
	require.NoError(t, err)
	packages := filepath.Join(cache, "rowsight-npm", strings.NewReplacer("/", "-", "@", "-").Replace(javaScriptClient))
	if _, err := os.Stat(filepath.Join(packages, "node_modules", "@aws-sdk", "client-quicksight", "package.json")); err != nil {
		require.NoError(t, os.MkdirAll(packages, 0o755))
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
		defer cancel()
		install := exec.CommandContext(ctx, "npm", "install", "--prefix", packages, "--no-audit", "--no-fund", "--ignore-scripts", javaScriptClient)
		if out, err := install.CombinedOutput(); err != nil {
			t.Skipf("the npm registry cannot be reached: %v: %s", err, out)
		}
	}
	url, _ := quickSight(t)
	script, err := filepath.Abs(filepath.Join("testdata", "quicksight", "client.mjs"))
	require.NoError(t, err)
	out, err := exec.CommandContext(t.Context(), "node", script, packages, url, serviceKey, serviceSecret).CombinedOutput()
	require.NoError(t, err, string(out))
	require.Contains(t, string(out), "ok")
}
