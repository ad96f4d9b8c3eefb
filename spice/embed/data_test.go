package embed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/audit"
	"github.com/rowsight/rowsight/tagrules"
)

var (
	hospitals = []string{"North Hospital", "South Hospital", "Downtown Hospital"}
	regions   = []string{"Central", "East", "South", "West"}
)

// revenue is a table of OkTank's: every hospital in every region, some months,
// and a patient on each row who occurs once.
type revenue struct {
	mem    memory.Allocator
	months int
}

func (r revenue) schema() *arrow.Schema {
	return arrow.NewSchema([]arrow.Field{
		{Name: "region", Type: &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}},
		{Name: "hospital", Type: arrow.BinaryTypes.String},
		{Name: "patient", Type: arrow.BinaryTypes.String},
		{Name: "revenue", Type: arrow.PrimitiveTypes.Int64},
	}, nil)
}

func patient(hospital, region string, month int) string {
	return fmt.Sprintf("patient of %s in %s, month %d", hospital, region, month)
}

// Records implements spice.Source: a record a month.
func (r revenue) Records(context.Context) (array.RecordReader, error) {
	b := array.NewRecordBuilder(r.mem, r.schema())
	defer b.Release()
	var records []arrow.Record
	defer func() {
		for _, rec := range records {
			rec.Release()
		}
	}()
	for month := range r.months {
		for _, h := range hospitals {
			for _, region := range regions {
				if err := b.Field(0).(*array.BinaryDictionaryBuilder).AppendString(region); err != nil {
					return nil, err
				}
				b.Field(1).(*array.StringBuilder).Append(h)
				b.Field(2).(*array.StringBuilder).Append(patient(h, region, month))
				b.Field(3).(*array.Int64Builder).Append(int64(month + 1))
			}
		}
		records = append(records, b.NewRecord())
	}
	return array.NewRecordReader(r.schema(), records)
}

