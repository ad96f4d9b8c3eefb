package rowsight_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
)

// TestReadmeCode: the Go code of the README is the bodies of our examples, which
// go test compiles and runs.
func TestReadmeCode(t *testing.T) {
	bodies := exampleBodies(t, "example_test.go")
	blocks := fenced(t, "README.md", "go")
	require.NotEmpty(t, blocks)
	for _, block := range blocks {
		require.Contains(t, bodies, block, "no Example has this body")
	}
}

// TestReadmeCommands: the first two commands are what the gate runs, and it
// takes them from the README.
func TestReadmeCommands(t *testing.T) {
	require.Equal(t, "go run ./examples/quickstart\ngo test ./...", fenced(t, "README.md", "sh")[0])
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

// TestReadmeOutput: what the README says an example prints is what the example
// says, which go test compares with what it prints.
func TestReadmeOutput(t *testing.T) {
	source, err := os.ReadFile("example_test.go")
	require.NoError(t, err)
	printed := 0
	for _, block := range fenced(t, "README.md", "") {
		if strings.HasPrefix(block, "go run ") {
			continue // commands to try, not output
		}
		require.Contains(t, string(source), "// Output:\n\t// "+strings.ReplaceAll(block, "\n", "\n\t// ")+"\n")
		printed++
	}
	require.Equal(t, 3, printed)
}

// TestLinks: links of Markdown files lead to files, and to places in them, that
// are there.
func TestLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#\s]*)(?:#([^)\s]*))?\)`)
	seen, places := 0, make(map[string][]string)
	for _, name := range markdownFiles(t) {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
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

// fenced returns the blocks of a Markdown file that are marked with lang.
func fenced(t *testing.T, name, lang string) (blocks []string) {
	t.Helper()
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	inside, block := "", []string(nil)
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		mark, fence := strings.CutPrefix(line, "```")
		switch {
		case fence && block == nil:
			inside, block = mark, []string{}
		case fence:
			if inside == lang {
				blocks = append(blocks, strings.Join(block, "\n"))
			}
			block = nil
		case block != nil:
			block = append(block, line)
		}
	}
	return blocks
}

// exampleBodies returns the bodies of the Example functions of a file, without
// their indentation and without the expected output.
func exampleBodies(t *testing.T, name string) (bodies []string) {
	t.Helper()
	source, err := os.ReadFile(name)
	require.NoError(t, err)
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, source, parser.ParseComments)
	require.NoError(t, err)
	for _, d := range file.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || !strings.HasPrefix(fn.Name.Name, "Example") {
			continue
		}
		body := string(source[fset.Position(fn.Body.Lbrace).Offset+1 : fset.Position(fn.Body.Rbrace).Offset])
		body, _, _ = strings.Cut(body, "\t// Output:")
		body = strings.ReplaceAll(strings.Trim(body, "\n"), "\n\t", "\n")
		bodies = append(bodies, strings.TrimPrefix(body, "\t"))
	}
	return bodies
}
