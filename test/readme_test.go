package test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
)

// TestReadmeCommands: the first two commands are what the gate runs, and it
// takes them from the README.
func TestReadmeCommands(t *testing.T) {
	require.Equal(t, "go run ./examples/quickstart\ngo test ./...", firstShell(t))
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("bash is not here")
	}
	// The gate's own function, run alone.
	gate, err := os.ReadFile(filepath.Join(".ci", "run"))
	require.NoError(t, err)
	fn := regexp.MustCompile(`(?m)^readme\(\) \{\n(?:.*\n)*?\}\n`).FindString(string(gate))
	require.NotEmpty(t, fn)
	out, err := exec.Command("bash", "-c", fn+"readme").CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Equal(t, "go run ./examples/quickstart\ngo test ./...\n", string(out))
	require.Contains(t, string(gate), "done < <(readme)")
}

// TestLinks: links of Markdown files lead to files, and to places in them, that
// are there.
func TestLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#\s]*)(?:#([^)\s]*))?\)`)
	code := regexp.MustCompile("(?ms)^```.*?^```$") // Go calls a generic function as Markdown writes a link
	seen, places := 0, make(map[string][]string)
	for _, name := range markdownFiles(t) {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		for _, m := range link.FindAllStringSubmatch(code.ReplaceAllString(string(text), ""), -1) {
			if strings.Contains(m[1], "://") || strings.HasPrefix(m[1], "mailto:") {
				continue
			}
			seen++
			target := name
			if m[1] != "" {
				target = filepath.Join(filepath.Dir(name), m[1])
				_, err := os.Stat(target)
				require.NoError(t, err, "%s links to %s", name, m[1])
			}
			if m[2] == "" || filepath.Ext(target) != ".md" {
				continue
			}
			if places[target] == nil {
				places[target] = anchors(t, target)
			}
			require.Contains(t, places[target], m[2], "%s links to %s#%s", name, target, m[2])
		}
	}
	require.Greater(t, seen, 10)
}

// anchors returns the places of a Markdown file that a link can lead to: its
// headings, written as GitHub writes them, and its anchors.
func anchors(t *testing.T, name string) (names []string) {
	t.Helper()
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	heading, anchor := regexp.MustCompile("(?m)^#+ (.*)$"), regexp.MustCompile(`<a id="([^"]+)">`)
	for _, m := range heading.FindAllStringSubmatch(string(text), -1) {
		names = append(names, strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
				return unicode.ToLower(r)
			}
			return -1
		}, m[1]))
	}
	for _, m := range anchor.FindAllStringSubmatch(string(text), -1) {
		names = append(names, m[1])
	}
	return names
}

func markdownFiles(t *testing.T) (names []string) {
	t.Helper()
	walk(t, func(path string) {
		if filepath.Ext(path) == ".md" {
			names = append(names, path)
		}
	})
	return names
}

// firstShell returns the first shell block of the README.
func firstShell(t *testing.T) string {
	t.Helper()
	for _, block := range fences(t, "README.md") {
		if block.mark == "sh" {
			return strings.Join(block.lines, "\n")
		}
	}
	require.FailNow(t, "README.md has no shell block")
	return ""
}

// TestDecisions: decisions are numbered one after the other, and their headings say so.
func TestDecisions(t *testing.T) {
	files, err := filepath.Glob("docs/adr/[0-9]*.md")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for i, name := range files {
		require.True(t, strings.HasPrefix(filepath.Base(name), fmt.Sprintf("%04d-", i+1)), "%s, want number %d", name, i+1)
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(string(text), fmt.Sprintf("# %d. ", i+1)), "the heading of %s", name)
	}
}
