package embed

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/spice/audit"
	"github.com/rowsight/rowsight/tagrules"
)

func TestGenerate(t *testing.T) {
	w := newWorld(t)
	res, err := w.GenerateEmbedUrlForAnonymousUser(t.Context(), trusted(t), aRequest())
	require.NoError(t, err)
	require.Equal(t, 200, res.Status)
	require.Regexp(t, `^https://bi\.example\.com/embed/dashboards/d1\?code=[A-Za-z0-9_-]{100,200}$`, res.EmbedUrl)
	require.Regexp(t, `^arn:aws:quicksight:us-east-1:111122223333:anonymousUser/tenant1/[0-9a-f]{32}$`, res.AnonymousUserArn)
	require.Regexp(t, `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`, res.RequestId)
	text, err := json.Marshal(res)
	require.NoError(t, err)
	require.Contains(t, string(text), `"EmbedUrl":"https://`)
	_, code, _ := strings.Cut(res.EmbedUrl, "?code=")
	require.NotContains(t, fmt.Sprintf("%v %+v %#v %s", res, *res, *res, res.LogValue()), code, "printing it does not hand it on")

	again, err := w.GenerateEmbedUrlForAnonymousUser(t.Context(), trusted(t), aRequest())
	require.NoError(t, err)
	require.NotEqual(t, res.EmbedUrl, again.EmbedUrl)
	require.NotEqual(t, res.AnonymousUserArn, again.AnonymousUserArn)
}

func TestPaths(t *testing.T) {
	for want, e := range map[string]Experience{
		"/dashboards/d":                    {Dashboard: &Dashboard{"d"}},
		"/dashboards/d/sheets/s/visuals/v": {DashboardVisual: &DashboardVisual{VisualId{"d", "s", "v"}}},
		"/q/search/t":                      {QSearchBar: &QSearchBar{"t"}},
		"/q/t":                             {GenerativeQnA: &GenerativeQnA{"t"}},
		"":                                 {},
	} {
		require.Equal(t, want, e.path())
	}
}

