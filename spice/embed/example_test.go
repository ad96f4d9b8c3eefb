package embed_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/query"
	"github.com/rowsight/rowsight/query/eval"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/audit"
	"github.com/rowsight/rowsight/spice/embed"
)

// emptyStore stands for a *spice.Store.
type emptyStore struct{}

func (emptyStore) Dataset(string) (*spice.Dataset, error) { return nil, spice.ErrNoDataset }

// newServer returns a server of one dashboard.
func newServer() *embed.Server {
	dashboards := new(embed.Dashboards)
	_ = dashboards.Add(namespace.MustParseARN("arn:aws:quicksight:us-east-1:111122223333:dashboard/revenue"), nil)
	ring, _ := embed.NewRing(embed.NewKey("2024-05"))
	server, err := embed.New(embed.Site{
		Region: "us-east-1", Account: "111122223333", URL: "https://bi.example.com/embed",
		Data: emptyStore{}, Resources: dashboards, Keys: ring,
	}, &embed.Options{Audit: new(audit.Memory)})
	if err != nil {
		fmt.Println(err)
	}
	return server
}

const requestJSON = `{
  "AwsAccountId": "111122223333",
  "Namespace": "default",
  "AuthorizedResourceArns": ["arn:aws:quicksight:us-east-1:111122223333:dashboard/revenue"],
  "ExperienceConfiguration": {"Dashboard": {"InitialDashboardId": "revenue"}},
  "SessionLifetimeInMinutes": 60,
  "SessionTags": [{"Key": "tenant", "Value": "acme"}]
}`

// A URL opens one session, once.
func Example() {
	ctx := context.Background()
	server := newServer()
	policy, _ := embed.ParsePolicy(strings.NewReader(`{"Statement": [{"Effect": "Allow",
		"Action": "quicksight:GenerateEmbedUrlForAnonymousUser",
		"Resource": ["arn:aws:quicksight:us-east-1:111122223333:namespace/default", "arn:aws:quicksight:us-east-1:111122223333:dashboard/*"]}]}`), nil)
	req, _ := embed.ParseRequest(strings.NewReader(requestJSON), nil)

	res, err := server.GenerateEmbedUrlForAnonymousUser(ctx, embed.Caller{Policy: policy}, req)
	url, code, _ := strings.Cut(res.EmbedUrl, "?code=")
	fmt.Println(url, err)
	_, session, err := server.Redeem(ctx, "", code)
	fmt.Println(session.Namespace(), err)
	_, _, err = server.Redeem(ctx, "", code)
	fmt.Println(err)
	// Output:
	// https://bi.example.com/embed/dashboards/revenue <nil>
	// default <nil>
	// already used
}

func ExampleNew() {
	_, err := embed.New(embed.Site{Region: "us-east-1", URL: "https://bi.example.com"}, nil)
	fmt.Println(err)
	// Output:
	// not a site: Account: want 12 digits
	// not a site: Data: want a store
	// not a site: Resources: want dashboards
	// not a site: Keys: no key
}

// Every problem is reported, where it stands, and no tag value with it.
func ExampleParseRequest() {
	_, err := embed.ParseRequest(strings.NewReader(`{
  "AwsAccountId": "111122223333",
  "Namespace": "default",
  "AuthorizedResourceArns": ["arn:aws:quicksight:us-east-1:111122223333:dashboard/revenue"],
  "ExperienceConfiguration": {"Dashboard": {"InitialDashboardId": "costs"}},
  "SessionLifetimeInMinutes": 1440
}`), &embed.ParseOptions{File: "request.json"})
	fmt.Println(err)
	fmt.Println(embed.Code(err))
	// Output:
	// request.json:5:67: ExperienceConfiguration.Dashboard.InitialDashboardId: not among AuthorizedResourceArns: dashboard "costs"
	// request.json:6:31: SessionLifetimeInMinutes: not a session lifetime: got 1440, want 15 to 600 minutes
	// InvalidParameterValueException
}

// A policy for each tenant, from one text. A tenant cannot choose a name that
// means more than itself.
func ExampleParsePolicy() {
	const text = `{"Statement": [{"Effect": "Allow", "Action": "quicksight:GenerateEmbedUrlForAnonymousUser",
	  "Resource": "arn:aws:quicksight:us-east-1:111122223333:namespace/{{tenant-id}}" // of this tenant only
	}]}`
	acme := namespace.MustParseARN("arn:aws:quicksight:us-east-1:111122223333:namespace/acme")
	for _, tenant := range []string{"acme", "globex", "*"} {
		policy, err := embed.ParsePolicy(strings.NewReader(text), &embed.PolicyOptions{Placeholders: map[string]string{"tenant-id": tenant}})
		ok, _ := policy.Decide(acme)
		fmt.Println(tenant, ok, err != nil)
	}
	// Output:
	// acme true false
	// globex false false
	// * false true
}

func ExampleCode() {
	_, err := newServer().GenerateEmbedUrlForAnonymousUser(context.Background(), embed.Caller{}, &embed.Request{
		AwsAccountId: "111122223333", Namespace: "default",
		AuthorizedResourceArns:  []string{"arn:aws:quicksight:us-east-1:111122223333:dashboard/revenue"},
		ExperienceConfiguration: embed.Experience{Dashboard: &embed.Dashboard{InitialDashboardId: "revenue"}},
	})
	fmt.Println(embed.Code(err))
	// Output: AccessDeniedException
}

