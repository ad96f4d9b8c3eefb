package spice

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/spice/audit"
	"github.com/rowsight/rowsight/spice/internal/spicefile"
	"github.com/rowsight/rowsight/spice/keys"
	"github.com/rowsight/rowsight/tagrules"
)

// clock is a clock that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// world is a store with keys, an audit trail and memory that tests look into.
type world struct {
	t     *testing.T
	dir   string
	keys  *keys.Local
	key   string
	audit *audit.Memory
	clock *clock
	mem   *memory.CheckedAllocator
	opts  Options
	store *Store
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir(), audit: new(audit.Memory), clock: newClock(), mem: memory.NewCheckedAllocator(memory.NewGoAllocator())}
	var err error
	w.keys, err = keys.OpenLocal(t.TempDir(), nil)
	require.NoError(t, err)
	w.key, err = w.keys.CreateKey(context.Background(), "111122223333", "us-east-1")
	require.NoError(t, err)
	w.opts = Options{Account: "111122223333", Keys: w.keys, Key: w.key, Audit: w.audit, Now: w.clock.Now, Allocator: w.mem}
	w.open(spicefile.Disk{})
	t.Cleanup(func() {
		require.NoError(t, w.store.Close())
		require.NoError(t, w.keys.Close())
		w.mem.AssertSize(t, 0)
	})
	return w
}

// open opens the store anew.
func (w *world) open(disk spicefile.FS) {
	w.t.Helper()
	if w.store != nil {
		require.NoError(w.t, w.store.Close())
	}
	var err error
	w.store, err = open(w.dir, &w.opts, disk)
	require.NoError(w.t, err)
}

// create creates a SPICE dataset and fills it.
func (w *world) create(id string, rows Source) *Dataset {
	w.t.Helper()
	d, err := w.store.CreateDataset(context.Background(), DatasetInput{ID: id, ImportMode: SPICE})
	require.NoError(w.t, err)
	_, err = d.Refresh(context.Background(), rows, RefreshFull)
	require.NoError(w.t, err)
	return d
}

// rules creates a permission dataset of CSV text.
func (w *world) rules(id, csv string) *Dataset {
	w.t.Helper()
	d, err := w.store.CreateDataset(context.Background(), DatasetInput{ID: id, ImportMode: SPICE, UseAs: RLSRules})
	require.NoError(w.t, err)
	_, err = d.Refresh(context.Background(), csvTable(csv), RefreshFull)
	require.NoError(w.t, err)
	return d
}

func permissions(d *Dataset) Permissions {
	return Permissions{Settings: rls.PermissionDataSet{Arn: d.ARN().String(), PermissionPolicy: rls.GrantAccess}}
}

func (w *world) attach(d, rules *Dataset) {
	w.t.Helper()
	require.NoError(w.t, d.Attach(context.Background(), permissions(rules)))
}

// table is a Source of text: the first row has the names of the columns, and
// "-" is NULL.
type table [][]string

// csvTable takes plain lines apart; cells with commas are written with ";".
func csvTable(csv string) table {
	var t table
	for line := range strings.Lines(csv) {
		cells := strings.Split(strings.TrimSuffix(line, "\n"), ",")
		for i, c := range cells {
			cells[i] = strings.ReplaceAll(c, ";", ",")
		}
		t = append(t, cells)
	}
	return t
}

func (t table) record(dict bool) arrow.Record {
	fields := make([]arrow.Field, len(t[0]))
	for i, name := range t[0] {
		fields[i] = arrow.Field{Name: name, Type: arrow.BinaryTypes.String, Nullable: true}
		if dict {
			fields[i].Type = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Uint16, ValueType: arrow.BinaryTypes.String}
		}
	}
	b := array.NewRecordBuilder(memory.NewGoAllocator(), arrow.NewSchema(fields, nil))
	defer b.Release()
	for _, row := range t[1:] {
		for i, cell := range row {
			switch f := b.Field(i).(type) {
			case *array.StringBuilder:
				if cell == "-" {
					f.AppendNull()
				} else {
					f.Append(cell)
				}
			case *array.BinaryDictionaryBuilder:
				if cell == "-" {
					f.AppendNull()
				} else {
					_ = f.AppendString(cell)
				}
			}
		}
	}
	return b.NewRecord()
}

func (t table) Records(context.Context) (array.RecordReader, error) {
	rec := t.record(false)
	defer rec.Release()
	return array.NewRecordReader(rec.Schema(), []arrow.Record{rec})
}

