// Hospital tells how a company that owns hospitals keeps its data to itself:
// nobody in the reporting team knows the password of the database, what is stored
// is encrypted under a key that the company holds, every viewer sees the rows that
// the rules give, every look leaves a record, and when something is wrong one
// command locks everybody out, until it is taken back.
//
//	go run ./examples/hospital
//
// It needs no files and no network. Data, rules and the database are in data.go
// and database.go; the chapters of the story stand in the order in which they are
// told.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"

	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/audit"
	"github.com/rowsight/rowsight/spice/keys"
	"github.com/rowsight/rowsight/spice/source"
)

func main() {
	log.SetFlags(0)
	if err := run(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

// A company is what the story is about.
type company struct {
	w   io.Writer
	dir string

	database *database           // where the visits come from
	secrets  *source.FileSecrets // what logs in there
	catalog  *source.Catalog     // data sources
	keys     *keys.Local         // held by central IT
	key      string              // ARN
	trail    *audit.Log          // of keys and datasets
	head     audit.Head          // of the trail, kept apart from it
	store    *spice.Store
	visits   *spice.Dataset
}

// run tells the story.
func run(ctx context.Context, w io.Writer) (err error) {
	dir, err := os.MkdirTemp("", "hospital")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	c := &company{w: w, dir: dir, database: newDatabase()}
	defer func() { err = errors.Join(err, c.close()) }()
	for i, chapter := range []struct {
		title string
		tell  func(context.Context) error
	}{
		{"Central IT puts the password of the database into a secret", c.putSecret},
		{"The reporting team makes a data source, and never sees the password", c.createSource},
		{"Central IT makes a key and registers it as the default", c.registerKey},
		{"A dataset, restricted before it has a row", c.createDataset},
		{"Rows come in, and are encrypted before they reach the disk", c.refresh},
		{"Three viewers, and one whom no rule names", c.view},
		{"What the audit trail says", c.audit},
		{"The password is changed; nobody has to be told", c.rotate},
		{"An incident: central IT disables the key", c.lockDown},
		{"It is over: the key is enabled, and everything is there", c.recover},
	} {
		if err := c.print("%d. %s\n\n", i+1, chapter.title); err != nil {
			return err
		}
		if err := chapter.tell(ctx); err != nil {
			return fmt.Errorf("chapter %d: %w", i+1, err)
		}
		if err := c.print("\n"); err != nil {
			return err
		}
	}
	return nil
}

// print prints a piece of the story.
func (c *company) print(format string, args ...any) error {
	_, err := fmt.Fprintf(c.w, format, args...)
	return err
}

// path is a place in the folder of the story. Keys, secrets and data would be in
// different places, with different owners.
func (c *company) path(name string) string { return filepath.Join(c.dir, name) }

func (c *company) close() error {
	var errs []error
	if c.store != nil {
		errs = append(errs, c.store.Close())
	}
	if c.catalog != nil {
		errs = append(errs, c.catalog.Close())
	}
	if c.keys != nil {
		errs = append(errs, c.keys.Close())
	}
	if c.trail != nil {
		errs = append(errs, c.trail.Close())
	}
	return errors.Join(errs...)
}
