package observe_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice/observe"
)

// A lines observer keeps a line for each operation that ended.
type lines struct{ text []string }

func (l *lines) Start(ctx context.Context, op observe.Operation) (context.Context, func(observe.Result)) {
	return ctx, func(r observe.Result) {
		l.text = append(l.text, fmt.Sprintf("%s %s rows=%d err=%v", op.Kind, op.Name, r.Rows, r.Err))
	}
}

// A store begins each operation with Start.
func ExampleStart() {
	var seen lines
	_, end := observe.Start(context.Background(), &seen, observe.Operation{Kind: observe.Read, Name: "ReadDataSet"})
	end(observe.Result{Rows: 3})
	fmt.Println(seen.text)
	// Output: [read ReadDataSet rows=3 err=<nil>]
}

// Traces and metrics often come from two observers.
func ExampleAll() {
	var a, b lines
	_, end := observe.Start(context.Background(), observe.All(&a, nil, &b), observe.Operation{Kind: observe.Redeem, Name: "RedeemEmbedUrl"})
	end(observe.Result{})
	fmt.Println(len(a.text), len(b.text))
	// Output: 1 1
}

// TestZero: no observer, and one that does nothing, are fine.
func TestZero(t *testing.T) {
	ctx, end := observe.Start(t.Context(), nil, observe.Operation{})
	require.Equal(t, t.Context(), ctx)
	end(observe.Result{})
	require.Nil(t, observe.All())
	require.Nil(t, observe.All(nil, nil))
	ctx, end = observe.Start(t.Context(), silent{}, observe.Operation{})
	require.Equal(t, t.Context(), ctx)
	end(observe.Result{})
	ctx, end = observe.Start(t.Context(), observe.All(silent{}, silent{}), observe.Operation{})
	require.Equal(t, t.Context(), ctx)
	end(observe.Result{})
	require.Equal(t, "unknown", observe.Kind(0).String())
	require.Equal(t, "unknown", observe.Kind(200).String())
	require.Equal(t, "revoke", observe.Revoke.String())
}

type silent struct{}

func (silent) Start(context.Context, observe.Operation) (context.Context, func(observe.Result)) {
	return nil, nil
}

type key struct{}

type carrying struct{ name string }

func (c carrying) Start(ctx context.Context, _ observe.Operation) (context.Context, func(observe.Result)) {
	before, _ := ctx.Value(key{}).(string)
	return context.WithValue(ctx, key{}, before+c.name), func(observe.Result) {}
}

func TestStart(t *testing.T) {
	ctx, _ := observe.Start(t.Context(), observe.All(carrying{"a"}, carrying{"b"}), observe.Operation{})
	require.Equal(t, "ab", ctx.Value(key{}), "each observer passes its context on")
	var seen lines
	_, end := observe.Start(t.Context(), &seen, observe.Operation{Kind: observe.Bind})
	end(observe.Result{Err: context.Canceled})
	end(observe.Result{})
	require.Equal(t, []string{"bind  rows=0 err=context canceled"}, seen.text, "an operation ends once")
	require.True(t, observe.Result{Err: fmt.Errorf("x: %w", context.Canceled)}.Canceled())
	require.False(t, observe.Result{Err: errors.New("x")}.Canceled())
}
