package spice

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice/keys"
)

// TestRollbackOfKeys puts every earlier keys.json and "trusted" back, each alone
// and both, and takes them away: nothing is written under a key that was the
// default before, nor read under a list that is not the last.
func TestRollbackOfKeys(t *testing.T) {
	ctx := context.Background()
	w, disk := witnessed(t)
	names := []string{"keys.json", "trusted"}
	save := func() (files [2][]byte) {
		for i, name := range names {
			files[i], _ = os.ReadFile(filepath.Join(w.dir, name))
		}
		return files
	}
	put := func(i int, file []byte) {
		path := filepath.Join(w.dir, names[i])
		if file == nil {
			require.NoError(t, os.RemoveAll(path))
			return
		}
		require.NoError(t, os.WriteFile(path, file, 0o600))
	}
	states := [][2][]byte{save()}
	var last string
	for range 3 {
		var err error
		last, err = w.keys.CreateKey(ctx, "111122223333", "us-east-1")
		require.NoError(t, err)
		require.NoError(t, w.store.UpdateKeyRegistration(ctx, keys.RegisteredKey{KeyArn: last, DefaultKey: true}))
		states = append(states, save())
	}
	w.create("sales", sales())
	now := states[len(states)-1]
	made := 0
	for n, state := range states[:len(states)-1] {
		for which := 1; which <= 3; which++ {
			for _, open := range []bool{false, true} {
				reason := fmt.Sprintf("state %d, files %b, opened again %v", n, which, open)
				for i := range names {
					if which>>i&1 == 1 {
						put(i, state[i])
					}
				}
				if open {
					w.open(disk)
				}
				made++
				input := DatasetInput{ID: fmt.Sprint("new-", made), ImportMode: SPICE}
				_, err := w.store.CreateDataset(ctx, input)
				require.ErrorIs(t, err, ErrRollback, reason)
				require.ErrorIs(t, w.store.UpdateKeyRegistration(ctx, keys.RegisteredKey{KeyArn: w.key}), ErrRollback, reason)
				require.NoError(t, w.store.Enroll(ctx), "it knows them: "+reason)
				d, err := w.store.Dataset("sales")
				require.NoError(t, err, reason)
				_, err = d.Refresh(ctx, sales(), RefreshFull)
				require.ErrorIs(t, err, ErrRollback, reason)
				if which&2 != 0 {
					refused(t, d, user("anna"), ErrRollback)
				}
				for i := range names {
					put(i, now[i])
				}
				if open {
					w.open(disk)
				}
				d, err = w.store.Dataset("sales")
				require.NoError(t, err, reason)
				require.Len(t, see(t, d, user("anna")), 15, reason)
				made, err := w.store.CreateDataset(ctx, input)
				require.NoError(t, err, reason)
				about, err := made.Describe(ctx)
				require.NoError(t, err)
				require.Equal(t, last, about.KeyARN, reason)
			}
		}
	}
}

// TestKeysKilled ends a process at every step of a registration, with the step
// done and not: the next store goes on with the one list or the other.
func TestKeysKilled(t *testing.T) {
	ctx := context.Background()
	for _, lied := range []bool{false, true} {
		w, disk := witnessed(t)
		disk.lied = lied
		for n := 0; ; n++ {
			reason := fmt.Sprintf("lied %v, step %d", lied, n)
			require.Less(t, n, 60, reason)
			arn, err := w.keys.CreateKey(ctx, "111122223333", "us-east-1")
			require.NoError(t, err)
			disk.left, disk.failed = n, 0
			err = w.store.UpdateKeyRegistration(ctx, keys.RegisteredKey{KeyArn: arn, DefaultKey: true})
			failed := disk.failed
			disk.left = -1
			require.Equal(t, failed == 0, err == nil, reason)
			w.open(disk)
			made, err := w.store.CreateDataset(ctx, DatasetInput{ID: fmt.Sprint("new-", n), ImportMode: SPICE})
			require.NoError(t, err, reason)
			about, err := made.Describe(ctx)
			require.NoError(t, err)
			if failed == 0 {
				require.Equal(t, arn, about.KeyARN)
				require.Greater(t, n, 5)
				break
			}
		}
	}
}

// TestEnrollKeys: keys that were registered before there was a witness.
func TestEnrollKeys(t *testing.T) {
	ctx := context.Background()
	w, disk := witnessed(t)
	told := w.opts.Witness
	w.opts.Witness = nil
	w.open(disk)
	arn, err := w.keys.CreateKey(ctx, "111122223333", "us-east-1")
	require.NoError(t, err)
	require.NoError(t, w.store.UpdateKeyRegistration(ctx, keys.RegisteredKey{KeyArn: arn, DefaultKey: true}))
	w.opts.Witness = told
	w.open(disk)
	_, err = w.store.CreateDataset(ctx, DatasetInput{ID: "sales", ImportMode: SPICE})
	require.ErrorIs(t, err, ErrRollback)
	require.NoError(t, w.store.Enroll(ctx))
	w.create("sales", sales())
}
