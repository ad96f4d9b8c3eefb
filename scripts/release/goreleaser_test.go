package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"os"
	"os/exec"
	pathpkg "path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/template"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// goreleaser is all of .goreleaser.yaml. A key that is not here is an error, so that
// nothing is said there that no test compares.
type goreleaser struct {
	Version int
	Name    string `yaml:"project_name"`
	Git     struct {
		IgnoreTags []string `yaml:"ignore_tags"`
	}
	Before struct{ Hooks []string }
	Builds []struct {
		ID, Dir, Binary                   string
		Env, Flags, Ldflags, Goos, Goarch []string
		ModTimestamp                      string `yaml:"mod_timestamp"`
		Hooks                             struct{ Post []struct{ Cmd string } }
	}
	Archives []struct {
		NameTemplate    string `yaml:"name_template"`
		Formats         []string
		FormatOverrides []struct {
			Goos    string
			Formats []string
		} `yaml:"format_overrides"`
		Files []struct{ Src, Dst string }
	}
	Sboms []struct {
		Artifacts, Cmd  string
		Args, Documents []string
	}
	Nfpms []struct {
		ID, Vendor, Homepage, Maintainer, Description, License, Section, Bindir, Mtime string
		PackageName                                                                    string `yaml:"package_name"`
		FileNameTemplate                                                               string `yaml:"file_name_template"`
		Formats                                                                        []string
		Contents                                                                       []struct{ Src, Dst, Packager string }
	}
	Checksum struct {
		NameTemplate string `yaml:"name_template"`
	}
	Snapshot struct {
		VersionTemplate string `yaml:"version_template"`
	}
	Changelog, Release struct{ Disable bool }
}

// TestGoreleaser: .goreleaser.yaml has the platforms, names, flags and files of a
// release, and publishes nothing.
func TestGoreleaser(t *testing.T) {
	root := filepath.Join("..", "..")
	text, err := os.ReadFile(filepath.Join(root, ".goreleaser.yaml"))
	require.NoError(t, err)
	var g goreleaser
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	require.NoError(t, d.Decode(&g))
	require.Len(t, g.Builds, 1)
	require.Len(t, g.Archives, 1)
	require.Len(t, g.Sboms, 1)
	require.Len(t, g.Nfpms, 1)
	build, archive, sbom, packages := g.Builds[0], g.Archives[0], g.Sboms[0], g.Nfpms[0]
	require.Equal(t, "rowsight", g.Name)
	require.Equal(t, "rowsight", build.Binary)
	require.Equal(t, "rowsight", packages.PackageName)
	require.Equal(t, "cmd/rowsight", build.Dir)
	require.Equal(t, []string{"CGO_ENABLED=0"}, build.Env)
	require.Equal(t, "checksums.txt", g.Checksum.NameTemplate)
	require.True(t, g.Release.Disable, "scripts/release makes the releases")
	require.Equal(t, "https://"+path, packages.Homepage)
	require.Contains(t, formulaText, packages.Description)
	require.Contains(t, formulaText, "license \""+packages.License+"\"")

	render := func(text, platform string) string {
		system, processor, _ := strings.Cut(platform, "/")
		var b strings.Builder
		parsed, err := template.New("").Option("missingkey=error").Parse(text)
		require.NoError(t, err)
		require.NoError(t, parsed.Execute(&b, map[string]string{"Version": "0.2.0", "FullCommit": testCommit, "Os": system, "Arch": processor, "Path": "PROGRAM"}))
		return b.String()
	}
	var made []string
	for _, system := range build.Goos {
		for _, processor := range build.Goarch {
			made = append(made, system+"/"+processor)
		}
	}
	require.ElementsMatch(t, platforms, made)
	require.Len(t, build.Ldflags, 1)
	require.Equal(t, buildFlags(testCommit), append(build.Flags, "-ldflags="+render(build.Ldflags[0], "")))

	require.Equal(t, []string{"tar.gz"}, archive.Formats)
	require.Len(t, build.Hooks.Post, 1)
	require.Len(t, archive.Files, 2)
	for _, platform := range platforms {
		kind := "tar.gz"
		for _, o := range archive.FormatOverrides {
			if strings.HasPrefix(platform, o.Goos+"/") {
				require.Len(t, o.Formats, 1)
				kind = o.Formats[0]
			}
		}
		require.Equal(t, archiveName("v0.2.0", platform), render(archive.NameTemplate, platform)+"."+kind)
		require.Equal(t, base("v0.2.0", platform), render(packages.FileNameTemplate, platform))
		bill := "build/" + base("v0.2.0", platform) + ".spdx.json"
		require.Equal(t, "env GOWORK=off go run -C scripts/release . v0.2.0 --sbom PROGRAM --out ../../"+bill, render(build.Hooks.Post[0].Cmd, platform))
		require.Equal(t, bill, render(archive.Files[1].Src, platform))
		require.Equal(t, []string{"../" + bill, "$document"}, []string{render(sbom.Args[0], platform), sbom.Args[1]})
		require.Equal(t, []string{base("v0.2.0", platform) + ".spdx.json"}, []string{render(sbom.Documents[0], platform)})
	}
	require.Equal(t, "rowsight.spdx.json", archive.Files[1].Dst)
	require.Equal(t, []string{"env GOWORK=off go run -C scripts/release . v0.2.0 --files ../../build/files"}, []string{render(g.Before.Hooks[0], "")})
	require.Equal(t, struct{ Src, Dst string }{"build/files/**", "."}, archive.Files[0], "all that --files writes")

	names := extraNames(t)
	for _, format := range packages.Formats {
		var left []string
		for _, name := range names {
			if !slices.ContainsFunc(packages.Contents, func(c struct{ Src, Dst, Packager string }) bool {
				ok, err := pathpkg.Match(c.Src, "build/files/"+name)
				require.NoError(t, err)
				return ok && (c.Packager == "" || c.Packager == format)
			}) {
				left = append(left, name)
			}
		}
		require.Equal(t, []string{"README.md", "completions/rowsight.powershell"}, left, "files that the %s package does not have", format)
	}
	for _, c := range packages.Contents {
		require.True(t, slices.ContainsFunc(names, func(name string) bool { ok, _ := pathpkg.Match(c.Src, "build/files/"+name); return ok }), "%s matches a file", c.Src)
	}

	if program, err := exec.LookPath("goreleaser"); err == nil {
		cmd := exec.Command(program, "check")
		cmd.Dir = root
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
	}
}