// newStore returns a store with the datasets named, filled and unrestricted.
func newStore(t testing.TB, mem memory.Allocator, now *clock, reads audit.Sink, sets map[string]spice.Source) *spice.Store {
	t.Helper()
	store, err := spice.Open(t.TempDir(), &spice.Options{
		Region: "us-east-1", Account: account, Unencrypted: true, Audit: reads, Allocator: mem, Now: now.Now,
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	for id, src := range sets {
		d, err := store.CreateDataset(t.Context(), spice.DatasetInput{ID: id, ImportMode: spice.SPICE})
		require.NoError(t, err)
		_, err = d.Refresh(t.Context(), src, spice.RefreshFull)
		require.NoError(t, err)
	}
	return store
}

// okTankRules is OkTank's configuration.
const okTankRules = `{"RowLevelPermissionTagConfiguration": {"Status": "ENABLED", "TagRules": [
	{"TagKey": "customer_region", "ColumnName": "region", "TagMultiValueDelimiter": ",", "MatchAllValue": "*"},
	{"TagKey": "customer_hospital", "ColumnName": "hospital", "TagMultiValueDelimiter": ",", "MatchAllValue": "*"}]}}`

func setRules(t testing.TB, store *spice.Store, id, rules string) {
	t.Helper()
	config, err := tagrules.Parse(strings.NewReader(rules), nil)
	require.NoError(t, err)
	d, err := store.Dataset(id)
	require.NoError(t, err)
	require.NoError(t, d.SetTagRules(t.Context(), config, nil))
}

// newOkTank returns a site of the dashboard d1 over OkTank's data.
func newOkTank(t testing.TB, months int, change ...func(*Site, *Options)) *world {
	t.Helper()
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	t.Cleanup(func() { mem.AssertSize(t, 0) })
	now, reads := newClock(), new(audit.Memory)
	store := newStore(t, mem, now, reads, map[string]spice.Source{"s1": revenue{mem, months}, "s2": revenue{mem, 1}})
	setRules(t, store, "s1", okTankRules)
	w := newWorld(t, append([]func(*Site, *Options){func(s *Site, o *Options) { s.Data, o.Now = store, now.Now }}, change...)...)
	w.clock, w.reads = now, reads
	return w
}

func user(hospital, region string) tagrules.Tags {
	return tagrules.Tags{{Key: "customer_hospital", Value: hospital}, {Key: "customer_region", Value: region}}
}

// patients returns who is seen, sorted.
func patients(t testing.TB, d *Dataset) (all []string) {
	t.Helper()
	for rec, err := range d.Records(t.Context()) {
		require.NoError(t, err)
		all = append(all, patientsOf(t, rec)...)
	}
	slices.Sort(all)
	return all
}

func patientsOf(t testing.TB, rec arrow.Record) (all []string) {
	t.Helper()
	column := rec.Column(rec.Schema().FieldIndices("patient")[0]).(*array.String)
	for i := range int(rec.NumRows()) {
		all = append(all, strings.Clone(column.Value(i)))
	}
	return all
}

// want returns who should be seen, by the words of the document.
func wantPatients(months int, see func(hospital, region string) bool) (all []string) {
	for month := range months {
		for _, h := range hospitals {
			for _, r := range regions {
				if see(h, r) {
					all = append(all, patient(h, r, month))
				}
			}
		}
	}
	slices.Sort(all)
	return all
}

func TestDataset(t *testing.T) {
	w := newOkTank(t, 3)
	ctx := t.Context()
	_, session := w.open(t, aRequest(user("North Hospital", "Central, East")...))
	d, err := session.Open(ctx, arnOf("dataset/s1"))
	require.NoError(t, err)
	require.Equal(t, arnOf("dataset/s1"), d.ARN())
	want := wantPatients(3, func(h, r string) bool { return h == "North Hospital" && (r == "Central" || r == "East") })
	require.Len(t, want, 6)
	require.Equal(t, want, patients(t, d))
	n, err := d.Count(ctx)
	require.NoError(t, err)
	require.EqualValues(t, 6, n)
	values, err := d.Distinct(ctx, "region")
	require.NoError(t, err)
	require.Equal(t, []string{"Central", "East"}, values)
	schema, err := d.Schema(ctx)
	require.NoError(t, err)
	require.Equal(t, 4, schema.NumFields())
	require.NotContains(t, fmt.Sprintf("%v %+v", d, *d), "North Hospital")

	_, none := w.open(t, aRequest())
	d, err = none.Open(ctx, arnOf("dataset/s1"))
	require.NoError(t, err)
	require.Empty(t, patients(t, d), "no tag, no row (T3)")

	for reason, a := range map[string]namespace.ARN{
		"a dataset that no dashboard of the session shows": arnOf("dataset/s2"), "one that is not there": arnOf("dataset/s3"),
		"the right id in another Region": {Partition: "aws", Region: "eu-west-1", Account: account, Kind: namespace.KindDataset, Name: "s1"},
		"a dashboard":                    arnOf("dashboard/d1"), "nothing": {},
	} {
		d, err := session.Open(ctx, a)
		require.ErrorIs(t, err, ErrForbidden, reason)
		require.Nil(t, d, reason)
	}
	require.NoError(t, w.dashboards.Add(arnOf("dashboard/d1"), []namespace.ARN{arnOf("dataset/s1"), arnOf("dataset/gone")}))
	_, err = session.Open(ctx, arnOf("dataset/gone"))
	require.ErrorIs(t, err, ErrForbidden, "deleted from the store")
	elsewhere := arnOf("dataset/s1")
	elsewhere.Region = "eu-west-1"
	require.NoError(t, w.dashboards.Add(arnOf("dashboard/d1"), []namespace.ARN{elsewhere}))
	_, err = session.Open(ctx, elsewhere)
	require.ErrorIs(t, err, ErrForbidden, "the store has one of that id, but not of that Region")

	_, shared := w.open(t, func() *Request { r := aRequest(); r.Namespace = "tenant2"; return r }())
	d, err = shared.Open(ctx, arnOf("dataset/s2"))
	require.NoError(t, err, "through a dashboard that is shared with the namespace (E3)")
	require.Len(t, patients(t, d), 12, "no rules: every row (V1)")
}

// TestStreamEnds: a stream ends when its session does.
func TestStreamEnds(t *testing.T) {
	for _, tt := range []struct {
		reason string
		end    func(w *world, s *Session)
		want   error
	}{
		{"revoked", func(w *world, s *Session) { require.NoError(t, w.Revoke(t.Context(), trusted(t), s.User())) }, ErrRevoked},
		{"expired", func(w *world, s *Session) { w.clock.Pass(DefaultLifetime * 60e9) }, ErrExpired},
	} {
		t.Run(tt.reason, func(t *testing.T) {
			w := newOkTank(t, 20_000/12) // several records
			_, session := w.open(t, aRequest(user("*", "*")...))
			d, err := session.Open(t.Context(), arnOf("dataset/s1"))
			require.NoError(t, err)
			records := 0
			var last error
			for rec, err := range d.Records(t.Context()) {
				if err != nil {
					require.Nil(t, rec)
					last = err
					continue
				}
				if records++; records == 1 {
					tt.end(w, session)
				}
			}
			require.Equal(t, Public(tt.want), Public(last))
			require.Equal(t, 1, records)
			_, err = d.Count(t.Context())
			require.ErrorIs(t, err, tt.want)
			_, err = d.Schema(t.Context())
			require.ErrorIs(t, err, tt.want)
			_, err = d.Distinct(t.Context(), "region")
			require.ErrorIs(t, err, tt.want)
		})
	}
}

// serve returns a handler that serves s1 to the session of the request.
func serve(w *world) http.Handler {
	return w.Require(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		d, err := FromContext(r.Context()).Open(r.Context(), arnOf("dataset/s1"))
		if err != nil {
			WriteError(rw, r, err)
			return
		}
		ServeRecords(rw, r, d)
	}))
}

