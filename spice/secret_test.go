package spice

import (
	"bytes"
	"context"
	"encoding/json"
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
	plain, err := box.Open(nil, "rows", 0, rows)
	require.NoError(t, err)
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

// K2: no row without its record, and no value in a record.
func TestAudit(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.opts.Operator = namespace.Identity{Name: "central-it"}
	w.open(w.store.disk)
	d := fill(w)
	before := len(w.audit.Records())
	require.Len(t, see(t, d, user(secrets[3])), 100)
	_, err := read1(d, tagged("r", secrets[2]))
	require.NoError(t, err)
	refused(t, d, Session{Anonymous: namespace.MustParseARN("arn:aws:quicksight:us-east-1:111122223333:dashboard/x")}, ErrSession)
	require.NoError(t, d.Detach(ctx))
	text, err := json.Marshal(w.audit.Records()[before:])
	require.NoError(t, err)
	for _, s := range secrets[:3] {
		require.NotContains(t, string(text), s)
	}
	var reads, refusals, changes int
	for _, r := range w.audit.Records()[before:] {
		switch {
		case r.EventName == audit.ReadDataSet && r.ErrorCode != "":
			refusals++
		case r.EventName == audit.ReadDataSet:
			reads++
			require.Equal(t, w.key, r.ServiceEventDetails.EventRequestDetails.KeyARN)
			require.Equal(t, "user rules from dataset rules version 1 (setting 1); tag rules (setting 2)", r.ServiceEventDetails.EventRequestDetails.RulesVersion)
			if r.UserIdentity.Type == "QuickSightUser" {
				require.Equal(t, secrets[3], r.UserIdentity.UserName)
			}
		case r.EventName == audit.UpdateDataSet:
			changes++
			require.Equal(t, "central-it", r.UserIdentity.UserName)
		}
	}
	require.Equal(t, 3, reads, "records, count, records: none is longer than one record")
	require.Equal(t, 3, refusals)
	require.Equal(t, 1, changes)
}

// broken is an audit trail that takes some records and then none.
type broken struct {
	audit.Memory
	left int
}

var errFull = errors.New("the disk of the audit trail is full")

func (b *broken) Append(ctx context.Context, r audit.Record) error {
	if b.left == 0 {
		return errFull
	}
	b.left--
	return b.Memory.Append(ctx, r)
}

func TestAuditFails(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.create("sales", sales())
	sink := new(broken)
	w.opts.Audit = sink
	w.open(w.store.disk)
	d, err := w.store.Dataset("sales")
	require.NoError(t, err)
	for n := range 100 {
		sink.left = n
		rows := 0
		var last error
		for rec, err := range d.Records(ctx, user("anna")) {
			if err != nil {
				last = err
				continue
			}
			rows += int(rec.NumRows())
		}
		if last == nil {
			require.Equal(t, 15, rows)
			require.Greater(t, n, 1)
			break
		}
		require.ErrorIs(t, last, errFull)
		require.Zero(t, rows)
	}
	// A longer read is on record before its first row, and its last row is not
	// handed out before the record that counts it.
	sink.left = 1000
	big := table{{"id"}}
	for range 10_000 {
		big = append(big, []string{"x"})
	}
	long := w.create("big", big)
	got := make(map[int]bool)
	for n, whole := 0, false; !whole; n++ {
		require.Less(t, n, 100)
		sink.left = n
		rows, last := 0, error(nil)
		for rec, err := range long.Records(ctx, user("anna")) {
			if last = err; err == nil {
				rows += int(rec.NumRows())
			}
		}
		whole = last == nil
		require.True(t, whole || errors.Is(last, errFull))
		require.Equal(t, whole, rows == 10_000, "the record of the whole read comes before its last row")
		got[rows] = true
	}
	require.Equal(t, map[int]bool{0: true, 4096: true, 8192: true, 10_000: true}, got)
	sink.left = 0
	_, err = d.Count(ctx, user("anna"))
	require.ErrorIs(t, err, errFull)
	require.ErrorIs(t, d.SetTagRules(ctx, regionTags(""), nil), errFull)
	_, err = d.Refresh(ctx, sales()[:2], RefreshFull)
	require.ErrorIs(t, err, errFull)
	require.ErrorIs(t, w.store.DeleteDataset(ctx, "sales"), errFull)
	sink.left = 1000
	require.Len(t, see(t, d, user("anna")), 15, "nothing was changed")
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
