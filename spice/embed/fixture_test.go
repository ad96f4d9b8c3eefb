package embed

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/audit"
	"github.com/rowsight/rowsight/tagrules"
)

const (
	account = "111122223333"
	prefix  = "arn:aws:quicksight:us-east-1:" + account + ":"
)

func arnOf(resource string) namespace.ARN { return namespace.MustParseARN(prefix + resource) }

// allowAll is the policy of a caller who may embed everything.
const allowAll = `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "quicksight:GenerateEmbedUrlForAnonymousUser", "Resource": "*"}}`

func policy(t testing.TB, text string) Policy {
	t.Helper()
	p, err := ParsePolicy(strings.NewReader(text), nil)
	require.NoError(t, err)
	return p
}

func trusted(t testing.TB) Caller {
	return Caller{ARN: "arn:aws:iam::" + account + ":role/backend", Policy: policy(t, allowAll)}
}

// aRequest is a valid one, for the dashboard d1.
func aRequest(tags ...tagrules.Tag) *Request {
	return &Request{
		AwsAccountId: account, Namespace: "tenant1", AuthorizedResourceArns: []string{prefix + "dashboard/d1"},
		ExperienceConfiguration: Experience{Dashboard: &Dashboard{"d1"}}, SessionTags: tags,
	}
}

// A clock is moved by hand.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2024, 5, 1, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// noData has no dataset.
type noData struct{}

func (noData) Dataset(id string) (*spice.Dataset, error) { return nil, spice.ErrNoDataset }

// A world is a site with everything that can be looked at from outside.
type world struct {
	*Server
	clock      *clock
	ring       *Ring
	dashboards *Dashboards
	audit      *audit.Memory // of the site
	reads      *audit.Memory // of the store, if there is one
	log        *lockedBuffer
}

// newWorld returns a site of the dashboards d1 and d2 over the datasets s1 and
// s2, in the namespaces tenant1 and tenant2; d2 is shared with tenant2.
func newWorld(t testing.TB, change ...func(*Site, *Options)) *world {
	t.Helper()
	w := &world{clock: newClock(), dashboards: new(Dashboards), audit: new(audit.Memory), log: new(lockedBuffer)}
	var err error
	w.ring, err = NewRing(NewKey("k1"))
	require.NoError(t, err)
	require.NoError(t, w.dashboards.AddNamespace("tenant1"))
	require.NoError(t, w.dashboards.Add(arnOf("dashboard/d1"), []namespace.ARN{arnOf("dataset/s1")}))
	require.NoError(t, w.dashboards.Add(arnOf("dashboard/d2"), []namespace.ARN{arnOf("dataset/s2")}, "tenant2"))
	site := Site{Region: "us-east-1", Account: account, URL: "https://bi.example.com/embed/", Data: noData{}, Resources: w.dashboards, Keys: w.ring}
	opts := &Options{Now: w.clock.Now, Audit: w.audit, Logger: slog.New(slog.NewJSONHandler(w.log, nil))}
	for _, f := range change {
		f(&site, opts)
	}
	w.Server, err = New(site, opts)
	require.NoError(t, err)
	return w
}

// code generates a URL and returns its code.
func (w *world) code(t testing.TB, req *Request) string {
	t.Helper()
	res, err := w.GenerateEmbedUrlForAnonymousUser(t.Context(), trusted(t), req)
	require.NoError(t, err)
	_, code, found := strings.Cut(res.EmbedUrl, "?code=")
	require.True(t, found)
	return code
}

// open opens a session.
func (w *world) open(t testing.TB, req *Request) (string, *Session) {
	t.Helper()
	token, session, err := w.Redeem(t.Context(), "", w.code(t, req))
	require.NoError(t, err)
	return token, session
}

// events returns the names and error codes of the audit records.
func (w *world) events() (names []string) {
	for _, r := range w.audit.Records() {
		names = append(names, strings.TrimSuffix(fmt.Sprintf("%s %s", r.EventName, r.ErrorCode), " "))
	}
	return names
}

// lockedBuffer is a buffer that handlers may write to while a test reads it.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
