package flightsql_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/rowsight/rowsight/adapters/flightsql"
	"github.com/rowsight/rowsight/adapters/flightsql/internal/world"
	"github.com/rowsight/rowsight/spice/audit"
)

// parts runs statements in Plain and gives each row as a record of its own. Before the
// third, it calls a function.
type parts struct {
	flightsql.Plain
	mu    sync.Mutex
	third func(ctx context.Context) error
}

func (p *parts) Run(ctx context.Context, tables map[string]flightsql.Table, sql string, args []any) (array.RecordReader, error) {
	in, err := p.Plain.Run(ctx, tables, sql, args)
	if err != nil {
		return nil, err
	}
	return array.ReaderFromIter(in.Schema(), func(yield func(arrow.RecordBatch, error) bool) {
		defer in.Release()
		n := 0
		for in.Next() {
			for i := range in.RecordBatch().NumRows() {
				if n++; n == 3 {
					p.mu.Lock()
					third := p.third
					p.mu.Unlock()
					if third != nil {
						if err := third(ctx); err != nil {
							yield(nil, err)
							return
						}
					}
				}
				if !yield(in.RecordBatch().NewSlice(i, i+1), nil) {
					return
				}
			}
		}
		if err := in.Err(); err != nil {
			yield(nil, err)
		}
	}), nil
}

func (p *parts) before(third func(context.Context) error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.third = third
}

// TestStreamEnds: a stream ends before its next record when the session is revoked, its
// time ends, a key is disabled, the dataset is taken away, or the store is closed.
func TestStreamEnds(t *testing.T) {
	for _, tt := range []struct {
		reason string
		code   codes.Code
		do     func(w *world.World, session string) error
	}{
		{"nothing happens", codes.OK, func(*world.World, string) error { return nil }},
		{"the session is revoked", codes.Unauthenticated, func(w *world.World, user string) error { return w.Revoke(user) }},
		{"its time ends", codes.Unauthenticated, func(w *world.World, _ string) error { w.Pass(30 * time.Minute); return nil }},
		{"the key is disabled", codes.Unavailable, func(w *world.World, _ string) error { return w.Keys.Disable(context.Background(), w.Key) }},
		{"no dashboard shows the dataset", codes.PermissionDenied, func(w *world.World, _ string) error { w.RemoveBoard(); return nil }},
		{"the dataset is deleted", codes.PermissionDenied, func(w *world.World, _ string) error { return w.Store.DeleteDataset(context.Background(), "sales") }},
		{"the store is closed", codes.Unavailable, func(w *world.World, _ string) error { return w.Store.Close() }},
	} {
		t.Run(tt.reason, func(t *testing.T) {
			w := world.New(t, 60)
			engine := new(parts)
			address := w.Serve(t, engine, nil)
			token, session := w.Token(t, "t1")
			c := bearing(t, address, token)
			whole, err := c.rows("SELECT * FROM sales")
			require.NoError(t, err)
			require.Greater(t, len(whole), 5)
			engine.before(func(context.Context) error { return tt.do(w, session.User().String()) })
			got, err := c.rows("SELECT * FROM sales")
			require.Equal(t, tt.code, status.Code(err), "%v", err)
			if tt.code == codes.OK {
				require.Equal(t, whole, got)
			} else {
				require.Less(t, len(got), 3, "no row after it")
			}
		})
	}
	w := world.New(t, 60)
	engine := new(parts)
	c := user(t, w.Serve(t, engine, nil), "anna")
	engine.before(func(context.Context) error { w.End("anna"); return nil })
	got, err := c.rows("SELECT * FROM sales")
	require.Equal(t, codes.Unauthenticated, status.Code(err))
	require.Less(t, len(got), 3)
}

// TestLimits: a result above a limit is an error and never a shorter result.
func TestLimits(t *testing.T) {
	w := world.New(t, 60)
	engine := new(parts)
	n := len(want(w.Rows["sales"], world.Anna()))
	for _, tt := range []struct {
		reason string
		limits flightsql.Limits
		code   codes.Code
	}{
		{"as many rows", flightsql.Limits{MaxRows: int64(n)}, codes.OK},
		{"one row less", flightsql.Limits{MaxRows: int64(n) - 1}, codes.ResourceExhausted},
		{"few bytes", flightsql.Limits{MaxBytes: 100}, codes.ResourceExhausted},
	} {
		c := user(t, w.Serve(t, engine, &flightsql.Options{Limits: tt.limits}), "anna")
		_, err := c.rows("SELECT * FROM sales")
		require.Equal(t, tt.code, status.Code(err), "%s: %v", tt.reason, err)
	}
	address := w.Serve(t, engine, &flightsql.Options{Limits: flightsql.Limits{MaxRunning: 1}})
	c, other := user(t, address, "anna"), user(t, address, "ben")
	started, end := make(chan bool), make(chan bool)
	var running atomic.Bool
	engine.before(func(ctx context.Context) error {
		if running.Swap(true) {
			return nil
		}
		close(started)
		select {
		case <-end:
		case <-ctx.Done():
		}
		return ctx.Err()
	})
	info, err := c.Execute(c.ctx, "SELECT * FROM sales")
	require.NoError(t, err)
	ended := make(chan error, 1)
	go func() {
		_, err := c.read(info)
		ended <- err
	}()
	<-started
	_, err = c.rows("SELECT * FROM sales")
	require.Equal(t, codes.ResourceExhausted, status.Code(err), "one statement at once")
	_, err = other.Execute(other.ctx, "SELECT * FROM sales")
	require.NoError(t, err, "of each session")
	close(end)
	require.NoError(t, <-ended)
	engine.before(nil)
	makesRoom := func(c client) {
		t.Helper()
		require.Eventually(t, func() bool {
			_, err := c.rows("SELECT * FROM sales LIMIT 1")
			return err == nil
		}, time.Minute, 10*time.Millisecond, "the statement that ended makes room")
	}
	makesRoom(c)

	c = user(t, w.Serve(t, engine, &flightsql.Options{Limits: flightsql.Limits{Timeout: 100 * time.Millisecond, MaxRunning: 1}}), "anna")
	engine.before(func(ctx context.Context) error {
		<-ctx.Done()
		return ctx.Err()
	})
	_, err = c.rows("SELECT * FROM sales")
	require.Equal(t, codes.DeadlineExceeded, status.Code(err))
	engine.before(nil)
	makesRoom(c)
}

