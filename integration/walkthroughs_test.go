package integration

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// awscliVersion is the AWS command line that runs the walkthroughs, from PyPI.
const awscliVersion = "1.45.11"

// A fence is a block of a page: what stands behind the backquotes, and its text.
type fence struct{ mark, file, text string }

func readFences(t *testing.T, path string) (all []fence) {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	var in *fence
	for line := range strings.Lines(string(text)) {
		mark, ok := strings.CutPrefix(strings.TrimRight(line, "\n"), "```")
		switch {
		case ok && in == nil:
			in = new(fence)
			in.mark, in.file, _ = strings.Cut(mark, " ")
		case ok:
			all, in = append(all, *in), nil
		case in != nil:
			in.text += line
		}
	}
	return all
}

// TestWalkthroughs runs every command of docs/walkthroughs with the AWS command
// line, against rowsight serve, with moto beside it for other services of AWS, and
// compares what the commands print.
func TestWalkthroughs(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("curl is not there, which reads rows in the walkthroughs")
	}
	aws := filepath.Dir(pythonWith(t, "awscli", awscliVersion))
	bin := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(bin, "rowsight"), ".")
	build.Dir, build.Env = filepath.Join("..", "cmd", "rowsight"), append(os.Environ(), "GOWORK=")
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	folder := filepath.Join("..", "docs", "walkthroughs")
	functions := readFences(t, filepath.Join(folder, "README.md"))[1].text
	require.Contains(t, functions, "rows()")
	pages, err := filepath.Glob(filepath.Join(folder, "*.md"))
	require.NoError(t, err)
	require.Len(t, pages, 6)
	for _, page := range pages {
		if filepath.Base(page) == "README.md" {
			continue
		}
		moto := "" // a page that needs no other service runs without it
		if text, err := os.ReadFile(page); err != nil || bytes.Contains(text, []byte("$MOTO")) {
			require.NoError(t, err)
			moto = page
		}
		t.Run(filepath.Base(page), func(t *testing.T) {
			if moto != "" {
				moto = startMoto(t, "111122223333")
			}
			walk(t, page, functions, bin+":"+aws, moto)
		})
	}
}

// walk runs the commands of one page in a new folder.
func walk(t *testing.T, page, functions, path, moto string) {
	dir := t.TempDir()
	fences := readFences(t, page)
	for _, f := range fences {
		if f.file != "" && f.mark != "sh" {
			name := filepath.Join(dir, filepath.FromSlash(f.file))
			require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o700))
			require.NoError(t, os.WriteFile(name, []byte(f.text), 0o600))
		}
	}
	env := append(os.Environ(), "PATH="+path+":"+os.Getenv("PATH"), "AWS_PAGER=", "AWS_MAX_ATTEMPTS=1", "HOME="+dir, "NO_PROXY=127.0.0.1",
		"AWS_SHARED_CREDENTIALS_FILE=quicksight/aws-credentials", "AWS_DEFAULT_REGION=us-east-1", "ACCOUNT=111122223333", "MOTO="+moto)
	commands := run(t, dir, fences, before, "export AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any\n", env)
	url := startService(t, dir, path)
	commands += run(t, dir, fences, "", "export QUICKSIGHT="+url+"\n"+functions, env)
	require.Greater(t, commands, 2)
}

// before marks the blocks of a page that come before the service starts: ```sh before
const before = "before"

// run runs the blocks of a page with one mark, and returns how many there are.
func run(t *testing.T, dir string, fences []fence, mark, prologue string, env []string) (commands int) {
	t.Helper()

	// The commands of a page run in one shell, so that its variables last. What
	// each block prints comes before a line that names the block.
	var script strings.Builder
	script.WriteString("set -eu\n" + prologue)
	for i, f := range fences {
		if f.mark == "sh" && f.file == mark {
			script.WriteString(f.text + "echo '--- end of block'\n")
			require.NotContains(t, f.text, "aws quicksight describe-data-source --aws-account-id", "block %d: want --endpoint-url", i)
		}
	}
	cmd := exec.CommandContext(t.Context(), "bash", "-c", script.String())
	cmd.Dir, cmd.Env = dir, env
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	require.NoError(t, cmd.Run(), "%s\n%s", stdout.String(), stderr.String())

	printed := strings.Split(stdout.String(), "--- end of block\n")
	for i, f := range fences {
		if f.mark != "sh" || f.file != mark {
			continue
		}
		want := ""
		if i+1 < len(fences) && fences[i+1].mark == "" {
			want = fences[i+1].text
		}
		require.Equal(t, want, printed[commands], f.text)
		commands++
	}
	return commands
}

// startService starts rowsight serve in a folder and returns its address.
func startService(t *testing.T, dir, path string) string {
	t.Helper()
	rowsight := filepath.Join(strings.Split(path, ":")[0], "rowsight")
	cmd := exec.Command(rowsight, "serve", "--dir", "quicksight", "--listen", "127.0.0.1:0")
	cmd.Dir = dir
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		select {
		case err := <-ended:
			require.NoError(t, err, stderr.String())
		case <-time.After(30 * time.Second):
			_ = cmd.Process.Kill()
			t.Error("the service did not end")
		}
		require.NotContains(t, stderr.String(), "Correct-Horse", "a password in the log")
	})
	reader := bufio.NewReader(out)
	line, err := reader.ReadString('\n')
	require.NoError(t, err, stderr.String())
	go func() { _, _ = io.Copy(io.Discard, reader) }()
	_, url, ok := strings.Cut(strings.TrimSpace(line), " at ")
	require.True(t, ok, line)
	return url
}