// TestGenerateRefuses: what the caller may not, and what is not there (E3, E4).
func TestGenerateRefuses(t *testing.T) {
	w := newWorld(t)
	allow := func(resources ...string) string {
		b, err := json.Marshal(resources)
		require.NoError(t, err)
		return strings.Replace(allowAll, `"*"`, string(b), 1)
	}
	for _, tt := range []struct {
		reason, policy string
		change         func(r *Request)
		code           string
		want           []string // in the error; none: it is granted
	}{
		{"both named", allow(prefix+"namespace/tenant1", prefix+"dashboard/d1"), nil, "", nil},
		{"a prefix of each", allow(prefix+"namespace/ten*", prefix+"dashboard/d*"), nil, "", nil},
		{"no namespace", allow(prefix + "dashboard/*"), nil, AccessDeniedException, []string{"Namespace: ", "namespace/tenant1"}},
		{"no dashboard", allow(prefix + "namespace/*"), nil, AccessDeniedException, []string{"AuthorizedResourceArns[0]: ", "dashboard/d1"}},
		{"nothing: both are named", allow(prefix + "dataset/*"), nil, AccessDeniedException, []string{"Namespace: ", "AuthorizedResourceArns[0]: "}},
		{"another tenant", allow(prefix+"namespace/tenant10", prefix+"dashboard/*"), nil, AccessDeniedException, []string{"namespace/tenant1"}},
		{"another action", strings.Replace(allowAll, "GenerateEmbedUrlForAnonymousUser", "DescribeDashboard", 1), nil, AccessDeniedException, []string{"Namespace"}},
		{"a deny outweighs", `{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "Action": "quicksight:*", "Resource": "` + prefix + `dashboard/d1"}]}`, nil,
			AccessDeniedException, []string{"denies"}},
		{"the second dashboard", allow(prefix+"namespace/tenant1", prefix+"dashboard/d1"),
			func(r *Request) { r.AuthorizedResourceArns = append(r.AuthorizedResourceArns, prefix+"dashboard/d2") }, AccessDeniedException, []string{"AuthorizedResourceArns[1]"}},
		{"a dashboard that is not there", allow("*"),
			func(r *Request) { r.AuthorizedResourceArns = append(r.AuthorizedResourceArns, prefix+"dashboard/d9") }, ResourceNotFoundException, []string{"AuthorizedResourceArns[1]: not found"}},
		{"what is not allowed is not looked for", allow(prefix+"namespace/tenant1", prefix+"dashboard/d1"),
			func(r *Request) { r.AuthorizedResourceArns = append(r.AuthorizedResourceArns, prefix+"dashboard/d9") }, AccessDeniedException, []string{"AuthorizedResourceArns[1]: not allowed"}},
		{"a dashboard of another Region", allow("*"),
			func(r *Request) {
				r.AuthorizedResourceArns = append(r.AuthorizedResourceArns, strings.Replace(prefix, "us-east-1", "eu-west-1", 1)+"dashboard/d1")
			}, ResourceNotFoundException, []string{"eu-west-1"}},
		{"a namespace that is not there", allow("*"), func(r *Request) { r.Namespace = "tenant9" }, ResourceNotFoundException, []string{"Namespace: not found"}},
		{"another account", allow("*"), func(r *Request) {
			r.AwsAccountId = "999999999999"
			r.AuthorizedResourceArns = []string{"arn:aws:quicksight:us-east-1:999999999999:dashboard/d1"}
		}, AccessDeniedException, []string{"not of this site"}},
		{"no dashboard at all", allow("*"), func(r *Request) { r.AuthorizedResourceArns = nil }, InvalidParameterValueException, []string{"AuthorizedResourceArns: ", "InitialDashboardId: "}},
		{"a short life", allow("*"), func(r *Request) { r.SessionLifetimeInMinutes = 14 }, SessionLifetimeInMinutesInvalidException, []string{"got 14"}},
		{"domains the policy names", strings.Replace(allowAll, `"Resource"`, `"Condition": {"ForAllValues:StringEquals": {"quicksight:AllowedEmbeddingDomains": ["https://a.example"]}}, "Resource"`, 1),
			func(r *Request) { r.AllowedDomains = []string{"https://a.example"} }, "", nil},
		{"domains the policy does not name", strings.Replace(allowAll, `"Resource"`, `"Condition": {"ForAllValues:StringEquals": {"quicksight:AllowedEmbeddingDomains": ["https://a.example"]}}, "Resource"`, 1),
			func(r *Request) { r.AllowedDomains = []string{"https://a.example", "https://b.example"} }, AccessDeniedException, []string{"condition"}},
	} {
		t.Run(tt.reason, func(t *testing.T) {
			req := aRequest(tagrules.Tag{Key: "k", Value: "SECRET"})
			if tt.change != nil {
				tt.change(req)
			}
			res, err := w.GenerateEmbedUrlForAnonymousUser(t.Context(), Caller{Policy: policy(t, tt.policy)}, req)
			require.Equal(t, tt.code, Code(err), "%v", err)
			if tt.want == nil {
				require.NoError(t, err)
				require.NotEmpty(t, res.EmbedUrl)
				return
			}
			require.Nil(t, res)
			for _, want := range tt.want {
				require.ErrorContains(t, err, want)
			}
			require.NotContains(t, err.Error(), "SECRET")
		})
	}
	_, err := w.GenerateEmbedUrlForAnonymousUser(t.Context(), Caller{}, aRequest())
	require.Equal(t, AccessDeniedException, Code(err), "the zero caller")
	_, err = w.GenerateEmbedUrlForAnonymousUser(t.Context(), trusted(t), nil)
	require.Equal(t, InvalidParameterValueException, Code(err))
}

