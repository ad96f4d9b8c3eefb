package namespace_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
)

// TestDocumented goes through what the documentation says of namespaces,
// statement by statement (N1 to N4).
func TestDocumented(t *testing.T) {
	ctx := t.Context()
	d, err := namespace.New("111122223333", "us-east-1", nil)
	require.NoError(t, err)
	v := d.Administrator()
	const name = "username123"
	user := func(ns string) namespace.RegisterUserInput {
		return namespace.RegisterUserInput{Namespace: ns, UserName: name, Email: "u@example.com", UserRole: namespace.RoleAuthor, IdentityType: namespace.IdentityIAM}
	}
	for _, ns := range []string{"namespace-123", "namespace-456"} {
		_, err := v.CreateNamespace(ctx, ns)
		require.NoError(t, err)
		_, err = v.RegisterUser(ctx, user(ns))
		require.NoError(t, err, "each namespace has users of its own: a name may be used again")
		_, err = v.RegisterUser(ctx, user(ns))
		require.ErrorIs(t, err, namespace.ErrExists, "in one namespace a name is there once")
	}
	arn := namespace.MustParseARN
	one := arn("arn:aws:quicksight:us-east-1:111122223333:user/namespace-123/username123")
	elsewhere := arn("arn:aws:quicksight:us-west-2:111122223333:user/namespace-123/username123")
	another := arn("arn:aws:quicksight:us-east-1:111122223333:user/namespace-456/username123")
	_, err = v.CreateDashboard(ctx, namespace.CreateAssetInput{Id: "board", Name: "Board"})
	require.NoError(t, err)
	board := d.ARN(namespace.KindDashboard, "", "board")
	const see = "quicksight:DescribeDashboard"
	sees := func(who namespace.ARN) bool {
		ok, err := d.Allows(ctx, who, see, board)
		require.NoError(t, err)
		list, _, err := d.As(namespace.Identity{ARN: who}).ListDashboards(ctx, namespace.Page{})
		require.NoError(t, err)
		require.Equal(t, ok, len(list) == 1)
		return ok
	}
	require.False(t, sees(one), "assets stand outside namespaces: nobody sees one without a permission")
	_, err = v.UpdateDashboardPermissions(ctx, "board", namespace.UpdatePermissionsInput{GrantPermissions: []namespace.ResourcePermission{{Principal: elsewhere, Actions: []string{see}}}})
	require.NoError(t, err)
	require.True(t, sees(one), "in another Region it is the same person, and namespaces span Regions")
	require.True(t, sees(elsewhere))
	require.False(t, sees(another), "in another namespace it is another person")

	_, err = d.As(namespace.Identity{ARN: one}).DescribeUser(ctx, "namespace-456", name)
	require.ErrorIs(t, err, namespace.ErrAccessDenied, "users of one namespace cannot see those of another")
	_, err = v.UpdateDashboardPermissions(ctx, "board", namespace.UpdatePermissionsInput{GrantPermissions: []namespace.ResourcePermission{{Principal: one, Actions: []string{"quicksight:UpdateDashboardPermissions"}}}})
	require.NoError(t, err)
	_, err = d.As(namespace.Identity{ARN: one}).UpdateDashboardPermissions(ctx, "board", namespace.UpdatePermissionsInput{GrantPermissions: []namespace.ResourcePermission{{Principal: another, Actions: []string{see}}}})
	require.ErrorIs(t, err, namespace.ErrAccessDenied, "nor show them anything by mistake")
	require.False(t, sees(another))

	for _, typ := range []namespace.IdentityType{namespace.IdentityQuickSight, namespace.IdentityIAMIdentityCenter} {
		in := user("")
		in.IdentityType, in.UserName = typ, "u "+string(typ)
		_, err := v.RegisterUser(ctx, in)
		require.NoError(t, err, "the default namespace is for everybody")
		in.Namespace = "namespace-123"
		_, err = v.RegisterUser(ctx, in)
		require.ErrorIs(t, err, namespace.ErrIdentityTypeNotSupported, "other namespaces are for federated users")
	}
	_, err = v.CreateNamespace(ctx, "namespace-123")
	require.ErrorIs(t, err, namespace.ErrExists)
	require.NoError(t, v.DeleteNamespace(ctx, "namespace-123"))
	list, _, err := v.ListDashboards(ctx, namespace.Page{})
	require.NoError(t, err)
	require.Len(t, list, 1, "a namespace goes with its users and without the assets")
}