// extraNames returns the names of the files beside the command.
func extraNames(t *testing.T) []string {
	names := slices.Clone(texts)
	for _, shell := range shells {
		names = append(names, "completions/rowsight."+shell)
	}
	pages, err := manPages(filepath.Join("..", "..", "docs", "cli"), "v0.2.0", made)
	require.NoError(t, err)
	for _, p := range pages {
		names = append(names, p.name)
	}
	return names
}

// TestSnapshot reads what goreleaser made, and runs the command in it. The workflow ci
// names the folder.
func TestSnapshot(t *testing.T) {
	dist := os.Getenv("ROWSIGHT_SNAPSHOT")
	if dist == "" {
		t.Skip("ROWSIGHT_SNAPSHOT names no folder that goreleaser release --snapshot wrote")
	}
	found, err := filepath.Glob(filepath.Join(dist, "rowsight_*_linux_amd64.tar.gz"))
	require.NoError(t, err)
	require.Len(t, found, 1)
	version := "v" + strings.TrimSuffix(strings.TrimPrefix(filepath.Base(found[0]), "rowsight_"), "_linux_amd64.tar.gz")
	sums, err := os.ReadFile(filepath.Join(dist, "checksums.txt"))
	require.NoError(t, err)
	want := append(extraNames(t), "rowsight.spdx.json")
	for _, platform := range platforms {
		name := archiveName(version, platform)
		at := filepath.Join(dist, name)
		require.Contains(t, string(sums), "  "+name+"\n")
		require.Contains(t, string(sums), "  "+base(version, platform)+".spdx.json\n")
		root := t.TempDir()
		if strings.HasSuffix(name, ".zip") {
			r, err := zip.OpenReader(at)
			require.NoError(t, err)
			require.NoError(t, os.CopyFS(root, r))
			require.NoError(t, r.Close())
			require.ElementsMatch(t, append(slices.Clone(want), "rowsight.exe"), list(t, root))
			continue
		}
		f, err := os.Open(at)
		require.NoError(t, err)
		defer f.Close()
		zr, err := gzip.NewReader(f)
		require.NoError(t, err)
		unpack(t, zr, root)
		require.ElementsMatch(t, append(slices.Clone(want), "rowsight"), list(t, root))
		if platform == "linux/amd64" {
			ran(t, root, filepath.Join(root, "rowsight"))
		}
	}

	for _, processor := range []string{"amd64", "arm64"} {
		at, err := filepath.Abs(filepath.Join(dist, base(version, "linux/"+processor)))
		require.NoError(t, err)
		require.Contains(t, string(sums), "  "+filepath.Base(at)+".deb\n")
		require.Contains(t, string(sums), "  "+filepath.Base(at)+".rpm\n")
		root := t.TempDir()
		out, err := exec.Command("dpkg-deb", "--extract", at+".deb", root).CombinedOutput()
		require.NoError(t, err, string(out))
		installed(t, list(t, root), "usr/share/zsh/vendor-completions/_rowsight", "usr/share/doc/rowsight/copyright")
		if processor == "amd64" {
			ran(t, root, filepath.Join(root, "usr", "bin", "rowsight"))
		}
		if _, err := exec.LookPath("rpm"); err != nil {
			t.Log("rpm is not installed: its packages were not read")
			continue
		}
		out, err = exec.Command("rpm", "--query", "--list", "--package", "--noartifact", at+".rpm").Output()
		require.NoError(t, err, string(out))
		installed(t, strings.Split(strings.ReplaceAll("\n"+strings.TrimSpace(string(out)), "\n/", "\n"), "\n")[1:], "usr/share/zsh/site-functions/_rowsight", "usr/share/licenses/rowsight/LICENSE")
	}
}

// installed compares the files of a package.
func installed(t *testing.T, got []string, more ...string) {
	want := append(more, "usr/bin/rowsight", "usr/share/bash-completion/completions/rowsight", "usr/share/fish/vendor_completions.d/rowsight.fish", "usr/share/doc/rowsight/CHANGELOG.md")
	for _, name := range extraNames(t) {
		if page, ok := strings.CutPrefix(name, "man/"); ok {
			want = append(want, "usr/share/man/man1/"+page)
		}
	}
	require.ElementsMatch(t, want, got)
}

// ran runs a command that goreleaser built: it names the commit of the checkout.
func ran(t *testing.T, dir, command string) {
	commit, err := run(".", os.Environ(), "git", "rev-parse", "HEAD")
	require.NoError(t, err)
	cmd := exec.Command(command, "--version")
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	require.Contains(t, string(out), commit[:12])
}
