package trino

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"github.com/rowsight/rowsight/integration/internal/jvm"
)

// Version is the release of Trino that is run.
const Version = "476"

// ErrMissing is wrapped by the errors that say what this machine lacks.
var ErrMissing = jvm.ErrMissing

// pom asks Maven for the three archives and nothing they depend on: they hold
// all they need.
const pom = `<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>com.github.rowsight</groupId>
  <artifactId>trino</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <build><plugins><plugin>
    <groupId>org.apache.maven.plugins</groupId>
    <artifactId>maven-dependency-plugin</artifactId>
    <configuration><outputDirectory>${project.basedir}</outputDirectory><artifactItems>
      <artifactItem><groupId>io.trino</groupId><artifactId>trino-server-core</artifactId><version>` + Version + `</version><type>tar.gz</type></artifactItem>
      <artifactItem><groupId>io.trino</groupId><artifactId>trino-memory</artifactId><version>` + Version + `</version><type>zip</type></artifactItem>
      <artifactItem><groupId>io.trino</groupId><artifactId>trino-tpch</artifactId><version>` + Version + `</version><type>zip</type></artifactItem>
    </artifactItems></configuration>
  </plugin></plugins></build>
</project>
`

// home returns the folder of the server: lib with its jars, and plugin with a
// folder for each connector. It fetches what is not in the cache.
func home(ctx context.Context) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "rowsight", "trino-"+Version)
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	maven, err := exec.LookPath("mvn")
	if err != nil {
		return "", fmt.Errorf("maven, which fetches Trino, is %w: no mvn in PATH", ErrMissing)
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return "", err
	}
	// All is made in a folder beside it and moved at the end, so that what is in
	// the cache is whole, also if two fetch it at once.
	tmp, err := os.MkdirTemp(filepath.Dir(dir), "fetch-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(tmp)
	if err := os.WriteFile(filepath.Join(tmp, "pom.xml"), []byte(pom), 0o644); err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, maven, "--batch-mode", "--quiet", "--file", filepath.Join(tmp, "pom.xml"), "dependency:copy")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("maven did not get Trino %s from Maven Central: %w\n%s", Version, err, out)
	}
	made := filepath.Join(tmp, "made")
	if err := untar(filepath.Join(tmp, "trino-server-core-"+Version+".tar.gz"), made, "lib/"); err != nil {
		return "", err
	}
	for _, name := range []string{"memory", "tpch"} {
		if err := unzip(filepath.Join(tmp, "trino-"+name+"-"+Version+".zip"), filepath.Join(made, "plugin", name)); err != nil {
			return "", err
		}
	}
	if err := os.Rename(made, dir); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	return dir, nil
}

// untar writes the files of an archive whose path, without the archive's own
// folder, starts with prefix.
func untar(archive, dir, prefix string) error {
	f, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return fmt.Errorf("%s: %w", archive, err)
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", archive, err)
		}
		_, name, _ := strings.Cut(path.Clean(h.Name), "/")
		if h.Typeflag != tar.TypeReg || !strings.HasPrefix(name, prefix) {
			continue
		}
		if err := write(dir, name, r); err != nil {
			return err
		}
	}
}

// unzip writes the files of an archive, without the archive's own folder.
func unzip(archive, dir string) error {
	z, err := zip.OpenReader(archive)
	if err != nil {
		return fmt.Errorf("%s: %w", archive, err)
	}
	defer z.Close()
	for _, f := range z.File {
		_, name, _ := strings.Cut(path.Clean(f.Name), "/")
		if f.FileInfo().IsDir() || name == "" {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return fmt.Errorf("%s: %w", archive, err)
		}
		if err := errors.Join(write(dir, name, r), r.Close()); err != nil {
			return err
		}
	}
	return nil
}

func write(dir, name string, r io.Reader) error {
	if !filepath.IsLocal(name) {
		return fmt.Errorf("the archive wants to write %q", name)
	}
	to := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	f, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Close())
}
