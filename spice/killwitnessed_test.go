package spice

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice/audit"
	"github.com/rowsight/rowsight/spice/witness"
)

// witnessedOptions are those of parent and child alike: a witness of the datasets,
// the registered keys, and the audit log of the store.
func witnessedOptions(t *testing.T, dir string) *Options {
	opts := crashOptions(t, dir)
	files, err := witness.NewFiles(dir + ".witness")
	require.NoError(t, err)
	opts.Witness, opts.Audit = files, nil
	return opts
}

// TestKillWitnessedChild is the process that is killed. It is no test of its own.
func TestKillWitnessedChild(t *testing.T) {
	dir := os.Getenv(childEnv)
	if dir == "" {
		t.Skip("is run by TestKillWitnessed")
	}
	ctx := context.Background()
	store, err := Open(dir, witnessedOptions(t, dir))
	require.NoError(t, err)
	d, err := store.Dataset("sales")
	require.NoError(t, err)
	_ = store.DeleteDataset(ctx, "other") // of an earlier child
	for n := rand.IntN(1000); ; n++ {
		_, err := d.Refresh(ctx, numbered(n), RefreshFull)
		require.NoError(t, err)
		name := fmt.Sprint("name ", n)
		require.NoError(t, d.Update(ctx, DatasetUpdate{Name: &name}))
		_, err = store.CreateDataset(ctx, DatasetInput{ID: "other", ImportMode: SPICE})
		require.NoError(t, err)
		require.NoError(t, store.DeleteDataset(ctx, "other"))
	}
}

// TestKillWitnessed kills a process that writes with a witness, again and again.
// What it leaves is no rollback, of a dataset or of the audit log; every older copy
// of the folder is one, whole or without the log.
func TestKillWitnessed(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	dir := filepath.Join(t.TempDir(), "store")
	opts := witnessedOptions(t, dir)
	d := killedStore(t, dir, opts)

	copyTo := func(to string) { require.NoError(t, os.CopyFS(to, os.DirFS(dir))) }
	var copies []string // of the folder, each from before a change
	seen := make(map[string]bool)
	for round := range kills() {
		older := filepath.Join(t.TempDir(), "older")
		copyTo(older)
		copies = append(copies, older)
		killChild(t, "TestKillWitnessedChild", dir, d, 200*time.Millisecond)
		store, err := Open(dir, opts)
		require.NoError(t, err, "round %d: the audit log is no older one", round)
		d, err = store.Dataset("sales")
		require.NoError(t, err)
		version := seenVersion(t, d)
		if other, err := store.Dataset("other"); err == nil {
			_, err := other.Refresh(context.Background(), numbered(1), RefreshFull)
			require.NoError(t, err, "what was half created can be used")
		}
		require.NoError(t, store.Close())
		seen[version] = true

		// Each copy is older than what the store that just read has confirmed.
		now := filepath.Join(t.TempDir(), "now")
		copyTo(now)
		from := copies[rand.IntN(len(copies))]
		for _, withLog := range []bool{true, false} {
			require.NoError(t, os.RemoveAll(dir))
			require.NoError(t, os.CopyFS(dir, os.DirFS(from)))
			if !withLog {
				log, err := os.ReadFile(filepath.Join(now, "audit.jsonl"))
				require.NoError(t, err)
				require.NoError(t, os.WriteFile(filepath.Join(dir, "audit.jsonl"), log, 0o600))
			}
			store, err := Open(dir, opts)
			if withLog {
				require.ErrorIs(t, err, audit.ErrHead)
				continue
			}
			require.NoError(t, err)
			older, err := store.Dataset("sales")
			require.NoError(t, err)
			refused(t, older, user("all"), ErrRollback)
			require.ErrorIs(t, older.Detach(context.Background()), ErrRollback)
			require.NoError(t, store.Close())
			log, err := os.ReadFile(filepath.Join(dir, "audit.jsonl")) // of the refused read
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(filepath.Join(now, "audit.jsonl"), log, 0o600))
		}
		require.NoError(t, os.RemoveAll(dir))
		require.NoError(t, os.CopyFS(dir, os.DirFS(now)))
	}
	require.Greater(t, len(seen), 1, "the child got somewhere")
}
