package spice

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice/audit"
	"github.com/rowsight/rowsight/spice/witness"
)

// dyingWitness is a witness that is gone, with the disk, after so many steps: what
// a process sees that is killed. A step may be done all the same.
type dyingWitness struct {
	witness.Witness
	disk *failingDisk
}

func (w dyingWitness) Replace(ctx context.Context, name string, old, value []byte) error {
	if w.disk.ok() {
		return w.Witness.Replace(ctx, name, old, value)
	}
	if w.disk.lied && w.disk.failed == 1 {
		_ = w.Witness.Replace(ctx, name, old, value)
	}
	return errDisk
}

func witnessed(t *testing.T) (*world, *failingDisk) {
	t.Helper()
	w := newWorld(t)
	files, err := witness.NewFiles(filepath.Join(t.TempDir(), "witness"))
	require.NoError(t, err)
	disk := &failingDisk{left: -1}
	w.opts.Witness = dyingWitness{files, disk}
	w.open(disk)
	return w, disk
}

// saveState returns the files of a dataset as they are.
func saveState(t *testing.T, d *Dataset) map[string][]byte {
	t.Helper()
	saved := make(map[string][]byte)
	files, err := filepath.Glob(filepath.Join(d.dir, "*"))
	require.NoError(t, err)
	for _, f := range files {
		saved[f], err = os.ReadFile(f)
		require.NoError(t, err)
	}
	return saved
}

func putBack(t *testing.T, saved map[string][]byte) {
	t.Helper()
	for path, data := range saved {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, data, 0o600))
	}
}

// TestRollback puts every earlier state of a dataset back, its state file alone
// and all of its folder, while no store has it open, and reads it through a store
// that writes and through one that does not.
func TestRollback(t *testing.T) {
	ctx := context.Background()
	w, disk := witnessed(t)
	d := w.create("sales", sales())
	rules := w.rules("rules", twoUsers)
	var states []map[string][]byte
	then := func(change func() error) {
		states = append(states, saveState(t, d))
		require.NoError(t, change())
	}
	then(func() error { return d.Attach(ctx, permissions(rules)) })
	then(func() error { _, err := d.Refresh(ctx, sales()[:9], RefreshFull); return err })
	then(func() error { return d.SetTagRules(ctx, regionTags(""), nil) })
	then(func() error { _, err := d.Refresh(ctx, sales()[:5], RefreshIncremental); return err })
	seen := see(t, d, user("anna"))
	last := saveState(t, d)
	check := func(why error) {
		t.Helper()
		for _, readOnly := range []bool{false, true} {
			w.opts.ReadOnly = readOnly
			w.open(disk)
			w.opts.ReadOnly = false
			d, err := w.store.Dataset("sales")
			require.NoError(t, err)
			if why != nil {
				refused(t, d, user("anna"), why)
				if !readOnly {
					require.ErrorIs(t, d.Detach(ctx), why)
				}
				continue
			}
			require.Equal(t, seen, see(t, d, user("anna")))
		}
	}
	for _, state := range states {
		require.NoError(t, w.store.Close())
		w.store = nil
		putBack(t, map[string][]byte{statePath(d.dir): state[statePath(d.dir)]})
		check(ErrRollback)
		require.NoError(t, os.RemoveAll(d.dir))
		putBack(t, state)
		check(ErrRollback)
		require.NoError(t, os.RemoveAll(d.dir))
		putBack(t, last)
		check(nil)
	}
	// A store that only reads notices what is put back while it is open.
	w.opts.ReadOnly = true
	w.open(disk)
	reader, err := w.store.Dataset("sales")
	require.NoError(t, err)
	require.Equal(t, seen, see(t, reader, user("anna")))
	putBack(t, map[string][]byte{statePath(d.dir): states[0][statePath(d.dir)]})
	_, err = read1(reader, user("anna"))
	require.ErrorIs(t, err, ErrRollback)
	putBack(t, last)
	w.opts.ReadOnly = false

	// What was deleted does not come back, and its name can be used again.
	w.open(disk)
	require.NoError(t, w.store.DeleteDataset(ctx, "sales"))
	require.NoError(t, w.store.Close())
	w.store = nil
	putBack(t, last)
	check(ErrRollback)
	w.open(disk)
	require.NoError(t, w.store.DeleteDataset(ctx, "sales"))
	w.create("sales", sales()[:3])
	// And what the witness knows is not created anew.
	require.NoError(t, w.store.Close())
	w.store = nil
	require.NoError(t, os.RemoveAll(d.dir))
	w.open(disk)
	_, err = w.store.CreateDataset(ctx, DatasetInput{ID: "sales", ImportMode: SPICE})
	require.ErrorIs(t, err, ErrRollback)
}

