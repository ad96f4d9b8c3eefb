package spice

import (
	"context"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/query"
	"github.com/rowsight/rowsight/spice/keys"
)

// A hooked context runs a function at the n-th time that code below a function
// looks at the context.
type hooked struct {
	context.Context
	below string
	n     int
	run   func()
}

func (h *hooked) Err() error {
	if h.run != nil && strings.Contains(string(debug.Stack()), h.below) {
		if h.n--; h.n == 0 {
			run := h.run
			h.run = nil
			run()
		}
	}
	return h.Context.Err()
}

// TestEndsWhileAnswering: an answer that is computed when a key is disabled, or
// when the session expires, is not given out (K3).
func TestEndsWhileAnswering(t *testing.T) {
	w := newWorld(t)
	d := w.create("sales", sales())
	other, err := w.keys.CreateKey(t.Context(), "111122223333", "us-east-1")
	require.NoError(t, err)
	require.NoError(t, w.store.UpdateKeyRegistration(t.Context(), keys.RegisteredKey{KeyArn: other, DefaultKey: true}))
	w.attach(d, w.rules("rules", "UserName,Region\nanna,EMEA\n"))
	questions := map[string]struct {
		below string
		ask   func(ctx context.Context, s Session) error
	}{
		"Ask": {"eval.Answer", func(ctx context.Context, s Session) error {
			r, err := d.Ask(ctx, s, query.Query{Measures: []query.Measure{{Func: query.Count}}}, nil)
			if err == nil {
				r.Release()
			}
			return err
		}},
		"Count": {").each", func(ctx context.Context, s Session) error { _, err := d.Count(ctx, s); return err }},
		"Distinct": {").each", func(ctx context.Context, s Session) error {
			_, err := d.Distinct(ctx, s, "Region")
			return err
		}},
	}
	for name, q := range questions {
		hit := 0
		for n := 1; n < 8; n++ {
			ctx := &hooked{t.Context(), q.below, n, func() { require.NoError(t, w.keys.Disable(context.Background(), other)) }}
			err := q.ask(ctx, user("anna"))
			require.NoError(t, w.keys.Enable(t.Context(), other))
			if ctx.run == nil {
				hit++
				require.ErrorIs(t, err, ErrKey, "%s, look %d", name, n)
			}
			s := user("anna")
			s.Expires = w.clock.Now().Add(time.Minute)
			ctx = &hooked{t.Context(), q.below, n, func() { w.clock.add(time.Hour) }}
			if err = q.ask(ctx, s); ctx.run == nil {
				require.ErrorIs(t, err, ErrExpired, "%s, look %d", name, n)
			}
		}
		require.Positive(t, hit, "%s looks at its context", name)
	}
}

// TestEndsBeforeKeptAnswer: an answer that was kept is not given out if a key is
// disabled when the question is already admitted (K3).
func TestEndsBeforeKeptAnswer(t *testing.T) {
	w, d, _ := newAnswersWorld(t, 1<<20)
	other, err := w.keys.CreateKey(t.Context(), "111122223333", "us-east-1")
	require.NoError(t, err)
	require.NoError(t, w.store.UpdateKeyRegistration(t.Context(), keys.RegisteredKey{KeyArn: other, DefaultKey: true}))
	w.attach(d, w.rules("others", questionCSV)) // under the other key
	w.asks(d, "anna", visitsByRegion)
	_, cached := w.asks(d, "anna", visitsByRegion)
	require.True(t, cached)
	ctx := &hooked{t.Context(), ").answer", 1, func() { require.NoError(t, w.keys.Disable(context.Background(), other)) }}
	got, err := d.Ask(ctx, user("anna"), visitsByRegion, nil)
	require.Nil(t, ctx.run, "the read looks at the keys again")
	require.ErrorIs(t, err, ErrKey)
	require.Nil(t, got)
}

// TestExpiresWhileKeysAreAsked: a session that expires while a key is decrypted gets no
// row and no answer.
func TestExpiresWhileKeysAreAsked(t *testing.T) {
	w, d, _ := newAnswersWorld(t, 1<<20)
	w.asks(d, "anna", visitsByRegion) // keeps the answer
	for name, ask := range map[string]func(ctx context.Context, s Session) error{
		"Ask": func(ctx context.Context, s Session) error {
			r, err := d.Ask(ctx, s, visitsByRegion, nil)
			if err == nil {
				r.Release()
			}
			return err
		},
		"Count": func(ctx context.Context, s Session) error { _, err := d.Count(ctx, s); return err },
		"Records": func(ctx context.Context, s Session) error {
			for _, err := range d.Records(ctx, s) {
				if err != nil {
					return err
				}
			}
			return nil
		},
	} {
		hit := 0
		for n := 1; n < 4; n++ {
			s := user("anna")
			s.Expires = w.clock.Now().Add(time.Minute)
			ctx := &hooked{t.Context(), ").lives", n, func() { w.clock.add(time.Hour) }}
			if err := ask(ctx, s); ctx.run == nil {
				hit++
				require.ErrorIs(t, err, ErrExpired, "%s, look %d", name, n)
			}
		}
		require.Positive(t, hit, "%s asks for keys", name)
	}
}
