package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestWebAssembly: the command compiled for WebAssembly filters files under Node.js, and
// ends with the codes of any other.
func TestWebAssembly(t *testing.T) {
	if testing.Short() {
		t.Skip("compiling for WebAssembly takes minutes")
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed: the command in WebAssembly was not run")
	}
	dir := write(t, map[string]string{"rules.csv": rulesText, "sales.csv": salesText})
	program := filepath.Join(dir, "rowsight.wasm")
	build := exec.Command("go", "build", "-o", program, ".")
	build.Dir, build.Env = "..", append(os.Environ(), "GOWORK=", "GOOS=js", "GOARCH=wasm")
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	root, err := exec.Command("go", "env", "GOROOT").Output()
	require.NoError(t, err)
	start := filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec_node.js")
	// The stack is as large as the one that Go itself asks of Node.js.
	run := func(args ...string) (stdout, stderr string, code int) {
		cmd := exec.Command(node, append([]string{"--stack-size=8192", start, program}, args...)...)
		var out, problems bytes.Buffer
		cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &problems
		cmd.Env = []string{"HOME=" + dir, "PATH=" + os.Getenv("PATH")}
		_ = cmd.Run() // the code says it
		return out.String(), problems.String(), cmd.ProcessState.ExitCode()
	}
	stdout, stderr, code := run("filter", "--rules", "rules.csv", "--user", "Martha", "sales.csv")
	require.Zero(t, code, stderr)
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	require.Len(t, lines, 2, stdout)
	require.Contains(t, lines[1], "US")
	stdout, stderr, code = run("filter", "--rules", "rules.csv", "--user", "Nobody", "sales.csv")
	require.Zero(t, code, stderr)
	require.Len(t, strings.Split(strings.TrimSpace(stdout), "\n"), 1, "only the header")
	_, stderr, code = run("filter", "--rules", "missing.csv", "--user", "Martha", "sales.csv")
	require.NotZero(t, code)
	require.Contains(t, stderr, "missing.csv")
}