// TestWitnessKilled ends a process at every step of a change, on the disk and at
// the witness, with the step done and not: the store that is opened next shows
// the one state or the other, goes on writing, and from then on refuses the
// other. What was reported as done is never taken back.
func TestWitnessKilled(t *testing.T) {
	ctx := context.Background()
	for _, lied := range []bool{false, true} {
		w, disk := witnessed(t)
		disk.lied = lied
		d := w.create("sales", numbered(0))
		w.attach(d, w.rules("rules", "UserName,Region\nanna,EMEA\n"))
		steps := map[string]func(n int) error{
			"refresh": func(n int) error { _, err := d.Refresh(ctx, numbered(n), RefreshFull); return err },
			"update":  func(n int) error { name := fmt.Sprint("name ", n); return d.Update(ctx, DatasetUpdate{Name: &name}) },
			"new": func(int) error {
				_, err := w.store.CreateDataset(ctx, DatasetInput{ID: "new", ImportMode: SPICE})
				return err
			},
			"delete": func(int) error { return w.store.DeleteDataset(ctx, "new") },
		}
		for _, name := range []string{"refresh", "update", "new", "delete"} {
			for n := 0; ; n++ {
				reason := fmt.Sprintf("lied %v, %s, step %d", lied, name, n)
				require.Less(t, n, 60, reason)
				if _, err := w.store.Dataset("new"); name == "new" && err == nil {
					require.NoError(t, w.store.DeleteDataset(ctx, "new"), reason)
				} else if name == "delete" && err != nil {
					_, err := w.store.CreateDataset(ctx, DatasetInput{ID: "new", ImportMode: SPICE})
					require.NoError(t, err, reason)
				}
				before := saveState(t, d)
				disk.left, disk.failed = n, 0
				err := steps[name](n)
				failed := disk.failed
				disk.left = -1
				if err == nil && name != "new" && name != "delete" {
					after := saveState(t, d)
					require.NoError(t, w.store.Close())
					w.store = nil
					putBack(t, before)
					w.open(disk)
					d, err = w.store.Dataset("sales")
					require.NoError(t, err, reason)
					_, err = read1(d, user("anna"))
					require.ErrorIs(t, err, ErrRollback, reason)
					putBack(t, after)
				}
				w.open(disk)
				d, err = w.store.Dataset("sales")
				require.NoError(t, err, reason)
				whole(t, see(t, d, user("anna")), 2)
				require.NoError(t, d.Update(ctx, DatasetUpdate{Cluster: &[]string{"Region"}}), reason)
				require.NoError(t, w.store.Close())
				w.store = nil
				now := saveState(t, d)
				putBack(t, before)
				w.open(disk)
				old, err := w.store.Dataset("sales")
				require.NoError(t, err)
				_, err = read1(old, user("anna"))
				require.ErrorIs(t, err, ErrRollback, reason)
				putBack(t, now)
				w.open(disk)
				d, err = w.store.Dataset("sales")
				require.NoError(t, err)
				whole(t, see(t, d, user("anna")), 2) // removes what was put back
				if failed == 0 {
					require.Greater(t, n, 3, "%s has steps", name)
					break
				}
			}
		}
	}
}

// TestEnroll: a store that gets a witness later says so once.
func TestEnroll(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	d := w.create("sales", sales())
	require.ErrorIs(t, w.store.Enroll(ctx), ErrInput)
	files, err := witness.NewFiles(filepath.Join(t.TempDir(), "witness"))
	require.NoError(t, err)
	w.opts.Witness = files
	w.open(d.store.disk)
	d, err = w.store.Dataset("sales")
	require.NoError(t, err)
	refused(t, d, user("anna"), ErrRollback)
	require.NoError(t, w.store.Enroll(ctx))
	require.Len(t, see(t, d, user("anna")), 15)
	require.NoError(t, d.SetTagRules(ctx, regionTags(""), nil))
	require.NoError(t, w.store.Enroll(ctx), "again, it changes nothing")
	require.Empty(t, see(t, d, user("anna")))
}

// TestAuditTail cuts lines off the audit log of a store, between two runs and
// while it is open.
func TestAuditTail(t *testing.T) {
	w, disk := witnessed(t)
	w.opts.Audit = nil
	w.open(disk)
	d := w.create("sales", sales())
	for range 3 {
		require.Len(t, see(t, d, user("anna")), 15)
	}
	path := filepath.Join(w.dir, "audit.jsonl")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, w.store.Close())
	w.store = nil
	for cut := 2; cut < len(text); cut += 1 + len(text)/40 {
		require.NoError(t, os.WriteFile(path, text[:len(text)-cut], 0o600))
		_, err = open(w.dir, &w.opts, disk)
		require.ErrorIs(t, err, audit.ErrHead, "%d bytes", cut)
	}
	require.NoError(t, os.Remove(path))
	_, err = open(w.dir, &w.opts, disk)
	require.ErrorIs(t, err, audit.ErrHead)
	require.NoError(t, os.WriteFile(path, text, 0o600))
	w.open(disk)
	d, err = w.store.Dataset("sales")
	require.NoError(t, err)
	require.Len(t, see(t, d, user("anna")), 15)
	require.NoError(t, os.Truncate(path, int64(len(text)-100)))
	_, err = read1(d, user("anna"))
	require.ErrorIs(t, err, audit.ErrWriter)
	require.NoError(t, os.WriteFile(path, text, 0o600))
	require.NoError(t, w.store.Close())
	w.store = nil
	w.opts.Audit = new(audit.Memory)
	w.open(disk)
}
