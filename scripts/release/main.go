// Command release makes a release: it tags the modules in the order in which they
// need each other, and checks that strangers can install them.
//
//	GOWORK=off go run . v0.2.0 --out ../../dist     build everything, tag nothing
//	GOWORK=off go run . v0.2.0 --out ../../dist --tag
//	GOWORK=off go run . v0.2.0 --files ../../build/files   the files beside the command, and no more
//
// It works in a clone of HEAD in a temporary folder. There each module names the
// version of the others, is committed, and becomes a zip in a module proxy of
// files. From that proxy, and with an empty module cache, it runs go install of
// the command and go get of every library in empty folders, as a new user does.
// Then it builds the command for each platform from the proxy and writes archives
// with completions, manual pages and licences, an OCI image, a Homebrew formula,
// checksums, a bill of materials for each archive (SPDX), and the notes from
// CHANGELOG.md. docs/adr/0020-goreleaser-for-packages-of-a-checkout.md says what
// goreleaser does beside it.
//
// With --tag it tags the commit in this repository. It pushes nothing.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/semver"
)

func main() {
	log.SetFlags(0)
	version := ""
	if len(os.Args) > 1 && !strings.HasPrefix(os.Args[1], "-") {
		version = os.Args[1]
		os.Args = append(os.Args[:1], os.Args[2:]...)
	}
	out := flag.String("out", "dist", "folder for archives, checksums and notes")
	tag := flag.Bool("tag", false, "tag the release in this repository")
	check := flag.Bool("check", false, "build for this platform only and write nothing")
	files := flag.String("files", "", "only write the files beside the command to this folder")
	program := flag.String("sbom", "", "only write the bill of materials of this program to the file of --out")
	flag.Parse()
	if !semver.IsValid(version) || semver.Canonical(version) != version {
		log.Fatalf("version: got %q, want one such as v0.2.0", version)
	}
	r := &release{version: version, out: *out, tag: *tag, check: *check}
	do := r.run
	switch {
	case *files != "":
		do = func() error { return r.writeFiles(*files) }
	case *program != "":
		do = func() error { return r.writeBill(*program, *out) }
	}
	if err := do(); err != nil {
		log.Fatalf("release %s: %v", version, err)
	}
}

// A release is one run.
type release struct {
	version, out string
	tag, check   bool

	repo   string    // the repository
	commit string    // that the release is made of
	made   time.Time // of that commit
	clone  string    // of it, in temp
	temp   string    // everything that goes at the end
	proxy  string    // the module proxy of files
	env    []string  // of go commands of a new user
}

// modules are published in this order: each needs only those before it.
var modules = []string{".", "adapters/arrow18", "adapters/aws", "adapters/parquet", "adapters/rediscodes", "adapters/otel", "adapters/duckdb", "adapters/flightsql", "adapters/flightsql/flightduck", "cmd/rowsight"}

const path = "github.com/rowsight/rowsight"

func (r *release) run() (err error) {
	if err := r.checkout(); err != nil {
		return err
	}
	if changes, err := r.output(r.repo, "git", "status", "--porcelain"); err != nil || changes != "" && !r.check {
		return fmt.Errorf("the checkout has changes that are not committed:\n%s%w", changes, orNil(err))
	}
	if r.temp, err = os.MkdirTemp("", "release"); err != nil {
		return err
	}
	defer r.clean()
	r.clone, r.proxy = filepath.Join(r.temp, "clone"), filepath.Join(r.temp, "proxy")
	if _, err := r.output(r.repo, "git", "clone", "--quiet", "--no-local", r.repo, r.clone); err != nil {
		return err
	}
	if err := r.newcomer(); err != nil {
		return err
	}
	for _, module := range modules {
		if _, err := os.Stat(filepath.Join(r.clone, module, "go.mod")); os.IsNotExist(err) {
			continue
		}
		if err := r.publish(module); err != nil {
			return fmt.Errorf("module %s: %w", module, err)
		}
		if err := r.get(module); err != nil {
			return fmt.Errorf("module %s: %w", module, err)
		}
		log.Printf("published and fetched %s@%s", name(module), r.version)
	}
	if err := r.install(); err != nil {
		return err
	}
	if r.check {
		return nil
	}
	if err := r.archives(); err != nil {
		return err
	}
	if r.tag {
		return r.tags()
	}
	return nil
}

// name returns the path of a module.
func name(module string) string {
	if module == "." {
		return path
	}
	return path + "/" + module
}

// tagOf returns the tag of a module.
func (r *release) tagOf(module string) string {
	if module == "." {
		return r.version
	}
	return module + "/" + r.version
}

func orNil(err error) error {
	if err == nil {
		return fmt.Errorf("commit or stash them")
	}
	return err
}
