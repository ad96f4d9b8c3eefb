package spice

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice/keys"
)

// forge writes a state file of a dataset under another key of the key service, as
// somebody can who may use that key and write to the folder.
func forge(t *testing.T, service keys.Keys, d *Dataset, key string, edit func(*body)) {
	t.Helper()
	snap, err := d.current(context.Background())
	require.NoError(t, err)
	k, err := service.GenerateDataKey(context.Background(), key, keys.ForResource(d.arn.String()))
	require.NoError(t, err)
	h, b := snap.head, snap.body.clone()
	h.KeyARN, h.Key = key, k.Wrapped
	edit(&b)
	_, file, err := encodeState(h, b, k.Plain)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(statePath(d.dir), file, 0o600))
}

// TestForgedUnderAnotherKey forges datasets and permission datasets under keys
// of the same key service that are not the store's: nobody sees a row.
func TestForgedUnderAnotherKey(t *testing.T) {
	ctx := context.Background()
	for _, tt := range []struct {
		reason, account, region string
		configured              bool // the store names its key
	}{
		{"another account", "999999999999", "us-east-1", true},
		{"another Region", "111122223333", "eu-west-1", true},
		{"not registered", "111122223333", "us-east-1", true},
		{"another account, no key named", "999999999999", "us-east-1", false},
		{"another Region, no key named", "111122223333", "eu-west-1", false},
	} {
		for _, target := range []string{"sales", "rules"} {
			for _, list := range []bool{false, true} {
				t.Run(tt.reason+", "+target, func(t *testing.T) {
					w := newWorld(t)
					d := w.create("sales", sales())
					rules := w.rules("rules", twoUsers)
					w.attach(d, rules)
					require.Len(t, see(t, d, user("anna")), 3)
					foreign, err := w.keys.CreateKey(ctx, tt.account, tt.region)
					require.NoError(t, err)
					forge(t, w.keys, map[string]*Dataset{"sales": d, "rules": rules}[target], foreign, func(b *body) { b.Rules = nil })
					if list { // and writes it into the plain registry as well
						text, err := json.Marshal([]keys.RegisteredKey{{KeyArn: foreign, DefaultKey: true}})
						require.NoError(t, err)
						require.NoError(t, os.WriteFile(filepath.Join(w.dir, "keys.json"), text, 0o600))
					}
					if !tt.configured {
						w.opts.Key = ""
					}
					w.open(d.store.disk)
					d, err = w.store.Dataset("sales")
					require.NoError(t, err)
					refused(t, d, user("anna"), ErrKey)
					refused(t, d, user("carl"), ErrKey)
					if list && tt.configured {
						if made, err := w.store.CreateDataset(ctx, DatasetInput{ID: "new", ImportMode: SPICE}); err == nil {
							about, err := made.Describe(ctx)
							require.NoError(t, err)
							require.Equal(t, w.key, about.KeyARN, "nothing is written under it either")
						}
					}
				})
			}
		}
	}
}

// TestTrustedKeys: registered keys count for ever, the list of them is sealed, and
// an earlier key counts if the options say so.
func TestTrustedKeys(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	other, err := w.keys.CreateKey(ctx, "111122223333", "us-east-1")
	require.NoError(t, err)
	require.NoError(t, w.store.UpdateKeyRegistration(ctx, keys.RegisteredKey{KeyArn: other, DefaultKey: true}))
	d := w.create("sales", sales())
	require.NoError(t, w.store.UpdateKeyRegistration(ctx))
	path := filepath.Join(w.dir, "trusted")
	file, err := os.ReadFile(path)
	require.NoError(t, err)
	open := func() {
		w.open(d.store.disk)
		d, err = w.store.Dataset("sales")
		require.NoError(t, err)
	}
	open()
	require.Len(t, see(t, d, user("anna")), 15, "it is not registered any more, and was")

	opts := w.opts
	w.opts.ReadOnly = true
	open()
	require.Len(t, see(t, d, user("anna")), 15)
	w.opts = opts

	for i := range file {
		for bit := range 8 {
			changed := append([]byte(nil), file...)
			changed[i] ^= 1 << bit
			require.NoError(t, os.WriteFile(path, changed, 0o600))
			w.store.trust.file = nil
			if ids, err := read1(d, user("anna")); err == nil {
				require.Len(t, ids, 15)
			}
			arns, err := w.store.trusted(ctx)
			require.True(t, err != nil || len(arns) == 1 && arns[0] == other)
			if bit == 0 && i%7 != 0 {
				break // a sample
			}
		}
	}
	require.NoError(t, os.Remove(path))
	w.store.trust.file = nil
	refused(t, d, user("anna"), ErrKey)
	w.opts.TrustedKeys = []string{other}
	open()
	require.Len(t, see(t, d, user("anna")), 15)
}
