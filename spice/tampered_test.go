package spice

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whatever is done to the files: an error, and no row.
func TestTampering(t *testing.T) {
	ctx := context.Background()
	flip := func(b []byte) []byte { b[len(b)/2] ^= 1; return b }
	cut := func(b []byte) []byte { return b[:len(b)-1] }
	half := func(b []byte) []byte { return b[:len(b)/2] }
	longer := func(b []byte) []byte { return append(b, 0) }
	empty := func([]byte) []byte { return nil }
	inHeader := func(edit func(*header)) func([]byte) []byte {
		return func(b []byte) []byte {
			var h header
			require.NoError(t, json.Unmarshal(b, &h))
			edit(&h)
			b, err := json.Marshal(h)
			require.NoError(t, err)
			return b
		}
	}
	for _, tt := range []struct {
		reason, file string
		change       func([]byte) []byte
	}{
		{"a bit of the rows", "0000000000000001.rows", flip}, {"rows cut", "0000000000000001.rows", cut}, {"rows go on", "0000000000000001.rows", longer}, {"no rows", "0000000000000001.rows", empty},
		{"a bit of the index", "0000000000000001.index", flip}, {"index cut", "0000000000000001.index", cut}, {"index gone", "0000000000000001.index", empty},
		{"a bit of the manifest", "0000000000000001.manifest", flip}, {"manifest cut", "0000000000000001.manifest", cut}, {"manifest gone", "0000000000000001.manifest", empty},
		{"half a state", "state", half}, {"no state", "state", empty},
		{"a bit of the sealed state", "state", inHeader(func(h *header) { h.Sealed = flip(h.Sealed) })},
		{"another number", "state", inHeader(func(h *header) { h.Seq++ })},
		{"the key of another", "state", inHeader(func(h *header) { h.Key = flip(h.Key) })},
		{"not encrypted, it says", "state", inHeader(func(h *header) { h.KeyARN, h.Key = "", make([]byte, 32) })},
		{"another dataset, it says", "state", inHeader(func(h *header) { h.ARN += "x" })},
		{"another one of that name", "state", inHeader(func(h *header) { h.UID = newUID() })},
	} {
		t.Run(tt.reason, func(t *testing.T) {
			w := newWorld(t)
			d := w.create("sales", sales())
			require.Len(t, see(t, d, user("anna")), 15)
			require.NoError(t, w.store.Close())
			path := filepath.Join(d.dir, tt.file)
			b, err := os.ReadFile(path)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(path, tt.change(b), 0o600))
			w.store = nil
			w.open(d.store.disk)
			d, err = w.store.Dataset("sales")
			if err != nil {
				require.ErrorIs(t, err, ErrCorrupt)
				require.NoError(t, w.store.DeleteDataset(ctx, "sales"))
				return
			}
			ids, err := read1(d, user("anna"))
			require.Error(t, err)
			require.Empty(t, ids)
			_, err = d.Count(ctx, user("anna"))
			if tt.file != "0000000000000001.rows" || tt.reason != "a bit of the rows" {
				require.Error(t, err) // Count of all rows does not look at rows
			}
		})
	}
}

// Files of two datasets, and of two times, do not take each other's place.
func TestSwappedFiles(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	a, b := w.create("a", sales()), w.create("b", sales()[:5])
	old, err := os.ReadDir(a.dir)
	require.NoError(t, err)
	saved := make(map[string][]byte)
	for _, f := range old {
		saved[f.Name()], err = os.ReadFile(filepath.Join(a.dir, f.Name()))
		require.NoError(t, err)
	}
	w.attach(a, w.rules("rules", twoUsers))
	_, err = a.Refresh(ctx, sales()[:7], RefreshFull)
	require.NoError(t, err)
	require.NoError(t, w.store.Close())
	w.store = nil
	put := func(d *Dataset, name string, data []byte) {
		require.NoError(t, os.WriteFile(filepath.Join(d.dir, name), data, 0o600))
	}
	for _, kind := range []string{"rows", "index", "manifest"} {
		put(a, "0000000000000002."+kind, saved["0000000000000001."+kind]) // of the time before
		put(b, "0000000000000001."+kind, saved["0000000000000001."+kind]) // of the other
	}
	w.open(a.store.disk)
	for _, id := range []string{"a", "b"} {
		d, err := w.store.Dataset(id)
		require.NoError(t, err)
		refused(t, d, user("anna"), ErrCorrupt)
	}
}

// Who can write to the folder but has no key cannot write rules: not even ones
// that say that they are not encrypted.
func TestForgedRules(t *testing.T) {
	w := newWorld(t)
	d := w.create("sales", sales())
	rules := w.rules("rules", twoUsers)
	w.attach(d, rules)
	snap, err := rules.current(context.Background())
	require.NoError(t, err)
	forged := snap.body
	forged.Segments = nil
	h := snap.head
	h.KeyARN, h.Key = "", make([]byte, 32)
	h.Seq += 10
	_, file, err := encodeState(h, forged, h.Key)
	require.NoError(t, err)
	require.NoError(t, w.store.Close())
	w.store = nil
	require.NoError(t, os.WriteFile(statePath(rules.dir), file, 0o600))
	w.open(rules.store.disk)
	d, err = w.store.Dataset("sales")
	require.NoError(t, err)
	refused(t, d, user("anna"), ErrKey)
	refused(t, d, user("carl"), ErrKey)

	w.opts.Keys, w.opts.Unencrypted = nil, true
	w.open(rules.store.disk)
	d, err = w.store.Dataset("sales")
	require.NoError(t, err)
	refused(t, d, user("anna"), ErrKey)
}

// FuzzState: a state file may hold anything.
func FuzzState(f *testing.F) {
	f.Add([]byte(`{"Format":1,"ID":"a","UID":"b","Key":"AAAA","Seq":3,"Files":[1],"Sealed":"AAAA"}`))
	f.Fuzz(func(t *testing.T, file []byte) {
		h, err := decodeHeader(file)
		if err != nil {
			require.ErrorIs(t, err, ErrCorrupt)
			return
		}
		_, err = decodeBody(h, make([]byte, 32))
		require.ErrorIs(t, err, ErrCorrupt, "nobody has sealed it")
	})
}