// TestLifetimes: a code lives five minutes, a session as long as was asked, from
// its redemption on (E2).
func TestLifetimes(t *testing.T) {
	for _, tt := range []struct {
		reason        string
		asked         int
		wait          time.Duration
		lives         time.Duration
		code, session error // at wait, and lives after the redemption
	}{
		{"at the last moment", 15, CodeLifetime - time.Second, 15*time.Minute - time.Second, nil, nil},
		{"a moment too late", 15, CodeLifetime, 0, ErrExpired, nil},
		{"long after it was swept", 15, 24 * time.Hour, 0, ErrExpired, nil},
		{"a session to its end", 15, 0, 15 * time.Minute, nil, ErrExpired},
		{"ten hours by default", 0, time.Minute, 600*time.Minute - time.Second, nil, nil},
		{"and no more", 0, time.Minute, 600 * time.Minute, nil, ErrExpired},
		{"long after", 600, time.Minute, 30 * 24 * time.Hour, nil, ErrExpired},
	} {
		t.Run(tt.reason, func(t *testing.T) {
			eachCodes(t, func(t *testing.T, c Codes) {
				w := newWorld(t, func(_ *Site, o *Options) { o.Codes = c })
				req := aRequest()
				req.SessionLifetimeInMinutes = tt.asked
				code := w.code(t, req)
				w.clock.Pass(tt.wait)
				w.sweep(t.Context(), w.clock.Now())
				token, session, err := w.Redeem(t.Context(), "", code)
				require.ErrorIs(t, err, tt.code)
				if tt.code != nil {
					require.Nil(t, session)
					require.Empty(t, token)
					return
				}
				require.NoError(t, session.Check(t.Context()))
				w.clock.Pass(tt.lives)
				w.sweep(t.Context(), w.clock.Now())
				_, err = w.Session(t.Context(), "", token)
				require.ErrorIs(t, err, tt.session)
				require.ErrorIs(t, session.Check(t.Context()), tt.session)
			})
		})
	}
}

// TestRealClock is the same with the clock that programs have.
func TestRealClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(_ *Site, o *Options) { o.Now = nil })
		first, second := w.code(t, aRequest()), w.code(t, aRequest())
		time.Sleep(CodeLifetime - time.Second)
		token, _, err := w.Redeem(t.Context(), "", first)
		require.NoError(t, err)
		time.Sleep(time.Second)
		_, _, err = w.Redeem(t.Context(), "", second)
		require.ErrorIs(t, err, ErrExpired)
		_, err = w.Session(t.Context(), "", token)
		require.NoError(t, err)
		time.Sleep(DefaultLifetime * time.Minute)
		_, err = w.Session(t.Context(), "", token)
		require.ErrorIs(t, err, ErrExpired)
	})
}

func TestRotation(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	code := w.code(t, aRequest())
	token, _ := w.open(t, aRequest())
	require.NoError(t, w.ring.Rotate(NewKey("k2")))
	_, err := w.Session(ctx, "", token)
	require.NoError(t, err)
	later, _, err := w.Redeem(ctx, "", code)
	require.NoError(t, err, "a code of the old key")
	newer, _ := w.open(t, aRequest())
	require.NoError(t, w.ring.Retire("k1"))
	for _, old := range []string{token, later} {
		_, err = w.Session(ctx, "", old)
		require.ErrorIs(t, err, ErrTampered)
	}
	_, err = w.Session(ctx, "", newer)
	require.NoError(t, err)
}