// TestServeRecords reads over real connections, and searches the bytes for
// hidden rows (S3).
func TestServeRecords(t *testing.T) {
	w := newOkTank(t, 5)
	token, _ := w.open(t, aRequest(user("South Hospital", "South")...))
	empty, _ := w.open(t, aRequest())
	for _, h2 := range []bool{false, true} {
		server := httptest.NewUnstartedServer(serve(w))
		server.EnableHTTP2 = h2
		server.StartTLS()
		defer server.Close()
		get := func(token string) *http.Response {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
			require.NoError(t, err)
			r.Header.Set("Authorization", "Bearer "+token)
			res, err := server.Client().Do(r)
			require.NoError(t, err)
			return res
		}
		res := get(token)
		require.Equal(t, h2, res.ProtoMajor == 2)
		require.Equal(t, MediaType, res.Header.Get("Content-Type"))
		require.Equal(t, "no-store", res.Header.Get("Cache-Control"))
		body, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		require.Equal(t, "complete", res.Trailer.Get(StatusTrailer))
		require.Equal(t, wantPatients(5, func(h, r string) bool { return h == "South Hospital" && r == "South" }), readAll(t, body))
		for _, hidden := range []string{"North", "Downtown", "West", "Central", "East"} {
			require.NotContains(t, string(body), hidden)
		}

		res = get(empty)
		body, err = io.ReadAll(res.Body)
		require.NoError(t, err)
		require.Equal(t, "complete", res.Trailer.Get(StatusTrailer))
		require.Empty(t, readAll(t, body), "a schema and no row")
		require.NotContains(t, string(body), "Hospital")
	}
	res := ask(serve(w), http.MethodHead, "/", "", "Authorization", "Bearer "+token)
	require.Equal(t, 200, res.StatusCode)
	require.Empty(t, text(t, res))
	d2 := ask(w.Require(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		_, err := FromContext(r.Context()).Open(r.Context(), arnOf("dataset/s2"))
		WriteError(rw, r, err)
	})), http.MethodGet, "/", "", "Authorization", "Bearer "+token)
	require.Equal(t, "forbidden", problem(t, d2))
}

// readAll reads a whole IPC stream.
func readAll(t *testing.T, body []byte) (all []string) {
	t.Helper()
	r, err := ipc.NewReader(strings.NewReader(string(body)))
	require.NoError(t, err)
	defer r.Release()
	for r.Next() {
		all = append(all, patientsOf(t, r.Record())...)
	}
	require.NoError(t, r.Err())
	slices.Sort(all)
	return all
}

