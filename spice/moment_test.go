package spice

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/spice/audit"
)

// meanwhile is Access that lets something happen between the moment a read
// looks at a dataset and the moment it asks for rules, once.
type meanwhile struct{ happens func() }

func (m *meanwhile) Allow(context.Context, Session, string, namespace.ARN) error {
	if do := m.happens; do != nil {
		m.happens = nil
		do()
	}
	return nil
}

// TestOneMoment checks that a process which only reads never holds rules of
// after a change against rows of before it, files of which it still has open.
func TestOneMoment(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	d := w.create("sales", csvTable("id,Region\nsecret,US\nopen,EMEA\n"))
	rules := w.rules("rules", "UserName,Region\nann,EMEA\n")
	w.attach(d, rules)

	between := new(meanwhile)
	opts := w.opts
	opts.ReadOnly, opts.Audit, opts.Access = true, new(audit.Memory), between
	r, err := Open(w.dir, &opts)
	require.NoError(t, err)
	defer r.Close()
	reader, err := r.Dataset("sales")
	require.NoError(t, err)
	require.Equal(t, []string{"open"}, see(t, reader, user("ann")))

	between.happens = func() {
		_, err := d.Refresh(ctx, csvTable("id,Region\nharmless,US\nopen,EMEA\n"), RefreshFull)
		require.NoError(t, err)
		_, err = rules.Refresh(ctx, csvTable("UserName,Region\nann,EMEA;US\n"), RefreshFull)
		require.NoError(t, err)
	}
	got, err := read1(reader, user("ann"))
	require.NoError(t, err)
	require.Nil(t, between.happens)
	require.Equal(t, []string{"harmless", "open"}, got)
}

// later is a database that changes while it is asked.
type later struct {
	table
	happens func() table
}

func (l *later) Schema(context.Context) (*arrow.Schema, error) {
	rec := l.table.record(false)
	defer rec.Release()
	return rec.Schema(), nil
}

func (l *later) Records(ctx context.Context, _ predicate.Predicate, _ []string) (array.RecordReader, error) {
	if do := l.happens; do != nil {
		l.happens = nil
		l.table = do()
	}
	return l.table.Records(ctx)
}

// TestOneMomentDirect checks that rows which came after a dataset was
// restricted are not shown to a read that looked before.
func TestOneMomentDirect(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	rules := w.rules("rules", "UserName,Region\nann,EMEA\n")
	db := &later{table: csvTable("id,Region\nopen,EMEA\n")}
	d, err := w.store.CreateDataset(ctx, DatasetInput{ID: "live", ImportMode: DirectQuery, Direct: db})
	require.NoError(t, err)
	require.Equal(t, []string{"open"}, see(t, d, user("ann")))
	db.happens = func() table {
		w.attach(d, rules)
		return csvTable("id,Region\nopen,EMEA\nsecret,US\n")
	}
	got, err := read1(d, user("ann"))
	require.NoError(t, err)
	require.Equal(t, []string{"open"}, got)
}

// renewed is a database whose table is made anew, with another type, after it
// was first asked for its columns.
type renewed struct {
	later
	asked int
}

func (r *renewed) Schema(ctx context.Context) (*arrow.Schema, error) {
	if r.asked++; r.asked == 1 {
		return r.later.Schema(ctx)
	}
	rec := r.table.record(true)
	defer rec.Release()
	return rec.Schema(), nil
}

func (r *renewed) Records(context.Context, predicate.Predicate, []string) (array.RecordReader, error) {
	rec := r.table.record(true)
	defer rec.Release()
	return array.NewRecordReader(rec.Schema(), []arrow.Record{rec})
}

// TestOneSchema checks that columns which change during a read are an error.
func TestOneSchema(t *testing.T) {
	w := newWorld(t)
	d, err := w.store.CreateDataset(context.Background(), DatasetInput{
		ID: "live", ImportMode: DirectQuery, Direct: &renewed{later: later{table: csvTable("id,Region\n1,EMEA\n")}},
	})
	require.NoError(t, err)
	got, err := read1(d, user("ann"))
	require.ErrorIs(t, err, ErrSchema)
	require.Empty(t, got)
	require.Equal(t, []string{"1"}, see(t, d, user("ann")), "the next read asks again")
}

// TestEndsBetweenRecords checks that a stream ends when its session or its key
// does, though what comes next was read before: a record is held until it is
// known whether another follows.
func TestEndsBetweenRecords(t *testing.T) {
	rows := table{{"id", "Region"}}
	for i := range 4*evenRows + 10 {
		rows = append(rows, []string{fmt.Sprint(i), []string{"EMEA", "EMEA", "EMEA", "US"}[i%4]})
	}
	w := newWorld(t)
	d := w.create("sales", rows)
	w.attach(d, w.rules("rules", "UserName,Region\nann,EMEA\n"))
	ann := user("ann")
	ann.Expires = w.clock.Now().Add(time.Hour)
	for _, tt := range []struct {
		after  int // records
		end    func()
		why    error
		reason string
	}{
		{1, func() { w.clock.add(time.Hour) }, ErrExpired, "what was read before the session ended is not shown"},
		{3, func() { w.clock.add(time.Hour) }, ErrExpired, "nor is the record that is held until the rows are counted"},
		{1, func() { require.NoError(t, w.keys.Disable(context.Background(), w.key)) }, ErrKey, "nor if the key was disabled"},
	} {
		n := 0
		var last error
		for rec, err := range d.Records(context.Background(), ann) {
			if last = err; err != nil {
				break
			}
			require.NotZero(t, rec.NumRows())
			if n++; n == tt.after {
				tt.end()
			}
		}
		require.ErrorIs(t, last, tt.why, tt.reason)
		require.Equal(t, tt.after, n, tt.reason)
		ann.Expires = w.clock.Now().Add(time.Hour)
	}
}
