// Command readers shares a store between processes: one writes, the others read.
//
//	readers write DIR RULES.csv SALES.csv   # loads both files, once a minute
//	readers read DIR NAME VIEWER            # prints what the viewer sees when it changes
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/audit"
	"github.com/rowsight/rowsight/spice/source"
)

// write loads both files, rules first: rows without rules are open.
func write(ctx context.Context, dir, rulesFile, salesFile string, every time.Duration) error {
	store, err := spice.Open(dir, nil) // a second writer gets spice.ErrLocked
	if err != nil {
		return err
	}
	rules, err1 := dataset(ctx, store, spice.DatasetInput{ID: "rules", ImportMode: spice.SPICE, UseAs: spice.RLSRules}) // all processes read it
	sales, err := dataset(ctx, store, spice.DatasetInput{ID: "sales", ImportMode: spice.SPICE})
	if err = errors.Join(err1, err); err != nil {
		return err
	}
	attached := spice.Permissions{Settings: rls.PermissionDataSet{Arn: rules.ARN().String(), PermissionPolicy: rls.GrantAccess}}
	for ; err == nil; time.Sleep(every) { // a service alerts instead of ending: readers keep what they have
		_, err = rules.Refresh(ctx, source.CSV(nil, source.InFS(os.DirFS("."), rulesFile)), spice.RefreshFull)
		if err == nil {
			err = sales.Attach(ctx, attached)
		}
		if err == nil {
			_, err = sales.Refresh(ctx, source.CSV(nil, source.InFS(os.DirFS("."), salesFile)), spice.RefreshFull)
		}
	}
	return err
}

func dataset(ctx context.Context, store *spice.Store, in spice.DatasetInput) (*spice.Dataset, error) {
	if d, err := store.Dataset(in.ID); !errors.Is(err, spice.ErrNoDataset) {
		return d, err
	}
	return store.CreateDataset(ctx, in)
}

// read opens the folder with an audit log of its own, and never writes to it.
func read(ctx context.Context, dir, name, viewer string) error {
	trail, err1 := audit.OpenLog(dir+"."+name+".audit.jsonl", nil)
	store, err := spice.Open(dir, &spice.Options{ReadOnly: true, Audit: trail})
	if err = errors.Join(err1, err); err != nil {
		return err
	}
	for last := int64(-1); ; time.Sleep(10 * time.Millisecond) {
		var rows int64
		sales, err := store.Dataset("sales") // ErrNoDataset until the writer has created it
		if err == nil {
			rows, err = sales.Count(ctx, spice.Session{Principal: namespace.Named(viewer)}) // or Records, Read, Ask
		}
		if rows != last {
			fmt.Printf("%s sees %d rows, error: %v\n", viewer, rows, err)
		}
		last = rows
	}
}

func main() {
	a, ctx := os.Args, context.Background()
	if a[1] == "write" {
		log.Fatal(write(ctx, a[2], a[3], a[4], time.Minute))
	}
	log.Fatal(read(ctx, a[2], a[3], a[4]))
}