// TestDashboard: what is authorized and what is shared with the namespace, as it
// is now (E3).
func TestDashboard(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	_, one := w.open(t, aRequest())
	req := aRequest()
	req.Namespace = "tenant2"
	_, two := w.open(t, req)

	require.NoError(t, one.Dashboard(ctx, "d1"))
	require.ErrorIs(t, one.Dashboard(ctx, "d2"), ErrForbidden, "shared with tenant2 only")
	require.ErrorIs(t, one.Dashboard(ctx, "d9"), ErrForbidden, "not there")
	require.Equal(t, Public(one.Dashboard(ctx, "d2")), Public(one.Dashboard(ctx, "d9")), "and nobody can tell which")
	require.NoError(t, two.Dashboard(ctx, "d1"))
	require.NoError(t, two.Dashboard(ctx, "d2"))

	for _, set := range []string{"dataset/s2", "dataset/s9"} {
		_, err := one.Open(ctx, arnOf(set))
		require.ErrorIs(t, err, ErrForbidden)
	}
	require.NoError(t, w.dashboards.Add(arnOf("dashboard/d2"), []namespace.ARN{arnOf("dataset/s2")}))
	require.ErrorIs(t, two.Dashboard(ctx, "d2"), ErrForbidden, "not shared any more")
	w.dashboards.Remove(arnOf("dashboard/d1"))
	require.ErrorIs(t, one.Dashboard(ctx, "d1"), ErrForbidden, "deleted")
	_, err := one.Open(ctx, arnOf("dataset/s1"))
	require.ErrorIs(t, err, ErrForbidden)
	require.Equal(t, []namespace.ARN{arnOf("dashboard/d2")}, w.dashboards.All())

	for reason, err := range map[string]error{
		"a dataset is no dashboard": w.dashboards.Add(arnOf("dataset/s1"), nil),
		"a dashboard is no dataset": w.dashboards.Add(arnOf("dashboard/d1"), []namespace.ARN{arnOf("dashboard/d1")}),
		"not a namespace":           w.dashboards.Add(arnOf("dashboard/d1"), nil, "a b"),
	} {
		require.Error(t, err, reason)
	}
}

var errDisk = errors.New("disk full")

type brokenSink struct{ fail *atomic.Bool }

func (b brokenSink) Append(context.Context, audit.Record) error {
	if b.fail.Load() {
		return errDisk
	}
	return nil
}

// TestNoRecord: what cannot be recorded does not happen.
func TestNoRecord(t *testing.T) {
	fail := new(atomic.Bool)
	w := newWorld(t, func(_ *Site, o *Options) { o.Audit = brokenSink{fail} })
	code := w.code(t, aRequest())
	_, session := w.open(t, aRequest())
	fail.Store(true)

	_, err := w.GenerateEmbedUrlForAnonymousUser(t.Context(), trusted(t), aRequest())
	require.ErrorIs(t, err, errDisk)
	require.Equal(t, InternalFailureException, Code(err))
	_, _, err = w.Redeem(t.Context(), "", code)
	require.ErrorIs(t, err, errDisk)
	require.Equal(t, "unavailable", Public(err).Code)
	require.ErrorIs(t, w.Revoke(t.Context(), trusted(t), session.User()), errDisk)
	require.ErrorIs(t, session.Check(t.Context()), ErrRevoked, "a revocation holds all the same")

	fail.Store(false)
	_, _, err = w.Redeem(t.Context(), "", code)
	require.ErrorIs(t, err, ErrRevoked, "nobody has the session of the redemption that failed, and nobody will")
}

