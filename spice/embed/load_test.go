package embed

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/audit"
	"github.com/rowsight/rowsight/tagrules"
)

// envLoad makes TestLoad as large as the documents' story: 20,000 users of 100
// tenants.
const envLoad = "ROWSIGHT_LOAD"

// A load is how much TestLoad does.
type load struct {
	tenants, users, sessions, reads int
	perTenant                       int // rows
}

// sales has rows of many tenants, in no order.
type sales struct{ load }

func (s sales) Records(context.Context) (array.RecordReader, error) {
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "tenant", Type: arrow.BinaryTypes.String}, {Name: "region", Type: arrow.BinaryTypes.String},
		{Name: "order", Type: arrow.BinaryTypes.String}, {Name: "amount", Type: arrow.PrimitiveTypes.Float64},
	}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for row := range s.perTenant {
		for tenant := range s.tenants {
			b.Field(0).(*array.StringBuilder).Append(tenantName(tenant))
			b.Field(1).(*array.StringBuilder).Append(regions[row%len(regions)])
			b.Field(2).(*array.StringBuilder).Append("order-" + strconv.Itoa(row*s.tenants+tenant))
			b.Field(3).(*array.Float64Builder).Append(float64(tenant))
		}
	}
	rec := b.NewRecord()
	defer rec.Release()
	return array.NewRecordReader(schema, []arrow.Record{rec})
}

func tenantName(i int) string { return fmt.Sprintf("tenant-%04d", i) }

const salesRules = `{"TagRules": [{"TagKey": "tenant", "ColumnName": "tenant"}, {"TagKey": "region", "ColumnName": "region", "TagMultiValueDelimiter": ",", "MatchAllValue": "*"}]}`

// discard forgets audit records, which are not what is measured.
type discard struct{}

func (discard) Append(context.Context, audit.Record) error { return nil }

// TestLoad opens sessions and reads through them, and reports latency and
// memory. It checks every row of every read: the tenant is that of the session;
// and that sessions that see the same rows share a filter.
// Small by default; ROWSIGHT_LOAD=1 is 10,000 sessions and 100,000 reads.
func TestLoad(t *testing.T) {
	l := load{tenants: 10, users: 200, sessions: 200, reads: 500, perTenant: 200}
	if os.Getenv(envLoad) != "" {
		l = load{tenants: 100, users: 20_000, sessions: 10_000, reads: 100_000, perTenant: 1000}
	}
	clock := newClock()
	store, err := spice.Open(t.TempDir(), &spice.Options{Region: "us-east-1", Account: account, Unencrypted: true, Audit: discard{}, Now: clock.Now})
	require.NoError(t, err)
	defer func() { require.NoError(t, store.Close()) }()
	set, err := store.CreateDataset(t.Context(), spice.DatasetInput{ID: "s1", ImportMode: spice.SPICE, Cluster: []string{"tenant"}})
	require.NoError(t, err)
	setRules(t, store, "s1", salesRules)
	_, err = set.Refresh(t.Context(), sales{l}, spice.RefreshFull)
	require.NoError(t, err)

	codes := NewMemory()
	w := newWorld(t, func(s *Site, o *Options) { s.Data, o.Codes, o.Audit, o.Now = store, codes, discard{}, clock.Now })
	for i := range l.tenants {
		require.NoError(t, w.dashboards.AddNamespace(tenantName(i)))
	}
	caller := trusted(t)
	heap := func() float64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc) / (1 << 20)
	}
	before := heap()

	// Every user gets a URL; the first of them open it. A user of a tenant sees
	// all regions, or two.
	var generate, redeem latencies
	tokens := make([]string, l.sessions)
	parallel(l.users, func(i int) {
		req := aRequest(tagrules.Tag{Key: "tenant", Value: tenantName(i % l.tenants)}, tagrules.Tag{Key: "region", Value: []string{"*", "Central, East"}[i/l.tenants%2]})
		req.Namespace = tenantName(i % l.tenants)
		start := time.Now()
		res, err := w.GenerateEmbedUrlForAnonymousUser(t.Context(), caller, req)
		generate.add(start)
		if err != nil {
			t.Error(err)
			return
		}
		if i < l.sessions {
			start = time.Now()
			tokens[i], _, err = w.Redeem(t.Context(), req.Namespace, codeOf(res))
			redeem.add(start)
			if err != nil {
				t.Error(err)
			}
		}
	})
	require.False(t, t.Failed())
	require.Equal(t, l.users, codes.Len())
	opened := heap()

	var read latencies
	var rows atomic.Int64
	begin := time.Now()
	parallel(l.reads, func(i int) {
		i %= l.sessions
		start := time.Now()
		n, err := readTenant(t.Context(), w.Server, tokens[i], tenantName(i%l.tenants))
		read.add(start)
		rows.Add(int64(n))
		want := l.perTenant
		if i/l.tenants%2 == 1 {
			want /= 2
		}
		if err != nil || n != want {
			t.Errorf("session %d: got %d rows, want %d: %v", i, n, want, err)
		}
	})
	require.False(t, t.Failed())
	stats := store.Stats()
	require.EqualValues(t, 2*l.tenants, stats.Misses, "a filter for each predicate: two of a tenant, however many sessions")
	require.Equal(t, 2*l.tenants, stats.Filters)
	require.GreaterOrEqual(t, stats.Hits+stats.Misses, int64(l.reads))
	took := time.Since(begin)
	after := heap()

	clock.Pass((MaxLifetime + 5) * time.Minute)
	_, err = w.GenerateEmbedUrlForAnonymousUser(t.Context(), caller, aRequest(tagrules.Tag{Key: "tenant", Value: "x"}))
	require.NoError(t, err)
	require.Equal(t, 1, codes.Len(), "sessions that ended are forgotten")
	tokens = nil
	end := heap()

	t.Logf("%d URLs, %d sessions, %d reads of %d rows in %.1fs: %.0f reads/s, %.1f M rows/s", l.users, l.sessions, l.reads, rows.Load(), took.Seconds(),
		float64(l.reads)/took.Seconds(), float64(rows.Load())/took.Seconds()/1e6)
	t.Logf("%d filters compiled, %d kept in %d KiB, found %.1f%% of the time", stats.Misses, stats.Filters, stats.Bytes>>10, 100*stats.HitRatio())
	t.Logf("generate %s", generate.report())
	t.Logf("redeem   %s", redeem.report())
	t.Logf("read     %s", read.report())
	t.Logf("heap in MiB: %.1f at first, %.1f with the sessions open, %.1f after the reads, %.1f when the sessions had ended", before, opened, after, end)
	if os.Getenv(envLoad) != "" {
		require.Less(t, end, after, "what the sessions took is given back")
		require.Less(t, (opened-before)*(1<<20)/float64(l.users), 8192.0, "bytes for each URL")
	}
}

