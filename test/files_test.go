package test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A goFile is a parsed file of the root module.
type goFile struct {
	path, pkg string // relative to the root, with slashes
	test      bool
	fset      *token.FileSet
	ast       *ast.File
}

func (f goFile) position(n ast.Node) string { return f.fset.Position(n.Pos()).String() }

func goFiles(t *testing.T) []goFile {
	t.Helper()
	files := goFilesBelow(t, ".")
	require.Greater(t, len(files), 20, "the walk finds the house")
	return files
}

// goFilesBelow parses the Go files of a folder, without the modules in it.
func goFilesBelow(t *testing.T, dir string) (files []goFile) {
	t.Helper()
	fset := token.NewFileSet()
	walkBelow(t, dir, func(path string) {
		if filepath.Ext(path) != ".go" {
			return
		}
		parsed, err := parser.ParseFile(fset, path, nil, parser.ParseComments|parser.SkipObjectResolution)
		require.NoError(t, err)
		files = append(files, goFile{
			path: path, pkg: filepath.ToSlash(filepath.Dir(path)), test: strings.HasSuffix(path, "_test.go"), fset: fset, ast: parsed,
		})
	}, "testdata")
	return files
}

// walk visits the files of the root module, without nested modules, hidden
// folders and the folders named in skip.
func walk(t *testing.T, visit func(path string), skip ...string) {
	t.Helper()
	walkBelow(t, ".", visit, skip...)
}

func walkBelow(t *testing.T, root string, visit func(path string), skip ...string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if !d.IsDir() {
			visit(path)
			return nil
		}
		if path == root {
			return nil
		}
		_, nested := os.Stat(filepath.Join(path, "go.mod"))
		if nested == nil || strings.HasPrefix(d.Name(), ".") || slices.Contains(skip, d.Name()) {
			return filepath.SkipDir
		}
		return nil
	}))
}

// maxTracked is the size of a file in the repository. Every clone has all its
// versions.
const maxTracked = 1 << 20

// maxLines is how long a file of Go may be, tests and nested modules included. A
// longer one holds more than one concept.
const maxLines = 450

// TestTracked: no program, and no other large file, is in the repository, and no Go
// file is too long to read.
func TestTracked(t *testing.T) {
	tracked(t, func(path string, text []byte) {
		require.LessOrEqual(t, len(text), maxTracked, "%s is too large for the repository", path)
		if filepath.Ext(path) == ".go" {
			require.LessOrEqual(t, bytes.Count(text, []byte("\n")), maxLines, "%s: split the file by concept", path)
		}
		for _, magic := range []string{"\x7fELF", "MZ\x90", "\xcf\xfa\xed\xfe", "\x00asm"} {
			require.False(t, bytes.HasPrefix(text, []byte(magic)), "%s is a program", path)
		}
	})
}

// TestNoMachinePaths: no file names a folder of the machine it was written on, or where that
// machine gets its packages. Files under testdata are what users might have.
func TestNoMachinePaths(t *testing.T) {
	bad := regexp.MustCompile(`(^|["'` + "`" + `\s=(])/(work|root|home|Users|tmp)/[A-Za-z]|https?://(registry|proxy|deb|repo[0-9]*)[.]`)
	tracked(t, func(path string, text []byte) {
		if !strings.Contains(path, "testdata/") && !bytes.ContainsRune(text, 0) {
			require.False(t, bad.Match(text), "%s: %q", path, bad.Find(text))
		}
	})
}

// tracked visits the files of the repository, those of nested modules included.
func tracked(t *testing.T, visit func(path string, text []byte)) {
	t.Helper()
	list, err := exec.Command("git", "ls-files", "-z").Output()
	if err != nil {
		t.Skip("this is not a git checkout")
	}
	count := 0
	for path := range strings.SplitSeq(strings.TrimRight(string(list), "\x00"), "\x00") {
		text, err := os.ReadFile(path)
		if os.IsNotExist(err) {
			continue // deleted, and not yet committed
		}
		require.NoError(t, err)
		count++
		visit(path, text)
	}
	require.Greater(t, count, 1000)
}
