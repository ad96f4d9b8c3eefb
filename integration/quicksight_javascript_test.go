package integration

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// javaScriptClient is the client of AWS for JavaScript, from npm.
const javaScriptClient = "@aws-sdk/client-quicksight@3.1169.0"

// TestQuickSightJavaScript calls the service with the JavaScript client: paths
// with blanks and slashes, pages, times, errors.
func TestQuickSightJavaScript(t *testing.T) {
	packages := npmInstall(t, javaScriptClient)
	url, _ := quickSight(t)
	script, err := filepath.Abs(filepath.Join("testdata", "quicksight", "client.mjs"))
	require.NoError(t, err)
	out, err := exec.CommandContext(t.Context(), "node", script, packages, url, serviceKey, serviceSecret).CombinedOutput()
	require.NoError(t, err, string(out))
	require.Contains(t, string(out), "ok")
}
