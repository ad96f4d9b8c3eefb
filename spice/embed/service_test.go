package embed_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/embed"
	"github.com/rowsight/rowsight/tagrules"
)

// serve adds the dashboard to the service.
func serve(mux *http.ServeMux, site embed.Site, caller embed.Caller, page http.Handler, login func(*http.Request) string) error {
	server, err := embed.New(site, nil)
	if err != nil {
		return err
	}
	mux.HandleFunc("GET /revenue", func(w http.ResponseWriter, r *http.Request) { // a page of your application
		req, err := request(login(r))
		if err != nil {
			embed.WriteError(w, r, err)
			return
		}
		res, err := server.GenerateEmbedUrlForAnonymousUser(r.Context(), caller, req)
		if err != nil {
			embed.WriteError(w, r, err)
			return
		}
		fmt.Fprintf(w, `<iframe title="Revenue" src="%s"></iframe>`, res.EmbedUrl)
	})
	mux.Handle("GET /embed/dashboards/revenue", server.Page(page))
	mux.Handle("POST /embed/session", server.RedeemHandler())
	mux.Handle("GET /embed/rows", server.Require(embed.Rows(sales)))
	return nil
}

var (
	sales   = namespace.MustParseARN("arn:aws:quicksight:us-east-1:111122223333:dataset/sales")
	revenue = namespace.MustParseARN("arn:aws:quicksight:us-east-1:111122223333:dashboard/revenue")
)

// request says what a user of a tenant may see.
func request(tenant string) (*embed.Request, error) {
	tags, err := config.NewTags().One("tenant", tenant).Tags() // refuses a tenant called * (T9)
	return &embed.Request{
		AwsAccountId: "111122223333", Namespace: "default", AuthorizedResourceArns: []string{revenue.String()},
		ExperienceConfiguration: embed.Experience{Dashboard: &embed.Dashboard{InitialDashboardId: "revenue"}}, SessionTags: tags,
	}, err
}

var config = &tagrules.Config{TagRules: []tagrules.Rule{{TagKey: "tenant", ColumnName: "TenantID", MatchAllValue: "*"}}}

func site(store *spice.Store, ring *embed.Ring, url string) (embed.Site, error) {
	dashboards := new(embed.Dashboards)
	err := dashboards.Add(revenue, []namespace.ARN{sales})
	return embed.Site{Region: "us-east-1", Account: "111122223333", URL: url, Data: store, Resources: dashboards, Keys: ring}, err
}

// oneColumn has a row for each tenant.
type oneColumn []string

func (c oneColumn) Records(context.Context) (array.RecordReader, error) {
	schema := arrow.NewSchema([]arrow.Field{{Name: "TenantID", Type: arrow.BinaryTypes.String}}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	b.Field(0).(*array.StringBuilder).AppendValues(c, nil)
	rec := b.NewRecord()
	defer rec.Release()
	return array.NewRecordReader(schema, []arrow.Record{rec})
}

// TestService walks the way of a viewer through the service.
func TestService(t *testing.T) {
	store, err := spice.Open(t.TempDir(), &spice.Options{Region: "us-east-1", Account: "111122223333", Unencrypted: true})
	require.NoError(t, err)
	defer func() { require.NoError(t, store.Close()) }()
	d, err := store.CreateDataset(t.Context(), spice.DatasetInput{ID: "sales", ImportMode: spice.SPICE})
	require.NoError(t, err)
	_, err = d.Refresh(t.Context(), oneColumn{"acme", "globex", "acme"}, spice.RefreshFull)
	require.NoError(t, err)
	require.NoError(t, d.SetTagRules(t.Context(), config, nil))
	ring, err := embed.NewRing(embed.NewKey("k1"))
	require.NoError(t, err)
	policy, err := embed.ParsePolicy(strings.NewReader(`{"Statement": {"Effect": "Allow", "Action": "quicksight:GenerateEmbedUrlForAnonymousUser", "Resource": "*"}}`), nil)
	require.NoError(t, err)

	mux := http.NewServeMux()
	httpd := httptest.NewServer(mux)
	defer httpd.Close()
	where, err := site(store, ring, httpd.URL+"/embed")
	require.NoError(t, err)
	page := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "<!DOCTYPE html><title>Revenue</title>")
	})
	login := func(r *http.Request) string { return r.Header.Get("X-Logged-In-As") }
	require.NoError(t, serve(mux, where, embed.Caller{Policy: policy}, page, login))
	do := func(method, url, body string, headers ...string) *http.Response {
		r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
		require.NoError(t, err)
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		res, err := httpd.Client().Do(r)
		require.NoError(t, err)
		t.Cleanup(func() { _ = res.Body.Close() })
		return res
	}
	require.Equal(t, http.StatusServiceUnavailable, do("GET", httpd.URL+"/revenue", "", "X-Logged-In-As", "*").StatusCode, "a tenant called * is not all tenants")

	outer := read(t, do("GET", httpd.URL+"/revenue", "", "X-Logged-In-As", "acme"))
	src := regexp.MustCompile(`src="([^"]*)"`).FindStringSubmatch(outer)[1]
	require.Equal(t, 200, do("GET", src, "").StatusCode)
	u, err := url.Parse(src)
	require.NoError(t, err)
	redeem := func() *http.Response {
		return do("POST", httpd.URL+"/embed/session", `{"Code": "`+u.Query().Get("code")+`"}`, "Content-Type", "application/json")
	}
	var session embed.Redeemed
	require.NoError(t, json.NewDecoder(redeem().Body).Decode(&session))
	rows := do("GET", httpd.URL+"/embed/rows", "", "Authorization", "Bearer "+session.SessionToken)
	r, err := ipc.NewReader(rows.Body)
	require.NoError(t, err)
	defer r.Release()
	n := 0
	for r.Next() {
		for i := range int(r.Record().NumRows()) {
			require.Equal(t, "acme", r.Record().Column(0).(*array.String).Value(i))
			n++
		}
	}
	require.NoError(t, r.Err())
	require.Equal(t, 2, n)

	require.Equal(t, http.StatusGone, redeem().StatusCode)
	require.Contains(t, read(t, do("GET", src, "", "Accept", "text/html")), "already used")
	require.Equal(t, http.StatusUnauthorized, do("GET", httpd.URL+"/embed/rows", "").StatusCode)
}

func read(t *testing.T, res *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return string(b)
}
