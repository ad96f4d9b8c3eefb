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
// it fails for everybody who copies it.
func TestDocsModules(t *testing.T) {
	work, err := os.ReadFile("go.work")
	require.NoError(t, err)
	commands := 0
	require.NoError(t, filepath.WalkDir(".", func(at string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(at) != ".md" || strings.Contains(at, "testdata") {
			return err
		}
		text, err := os.ReadFile(at)
		require.NoError(t, err)
		folder := "."
		for i, line := range strings.Split(string(text), "\n") {
			if strings.HasPrefix(line, "```") || strings.HasPrefix(line, "#") {
				folder = "."
			}
			if m := intoFolder.FindStringSubmatch(line); m != nil {
				folder = filepath.Join(folder, m[1])
			}
			if !goCommand.MatchString(line) {
				continue
			}
			commands++
			module := folder
			for module != "." {
				if _, err := os.Stat(filepath.Join(module, "go.mod")); err == nil {
					break
				}
				module = filepath.Dir(module)
			}
			known := module == "." || strings.Contains(string(work), "\t./"+filepath.ToSlash(module)+"\n")
			require.True(t, known, "%s:%d: %s is not in go.work: write GOWORK=off before go", at, i+1, module)
			if strings.Contains(line, "|") { // a command in a table begins at the root
				folder = "."
			}
		}
		return nil
	}))
	require.Greater(t, commands, 10)
}