// Keys rotate: new codes use the newest, all open.
func ExampleNewRing() {
	ring, err := embed.NewRing(embed.NewKey("2024-05"))
	fmt.Println(ring, err)
	fmt.Println(ring.Rotate(embed.NewKey("2024-06")), ring.IDs())
	fmt.Println(ring.Retire("2024-05"), ring.IDs()) // ten hours later
	// Output:
	// ring of keys ["2024-05"] <nil>
	// <nil> [2024-06 2024-05]
	// <nil> [2024-06]
}

func ExampleNewKey() {
	fmt.Printf("%+v", embed.NewKey("k1"))
	// Output: key "k1"
}

func ExampleNewMemory() {
	codes := embed.NewMemory()
	fmt.Println(codes.Len())
	// Output: 0
}

// A folder makes processes one site, if they have the same keys.
func ExampleOpenFiles() {
	dir, _ := os.MkdirTemp("", "codes")
	defer os.RemoveAll(dir)
	codes, err := embed.OpenFiles(dir)
	fmt.Println(err)
	defer codes.Close()
	_, err = codes.Get(context.Background(), "0123456789abcdef0123456789abcdef")
	fmt.Println(err)
	// Output:
	// <nil>
	// not known any more
}

// The viewer is told the same, whatever the reason inside.
func ExamplePublic() {
	p := embed.Public(fmt.Errorf("the rules of sales hide Region EMEA: %w", embed.ErrForbidden))
	fmt.Println(p.Status, p.Code, p.Title)
	// Output: 403 forbidden No access
}

func ExampleWriteError() {
	w := httptest.NewRecorder()
	embed.WriteError(w, httptest.NewRequest(http.MethodGet, "/rows", nil), errors.New("disk full at block 7"))
	fmt.Print(w.Code, " ", w.Body)
	// Output: 503 {"Code":"unavailable","Title":"The data is not available now","Message":"Something kept us from showing the data. Try again later, and tell those who run this site if it lasts."}
}

// The reason is in the log of the server, and not in the answer.
func ExampleServer_WriteError() {
	w := httptest.NewRecorder()
	newServer().WriteError(w, httptest.NewRequest(http.MethodGet, "/exports", nil), fmt.Errorf("%w: plan 7 has no exports", embed.ErrForbidden))
	fmt.Println(w.Code, strings.Contains(w.Body.String(), "plan 7"))
	// Output: 403 false
}

// Without Server.Require there is a session that may open nothing.
func ExampleFromContext() {
	session := embed.FromContext(context.Background())
	_, err := session.Open(context.Background(), namespace.MustParseARN("arn:aws:quicksight:us-east-1:111122223333:dataset/sales"))
	fmt.Println(err)
	// Output: no code or session was given
}

func ExampleServeRecords() {
	h := newServer().Require(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d, err := embed.FromContext(r.Context()).Open(r.Context(), namespace.MustParseARN("arn:aws:quicksight:us-east-1:111122223333:dataset/sales"))
		if err != nil {
			embed.WriteError(w, r, err)
			return
		}
		embed.ServeRecords(w, r, d)
	}))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/rows", nil))
	fmt.Println(w.Code)
	// Output: 401
}

func ExampleRows() {
	sales := namespace.MustParseARN("arn:aws:quicksight:us-east-1:111122223333:dataset/sales")
	h := newServer().Require(embed.Rows(sales))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/rows", nil))
	fmt.Println(w.Code)
	// Output: 401
}

func ExampleQuestions() {
	sales := namespace.MustParseARN("arn:aws:quicksight:us-east-1:111122223333:dataset/sales")
	h := newServer().Require(embed.Questions(sales))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/query", strings.NewReader(`{"measures": [{"function": "count"}]}`)))
	fmt.Println(w.Code)
	// Output: 401
}

func ExampleParseRegisteredRequest() {
	req, err := embed.ParseRegisteredRequest(strings.NewReader(`{
	  "AwsAccountId": "111122223333",
	  "UserArn": "arn:aws:quicksight:us-east-1:111122223333:user/default/MarthaRivera",
	  "ExperienceConfiguration": {"Dashboard": {"InitialDashboardId": "revenue"}},
	  "SessionLifetimeInMinutes": 5
	}`), nil)
	fmt.Println(req, err)
	// Output: <nil> 5:32: SessionLifetimeInMinutes: not a session lifetime: got 5, want 15 to 600 minutes
}

func ExampleParseIdentityRequest() {
	req, err := embed.ParseIdentityRequest(strings.NewReader(`{
	  "AwsAccountId": "111122223333",
	  "ExperienceConfiguration": {"Dashboard": {"InitialDashboardId": "revenue"}}
	}`), nil)
	fmt.Println(req.ExperienceConfiguration.Dashboard.InitialDashboardId, err)
	// Output: revenue <nil>
}

func ExampleServeAnswer() {
	q := query.Query{Measures: []query.Measure{{Func: query.Count}}}
	plan, err := q.Check(nil)
	if err != nil {
		panic(err)
	}
	answer, err := eval.Answer(context.Background(), plan, func(func(arrow.Record, error) bool) {}, nil)
	if err != nil {
		panic(err)
	}
	defer answer.Release()
	w := httptest.NewRecorder()
	err = embed.ServeAnswer(w, httptest.NewRequest("POST", "/query", nil), answer)
	fmt.Print(w.Body.String(), err)
	// Output:
	// {"columns":[{"name":"count()","type":"int"}],"rows":[["0"]]}
	// <nil>
}
