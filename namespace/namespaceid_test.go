package namespace_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
)

// TestNamespaceID: a namespace that is created again is another one, also after the log
// was compacted or opened again, and a log without ids opens.
func TestNamespaceID(t *testing.T) {
	ctx := t.Context()
	log := new(memLog)
	reopen := func() *namespace.Directory {
		d, err := namespace.Open(ctx, log, account, "us-east-1", nil)
		require.NoError(t, err)
		return d
	}
	id := func(d *namespace.Directory, name string) uint64 {
		id, there, err := d.NamespaceID(ctx, name)
		require.NoError(t, err)
		require.True(t, there, name)
		return id
	}
	// An older version wrote no id.
	require.NoError(t, log.Append(ctx, 0, []byte(`[{"op":"reset","account":"`+account+`"},{"op":"namespace","name":"default"},{"op":"namespace","name":"old"}]`)))
	d := reopen()
	require.Zero(t, id(d, ""))
	require.Zero(t, id(d, "old"))

	seen := map[uint64]bool{0: true}
	for i, again := range []func(){
		func() {},
		func() { d = reopen() },
		func() { require.NoError(t, d.Compact(ctx)); d = reopen() },
		func() { register(t, d, "", fmt.Sprint("u", len(seen)), namespace.RoleReader) },
	} {
		for _, name := range []string{"ten", "old"} {
			if i > 0 || name == "old" {
				require.NoError(t, d.Administrator().DeleteNamespace(ctx, name))
				_, there, err := d.NamespaceID(ctx, name)
				require.NoError(t, err)
				require.False(t, there)
				again()
			}
			_, err := d.Administrator().CreateNamespace(ctx, name)
			require.NoError(t, err)
			now := id(d, name)
			require.False(t, seen[now], "%s: %d", name, now)
			seen[now] = true
			require.Equal(t, now, id(reopen(), name))
		}
	}
	before := id(d, "ten")
	require.NoError(t, d.Compact(ctx))
	require.Equal(t, before, id(d, "ten"))
	require.Equal(t, before, id(reopen(), "ten"))

	_, there, err := new(namespace.Directory).NamespaceID(ctx, "ten")
	require.ErrorIs(t, err, namespace.ErrAccessDenied)
	require.False(t, there)
}
