package namespace_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
)

// linkView are the actions that the documentation of AWS gives to the link of a
// dashboard.
var linkView = []string{"quicksight:DescribeDashboard", "quicksight:QueryDashboard", "quicksight:ListDashboardVersions"}

func linkTo(d *namespace.Directory, ns string, actions ...string) []namespace.ResourcePermission {
	return []namespace.ResourcePermission{{Principal: d.ARN(namespace.KindNamespace, "", ns), Actions: actions}}
}

// linkHouse is a directory with a dashboard, whose link is shared with the namespace
// "tenant", and a user and a group in that namespace and in another.
func linkHouse(t *testing.T) (*namespace.Directory, namespace.View) {
	d := newDirectory(t, nil)
	v := d.Administrator()
	for _, ns := range []string{"tenant", "other"} {
		_, err := v.CreateNamespace(t.Context(), ns)
		require.NoError(t, err)
		register(t, d, ns, "u", namespace.RoleReader)
		_, err = v.CreateGroup(t.Context(), namespace.CreateGroupInput{Namespace: ns, GroupName: "g"})
		require.NoError(t, err)
	}
	_, err := v.CreateDashboard(t.Context(), namespace.CreateAssetInput{Id: "board", Name: "board", Link: linkTo(d, "tenant", linkView...)})
	require.NoError(t, err)
	return d, v
}

// TestLink: who may do what by the link of a dashboard.
func TestLink(t *testing.T) {
	d, v := linkHouse(t)
	ctx := t.Context()
	board := d.ARN(namespace.KindDashboard, "", "board")
	asks := func(who namespace.ARN, action string) bool {
		may, err := d.Allows(ctx, who, "quicksight:"+action, board)
		require.NoError(t, err)
		return may
	}
	user := d.ARN(namespace.KindUser, "tenant", "u")
	tests := []struct {
		reason string
		who    namespace.ARN
		action string
		want   bool
	}{
		{"a user of the namespace views", user, "QueryDashboard", true},
		{"describes", user, "DescribeDashboard", true},
		{"lists versions", user, "ListDashboardVersions", true},
		{"and no more", user, "DescribeDashboardPermissions", false},
		{"changes nothing", user, "UpdateDashboard", false},
		{"a user of another namespace", d.ARN(namespace.KindUser, "other", "u"), "QueryDashboard", false},
		{"a user who is not there", d.ARN(namespace.KindUser, "tenant", "x"), "QueryDashboard", false},
		{"a group is no viewer", d.ARN(namespace.KindGroup, "tenant", "g"), "QueryDashboard", false},
		{"the namespace neither: anonymous sessions have its name", d.ARN(namespace.KindNamespace, "", "tenant"), "QueryDashboard", false},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) { require.Equal(t, tt.want, asks(tt.who, tt.action)) })
	}
	all, err := v.DescribeDashboardPermissions(ctx, "board")
	require.NoError(t, err)
	require.Empty(t, all, "a link is no permission of a principal")
	links, err := v.DescribeDashboardLinkPermissions(ctx, "board")
	require.NoError(t, err)
	require.Len(t, links, 1)
	require.ElementsMatch(t, linkView, links[0].Actions)

	_, err = v.UpdateDashboardPermissions(ctx, "board", namespace.UpdatePermissionsInput{RevokeLinkPermissions: linkTo(d, "tenant", linkView...)})
	require.NoError(t, err)
	require.False(t, asks(user, "QueryDashboard"))
	_, err = v.UpdateDashboardPermissions(ctx, "board", namespace.UpdatePermissionsInput{GrantLinkPermissions: linkTo(d, "tenant", linkView...)})
	require.NoError(t, err)
	require.True(t, asks(user, "QueryDashboard"))
	require.NoError(t, v.DeleteNamespace(ctx, "tenant"))
	_, err = v.CreateNamespace(ctx, "tenant")
	require.NoError(t, err)
	register(t, d, "tenant", "u", namespace.RoleReader)
	require.False(t, asks(user, "QueryDashboard"), "another namespace of that name")
	links, err = v.DescribeDashboardLinkPermissions(ctx, "board")
	require.NoError(t, err)
	require.Empty(t, links)
}

