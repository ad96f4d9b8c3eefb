package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPages runs every command of the README and of the pages in docs, and
// compares what it prints with what the page shows; -update writes what it
// prints.
//
//	```csv rules.csv     a block with the name of a file is written to it
//	```console           "$ " begins a command; what it prints follows
//
// The commands of a page run in one folder, one after the other, and find the
// exit code of the one before in $?.
func TestPages(t *testing.T) {
	pages, err := filepath.Glob(filepath.Join("..", "..", "docs", "*.md"))
	require.NoError(t, err)
	commands := make(map[string]int)
	for _, path := range append(pages, filepath.Join("..", "..", "README.md")) {
		t.Run(filepath.Base(path), func(t *testing.T) { commands[filepath.Base(path)] = runPage(t, path) })
	}
	for page, min := range map[string]int{"tutorial.md": 15, "README.md": 1} {
		if n, ran := commands[page]; ran {
			require.GreaterOrEqual(t, n, min, "commands of %s that ran", page)
		}
	}
}

// TestField runs the field cases: each is a page, with the files beside it.
func TestField(t *testing.T) {
	pages, err := filepath.Glob(filepath.Join("..", "..", "testdata", "field", "*", "README.md"))
	require.NoError(t, err)
	require.Greater(t, len(pages), 10)
	for _, path := range pages {
		t.Run(filepath.Base(filepath.Dir(path)), func(t *testing.T) {
			require.Positive(t, runPage(t, path, filepath.Dir(path)))
		})
	}
}

// runPage runs the commands of a page and returns how many there were. They
// find the files of some folders.
func runPage(t *testing.T, path string, folders ...string) int {
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	s := shell{t: t, dir: t.TempDir()}
	for _, folder := range folders {
		require.NoError(t, os.CopyFS(s.dir, os.DirFS(folder)))
	}
	var out strings.Builder
	var block []string // lines of the block that is open
	language, file, open := "", "", false
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case !open && strings.HasPrefix(line, "```"):
			language, file, _ = strings.Cut(strings.TrimPrefix(line, "```"), " ")
			open, block = true, nil
			fmt.Fprintln(&out, line)
		case open && line == "```":
			for _, line := range s.block(language, file, block) {
				fmt.Fprintln(&out, line)
			}
			open = false
			fmt.Fprintln(&out, line)
		case open:
			block = append(block, line)
		default:
			fmt.Fprintln(&out, line)
		}
	}
	require.False(t, open, "a block without an end")
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(out.String()), 0o666))
	}
	require.Equal(t, string(text), out.String(), "go test -run TestPages . -update writes it")
	return s.commands
}

// A shell runs the blocks of a page.
type shell struct {
	t        *testing.T
	dir      string
	code     int // of the last command
	commands int
}

// block runs a block, or writes it to a file, and returns its lines as they
// should be.
func (s *shell) block(language, file string, lines []string) []string {
	if file != "" {
		path := filepath.Join(s.dir, filepath.FromSlash(file))
		require.NoError(s.t, os.MkdirAll(filepath.Dir(path), 0o777))
		require.NoError(s.t, os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o666))
	}
	if language != "console" {
		return lines
	}
	var is []string
	for _, line := range lines {
		if command, ok := strings.CutPrefix(line, "$ "); ok {
			is = append(is, line)
			is = append(is, s.run(command)...)
		}
	}
	return is
}

// took is what differs from run to run.
var took = regexp.MustCompile(` in [0-9.]+(µs|ms|s)\n`)

// run runs one command and returns the lines it prints, to either output.
func (s *shell) run(command string) []string {
	s.commands++
	cmd := exec.Command("bash", "-c", fmt.Sprintf("(exit %d)\n%s", s.code, command))
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "NO_COLOR=1", "GIT_CONFIG_GLOBAL="+os.DevNull)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	var exit *exec.ExitError
	require.True(s.t, err == nil || errors.As(err, &exit), "%s: %v", command, err)
	s.code = cmd.ProcessState.ExitCode()
	text := took.ReplaceAllString(out.String(), "\n")
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}
