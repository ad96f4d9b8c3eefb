// Package world is a store with datasets, viewers and sessions, for tests of servers
// and engines of Flight SQL.
package world

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/flightsql"
	"github.com/rowsight/rowsight/internal/testkit/questions"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/audit"
	"github.com/rowsight/rowsight/spice/embed"
	"github.com/rowsight/rowsight/spice/keys"
	"github.com/rowsight/rowsight/tagrules"
)

const (
	account = "111122223333"
	prefix  = "arn:aws:quicksight:us-east-1:" + account + ":"
)

// A World has the datasets "sales" and "other", which every viewer may open, and
// "secret", which none may. The column Hidden is visible to ben alone.
type World struct {
	Store   *spice.Store
	Embed   *embed.Server
	Boards  *embed.Dashboards
	Reads   *audit.Memory // of the store and of statements
	Keys    *keys.Local
	Key     string
	Rows    map[string][]questions.Row
	mu      sync.Mutex
	now     time.Time
	ended   map[string]bool // viewers whose sessions were ended
	allowed map[string]bool // datasets of registered viewers
}

// Hidden is the column that column rules keep from all but ben.
const Hidden = "rate"

// Rules are the user rules of every dataset.
const Rules = "UserName,tenant\nanna,t1\nben,T1;t2\n"

// Anna, Ben and Tenant are what the rules admit: of the users, and of a session with
// the tag of a tenant.
func Anna() predicate.Predicate { return predicate.In("tenant", "t1") }

// Ben returns the rows of ben.
func Ben() predicate.Predicate { return predicate.In("tenant", "T1", "t2") }

// Tenant returns the rows of a session.
func Tenant(name string) predicate.Predicate { return predicate.In("tenant", name) }

// source gives rows in several records.
type source []questions.Row

// Records implements spice.Source.
func (s source) Records(context.Context) (array.RecordReader, error) {
	rec := questions.Record(memory.NewGoAllocator(), s, true)
	defer rec.Release()
	return array.NewRecordReader(rec.Schema(), []arrow.Record{rec})
}

// New returns a world with so many rows in each dataset.
func New(t testing.TB, rows int) *World {
	t.Helper()
	w := &World{Reads: new(audit.Memory), Rows: make(map[string][]questions.Row), now: time.Now().UTC().Truncate(time.Second),
		ended: make(map[string]bool), allowed: map[string]bool{"sales": true, "other": true}}
	var err error
	w.Keys, err = keys.OpenLocal(t.TempDir(), &keys.LocalOptions{Now: w.Now})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, w.Keys.Close()) })
	w.Key, err = w.Keys.CreateKey(t.Context(), account, "us-east-1")
	require.NoError(t, err)
	w.Store, err = spice.Open(t.TempDir(), &spice.Options{Account: account, Region: "us-east-1", Audit: w.Reads, Keys: w.Keys, Key: w.Key, Now: w.Now})
	require.NoError(t, err)
	t.Cleanup(func() { _ = w.Store.Close() })
	rnd := rand.New(rand.NewPCG(18, 18))
	for _, name := range []string{"sales", "other", "secret"} {
		w.Rows[name] = questions.Rows(rnd, rows)
		w.add(t, name)
	}
	w.Boards = new(embed.Dashboards)
	require.NoError(t, w.Boards.AddNamespace("tenants"))
	arn := func(text string) namespace.ARN { return namespace.MustParseARN(prefix + text) }
	require.NoError(t, w.Boards.Add(arn("dashboard/board"), []namespace.ARN{arn("dataset/sales"), arn("dataset/other")}))
	require.NoError(t, w.Boards.Add(arn("dashboard/inner"), []namespace.ARN{arn("dataset/secret")}))
	ring, err := embed.NewRing(embed.NewKey("k1"))
	require.NoError(t, err)
	w.Embed, err = embed.New(embed.Site{Region: "us-east-1", Account: account, URL: "https://bi.example.com/embed", Data: w.Store, Resources: w.Boards, Keys: ring},
		&embed.Options{Now: w.Now})
	require.NoError(t, err)
	return w
}

// add creates a dataset and its rules.
func (w *World) add(t testing.TB, name string) {
	t.Helper()
	d, err := w.Store.CreateDataset(t.Context(), spice.DatasetInput{ID: name, ImportMode: spice.SPICE})
	require.NoError(t, err)
	_, err = d.Refresh(t.Context(), source(w.Rows[name]), spice.RefreshFull)
	require.NoError(t, err)
	w.SetRules(t, name, Rules)
	config, err := tagrules.Parse(strings.NewReader(`{"TagRules": [{"TagKey": "tenant", "ColumnName": "tenant"}]}`), nil)
	require.NoError(t, err)
	require.NoError(t, d.SetTagRules(t.Context(), config, nil))
	require.NoError(t, d.SetColumnRules(t.Context(), spice.ColumnRule{ColumnNames: []string{Hidden}, Principals: []namespace.ARN{user("ben").User.ARN}}))
}