// TestErrors: an error of an engine says nothing of what it is about, and a panic ends
// the call and not the server.
func TestErrors(t *testing.T) {
	w := world.New(t, 60)
	engine := new(parts)
	c := user(t, w.Serve(t, engine, nil), "anna")
	engine.before(func(context.Context) error { return errors.New("value 4711 of a row") })
	_, err := c.rows("SELECT * FROM sales")
	require.Equal(t, codes.Unavailable, status.Code(err))
	require.NotContains(t, err.Error(), "4711")
	engine.before(func(context.Context) error { panic("value 4711") })
	_, err = c.rows("SELECT * FROM sales")
	require.Equal(t, codes.Unavailable, status.Code(err))
	require.NotContains(t, err.Error(), "4711")
	engine.before(nil)
	_, err = c.rows("SELECT * FROM sales")
	require.NoError(t, err)
}

// noRecords is an audit log that cannot be written.
type noRecords struct{}

func (noRecords) Append(context.Context, audit.Record) error {
	return errors.New("write /var/audit/log: no space left")
}

// TestNoRecords: without a record nothing is answered, and a client is not told what is
// wrong with the log of the operator.
func TestNoRecords(t *testing.T) {
	c := user(t, world.New(t, 60).Serve(t, flightsql.Plain{}, &flightsql.Options{Audit: noRecords{}}), "anna")
	for _, sql := range []string{"SELECT qty FROM sales", "SELECT qty FROM nothing", "no statement"} {
		got, err := c.rows(sql)
		require.Empty(t, got)
		require.Equal(t, codes.Unavailable, status.Code(err), sql)
		require.NotContains(t, err.Error(), "/var/audit")
	}
}

// TestRecords: each statement is on record, without its values. Without a record there
// is no row.
func TestRecords(t *testing.T) {
	w := world.New(t, 60)
	c := user(t, w.Serve(t, flightsql.Plain{}, nil), "anna")
	statements := func() (all []audit.Record) {
		for _, r := range w.Reads.Records() {
			if r.EventName == audit.RunStatement {
				all = append(all, r)
			}
		}
		return all
	}
	got, err := c.rows("SELECT qty FROM sales WHERE Region IN ('EMEA', 'a very secret value') LIMIT 7")
	require.NoError(t, err)
	same, err := c.rows("select qty from sales where Region in ('US', 'x') limit 9")
	require.NoError(t, err)
	_, err = c.rows("SELECT Region FROM secret WHERE tenant = 'another secret value'")
	require.Error(t, err)
	all := statements()
	require.Len(t, all, 5, "beginning and end of two, and a refusal")
	end := all[1]
	require.Equal(t, "anna", end.UserIdentity.UserName)
	require.EqualValues(t, len(got), *end.ServiceEventDetails.EventResponseDetails.Rows)
	require.Equal(t, []string{"sales.Region", "sales.qty"}, end.ServiceEventDetails.EventRequestDetails.Columns)
	require.Equal(t, "arn:aws:quicksight:us-east-1:111122223333:dataset/sales", end.Resources[0].ARN)
	require.EqualValues(t, len(same), *all[3].ServiceEventDetails.EventResponseDetails.Rows)
	require.Equal(t, "AccessDeniedException", all[4].ErrorCode)
	for _, r := range all {
		text, err := json.Marshal(r)
		require.NoError(t, err)
		require.NotContains(t, string(text), "secret value")
		require.NotContains(t, string(text), "EMEA")
		require.Len(t, r.ServiceEventDetails.EventRequestDetails.Question, 64)
	}
	hash := func(r audit.Record) string { return r.ServiceEventDetails.EventRequestDetails.Question }
	require.Equal(t, hash(all[0]), hash(all[1]))
	require.NotEqual(t, hash(all[0]), hash(all[4]))
	reads := slices.DeleteFunc(w.Reads.Records(), func(r audit.Record) bool { return r.EventName != audit.ReadDataSet })
	require.NotEmpty(t, reads, "the read of the dataset is on record, too")

	token, session := w.Token(t, "t1")
	_, err = bearing(t, w.Serve(t, flightsql.Plain{}, nil), token).rows("SELECT qty FROM sales")
	require.NoError(t, err)
	all = statements()
	require.Equal(t, session.User().String(), all[len(all)-1].UserIdentity.PrincipalID)
}
