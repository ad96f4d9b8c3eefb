package spice

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/spice/audit"
	"github.com/rowsight/rowsight/spice/internal/seal"
	"github.com/rowsight/rowsight/spice/keys"
	"github.com/rowsight/rowsight/tagrules"
)

// secrets are values that stand nowhere but in rows and rules.
var secrets = []string{"zebrafish-0001", "quartz-region", "umbra-match-all", "velvet-user"}

// fill makes a world whose rows and rules hold the secrets.
func fill(w *world) *Dataset {
	ctx := context.Background()
	rows := table{{"id", "Region"}}
	for range 100 {
		rows = append(rows, []string{secrets[0], secrets[1]})
	}
	d := w.create("sales", rows)
	w.attach(d, w.rules("rules", "UserName,Region\n"+secrets[3]+","+secrets[1]+"\n"))
	require.NoError(w.t, d.SetTagRules(ctx, &tagrules.Config{TagRules: []tagrules.Rule{{TagKey: "r", ColumnName: "Region", MatchAllValue: secrets[2]}}}, nil))
	_, err := d.Refresh(ctx, failing{rows}, RefreshFull)
	require.Error(w.t, err)
	require.Len(w.t, see(w.t, d, user(secrets[3])), 100)
	return d
}

// holding returns the files under dir that hold any of the texts.
func holding(t *testing.T, dir string, texts []string) (found []string) {
	t.Helper()
	seen := 0
	require.NoError(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		seen++
		b, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, s := range texts {
			if bytes.Contains(b, []byte(s)) {
				found = append(found, filepath.Base(path)+": "+s)
			}
		}
		return nil
	}))
	require.Greater(t, seen, 5)
	return found
}

// Bytes at rest hold no value of the data: rows, rules, statistics, match-all
// values (K1).
func TestBytesAtRest(t *testing.T) {
	w := newWorld(t)
	w.opts.Audit = nil // the default log, in the same folder
	w.open(w.store.disk)
	fill(w)
	require.Empty(t, holding(t, w.dir, secrets[:3]))
	// The audit trail names the viewer: that is what it is for.
	require.Equal(t, []string{"audit.jsonl: " + secrets[3]}, holding(t, w.dir, secrets[3:]))

	// The test can fail: what cannot be searched is the key's doing.
	d, err := w.store.Dataset("sales")
	require.NoError(t, err)
	snap, err := d.current(context.Background())
	require.NoError(t, err)
	key, err := w.store.unwrap(context.Background(), snap.head)
	require.NoError(t, err)
	box, err := segmentBox(key.plain, d.arn.String(), 1)
	require.NoError(t, err)
	rows, err := os.ReadFile(filepath.Join(d.dir, "0000000000000001.rows"))
	require.NoError(t, err)
	sealed, err := os.ReadFile(filepath.Join(d.dir, "0000000000000001.manifest"))
	require.NoError(t, err)
	manifest, err := seal.OpenManifest(box, sealed)
	require.NoError(t, err)
	part, _ := manifest.Part("rows")
	var plain []byte
	for n, c := range part.Chunks {
		plain, err = box.Open(plain, "rows", n, rows[c.Offset:][:c.Size])
		require.NoError(t, err)
	}
	require.Contains(t, string(plain), secrets[0])
}

// Without encryption nothing of that holds, and it takes a word to get there.
func TestUnencrypted(t *testing.T) {
	_, err := Open(t.TempDir(), &Options{Unencrypted: true, Keys: new(keys.Local)})
	require.ErrorIs(t, err, ErrInput)
	store, err := Open(t.TempDir(), &Options{Unencrypted: true})
	require.NoError(t, err)
	d, err := store.CreateDataset(context.Background(), DatasetInput{ID: "sales", ImportMode: SPICE})
	require.NoError(t, err)
	_, err = d.Refresh(context.Background(), sales(), RefreshFull)
	require.NoError(t, err)
	about, err := d.Describe(context.Background())
	require.NoError(t, err)
	require.Empty(t, about.KeyARN)
	require.Len(t, see(t, d, user("anna")), 15)
	require.NoError(t, store.Close())
}