// failing is a Source that breaks after its rows.
type failing struct{ table }

var errSource = errors.New("the source broke")

func (f failing) Records(ctx context.Context) (array.RecordReader, error) {
	r, err := f.table.Records(ctx)
	return &brokenReader{RecordReader: r}, err
}

type brokenReader struct {
	array.RecordReader
	err error
}

func (r *brokenReader) Next() bool {
	if r.RecordReader.Next() {
		return true
	}
	r.err = errSource
	return false
}

func (r *brokenReader) Err() error { return r.err }

// sales is what most tests are about: an id, and three columns that rules name.
func sales() table {
	t := table{{"id", "Region", "Segment", "Customer"}}
	for i, r := range []string{"EMEA", "US", "APAC", "-", ""} {
		for j, s := range []string{"Enterprise", "SMB", "-"} {
			t = append(t, []string{fmt.Sprint(3*i + j), r, s, "customer " + fmt.Sprint(i)})
		}
	}
	return t
}

// user is a registered viewer.
func user(name string, groups ...string) Session {
	arn := func(kind, name string) namespace.ARN {
		return namespace.MustParseARN("arn:aws:quicksight:us-east-1:111122223333:" + kind + "/default/" + name)
	}
	var of []namespace.ARN
	for _, g := range groups {
		of = append(of, arn("group", g))
	}
	return Session{Principal: namespace.ForARN(arn("user", name), of...)}
}

// tagged is an anonymous session with tags: key, value, key, value …
func tagged(kv ...string) Session {
	s := Session{Anonymous: namespace.MustParseARN("arn:aws:quicksight:us-east-1:111122223333:anonymousUser/default/0a1b")}
	for i := 0; i+1 < len(kv); i += 2 {
		s.Tags = append(s.Tags, tagrules.Tag{Key: kv[i], Value: kv[i+1]})
	}
	return s
}

// see returns the first visible column of the rows that s sees, sorted, and
// checks that Count agrees.
func see(t *testing.T, d *Dataset, s Session) []string {
	t.Helper()
	got, err := read1(d, s)
	require.NoError(t, err)
	n, err := d.Count(context.Background(), s)
	require.NoError(t, err)
	require.Equal(t, int64(len(got)), n)
	return got
}

func read1(d *Dataset, s Session) ([]string, error) {
	ids := []string{}
	for rec, err := range d.Records(context.Background(), s) {
		if err != nil {
			return ids, err
		}
		for i := range int(rec.NumRows()) {
			ids = append(ids, strings.Clone(rec.Column(0).ValueStr(i)))
		}
	}
	slices.Sort(ids)
	return ids, nil
}

// want returns what the oracle says: the first column of the rows of t that p
// selects.
func want(t table, p predicate.Predicate) []string {
	ids := []string{}
	for _, row := range t[1:] {
		if p.Match(func(column string) (string, bool) {
			i := slices.Index(t[0], column)
			return row[i], row[i] != "-"
		}) {
			ids = append(ids, row[0])
		}
	}
	slices.Sort(ids)
	return ids
}

// refused checks that s gets an error, of that kind, and no row, whatever it
// asks for.
func refused(t *testing.T, d *Dataset, s Session, why error) {
	t.Helper()
	ids, err := read1(d, s)
	require.ErrorIs(t, err, why)
	require.Empty(t, ids)
	n, err := d.Count(context.Background(), s)
	require.ErrorIs(t, err, why)
	require.Zero(t, n)
	texts, err := d.Distinct(context.Background(), s, "Region")
	require.ErrorIs(t, err, why)
	require.Empty(t, texts)
	p, err := d.Predicate(s)
	require.ErrorIs(t, err, why)
	require.Equal(t, predicate.OpNone, p.Op())
	if !errors.Is(why, ErrCorrupt) { // a schema looks at no row
		schema, err := d.Schema(context.Background(), s)
		require.ErrorIs(t, err, why)
		require.Nil(t, schema)
	}
}

func arns(a ...namespace.ARN) []namespace.ARN { return a }

// textRows is a table as rls reads it.
type textRows struct {
	t  table
	at int
}

func newTextRows(t table) *textRows { return &textRows{t: t} }

func (r *textRows) Columns() []string { return r.t[0] }
func (r *textRows) Next() bool        { r.at++; return r.at < len(r.t) }
func (r *textRows) Err() error        { return nil }
func (r *textRows) Text(i int) (string, bool) {
	return r.t[r.at][i], r.t[r.at][i] != "-"
}