func codeOf(res *Response) string {
	return res.EmbedUrl[len("https://bi.example.com/embed/dashboards/d1?code="):]
}

// readTenant does what a request does: authenticate, open, read all rows. It
// returns how many there were, and an error if one is of another tenant.
func readTenant(ctx context.Context, s *Server, token, tenant string) (n int, err error) {
	session, err := s.Session(ctx, tenant, token)
	if err != nil {
		return 0, err
	}
	d, err := session.Open(ctx, namespace.ARN{Partition: "aws", Region: "us-east-1", Account: account, Kind: namespace.KindDataset, Name: "s1"})
	if err != nil {
		return 0, err
	}
	for rec, err := range d.Records(ctx) {
		if err != nil {
			return n, err
		}
		column := rec.Column(0).(*array.String)
		for i := range column.Len() {
			if column.Value(i) != tenant {
				return n, fmt.Errorf("row %d is of another tenant", n+i)
			}
		}
		n += int(rec.NumRows())
	}
	return n, nil
}

// parallel does n things, as many at once as there are processors.
func parallel(n int, do func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	wg.Wait()
}

// latencies collects how long things took.
type latencies struct {
	mu  sync.Mutex
	all []time.Duration
}

func (l *latencies) add(start time.Time) {
	d := time.Since(start)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, d)
}

func (l *latencies) report() string {
	slices.Sort(l.all)
	at := func(q float64) time.Duration { return l.all[int(q*float64(len(l.all)-1))].Round(time.Microsecond) }
	return fmt.Sprintf("p50 %v, p99 %v, longest %v", at(0.50), at(0.99), at(1))
}

// BenchmarkSession is what every request costs before it reads a row.
func BenchmarkSession(b *testing.B) {
	w := newWorld(b)
	token, _ := w.open(b, aRequest(tagrules.Tag{Key: "tenant", Value: "x"}))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.Session(b.Context(), "", token); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkURL is a URL, redeemed.
func BenchmarkURL(b *testing.B) {
	w := newWorld(b, func(_ *Site, o *Options) { o.Audit = nil })
	caller := trusted(b)
	b.ReportAllocs()
	for b.Loop() {
		res, err := w.GenerateEmbedUrlForAnonymousUser(b.Context(), caller, aRequest())
		if err == nil {
			_, _, err = w.Redeem(b.Context(), "", codeOf(res))
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}