// With keys that were not told which key: nothing is stored.
func TestNoKey(t *testing.T) {
	w := newWorld(t)
	w.opts.Key = ""
	w.open(w.store.disk)
	_, err := w.store.CreateDataset(context.Background(), DatasetInput{ID: "sales", ImportMode: SPICE})
	require.ErrorIs(t, err, ErrNoKey)
	_, err = w.store.Dataset("sales")
	require.ErrorIs(t, err, ErrNoDataset)
}

// K3: who takes the key away locks everybody out, at once, and nothing is lost.
func TestKeyTakenAway(t *testing.T) {
	ctx := context.Background()
	for name, take := range map[string][2]func(*keys.Local, string) error{
		"disabled": {func(l *keys.Local, k string) error { return l.Disable(ctx, k) }, func(l *keys.Local, k string) error { return l.Enable(ctx, k) }},
		"revoked":  {func(l *keys.Local, k string) error { return l.Revoke(ctx, k) }, func(l *keys.Local, k string) error { return l.Restore(ctx, k) }},
		"scheduled for deletion": {
			func(l *keys.Local, k string) error { _, err := l.ScheduleDeletion(ctx, k, 7); return err },
			func(l *keys.Local, k string) error { return errors.Join(l.CancelDeletion(ctx, k), l.Enable(ctx, k)) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			d := fill(w)
			viewer := user(secrets[3])
			require.NoError(t, take[0](w.keys, w.key))
			refused(t, d, viewer, ErrKey)
			refused(t, d, tagged("r", secrets[2]), ErrKey)
			_, err := d.Refresh(ctx, sales(), RefreshFull)
			require.ErrorIs(t, err, ErrKey)
			_, err = w.store.CreateDataset(ctx, DatasetInput{ID: "more", ImportMode: SPICE})
			require.ErrorIs(t, err, ErrKey)
			require.ErrorIs(t, d.Detach(ctx), ErrKey)

			w.open(w.store.disk) // a store opens without keys
			d, err = w.store.Dataset("sales")
			require.NoError(t, err)
			refused(t, d, viewer, ErrKey)
			require.NoError(t, take[1](w.keys, w.key))
			require.Len(t, see(t, d, viewer), 100)
			require.NoError(t, w.keys.Rotate(ctx, w.key))
			require.Len(t, see(t, d, viewer), 100, "rotation changes nothing")
		})
	}
}

// A stream that is open ends, with an error, when the key goes.
func TestKeyTakenFromStream(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	rows := table{{"id"}}
	for range 20_000 {
		rows = append(rows, []string{"x"})
	}
	d := w.create("big", rows)
	n, last := 0, error(nil)
	for rec, err := range d.Records(ctx, user("anna")) {
		if err != nil {
			last = err
			continue
		}
		n += int(rec.NumRows())
		require.NoError(t, w.keys.Disable(ctx, w.key))
	}
	require.ErrorIs(t, last, ErrKey)
	require.ErrorIs(t, last, keys.ErrDisabled)
	require.Equal(t, 4096, n, "one record, and no more")
	records := w.audit.Records()
	require.Equal(t, int64(n), *records[len(records)-1].ServiceEventDetails.EventResponseDetails.Rows, "what was handed out is on record")
	require.NoError(t, w.keys.Enable(ctx, w.key))
	require.Len(t, see(t, d, user("anna")), 20_000)
}

// A dataset whose rules are under another key goes with that key as well.
func TestKeyOfRules(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	d := w.create("sales", sales())
	other, err := w.keys.CreateKey(ctx, "111122223333", "us-east-1")
	require.NoError(t, err)
	require.NoError(t, w.store.UpdateKeyRegistration(ctx, keys.RegisteredKey{KeyArn: other, DefaultKey: true}))
	w.attach(d, w.rules("rules", twoUsers))
	require.Len(t, see(t, d, user("anna")), 3)
	require.NoError(t, w.keys.Disable(ctx, other))
	refused(t, d, user("anna"), ErrKey)
	require.NoError(t, w.keys.Enable(ctx, other))
	require.Len(t, see(t, d, user("anna")), 3)
}

