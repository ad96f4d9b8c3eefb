package embed

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice/observe"
)

// observer keeps what each operation was and how it ended.
type observer struct{ lines []string }

func (o *observer) Start(ctx context.Context, op observe.Operation) (context.Context, func(observe.Result)) {
	return ctx, func(r observe.Result) {
		line := op.Kind.String() + " " + op.Name
		if r.Failed {
			line += " " + r.Code
		}
		o.lines = append(o.lines, line)
	}
}

func TestObserver(t *testing.T) {
	var seen observer
	w := newWorld(t, func(_ *Site, o *Options) { o.Observer = &seen })
	code := w.code(t, aRequest())
	token, session, err := w.Redeem(t.Context(), "", code)
	require.NoError(t, err)
	_, _, err = w.Redeem(t.Context(), "", code)
	require.ErrorIs(t, err, ErrUsed)
	_, err = w.Session(t.Context(), "", token)
	require.NoError(t, err)
	_, err = w.Session(t.Context(), "", "forged")
	require.Error(t, err)
	require.NoError(t, w.Revoke(t.Context(), Caller{}, session.User()))
	_, err = w.GenerateEmbedUrlForAnonymousUser(t.Context(), Caller{}, aRequest())
	require.Error(t, err)
	require.Equal(t, []string{
		"generate GenerateEmbedUrlForAnonymousUser",
		"redeem RedeemEmbedUrl",
		"redeem RedeemEmbedUrl " + Public(ErrUsed).Code,
		"session AuthenticateAnonymousSession",
		"session AuthenticateAnonymousSession " + Public(ErrTampered).Code,
		"revoke RevokeAnonymousSession",
		"generate GenerateEmbedUrlForAnonymousUser AccessDeniedException",
	}, seen.lines)
}
