package test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestDocsCode: the Go code of every page is compiled. A block stands, line by
// line, in a test or an example program of this repository; a block that begins
// with a package clause is a whole file. An untagged block behind it is what the
// example with that code prints.
func TestDocsCode(t *testing.T) {
	sources := compiledSources(t)
	pages, outputs := 0, 0
	for _, page := range markdownFiles(t) {
		blocks := fences(t, page)
		for i, block := range blocks {
			if block.mark != "go" {
				continue
			}
			pages++
			rest, found := findCode(sources, block.lines)
			require.True(t, found, "%s: no test and no example program has this code:\n%s", page, strings.Join(block.lines, "\n"))
			if i+1 < len(blocks) && blocks[i+1].mark == "" {
				require.Equal(t, blocks[i+1].lines, exampleOutput(rest), "%s: what the code prints", page)
				outputs++
			}
		}
	}
	require.GreaterOrEqual(t, pages, 5)
	require.GreaterOrEqual(t, outputs, 5)
}

// TestReadmeLength: the README fits on a screen or two. The rest is in docs.
func TestReadmeLength(t *testing.T) {
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	require.LessOrEqual(t, strings.Count(string(text), "\n"), 120)
}

// TestDocsIndex: every page of docs is reachable from the index.
func TestDocsIndex(t *testing.T) {
	index, err := os.ReadFile(filepath.Join("docs", "README.md"))
	require.NoError(t, err)
	found, err := filepath.Glob(filepath.Join("docs", "*.md"))
	require.NoError(t, err)
	for _, page := range found {
		if name := filepath.Base(page); name != "README.md" {
			require.Contains(t, string(index), "("+name+")", "docs/README.md does not link to %s", name)
		}
	}
}

// compiledSources returns the lines of every file that the gate compiles and
// that may hold the code of a page: tests, and programs under examples.
func compiledSources(t *testing.T) (sources [][]string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (path != "." && strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata"):
			return filepath.SkipDir
		case d.IsDir() || filepath.Ext(path) != ".go":
			return nil
		case !strings.HasSuffix(path, "_test.go") && !strings.Contains("/"+filepath.ToSlash(path), "/examples/"):
			return nil
		}
		text, err := os.ReadFile(path)
		sources = append(sources, strings.Split(string(text), "\n"))
		return err
	}))
	require.Greater(t, len(sources), 100)
	return sources
}

// findCode looks for a block in the sources, indented or not, and returns the
// lines that follow it. A block with a package clause must be a whole file.
func findCode(sources [][]string, block []string) (rest []string, found bool) {
	for _, source := range sources {
		if strings.HasPrefix(block[0], "package ") {
			if strings.Join(block, "\n") == strings.TrimSpace(strings.Join(source, "\n")) {
				return nil, true
			}
			continue
		}
		for at := range source {
			indent, ok := strings.CutSuffix(source[at], block[0])
			if ok && strings.Trim(indent, "\t") == "" && sameCode(source[at:], block, indent) {
				return source[at+len(block):], true
			}
		}
	}
	return nil, false
}

// sameCode reports whether source begins with the block. The lines of raw
// strings are not indented.
func sameCode(source, block []string, indent string) bool {
	if len(source) < len(block) {
		return false
	}
	for i, line := range block {
		if source[i] != line && source[i] != indent+line {
			return false
		}
	}
	return true
}

// exampleOutput returns what the Output comment in the lines says.
func exampleOutput(lines []string) (output []string) {
	for i, line := range lines {
		first, ok := strings.CutPrefix(line, "\t// Output:")
		if !ok {
			continue
		}
		if first = strings.TrimSpace(first); first != "" {
			output = append(output, first)
		}
		for _, line := range lines[i+1:] {
			text, ok := strings.CutPrefix(line, "\t// ")
			if !ok {
				break
			}
			output = append(output, text)
		}
		break
	}
	return output
}

// A fence is a block of a Markdown file.
type fence struct {
	mark  string // behind the opening fence: go, sh, or nothing
	lines []string
}

func fences(t *testing.T, name string) (blocks []fence) {
	t.Helper()
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	open := false
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		mark, isFence := strings.CutPrefix(line, "```")
		switch {
		case isFence && !open:
			blocks, open = append(blocks, fence{mark: mark}), true
		case isFence:
			open = false
		case open:
			last := &blocks[len(blocks)-1]
			last.lines = append(last.lines, line)
		}
	}
	require.False(t, open, "%s: a block without an end", name)
	return blocks
}
