package spice

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/spice/audit"
)

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