// K1: new datasets take the default key, existing ones with a full refresh, and
// the newest grant says which it is (K2).
func TestKeyRegistration(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	d := w.create("sales", sales())
	keyOf := func() string {
		about, err := d.Describe(ctx)
		require.NoError(t, err)
		return about.KeyARN
	}
	granted := func() (key string) {
		for _, r := range w.audit.Records() {
			if r.EventName == audit.CreateGrant && r.RequestParameters.Constraints.EncryptionContextSubset[audit.ContextARN] == d.ARN().String() {
				key = r.RequestParameters.KeyID
			}
			if r.EventName == audit.RetireGrant {
				key = ""
			}
		}
		return key
	}
	require.Equal(t, w.key, keyOf())
	require.Equal(t, w.key, granted())
	other, err := w.keys.CreateKey(ctx, "111122223333", "us-east-1")
	require.NoError(t, err)
	require.NoError(t, w.store.UpdateKeyRegistration(ctx, keys.RegisteredKey{KeyArn: w.key}, keys.RegisteredKey{KeyArn: other, DefaultKey: true}))
	require.Len(t, w.store.DescribeKeyRegistration(), 2)
	_, err = d.Refresh(ctx, sales()[:3], RefreshIncremental)
	require.NoError(t, err)
	require.Equal(t, w.key, keyOf(), "an incremental refresh changes no key")
	require.Len(t, see(t, d, user("anna")), 17)
	_, err = d.Refresh(ctx, sales(), RefreshFull)
	require.NoError(t, err)
	require.Equal(t, other, keyOf())
	require.Equal(t, other, granted())
	require.NoError(t, w.keys.Disable(ctx, w.key))
	require.Len(t, see(t, d, user("anna")), 15, "the old key is not needed any more")
	require.NoError(t, w.store.DeleteDataset(ctx, "sales"))
	require.Empty(t, granted())
}

// Within the cache time a key that is gone still opens datasets, and no longer.
func TestKeyCache(t *testing.T) {
	_, err := Open(t.TempDir(), &Options{KeyCache: MaxKeyCache + time.Second})
	require.ErrorIs(t, err, ErrInput)
	w := newWorld(t)
	w.opts.KeyCache = time.Hour / 6
	w.open(w.store.disk)
	d := w.create("sales", sales())
	require.Len(t, see(t, d, user("anna")), 15)
	before := len(w.audit.Records())
	require.NoError(t, w.keys.Disable(context.Background(), w.key))
	require.Len(t, see(t, d, user("anna")), 15)
	for _, r := range w.audit.Records()[before:] {
		require.NotEqual(t, audit.Decrypt, r.EventName)
	}
}

type guard struct{ deny map[string]bool }

func (g guard) Allow(_ context.Context, s Session, action string, d namespace.ARN) error {
	if g.deny[s.String()+" "+action+" "+d.Name] {
		return errors.New("not shared")
	}
	return nil
}

func TestAccess(t *testing.T) {
	w := newWorld(t)
	w.create("sales", sales())
	w.opts.Access = guard{map[string]bool{user("anna").String() + " " + ActionQuery + " sales": true}}
	w.open(w.store.disk)
	d, err := w.store.Dataset("sales")
	require.NoError(t, err)
	refused(t, d, user("anna"), ErrAccess)
	require.Len(t, see(t, d, user("ben")), 15)
}

// Tag rules that would be read differently after the store was opened again are
// refused.
func TestTagOptions(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	d := w.create("sales", sales())
	const doc = `{"TagRules":[{"TagKey":"r","ColumnName":"Region","TagMultiValueDelimiter":",","MatchAllValue":"*"}]}`
	for _, opts := range []*tagrules.Options{{LiteralSpaces: true}, {MatchAllInList: true}} {
		c, err := tagrules.Parse(strings.NewReader(doc), opts)
		require.NoError(t, err)
		require.ErrorIs(t, d.SetTagRules(ctx, c, nil), ErrInput)
		require.NoError(t, d.SetTagRules(ctx, c, opts))
	}
	c, err := tagrules.Parse(strings.NewReader(doc), nil)
	require.NoError(t, err)
	require.NoError(t, d.SetTagRules(ctx, c, nil))
	require.ErrorIs(t, d.SetTagRules(ctx, c, &tagrules.Options{LiteralSpaces: true}), ErrInput)
	c.TagRules[0].ColumnName = "Customer"
	require.Len(t, see(t, d, tagged("r", "US, EMEA")), 6, "what the caller does to the rules afterwards changes nothing")
	c.TagRules[0].ColumnName = "Nope"
	require.ErrorIs(t, d.SetTagRules(ctx, c, nil), ErrNoColumn)
}
