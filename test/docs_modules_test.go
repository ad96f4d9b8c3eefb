package test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	intoFolder = regexp.MustCompile(`\bcd ([a-z0-9./]+)`)
	goCommand  = regexp.MustCompile("(^|&& |\\| `)go (run|test|build|vet) ")
)

// TestDocsModules: a command in a module that go.work leaves out needs GOWORK=off, or
// it fails for everybody who copies it. Commands of pages and comments in a nested
// module begin in its folder, and all others at the root.
func TestDocsModules(t *testing.T) {
	work, err := os.ReadFile("go.work")
	require.NoError(t, err)
	commands := 0
	require.NoError(t, filepath.WalkDir(".", func(at string, d fs.DirEntry, err error) error {
		ext := filepath.Ext(at)
		if err != nil || ext != ".md" && ext != ".go" || strings.Contains(at, "testdata") {
			return err
		}
		text, err := os.ReadFile(at)
		require.NoError(t, err)
		begin := moduleOf(filepath.Dir(at))
		folder := begin
		for i, line := range strings.Split(string(text), "\n") {
			if ext == ".go" {
				var ok bool
				if line, ok = strings.CutPrefix(line, "//\t"); !ok {
					folder = begin
					continue
				}
			}
			if strings.HasPrefix(line, "```") || strings.HasPrefix(line, "#") {
				folder = begin
			}
			if m := intoFolder.FindStringSubmatch(line); m != nil {
				folder = filepath.Join(folder, m[1])
			}
			if !goCommand.MatchString(line) {
				continue
			}
			commands++
			module := moduleOf(folder)
			known := module == "." || strings.Contains(string(work), "\t./"+filepath.ToSlash(module)+"\n")
			require.True(t, known, "%s:%d: %s is not in go.work: write GOWORK=off before go", at, i+1, module)
			if strings.Contains(line, "|") { // each command in a table begins anew
				folder = begin
			}
		}
		return nil
	}))
	require.Greater(t, commands, 10)
}

// moduleOf returns the folder of the module that a folder belongs to.
func moduleOf(folder string) string {
	for folder != "." {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			break
		}
		folder = filepath.Dir(folder)
	}
	return folder
}
