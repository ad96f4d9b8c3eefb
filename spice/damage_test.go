package spice

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice/keys"
)

// storeFiles returns every file of a folder.
func storeFiles(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	all := make(map[string][]byte)
	require.NoError(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			all[path], err = os.ReadFile(path)
		}
		return err
	}))
	return all
}

// TestDamage flips bits of every file of a store, exchanges and removes files,
// opens the store each time, reads as several viewers, and closes it: nobody
// sees a row beyond the rules, and as soon as the file is whole again everything
// is as it was, so that nothing else was removed or changed. Set
// ROWSIGHT_DAMAGE to the number of changes for a larger run.
func TestDamage(t *testing.T) {
	changes := 300
	if n, err := strconv.Atoi(os.Getenv("ROWSIGHT_DAMAGE")); err == nil {
		changes = n
	}
	w := newWorld(t)
	d := w.create("sales", sales())
	w.create("open", sales()[:5])
	w.attach(d, w.rules("rules", twoUsers))
	other, err := w.keys.CreateKey(t.Context(), "111122223333", "us-east-1")
	require.NoError(t, err)
	require.NoError(t, w.store.UpdateKeyRegistration(t.Context(), keys.RegisteredKey{KeyArn: other, DefaultKey: true}))
	w.attach(w.create("second", sales()), w.rules("rules2", twoUsers))
	disk := d.store.disk
	names := []string{"anna", "ben", "carl"}
	oracle := make(map[string][]string)
	for _, id := range []string{"sales", "second"} {
		d, err := w.store.Dataset(id)
		require.NoError(t, err)
		for _, name := range names {
			oracle[id+" "+name] = see(t, d, user(name))
		}
	}
	require.NoError(t, w.store.Close())
	w.store = nil
	whole := storeFiles(t, w.dir)
	paths := slices.Sorted(maps.Keys(whole))
	rng := rand.New(rand.NewPCG(13, 37))
	refusals := 0
	for n := range changes {
		path := paths[n%len(paths)]
		data, what := bytes.Clone(whole[path]), ""
		switch kind := rng.IntN(8); {
		case kind == 0:
			what = "removed"
			require.NoError(t, os.Remove(path))
		case kind == 1:
			from := paths[rng.IntN(len(paths))]
			what = "replaced by " + from
			require.NoError(t, os.WriteFile(path, whole[from], 0o600))
		case len(data) == 0:
			continue
		case kind == 2:
			what = "cut"
			require.NoError(t, os.WriteFile(path, data[:rng.IntN(len(data))], 0o600))
		default:
			at, bit := rng.IntN(len(data)), rng.IntN(8)
			what = fmt.Sprintf("bit %d of byte %d", bit, at)
			data[at] ^= 1 << bit
			require.NoError(t, os.WriteFile(path, data, 0o600))
		}
		reason := fmt.Sprintf("change %d: %s: %s", n, path, what)
		if store, err := open(w.dir, &w.opts, disk); err != nil {
			refusals++
		} else {
			for _, id := range []string{"sales", "second"} {
				d, err := store.Dataset(id)
				if err != nil {
					refusals++
					continue
				}
				for _, name := range names {
					got, err := read1(d, user(name))
					if err != nil {
						refusals++
						require.Empty(t, got, reason)
						continue
					}
					require.Equal(t, oracle[id+" "+name], got, reason)
				}
			}
			require.NoError(t, store.Close(), reason)
		}
		require.NoError(t, os.WriteFile(path, whole[path], 0o600))
		require.Equal(t, whole, storeFiles(t, w.dir), reason)
	}
	require.Greater(t, refusals, changes/4, "the changes are of a kind that matters")
	w.open(disk)
	for _, id := range []string{"sales", "second"} {
		d, err := w.store.Dataset(id)
		require.NoError(t, err)
		for _, name := range names {
			require.Equal(t, oracle[id+" "+name], see(t, d, user(name)))
		}
	}
}
