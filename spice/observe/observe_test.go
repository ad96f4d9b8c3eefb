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
		l.text = append(l.text, fmt.Sprintf("%s %s rows=%d failed=%t", op.Kind, op.Name, r.Rows, r.Failed))
	}
}

// A store begins each operation with Start.
func ExampleStart() {
	var seen lines
	_, end := observe.Start(context.Background(), &seen, observe.Operation{Kind: observe.Read, Name: "ReadDataSet"})
	end(observe.Result{Rows: 3})
	fmt.Println(seen.text)
	// Output: [read ReadDataSet rows=3 failed=false]
}

// The text of an error does not reach an observer.
func ExampleEnded() {
	r := observe.Ended(errors.New(`invalid input for type numeric: "12 High Street"`), "InternalFailureException")
	fmt.Println(r.Failed, r.Code)
	// Output: true InternalFailureException
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
	require.Equal(t, "call", observe.Call.String())
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
	end(observe.Ended(context.Canceled, ""))
	end(observe.Result{})
	require.Equal(t, []string{"bind  rows=0 failed=true"}, seen.text, "an operation ends once")
	require.Equal(t, observe.Result{Failed: true, Canceled: true}, observe.Ended(fmt.Errorf("x: %w", context.Canceled), ""))
	require.Equal(t, observe.Result{Failed: true, Code: "c"}, observe.Ended(errors.New("x"), "c"))
	require.Zero(t, observe.Ended(nil, "c"))
}