func TestAudit(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	code := w.code(t, aRequest())
	_, session, err := w.Redeem(ctx, "", code)
	require.NoError(t, err)
	_, _, err = w.Redeem(ctx, "", code)
	require.ErrorIs(t, err, ErrUsed)
	_, err = w.Session(ctx, "", "x")
	require.ErrorIs(t, err, ErrTampered)
	_, err = session.Open(ctx, arnOf("dataset/s2"))
	require.ErrorIs(t, err, ErrForbidden)
	_, err = w.GenerateEmbedUrlForAnonymousUser(ctx, Caller{}, aRequest())
	require.Error(t, err)
	require.NoError(t, w.Revoke(ctx, trusted(t), session.User()))
	require.Equal(t, []string{
		"GenerateEmbedUrlForAnonymousUser",
		"RedeemEmbedUrl",
		"RedeemEmbedUrl used",
		"AuthenticateAnonymousSession tampered",
		"OpenDataSet forbidden",
		"GenerateEmbedUrlForAnonymousUser AccessDeniedException",
		"RevokeAnonymousSession",
	}, w.events())
	records := w.audit.Records()
	require.Equal(t, "arn:aws:iam::111122223333:role/backend", records[0].UserIdentity.ARN)
	require.Equal(t, "quicksight.amazonaws.com", records[0].EventSource)
	require.Equal(t, "us-east-1", records[0].AWSRegion)
	require.Equal(t, account, records[0].RecipientAccountID)
	require.Equal(t, session.User().String(), records[1].UserIdentity.ARN)
	text, err := json.Marshal(records[0].Resources)
	require.NoError(t, err)
	for _, want := range []string{session.User().String(), prefix + "namespace/tenant1", prefix + "dashboard/d1"} {
		require.Contains(t, string(text), want)
	}
	require.Empty(t, records[3].UserIdentity.ARN, "a token that is not ours says nothing of who it was")
}

// TestSecrets searches everything that gets out for tag values (T8), codes and
// tokens.
func TestSecrets(t *testing.T) {
	dir := t.TempDir()
	files, err := OpenFiles(dir)
	require.NoError(t, err)
	defer func() { require.NoError(t, files.Close()) }()
	w := newWorld(t, func(_ *Site, o *Options) { o.Codes = files })
	ctx := t.Context()
	const secret = "S3cretValue"
	var out bytes.Buffer
	say := func(v ...any) { fmt.Fprintln(&out, v...) }

	req := aRequest(tagrules.Tag{Key: "tenant", Value: secret}, tagrules.Tag{Key: " tenant", Value: secret + ",*"})
	res, err := w.GenerateEmbedUrlForAnonymousUser(ctx, trusted(t), req)
	require.NoError(t, err)
	code := strings.SplitN(res.EmbedUrl, "=", 2)[1]
	require.NotContains(t, res.EmbedUrl, secret)
	raw, err := tokenText.DecodeString(code)
	require.NoError(t, err)
	require.NotContains(t, string(raw), secret, "not even encoded")
	token, session, err := w.Redeem(ctx, "", code)
	require.NoError(t, err)
	_, again, err := w.Redeem(ctx, "", code)
	say(again, err, session, fmt.Sprintf("%v %+v %#v", *session, session, session), session.LogValue())
	_, err = session.Open(ctx, arnOf("dataset/s1"))
	say(err)
	_, err = session.Open(ctx, arnOf("dataset/s2"))
	say(err)
	_, err = w.Session(ctx, "", token+"x")
	say(err)
	w.opts.Logger.Info("all of it", "session", session, "request", req, "response", res, "server", fmt.Sprintf("%v %+v", w.ring, w.ring.IDs()))
	bad := aRequest(tagrules.Tag{Key: "a", Value: strings.Repeat(secret, 30)}, tagrules.Tag{Key: "a", Value: secret})
	_, err = w.GenerateEmbedUrlForAnonymousUser(ctx, trusted(t), bad)
	say(err)
	require.NoError(t, w.Revoke(ctx, trusted(t), session.User()))
	text, err := json.Marshal(w.audit.Records())
	require.NoError(t, err)
	out.Write(text)
	out.WriteString(w.log.String())
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	require.NoError(t, err)
	require.NotEmpty(t, names)
	for _, name := range names {
		out.WriteString(name)
		_, sealed, err := files.read(filepath.Base(name))
		if err == nil {
			out.Write(sealed)
		}
	}
	require.Greater(t, out.Len(), 2000, "there is something to search")
	require.Contains(t, out.String(), session.User().String(), "and it is about this session")
	for what, s := range map[string]string{"a tag value": secret, "the code": code, "the token": token, "the encoded value": "UzNjcmV0VmFsdWU"} {
		require.NotContains(t, out.String(), s, what)
	}
}
