package parquet_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
	"testing/fstest"
	"time"

	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/adapters/parquet"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/audit"
	"github.com/rowsight/rowsight/spice/keys"
	"github.com/rowsight/rowsight/spice/source"
)

// The code of docs/datasets.md.

// File is a Parquet file as the source of a dataset.
type File string

// Records opens the file.
func (f File) Records(ctx context.Context) (array.RecordReader, error) {
	r, err := parquet.Open(string(f), &parquet.Options{Context: ctx})
	if err != nil {
		return nil, err
	}
	return r, nil
}

// openStore opens a store whose keys are in another folder, protected by a
// passphrase. Close the store before the keys.
func openStore(folder, keyFolder string, passphrase []byte) (*spice.Store, *keys.Local, error) {
	service, err := keys.OpenLocal(keyFolder, &keys.LocalOptions{Passphrase: passphrase})
	if err != nil {
		return nil, nil, err
	}
	known, err := service.List(context.Background())
	if err != nil {
		return nil, nil, err
	}
	var key string
	if len(known) > 0 {
		key = known[0].ARN
	} else if key, err = service.CreateKey(context.Background(), "111122223333", "us-east-1"); err != nil {
		return nil, nil, err
	}
	store, err := spice.Open(folder, &spice.Options{Account: "111122223333", Region: "us-east-1", Keys: service, Key: key})
	return store, service, err
}

// dataset returns the dataset with its rules, and creates it on the first start,
// without rows. Nobody gets it before the rules are attached. Rules that a program
// passes are not stored, so they are attached at every start.
func dataset(ctx context.Context, store *spice.Store, rules *rls.Rules) (*spice.Dataset, error) {
	sales, err := store.Dataset("sales")
	if err != nil {
		sales, err = store.CreateDataset(ctx, spice.DatasetInput{ID: "sales", ImportMode: spice.SPICE, Cluster: []string{"region"}})
	}
	if err != nil {
		return nil, err
	}
	if err := sales.Attach(ctx, spice.Permissions{Rules: rules}); err != nil {
		return nil, err // and no refresh: rows without rules are open
	}
	return sales, nil
}

// attachStored stores the rules as a permission dataset, which other processes
// read, too. Call it in the place of Attach, and refresh the rules when their
// file changes.
func attachStored(ctx context.Context, store *spice.Store, sales *spice.Dataset, file spice.Source) error {
	rules, err := store.Dataset("sales-rules")
	if err != nil {
		rules, err = store.CreateDataset(ctx, spice.DatasetInput{ID: "sales-rules", ImportMode: spice.SPICE, UseAs: spice.RLSRules})
	}
	if err != nil {
		return err
	}
	if _, err := rules.Refresh(ctx, file, spice.RefreshFull); err != nil {
		return err
	}
	return sales.Attach(ctx, spice.Permissions{Settings: rls.PermissionDataSet{Arn: rules.ARN().String(), PermissionPolicy: rls.GrantAccess}})
}

// refresh loads the file now and then once per interval, until ctx is done. If
// a refresh fails, viewers keep the rows of the last one.
func refresh(ctx context.Context, sales *spice.Dataset, file File, interval time.Duration) {
	for {
		result, err := sales.Refresh(ctx, file, spice.RefreshFull)
		if err != nil {
			log.Printf("refresh: %v", err)
		} else {
			log.Printf("refresh: %d rows in %v", result.RowsIngested, result.Duration)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(interval):
		}
	}
}

func Example_dataset() {
	dir, err := os.MkdirTemp("", "datasets")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	log.SetOutput(new(strings.Builder))
	defer log.SetOutput(os.Stderr)
	file := File(filepath.Join(dir, "sales.parquet"))
	if err := os.WriteFile(string(file), exampleFile(), 0o600); err != nil {
		log.Fatal(err)
	}
	rules, err := rls.ReadCSV(strings.NewReader("UserName,region\nMartha,US\n"), nil)
	if err != nil {
		log.Fatal(err)
	}
	for start := range 2 {
		store, service, err := openStore(filepath.Join(dir, "store"), filepath.Join(dir, "keys"), []byte("correct horse battery staple"))
		if err != nil {
			log.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		sales, err := dataset(ctx, store, rules)
		if err != nil {
			log.Fatal(err)
		}
		if start == 0 {
			go func() {
				for n, _ := sales.Count(ctx, spice.Session{Principal: namespace.Named("Martha")}); n == 0; n, _ = sales.Count(ctx, spice.Session{Principal: namespace.Named("Martha")}) {
					time.Sleep(time.Millisecond)
				}
				cancel()
			}()
			refresh(ctx, sales, file, time.Hour)
		}
		for rec, err := range sales.Records(context.Background(), spice.Session{Principal: namespace.Named("Martha")}) {
			if err != nil {
				log.Fatal(err)
			}
			fmt.Println("start", start+1, rec.Column(0))
		}
		cancel()
		store.Close()
		service.Close()
	}
	// Output:
	// start 1 ["US"]
	// start 2 ["US"]
}

// Rules that every process reads.
func Example_storedRules() {
	dir, err := os.MkdirTemp("", "datasets")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	file := File(filepath.Join(dir, "sales.parquet"))
	if err := os.WriteFile(string(file), exampleFile(), 0o600); err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	store, service, err := openStore(filepath.Join(dir, "store"), filepath.Join(dir, "keys"), []byte("correct horse battery staple"))
	if err != nil {
		log.Fatal(err)
	}
	defer service.Close()
	defer store.Close()
	sales, err := store.CreateDataset(ctx, spice.DatasetInput{ID: "sales", ImportMode: spice.SPICE})
	if err != nil {
		log.Fatal(err)
	}
	rules := fstest.MapFS{"rules.csv": {Data: []byte("UserName,region\nMartha,US\n")}}
	if err := attachStored(ctx, store, sales, source.CSV(nil, source.InFS(rules, "rules.csv"))); err != nil {
		log.Fatal(err)
	}
	if _, err := sales.Refresh(ctx, file, spice.RefreshFull); err != nil {
		log.Fatal(err)
	}
	trail, err := audit.OpenLog(filepath.Join(dir, "reader.jsonl"), nil) // of this process
	if err != nil {
		log.Fatal(err)
	}
	defer trail.Close()
	other, err := spice.Open(filepath.Join(dir, "store"), &spice.Options{
		Account: "111122223333", Region: "us-east-1", Keys: service, ReadOnly: true, Audit: trail,
	})
	if err != nil {
		log.Fatal(err)
	}
	defer other.Close()
	if sales, err = other.Dataset("sales"); err != nil {
		log.Fatal(err)
	}
	for _, name := range []string{"Martha", "Zhang"} {
		n, err := sales.Count(ctx, spice.Session{Principal: namespace.Named(name)})
		fmt.Println(name, "sees", n, err)
	}
	// Output:
	// Martha sees 1 <nil>
	// Zhang sees 0 <nil>
}