// TestLinkOfUser: a user shares a link with the own namespace only, and sees no other.
func TestLinkOfUser(t *testing.T) {
	d, v := linkHouse(t)
	ctx := t.Context()
	owner := register(t, d, "other", "owner", namespace.RoleAuthor)
	_, err := v.UpdateDashboardPermissions(ctx, "board", namespace.UpdatePermissionsInput{GrantPermissions: []namespace.ResourcePermission{{
		Principal: owner.Arn, Actions: []string{"quicksight:DescribeDashboardPermissions", "quicksight:UpdateDashboardPermissions"},
	}}})
	require.NoError(t, err)
	as := d.As(namespace.Identity{ARN: owner.Arn})
	links, err := as.DescribeDashboardLinkPermissions(ctx, "board")
	require.NoError(t, err)
	require.Empty(t, links, "the link of another namespace")
	for _, in := range []namespace.UpdatePermissionsInput{{GrantLinkPermissions: linkTo(d, "tenant", linkView...)}, {RevokeLinkPermissions: linkTo(d, "tenant", linkView...)}} {
		_, err = as.UpdateDashboardPermissions(ctx, "board", in)
		require.ErrorIs(t, err, namespace.ErrAccessDenied)
	}
	_, err = as.UpdateDashboardPermissions(ctx, "board", namespace.UpdatePermissionsInput{GrantLinkPermissions: linkTo(d, "other", linkView...)})
	require.NoError(t, err)
	links, err = as.DescribeDashboardLinkPermissions(ctx, "board")
	require.NoError(t, err)
	require.Len(t, links, 1)
	_, err = d.As(namespace.Identity{ARN: d.ARN(namespace.KindUser, "tenant", "u")}).DescribeDashboardLinkPermissions(ctx, "board")
	require.ErrorIs(t, err, namespace.ErrAccessDenied, "a viewer by the link")
}

// TestLinkRefused: what no link is shared with, and for.
func TestLinkRefused(t *testing.T) {
	d, v := linkHouse(t)
	ctx := t.Context()
	_, err := v.CreateAnalysis(ctx, namespace.CreateAssetInput{Id: "a", Name: "a", Link: linkTo(d, "tenant", linkView...)})
	require.ErrorIs(t, err, namespace.ErrInvalidParameterValue, "an analysis")
	require.ErrorContains(t, err, "want a dashboard")
	to := func(who namespace.ARN, actions ...string) namespace.UpdatePermissionsInput {
		return namespace.UpdatePermissionsInput{GrantLinkPermissions: []namespace.ResourcePermission{{Principal: who, Actions: actions}}}
	}
	tenant := d.ARN(namespace.KindNamespace, "", "tenant")
	tests := []struct {
		reason string
		in     namespace.UpdatePermissionsInput
		says   string
	}{
		{"a user", to(d.ARN(namespace.KindUser, "tenant", "u"), linkView...), "is not a namespace"},
		{"a group", to(d.ARN(namespace.KindGroup, "tenant", "g"), linkView...), "is not a namespace"},
		{"nobody", to(namespace.ARN{}, linkView...), "is not a namespace"},
		{"a namespace that is not there", to(d.ARN(namespace.KindNamespace, "", "none"), linkView...), "is not in the directory"},
		{"a namespace of another account", to(namespace.MustParseARN("arn:aws:quicksight:us-east-1:444455556666:namespace/tenant"), linkView...), "of account"},
		{"an action that changes", to(tenant, append(linkView[:3:3], "quicksight:UpdateDashboard")...), "by the link"},
		{"a part of the actions", to(d.ARN(namespace.KindNamespace, "", "other"), linkView[0]), "by the link"},
		{"a part is revoked", namespace.UpdatePermissionsInput{RevokeLinkPermissions: linkTo(d, "tenant", linkView[0])}, "by the link"},
		{"granted and revoked", namespace.UpdatePermissionsInput{GrantLinkPermissions: linkTo(d, "tenant", linkView...), RevokeLinkPermissions: linkTo(d, "tenant", linkView...)}, "granted and revoked"},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			_, err := v.UpdateDashboardPermissions(ctx, "board", tt.in)
			require.ErrorIs(t, err, namespace.ErrInvalidParameterValue)
			require.ErrorContains(t, err, tt.says)
			links, err := v.DescribeDashboardLinkPermissions(ctx, "board")
			require.NoError(t, err)
			require.Equal(t, tenant, links[0].Principal)
			require.Len(t, links, 1)
			require.Len(t, links[0].Actions, 3)
		})
	}
	t.Run("65 namespaces", func(t *testing.T) {
		for i := range 64 {
			_, err := v.CreateNamespace(ctx, fmt.Sprint("n", i))
			require.NoError(t, err)
			_, err = v.UpdateDashboardPermissions(ctx, "board", to(d.ARN(namespace.KindNamespace, "", fmt.Sprint("n", i)), linkView...))
			if i < 63 {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, namespace.ErrLimitExceeded)
			}
		}
	})
}
