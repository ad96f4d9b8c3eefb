package embed

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
)

// TestRedeemRefuses: each reason is told apart, and none uses up a code.
func TestRedeemRefuses(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	code := w.code(t, aRequest())
	for _, tt := range []struct {
		reason, ns, code string
		want             error
	}{
		{"none", "", "", ErrNoCode},
		{"tampered", "", code[:len(code)-2] + "AA", ErrTampered},
		{"garbage", "", "garbage", ErrTampered},
		{"another namespace", "tenant2", code, ErrForeign},
	} {
		token, session, err := w.Redeem(ctx, tt.ns, tt.code)
		require.ErrorIs(t, err, tt.want, tt.reason)
		require.Nil(t, session)
		require.Empty(t, token)
	}
	_, err := w.Session(ctx, "", code)
	require.ErrorIs(t, err, ErrTampered, "a code is no session")

	token, session, err := w.Redeem(ctx, "tenant1", code)
	require.NoError(t, err, "after all of this it works")
	require.Equal(t, "tenant1", session.Namespace())
	_, _, err = w.Redeem(ctx, "", code)
	require.ErrorIs(t, err, ErrUsed)
	w.clock.Pass(CodeLifetime)
	_, _, err = w.Redeem(ctx, "", code)
	require.ErrorIs(t, err, ErrUsed, "used is said as long as it is known")
	_, _, err = w.Redeem(ctx, "", token)
	require.ErrorIs(t, err, ErrTampered, "a session is no code")

	_, err = w.Session(ctx, "tenant2", token)
	require.ErrorIs(t, err, ErrForeign)
	_, err = w.Session(ctx, "", token[1:])
	require.ErrorIs(t, err, ErrTampered)
	same, err := w.Session(ctx, "tenant1", token)
	require.NoError(t, err)
	require.Equal(t, session.User(), same.User())
	require.Equal(t, session.Expires(), same.Expires())
	require.Equal(t, Experience{Dashboard: &Dashboard{"d1"}}, same.Experience())

	other := newWorld(t)
	_, err = other.Session(ctx, "", token)
	require.ErrorIs(t, err, ErrTampered, "another site")
	other = newWorld(t, func(s *Site, _ *Options) { s.Keys = w.ring })
	_, err = other.Session(ctx, "", token)
	require.ErrorIs(t, err, ErrUnknown, "the same keys, but not the same codes")
}

// otherEnds are codes of which somebody changed when a session ends.
type otherEnds struct{ *Memory }

func (o otherEnds) Get(ctx context.Context, id string) (Entry, error) {
	e, err := o.Memory.Get(ctx, id)
	e.Until = e.Until.Add(time.Hour)
	return e, err
}

// TestOtherEnds: a session lives as long as its token says, and only if what is
// kept says the same.
func TestOtherEnds(t *testing.T) {
	w := newWorld(t, func(_ *Site, o *Options) { o.Codes = otherEnds{NewMemory()} })
	token, _ := w.open(t, aRequest())
	_, err := w.Session(t.Context(), "", token)
	require.ErrorIs(t, err, ErrUnknown)
}

// TestRedeemRaces: one code, many goroutines, two servers over one folder.
func TestRedeemRaces(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "codes")
	f1, err := OpenFiles(dir)
	require.NoError(t, err)
	f2, err := OpenFiles(dir)
	require.NoError(t, err)
	defer func() { require.NoError(t, errors.Join(f1.Close(), f2.Close())) }()
	w1 := newWorld(t, func(_ *Site, o *Options) { o.Codes = f1 })
	w2 := newWorld(t, func(s *Site, o *Options) { s.Keys, o.Codes = w1.ring, f2 })
	for range 10 {
		code := w1.code(t, aRequest())
		var won, used atomic.Int32
		var token atomic.Value
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				got, session, err := []*world{w1, w2}[i%2].Redeem(t.Context(), "", code)
				switch {
				case err == nil && session != nil:
					won.Add(1)
					token.Store(got)
				case errors.Is(err, ErrUsed):
					used.Add(1)
				}
			})
		}
		wg.Wait()
		require.EqualValues(t, 1, won.Load())
		require.EqualValues(t, 7, used.Load())
		for _, w := range []*world{w1, w2} {
			_, err := w.Session(t.Context(), "", token.Load().(string))
			require.NoError(t, err, "the session is one of the site")
		}
	}
}

func TestRevoke(t *testing.T) {
	eachCodes(t, func(t *testing.T, c Codes) {
		w := newWorld(t, func(_ *Site, o *Options) { o.Codes = c })
		ctx := t.Context()
		token, session := w.open(t, aRequest())
		require.NoError(t, w.Revoke(ctx, trusted(t), session.User()))
		require.ErrorIs(t, session.Check(ctx), ErrRevoked)
		_, err := w.Session(ctx, "", token)
		require.ErrorIs(t, err, ErrRevoked)
		_, err = session.Open(ctx, arnOf("dataset/s1"))
		require.ErrorIs(t, err, ErrRevoked)

		res, err := w.GenerateEmbedUrlForAnonymousUser(ctx, trusted(t), aRequest())
		require.NoError(t, err)
		require.NoError(t, w.Revoke(ctx, trusted(t), namespace.MustParseARN(res.AnonymousUserArn)))
		_, _, err = w.Redeem(ctx, "", strings.SplitN(res.EmbedUrl, "=", 2)[1])
		require.ErrorIs(t, err, ErrRevoked, "a code that nobody has used yet")

		for reason, user := range map[string]namespace.ARN{
			"nobody": {}, "a user": arnOf("user/tenant1/al"), "of another account": namespace.MustParseARN("arn:aws:quicksight:us-east-1:999999999999:anonymousUser/tenant1/" + someID),
			"no id": arnOf("anonymousUser/tenant1/x"), "a path": arnOf("anonymousUser/tenant1/../" + someID),
		} {
			require.ErrorIs(t, w.Revoke(ctx, trusted(t), user), ErrValue, reason)
		}
		require.ErrorIs(t, w.Revoke(ctx, trusted(t), arnOf("anonymousUser/tenant1/"+someID)), ErrUnknown)
	})
}
