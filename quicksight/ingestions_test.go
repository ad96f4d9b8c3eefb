package quicksight_test

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/quicksight"
	"github.com/rowsight/rowsight/quicksight/quicksighttest"
	"github.com/rowsight/rowsight/spice/source"
)

// slowObjects are files. Those of other data sets than quick cannot be read before release.
type slowObjects struct {
	source.Objects
	opened  chan string // the ids of slow data sets, as their files are opened
	release chan struct{}
}

func (o slowObjects) Open(ctx context.Context, bucket, key string) (io.ReadCloser, error) {
	if id, ok := strings.CutSuffix(key, ".csv"); ok && id != "quick" {
		o.opened <- id
		select {
		case <-o.release:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return o.Objects.Open(ctx, bucket, key)
}

// An ingesting is a service with slow data sets.
type ingesting struct {
	slowObjects
	t   *testing.T
	ask func(method, path string, body any) (int, string)
}

// newIngesting returns a service with the data sets slow-1, slow-2 and quick.
func newIngesting(t *testing.T, opts *quicksight.Options) ingesting {
	t.Helper()
	s := quicksighttest.NewServer(t)
	for _, id := range []string{"slow-1", "slow-2", "quick"} {
		require.NoError(t, s.AddCSV(t.Context(), id, "a\n1\n", nil))
	}
	require.NoError(t, s.Service.Close())
	in := ingesting{slowObjects{source.Folder(os.DirFS(filepath.Join(s.Dir, "s3"))), make(chan string, 10), make(chan struct{})}, t, nil}
	opts.Objects = in.slowObjects
	service, ask := reopenWith(t, s.Dir, opts)
	t.Cleanup(func() { require.NoError(t, service.Close()) })
	in.ask = ask
	return in
}

// begin begins an ingestion of a data set.
func (in ingesting) begin(set, id string) {
	in.t.Helper()
	status, body := in.ask("PUT", "/accounts/"+quicksighttest.Account+"/data-sets/"+set+"/ingestions/"+id, object{})
	require.Equal(in.t, 201, status, body)
}

// wait waits until an ingestion has one of the states, and returns it with the type of its
// error.
func (in ingesting) wait(set, id string, want ...string) (status, reason string) {
	in.t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		var out struct {
			Ingestion struct {
				IngestionStatus string
				ErrorInfo       struct{ Type, Message string }
			}
		}
		_, body := in.ask("GET", "/accounts/"+quicksighttest.Account+"/data-sets/"+set+"/ingestions/"+id, nil)
		require.NoError(in.t, json.Unmarshal([]byte(body), &out))
		if slices.Contains(want, out.Ingestion.IngestionStatus) {
			return out.Ingestion.IngestionStatus, out.Ingestion.ErrorInfo.Type
		}
		require.True(in.t, time.Now().Before(end), "%s of %s is %s, want %s", id, set, out.Ingestion.IngestionStatus, want)
	}
}

// TestQueuedIngestions: a data set has one ingestion that runs. Others of it are queued,
// hold up no other data set, and can be cancelled.
func TestQueuedIngestions(t *testing.T) {
	in := newIngesting(t, &quicksight.Options{})
	in.begin("slow-1", "first")
	require.Equal(t, "slow-1", <-in.opened)
	in.wait("slow-1", "first", "RUNNING")
	for _, id := range []string{"second", "third", "fourth"} {
		in.begin("slow-1", id)
		in.wait("slow-1", id, "QUEUED")
	}
	in.begin("quick", "now")
	in.wait("quick", "now", "COMPLETED")
	status, body := in.ask("DELETE", "/accounts/"+quicksighttest.Account+"/data-sets/slow-1/ingestions/third", nil)
	require.Equal(t, 200, status, body)
	in.wait("slow-1", "third", "CANCELLED")
	in.wait("slow-1", "fourth", "QUEUED")

	in.begin("slow-2", "first") // both slots are taken
	require.Equal(t, "slow-2", <-in.opened)
	in.begin("quick", "later")
	in.wait("quick", "later", "QUEUED")
	in.wait("slow-1", "first", "RUNNING")
	close(in.release)
	in.wait("quick", "later", "COMPLETED")
	for _, id := range []string{"first", "second", "fourth"} {
		in.wait("slow-1", id, "COMPLETED")
	}
}

// TestMoreIngestions: Options.Ingestions says how many data sets are ingested at once.
func TestMoreIngestions(t *testing.T) {
	in := newIngesting(t, &quicksight.Options{Ingestions: 3})
	for _, set := range []string{"slow-1", "slow-2"} {
		in.begin(set, "first")
		require.Equal(t, set, <-in.opened)
	}
	in.begin("quick", "now")
	in.wait("quick", "now", "COMPLETED")

	in = newIngesting(t, &quicksight.Options{Ingestions: 1})
	in.begin("slow-1", "first")
	require.Equal(t, "slow-1", <-in.opened)
	in.begin("quick", "now")
	in.wait("quick", "now", "QUEUED")
	close(in.release)
	in.wait("quick", "now", "COMPLETED")

	for _, opts := range []quicksight.Options{{Ingestions: -1}, {IngestionTime: -1}} {
		opts.Account, opts.Region = quicksighttest.Account, quicksighttest.Region
		_, err := quicksight.Open(t.Context(), t.TempDir(), &opts)
		require.ErrorIs(t, err, quicksight.ErrOptions)
	}
}

// TestSlowIngestions: an ingestion that takes too long fails, keeps the rows of before,
// and lets others run. The time that one waits does not count.
func TestSlowIngestions(t *testing.T) {
	const most = 100 * time.Millisecond
	in := newIngesting(t, &quicksight.Options{Ingestions: 1, IngestionTime: most})
	rows := func() string {
		status, body := in.ask("GET", "/rowsight/data-sets/sales/rows?user=PowerUser", nil)
		require.Equal(t, 200, status, body)
		return body
	}
	before := rows()
	begin := time.Now()
	in.begin("sales", "first")
	in.begin("sales", "second")
	in.begin("quick", "now")
	for _, id := range []string{"first", "second"} {
		status, reason := in.wait("sales", id, "FAILED")
		require.Equal(t, "FAILED QUERY_TIMEOUT", status+" "+reason)
	}
	require.GreaterOrEqual(t, time.Since(begin), 2*most, "the second has its own time")
	in.wait("quick", "now", "COMPLETED", "FAILED") // on a busy machine, it may be too slow, too
	require.Equal(t, before, rows())
}
