package spice

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice/internal/spicefile"
	"github.com/rowsight/rowsight/spice/keys"
)

// contents returns every file of a store, by path, but the lock.
func contents(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := make(map[string][]byte)
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "LOCK" {
			return err
		}
		files[path], err = os.ReadFile(path)
		return err
	}))
	return files
}

var numbers = regexp.MustCompile(`[0-9a-f]{6,}|[0-9]+`)

// role is what a file is for: its name without numbers.
func role(path string) string { return numbers.ReplaceAllString(filepath.Base(path), "#") }

// TestMixedFiles copies every file of a store over every file of the same role,
// of another store with the same key and ARNs and of the datasets beside it: a
// read is an error or has the rows it had, and no file is removed.
func TestMixedFiles(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	fill := func(rules, more string, rows table) map[string]*Dataset {
		other, err := w.keys.CreateKey(ctx, "111122223333", "us-east-1")
		require.NoError(t, err)
		require.NoError(t, w.store.UpdateKeyRegistration(ctx, keys.RegisteredKey{KeyArn: other, DefaultKey: true}))
		all := map[string]*Dataset{"sales": w.create("sales", rows), "more": w.create("more", rows), "rules": w.rules("rules", rules), "rules2": w.rules("rules2", more)}
		w.attach(all["sales"], all["rules"])
		w.attach(all["more"], all["rules2"])
		return all
	}
	dir := w.dir
	wide := "UserName,Region\nanna,\n"
	fill(wide, wide, sales())
	require.NoError(t, w.store.Close())
	w.store = nil
	sources := contents(t, dir)
	w.dir = filepath.Join(t.TempDir(), "store")
	w.open(spicefile.Disk{})
	fill("UserName,Region\nanna,EMEA\n", "UserName,Region\nanna,US\n", sales())
	require.NoError(t, w.store.Close())
	w.store = nil
	targets := contents(t, w.dir)
	for path, file := range targets {
		sources[path] = file
	}
	rows := map[string][]string{"sales": {"0", "1", "2"}, "more": {"3", "4", "5"}}
	tried, failed := 0, 0
	for target, was := range targets {
		for source, file := range sources {
			if source == target || role(source) != role(target) {
				continue
			}
			reason := fmt.Sprintf("%s over %s", source, target)
			require.NoError(t, os.WriteFile(target, file, 0o600))
			tried++
			for _, readOnly := range []bool{false, true} {
				opts := w.opts
				opts.ReadOnly = readOnly
				store, err := Open(w.dir, &opts)
				if err != nil {
					failed++
					continue
				}
				for id, want := range rows {
					d, err := store.Dataset(id)
					if err == nil {
						var got []string
						if got, err = read1(d, user("anna")); err == nil {
							require.Equal(t, want, got, reason)
						} else {
							require.Empty(t, got, reason)
						}
						got, _ = read1(d, user("carl"))
						require.Empty(t, got, reason)
					}
					if err != nil {
						failed++
					}
				}
				require.NoError(t, store.Close())
			}
			for path := range targets {
				_, err := os.Stat(path)
				require.NoError(t, err, "%s: removed", reason)
			}
			require.NoError(t, os.WriteFile(target, was, 0o600))
		}
	}
	require.Greater(t, tried, 30)
	require.Greater(t, failed, tried/2)
	w.open(spicefile.Disk{})
	for id, want := range rows {
		d, err := w.store.Dataset(id)
		require.NoError(t, err)
		require.Equal(t, want, see(t, d, user("anna")))
	}
}

// TestStreamEndsInTheMiddle ends streams after every number of records, by the
// caller, its context and the store: no row follows, and nothing is left behind.
func TestStreamEndsInTheMiddle(t *testing.T) {
	w := newWorld(t)
	w.create("sales", sales())
	d, err := w.store.Dataset("sales")
	require.NoError(t, err)
	for n := 1; n < 4; n++ {
		_, err := d.Refresh(context.Background(), sales(), RefreshIncremental)
		require.NoError(t, err)
	}
	before := runtime.NumGoroutine()
	for _, how := range []string{"break", "cancel", "close"} {
		for n := 1; n <= 4; n++ {
			w.open(spicefile.Disk{})
			d, err := w.store.Dataset("sales")
			require.NoError(t, err)
			ctx, cancel := context.WithCancel(context.Background())
			seen, after := 0, 0
			var ended error
			for rec, err := range d.Records(ctx, user("anna")) {
				if err != nil {
					ended = err
					continue
				}
				require.Positive(t, rec.NumRows())
				if seen >= n {
					after++
				}
				if seen++; seen == n {
					switch how {
					case "cancel":
						cancel()
					case "close":
						require.NoError(t, w.store.Close())
					}
				}
				if how == "break" && seen == n {
					break
				}
			}
			cancel()
			require.Zero(t, after, "%s after %d", how, n)
			if how == "cancel" && n < 4 {
				require.ErrorIs(t, ended, context.Canceled)
			}
			if how == "close" && n < 4 {
				require.ErrorIs(t, ended, ErrClosed)
			}
			require.Equal(t, n, seen)
		}
	}
	require.NoError(t, w.store.Close())
	for i := 0; i < 60_000 && runtime.NumGoroutine() > before; i++ {
		time.Sleep(time.Millisecond)
	}
	require.LessOrEqual(t, runtime.NumGoroutine(), before)
}
