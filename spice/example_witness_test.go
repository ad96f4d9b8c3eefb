package spice_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/witness"
)

// A store whose folder is put back to an earlier time returns no row.
func ExampleOptions_witness() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	folder, other := filepath.Join(dir, "store"), filepath.Join(dir, "other disk")

	w, err := witness.NewFiles(other)
	if err != nil {
		log.Fatal(err)
	}
	store, err := spice.Open(folder, &spice.Options{Witness: w})
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()
	if err := store.Enroll(context.Background()); err != nil { // once, for what was there before
		log.Fatal(err)
	}

	ctx := context.Background()
	sales, err := store.CreateDataset(ctx, spice.DatasetInput{ID: "sales", ImportMode: spice.SPICE})
	if err != nil {
		log.Fatal(err)
	}
	state, _ := filepath.Glob(filepath.Join(folder, "datasets", "*", "state"))
	old, _ := os.ReadFile(state[0])
	name := "Sales"
	if err := sales.Update(ctx, spice.DatasetUpdate{Name: &name}); err != nil {
		log.Fatal(err)
	}
	store.Close()
	os.WriteFile(state[0], old, 0o600)

	if store, err = spice.Open(folder, &spice.Options{Witness: w}); err != nil {
		log.Fatal(err)
	}
	defer store.Close()
	if sales, err = store.Dataset("sales"); err != nil {
		log.Fatal(err)
	}
	_, err = sales.Describe(ctx)
	fmt.Println(errors.Is(err, spice.ErrRollback))
	// Output: true
}
