package embed

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/namespace/filestore"
)

// TestNamespaceCreatedAgain: neither a session nor a code of a deleted namespace lives on
// in a namespace of the same name.
func TestNamespaceCreatedAgain(t *testing.T) {
	for name, again := range map[string]func(t *testing.T, open func() *namespace.Directory, d **namespace.Directory){
		"at once":  func(*testing.T, func() *namespace.Directory, **namespace.Directory) {},
		"reopened": func(_ *testing.T, open func() *namespace.Directory, d **namespace.Directory) { *d = open() },
		"compacted": func(t *testing.T, open func() *namespace.Directory, d **namespace.Directory) {
			require.NoError(t, (*d).Compact(t.Context()))
			*d = open()
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, path := t.Context(), filepath.Join(t.TempDir(), "log")
			var log *filestore.Log
			t.Cleanup(func() { require.NoError(t, log.Close()) })
			open := func() *namespace.Directory {
				require.NoError(t, log.Close())
				var err error
				log, err = filestore.Open(path)
				require.NoError(t, err)
				d, err := namespace.Open(ctx, log, account, "us-east-1", nil)
				require.NoError(t, err)
				return d
			}
			d := open()
			w := newWorld(t)
			w.dashboards.Directory = d
			create := func() {
				_, err := d.Administrator().CreateNamespace(ctx, "tenant1")
				require.NoError(t, err)
			}
			create()
			unused := w.code(t, aRequest())
			token, session := w.open(t, aRequest())
			d = open()
			w.dashboards.Directory = d
			require.NoError(t, session.Dashboard(ctx, "d1"), "the namespace is the same")

			require.NoError(t, d.Administrator().DeleteNamespace(ctx, "tenant1"))
			require.ErrorIs(t, session.Check(ctx), ErrRevoked)
			_, _, err := w.Redeem(ctx, "", unused)
			require.ErrorIs(t, err, ErrRevoked)
			again(t, open, &d)
			w.dashboards.Directory = d
			create()
			require.ErrorIs(t, session.Check(ctx), ErrRevoked)
			require.ErrorIs(t, session.Dashboard(ctx, "d1"), ErrRevoked)
			_, _, err = w.Redeem(ctx, "", unused)
			require.ErrorIs(t, err, ErrRevoked)
			if s, err := w.Session(ctx, "", token); err == nil {
				require.ErrorIs(t, s.Check(ctx), ErrRevoked)
			}
			_, session = w.open(t, aRequest())
			require.NoError(t, session.Dashboard(ctx, "d1"), "of the namespace of now")
		})
	}
}

// A foreignResources tells no ids, as those that were written before there were ids.
type foreignResources struct{ Resources }

// TestGrantsWithoutID: a grant of an older version holds no id, which is that of the
// namespaces of an older version, and of Resources without ids.
func TestGrantsWithoutID(t *testing.T) {
	ctx := t.Context()
	d, err := namespace.New(account, "us-east-1", nil)
	require.NoError(t, err)
	w := newWorld(t, func(s *Site, _ *Options) { s.Resources = foreignResources{s.Resources} })
	require.NoError(t, w.dashboards.AddNamespace("default"))
	open := func(ns string) *Session {
		req := aRequest()
		req.Namespace = ns
		_, session := w.open(t, req)
		require.Zero(t, session.grant.NamespaceID)
		return session
	}
	tenant, fallback := open("tenant1"), open("default")
	require.NoError(t, tenant.Check(ctx))
	_, err = d.Administrator().CreateNamespace(ctx, "tenant1")
	require.NoError(t, err)
	w.dashboards.Directory = d
	require.NoError(t, tenant.Check(ctx), "Resources without ids")
	w.site.Resources = w.dashboards
	require.NoError(t, fallback.Check(ctx))
	require.ErrorIs(t, tenant.Check(ctx), ErrRevoked)

	stored, err := unmarshal([]byte(`{"Namespace":"tenant1","Minutes":60}`))
	require.NoError(t, err)
	require.Zero(t, stored.NamespaceID)
}

// deniesNamespace overrides the HasNamespace of the Dashboards that it embeds.
type deniesNamespace struct {
	*Dashboards
	denied string
}

func (d *deniesNamespace) HasNamespace(ctx context.Context, name string) (bool, error) {
	if name == d.denied {
		return false, nil
	}
	return d.Dashboards.HasNamespace(ctx, name)
}

// TestHasNamespaceCounts: the id of a namespace never makes one exist.
func TestHasNamespaceCounts(t *testing.T) {
	ctx := t.Context()
	r := new(deniesNamespace)
	w := newWorld(t, func(s *Site, _ *Options) { r.Dashboards = s.Resources.(*Dashboards); s.Resources = r })
	_, session := w.open(t, aRequest())
	require.NoError(t, session.Check(ctx))
	r.denied = "tenant1"
	require.ErrorIs(t, session.Check(ctx), ErrRevoked)
}
