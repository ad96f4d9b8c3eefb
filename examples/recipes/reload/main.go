// Command reload reads a rule file again when it changes, while it serves. A file
// that cannot be read changes nothing: the old rules go on.
package main

import (
	"context"
	"log"
	"os"
	"sync/atomic"
	"time"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
)

// Rules are those of a file. Write a new version beside it and rename that: half a
// file can grant more.
type Rules struct {
	path    string
	table   []predicate.Column // of the data, to check the rules against
	current atomic.Pointer[rls.Rules]
	read    os.FileInfo
}

// Open reads a rule file. An error means that nobody may see a row yet.
func Open(path string, table ...predicate.Column) (*Rules, error) {
	r := &Rules{path: path, table: table}
	return r, r.reload()
}

// For returns the rows of a viewer.
func (r *Rules) For(viewer namespace.Principal) (predicate.Predicate, error) {
	return r.current.Load().For(viewer)
}

// Watch looks at the file every so often, until ctx ends.
func (r *Rules) Watch(ctx context.Context, every time.Duration) {
	for ctx.Err() == nil {
		time.Sleep(every)
		if info, err := os.Stat(r.path); err == nil && os.SameFile(info, r.read) && info.ModTime().Equal(r.read.ModTime()) && info.Size() == r.read.Size() {
			continue
		}
		if err := r.reload(); err != nil {
			log.Printf("the old rules go on: %v", err)
		}
	}
}

func (r *Rules) reload() error {
	f, err := os.Open(r.path)
	if err != nil {
		return err
	}
	defer f.Close()
	if r.read, err = f.Stat(); err != nil {
		return err
	}
	rules, err := rls.ReadCSV(f, &rls.Options{File: r.path})
	if err != nil {
		return err
	}
	if err := rules.Check(r.table); err != nil { // a restricted column is missing or not text
		return err
	}
	r.current.Store(rules)
	return nil
}

func main() {
	rules, err := Open(os.Args[1], predicate.Column{Name: "region", Type: "text", Text: true})
	if err != nil {
		log.Fatal(err)
	}
	rules.Watch(context.Background(), time.Second)
}
