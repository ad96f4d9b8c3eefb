package namespace_test

import (
	"testing"

	"github.com/rowsight/rowsight/namespace"
	"github.com/stretchr/testify/require"
)

func TestZero(t *testing.T) {
	var a namespace.ARN
	require.True(t, a.IsZero())
	require.False(t, a.Same(a), "a zero ARN is nobody, not everybody without an ARN")
	require.False(t, a.Same(namespace.ARN{Region: "us-east-1"}))
	require.False(t, namespace.ARN{Region: "us-east-1"}.Same(namespace.ARN{Region: "us-east-1"}), "a Region alone names nothing")
	require.Empty(t, a.String())

	require.True(t, namespace.Identity{}.IsZero())
	require.Equal(t, "nobody", namespace.Identity{}.String())
	require.True(t, namespace.Principal{}.IsZero())
	require.True(t, namespace.Named("").IsZero())
	require.True(t, namespace.Named("", "").IsZero())
	require.True(t, namespace.ForARN(a, a).IsZero())
	require.Error(t, namespace.CheckNamespace(""))
}

func TestForARN(t *testing.T) {
	user := namespace.MustParseARN(prefix + "user/tenant/role/al")
	group := namespace.MustParseARN(prefix + "group/g")
	p := namespace.ForARN(user, group)
	require.Equal(t, namespace.Principal{
		User:   namespace.Identity{Namespace: "tenant", Name: "role/al", ARN: user},
		Groups: []namespace.Identity{{Namespace: "default", Name: "g", ARN: group}},
	}, p)
	require.True(t, namespace.ForARN(group, user).IsZero(), "a group is no user and a user no group")
}

func TestIdentityString(t *testing.T) {
	tests := []struct {
		reason string
		id     namespace.Identity
		want   string
	}{
		{"a name in the default namespace", namespace.Identity{Name: "al"}, "al"},
		{"the default namespace by name", namespace.Identity{Namespace: "default", Name: "al"}, "al"},
		{"another namespace", namespace.Identity{Namespace: "tenant", Name: "role/al"}, "tenant/role/al"},
		{"an ARN says most", namespace.ForARN(namespace.MustParseARN(prefix + "user/al")).User, prefix + "user/default/al"},
		{"a namespace alone is nobody", namespace.Identity{Namespace: "tenant"}, "nobody"},
	}
	for _, tt := range tests {
		require.Equal(t, tt.want, tt.id.String(), tt.reason)
	}
}