// TestBrokenOff: what goes wrong on the way cannot be taken for the end, on
// connections of either protocol and behind a writer that knows neither.
func TestBrokenOff(t *testing.T) {
	w := newOkTank(t, 20_000/12)
	one := 0
	h := w.Require(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		session := FromContext(r.Context())
		d, err := session.Open(r.Context(), arnOf("dataset/s1"))
		if err != nil {
			WriteError(rw, r, err)
			return
		}
		ServeRecords(&revoking{rw, func() { one++; _ = w.Revoke(r.Context(), Caller{}, session.User()) }}, r, d)
	}))
	for _, h2 := range []bool{false, true} {
		token, _ := w.open(t, aRequest(user("*", "*")...))
		server := httptest.NewUnstartedServer(h)
		server.EnableHTTP2 = h2
		server.StartTLS()
		defer server.Close()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer "+token)
		res, err := server.Client().Do(r)
		require.NoError(t, err)
		require.Equal(t, h2, res.ProtoMajor == 2)
		require.Equal(t, 200, res.StatusCode, "it began well")
		body, err := io.ReadAll(res.Body)
		require.Error(t, err, "the connection was cut")
		require.NotEqual(t, "complete", res.Trailer.Get(StatusTrailer))
		requireBroken(t, body)
	}
	token, _ := w.open(t, aRequest(user("*", "*")...))
	rec := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Authorization", "Bearer "+token)
	h.ServeHTTP(rec, r)
	requireBroken(t, rec.Body.Bytes())
	require.Equal(t, "revoked", rec.Result().Trailer.Get(StatusTrailer))
	require.Equal(t, 3, one)
	require.Contains(t, w.log.String(), "a read failed")
}

func requireBroken(t *testing.T, body []byte) {
	t.Helper()
	require.NotEmpty(t, body)
	r, err := ipc.NewReader(strings.NewReader(string(body)))
	require.NoError(t, err)
	defer r.Release()
	for r.Next() {
	}
	require.Error(t, r.Err(), "no reader takes it for whole")
}

// revoking revokes the session at the first bytes that are written.
type revoking struct {
	http.ResponseWriter
	revoke func()
}

func (w *revoking) Write(b []byte) (int, error) {
	if w.revoke != nil {
		w.revoke()
		w.revoke = nil
	}
	return w.ResponseWriter.Write(b)
}

func (w *revoking) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// TestClientLeaves: a viewer who goes away is no fault of the site.
func TestClientLeaves(t *testing.T) {
	w := newOkTank(t, 1)
	token, _ := w.open(t, aRequest(user("*", "*")...))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := httptest.NewRequest(http.MethodGet, "/", nil).WithContext(ctx)
	r.Header.Set("Authorization", "Bearer "+token)
	rec := httptest.NewRecorder()
	serve(w).ServeHTTP(rec, r)
	require.GreaterOrEqual(t, rec.Code, 400)
	require.True(t, gone(errors.Join(context.Canceled)))
}

// TestSecretsOfReads searches what reads leave behind for tag values (T8).
func TestSecretsOfReads(t *testing.T) {
	w := newOkTank(t, 1)
	const secret = "S3cretValue"
	token, session := w.open(t, aRequest(user(secret, secret+", East")...))
	h := serve(w)
	out := new(strings.Builder)
	get := func() {
		res := ask(h, http.MethodGet, "/", "", "Authorization", "Bearer "+token)
		fmt.Fprintln(out, res.StatusCode, res.Header, text(t, res), res.Trailer)
	}
	get()
	d, err := session.Open(t.Context(), arnOf("dataset/s1"))
	require.NoError(t, err)
	_, err = d.Distinct(t.Context(), "no such column")
	require.Error(t, err)
	fmt.Fprintln(out, err, d, session)
	store := w.site.Data.(*spice.Store)
	require.NoError(t, store.DeleteDataset(t.Context(), "s1"))
	_, err = d.Count(t.Context())
	require.Error(t, err)
	fmt.Fprintln(out, err)
	get()
	require.NoError(t, w.Revoke(t.Context(), trusted(t), session.User()))
	get()
	for _, records := range [][]audit.Record{w.reads.Records(), w.audit.Records()} {
		require.NotEmpty(t, records)
		b, err := json.Marshal(records)
		require.NoError(t, err)
		out.Write(b)
		require.Contains(t, string(b), session.User().String(), "records say who it was")
	}
	out.WriteString(w.log.String())
	require.NotContains(t, out.String(), secret)
	require.NotContains(t, out.String(), token)
}