func user(name string) namespace.Principal {
	return namespace.ForARN(namespace.MustParseARN(prefix + "user/default/" + name))
}

// SetRules replaces the user rules of a dataset.
func (w *World) SetRules(t testing.TB, dataset, text string) {
	t.Helper()
	rules, err := rls.ReadCSV(strings.NewReader(strings.ReplaceAll(text, "T1;t2", `"T1,t2"`)), nil)
	require.NoError(t, err)
	d := w.Dataset(t, dataset)
	require.NoError(t, d.Attach(t.Context(), spice.Permissions{Settings: rls.PermissionDataSet{PermissionPolicy: rls.GrantAccess}, Rules: rules}))
}

// Dataset returns a dataset.
func (w *World) Dataset(t testing.TB, name string) *spice.Dataset {
	t.Helper()
	d, err := w.Store.Dataset(name)
	require.NoError(t, err)
	return d
}

// Now is the clock.
func (w *World) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// Pass moves the clock.
func (w *World) Pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// Caller is a program that may make and revoke sessions.
func Caller() embed.Caller {
	policy, err := embed.ParsePolicy(strings.NewReader(`{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "quicksight:*", "Resource": "*"}}`), nil)
	if err != nil {
		return embed.Caller{} // which may do nothing
	}
	return embed.Caller{ARN: "arn:aws:iam::" + account + ":role/backend", Policy: policy}
}

// Token returns the bearer token of a new embedded session, and the session.
func (w *World) Token(t testing.TB, tenant string) (string, *embed.Session) {
	t.Helper()
	res, err := w.Embed.GenerateEmbedUrlForAnonymousUser(t.Context(), Caller(), &embed.Request{
		AwsAccountId: account, Namespace: "tenants", AuthorizedResourceArns: []string{prefix + "dashboard/board"}, SessionLifetimeInMinutes: 30,
		ExperienceConfiguration: embed.Experience{Dashboard: &embed.Dashboard{InitialDashboardId: "board"}},
		SessionTags:             []tagrules.Tag{{Key: "tenant", Value: tenant}},
	})
	require.NoError(t, err)
	_, code, _ := strings.Cut(res.EmbedUrl, "?code=")
	token, session, err := w.Embed.Redeem(t.Context(), "", code)
	require.NoError(t, err)
	return token, session
}

// Login implements [flightsql.Login]: the password of a user is the name with "-pw".
func (w *World) Login(_ context.Context, name, password string) (flightsql.Viewer, error) {
	if name == "nobody" || password != name+"-pw" {
		return nil, flightsql.ErrLogin
	}
	return viewer{w, name}, nil
}

// End ends the sessions of a registered user.
func (w *World) End(name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended[name] = true
}

type viewer struct {
	w    *World
	name string
}

var errGone = errors.New("gone")

// Session implements [flightsql.Viewer].
func (v viewer) Session(context.Context) (spice.Session, error) {
	v.w.mu.Lock()
	defer v.w.mu.Unlock()
	if v.w.ended[v.name] {
		return spice.Session{}, errGone
	}
	return spice.Session{Principal: user(v.name)}, nil
}

// May implements [flightsql.Viewer].
func (v viewer) May(_ context.Context, dataset namespace.ARN) error {
	if !v.w.allowed[dataset.Name] {
		return errGone
	}
	return nil
}

// Serve starts a server and returns its address.
func (w *World) Serve(t testing.TB, engine flightsql.Engine, opts *flightsql.Options) string {
	t.Helper()
	o := flightsql.Options{}
	if opts != nil {
		o = *opts
	}
	o.Embed, o.Login, o.Now = w.Embed, w, w.Now
	if o.Audit == nil {
		o.Audit = w.Reads
	}
	server, err := flightsql.NewServer(w.Store, engine, &o)
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx, listener) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-ended)
	})
	return listener.Addr().String()
}

// Revoke ends the session of an anonymous user.
func (w *World) Revoke(anonymous string) error {
	return w.Embed.Revoke(context.Background(), Caller(), namespace.MustParseARN(anonymous))
}

// RemoveBoard takes the dashboard away that shows the datasets.
func (w *World) RemoveBoard() { w.Boards.Remove(namespace.MustParseARN(prefix + "dashboard/board")) }
