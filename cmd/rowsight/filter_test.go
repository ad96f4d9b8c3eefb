package main

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/cmd/rowsight/internal/input"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
)

// TestZero holds that nothing is visible to whoever is not named.
func TestZero(t *testing.T) {
	var flags filterFlags
	v, err := viewOf(newFilter(), &flags.viewer, &flags.tags)
	require.Error(t, err)
	require.Equal(t, predicate.OpNone, v.predicate.Op())
	p, err := flags.viewer.principal()
	require.Error(t, err)
	require.True(t, p.IsZero())
	data, err := input.Open(context.Background(), []string{"-"}, &input.Options{Stdin: strings.NewReader("a\n1\n")})
	require.NoError(t, err)
	defer data.Release()
	filter, err := bind(view{}, data)
	require.NoError(t, err)
	require.True(t, data.Next())
	n, err := filter.Count(data.Record())
	require.NoError(t, err)
	require.Zero(t, n)
}

func TestWho(t *testing.T) {
	require.Equal(t, "Bob", who(namespace.Named("Bob", "Sales")))
	require.Equal(t, "a/Bob of namespace x", who(namespace.Principal{User: namespace.Identity{Name: "a/Bob", Namespace: "x"}}))
	require.Equal(t, "a member of Sales", who(namespace.Named("", "Sales")))
	require.Equal(t, `"\x1b[2J"`, who(namespace.Named("\x1b[2J")), "a name cannot clear the screen")
}
