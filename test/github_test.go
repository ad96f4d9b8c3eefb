package test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// TestDependabot: every module is kept up to date.
func TestDependabot(t *testing.T) {
	text, err := os.ReadFile(".github/dependabot.yml")
	require.NoError(t, err)
	var config struct {
		Updates []struct {
			Ecosystem   string `yaml:"package-ecosystem"`
			Directories []string
		}
	}
	require.NoError(t, yaml.Unmarshal(text, &config))
	var patterns []string
	for _, u := range config.Updates {
		if u.Ecosystem == "gomod" {
			patterns = append(patterns, u.Directories...)
		}
	}
	modules := 0
	require.NoError(t, filepath.WalkDir(".", func(at string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() != "go.mod" || strings.Contains(at, "testdata") {
			return err
		}
		modules++
		dir := path.Join("/", filepath.ToSlash(filepath.Dir(at)))
		for _, p := range patterns {
			if ok, err := path.Match(p, dir); ok || err != nil {
				return err
			}
		}
		t.Errorf("dependabot.yml: no directory matches %s", dir)
		return nil
	}))
	require.Greater(t, modules, 10)
}

// TestDevcontainer: the container has the Go of go.mod, and its command is there.
func TestDevcontainer(t *testing.T) {
	text, err := os.ReadFile(".devcontainer/devcontainer.json")
	require.NoError(t, err)
	var config struct{ Image, PostCreateCommand string }
	require.NoError(t, json.Unmarshal(text, &config))
	mod, err := os.ReadFile("go.mod")
	require.NoError(t, err)
	version := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindSubmatch(mod)
	require.NotNil(t, version)
	require.Contains(t, config.Image, "/go:"+string(version[1])+"-")
	run, err := os.ReadFile(".ci/run")
	require.NoError(t, err)
	require.Contains(t, config.PostCreateCommand, ".ci/run --install")
	require.Contains(t, string(run), "= --install ]")
}

// TestBadges: a badge of a workflow names a workflow that is there, and leads to it.
func TestBadges(t *testing.T) {
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	badges := regexp.MustCompile(`\]\(https://github\.com/rowsight/rowsight/actions/workflows/([a-z.]+?)(/badge\.svg)?\)`).FindAllSubmatch(text, -1)
	require.Len(t, badges, 2)
	for _, badge := range badges {
		require.FileExists(t, filepath.Join(".github", "workflows", string(badge[1])))
	}
}

// TestNoLog: packages log by log/slog, to the logger that they are given.
func TestNoLog(t *testing.T) {
	for _, f := range goFiles(t) {
		if f.test || f.ast.Name.Name == "main" {
			continue
		}
		for _, i := range f.ast.Imports {
			require.NotEqual(t, `"log"`, i.Path.Value, f.path)
		}
	}
}
