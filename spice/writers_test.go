package spice

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice/audit"
)

// TestTwoWriters takes the lock of a store away in every manner, lets a second
// store write what the first does not know of, and then lets the first do each
// thing that it can do: the change of the second is never undone, and the first
// shows no row by what held before.
func TestTwoWriters(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a file that is open cannot be removed there")
	}
	ctx := context.Background()
	takes := map[string]func(path string) error{
		"removed": os.Remove,
		"renamed": func(path string) error { return os.Rename(path, path+".old") },
		"replaced": func(path string) error {
			if err := os.WriteFile(path+".new", nil, 0o600); err != nil {
				return err
			}
			return os.Rename(path+".new", path)
		},
	}
	acts := map[string]func(*world, *Dataset) error{
		"attach":   func(w *world, d *Dataset) error { return d.SetTagRules(ctx, regionTags(""), nil) },
		"detach":   func(w *world, d *Dataset) error { return d.Detach(ctx) },
		"full":     func(w *world, d *Dataset) error { _, err := d.Refresh(ctx, sales(), RefreshFull); return err },
		"more":     func(w *world, d *Dataset) error { _, err := d.Refresh(ctx, sales(), RefreshIncremental); return err },
		"delete":   func(w *world, d *Dataset) error { return w.store.DeleteDataset(ctx, "sales") },
		"register": func(w *world, d *Dataset) error { return w.store.UpdateKeyRegistration(ctx) },
		"create": func(w *world, d *Dataset) error {
			_, err := w.store.CreateDataset(ctx, DatasetInput{ID: "new", ImportMode: SPICE})
			return err
		},
		"read":  func(w *world, d *Dataset) error { _, err := read1(d, user("anna")); return err },
		"count": func(w *world, d *Dataset) error { _, err := d.Count(ctx, user("anna")); return err },
	}
	for how, take := range takes {
		for what, act := range acts {
			t.Run(how+", "+what, func(t *testing.T) {
				w := newWorld(t)
				d := w.create("sales", sales())
				rules := w.rules("rules", twoUsers)
				require.Len(t, see(t, d, user("anna")), 15)
				require.NoError(t, take(filepath.Join(w.dir, "LOCK")))
				opts := w.opts
				opts.Audit = new(audit.Memory)
				second, err := Open(w.dir, &opts)
				require.NoError(t, err)
				other, err := second.Dataset("sales")
				require.NoError(t, err)
				require.NoError(t, other.Attach(ctx, permissions(rules)))
				_, err = other.Refresh(ctx, sales()[:7], RefreshFull)
				require.NoError(t, err)
				seen := see(t, other, user("anna"))

				require.ErrorIs(t, act(w, d), ErrLocked)

				require.Equal(t, seen, see(t, other, user("anna")))
				require.NoError(t, w.store.Close())
				require.NoError(t, second.Close())
				w.store = nil
				w.open(d.store.disk)
				again, err := w.store.Dataset("sales")
				require.NoError(t, err)
				require.Equal(t, seen, see(t, again, user("anna")), "nothing is lost")
				require.Len(t, segmentFiles(t, again), 3)
			})
		}
	}
}

// TestStateChangedUnderLock changes a state behind the back of a store whose lock
// holds, as by a process that ignores it.
func TestStateChangedUnderLock(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	d := w.create("sales", sales())
	w.attach(d, w.rules("rules", twoUsers))
	old, err := os.ReadFile(statePath(d.dir))
	require.NoError(t, err)
	name := "new name"
	require.NoError(t, d.Update(ctx, DatasetUpdate{Name: &name}))
	require.NoError(t, os.WriteFile(statePath(d.dir), old, 0o600))
	require.ErrorIs(t, d.Detach(ctx), ErrLocked)
	_, err = read1(d, user("anna"))
	require.ErrorIs(t, err, ErrCorrupt, "the state is read again, and is older than the one before")
}

// TestLockIsAFile: what is under the name of the lock and is no file is refused.
func TestLockIsAFile(t *testing.T) {
	dir := t.TempDir()
	other := filepath.Join(t.TempDir(), "LOCK")
	require.NoError(t, os.WriteFile(other, nil, 0o600))
	require.NoError(t, os.Symlink(other, filepath.Join(dir, "LOCK")))
	_, err := Open(dir, &Options{Unencrypted: true})
	require.Error(t, err)
	require.NoError(t, os.Remove(filepath.Join(dir, "LOCK")))
	store, err := Open(dir, &Options{Unencrypted: true})
	require.NoError(t, err)
	_, err = Open(dir, &Options{Unencrypted: true})
	require.ErrorIs(t, err, ErrLocked)
	require.NoError(t, store.Close())
}
