package embed

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
)

// TestDirectory: a directory says which namespaces there are, and what is shared
// with them, at every use (E3).
func TestDirectory(t *testing.T) {
	ctx := t.Context()
	d, err := namespace.New(account, "us-east-1", nil)
	require.NoError(t, err)
	admin := d.Administrator()
	for _, ns := range []string{"tenant1", "tenant2"} {
		_, err := admin.CreateNamespace(ctx, ns)
		require.NoError(t, err)
	}
	for _, id := range []string{"d1", "d2"} {
		_, err := admin.CreateDashboard(ctx, namespace.CreateAssetInput{Id: id, Name: id})
		require.NoError(t, err)
	}
	share := func(change namespace.UpdatePermissionsInput) {
		_, err := admin.UpdateDashboardPermissions(ctx, "d2", change)
		require.NoError(t, err)
	}
	toTenant2 := []namespace.ResourcePermission{{
		Principal: d.ARN(namespace.KindNamespace, "", "tenant2"),
		Actions:   []string{"quicksight:DescribeDashboard", "quicksight:ListDashboardVersions", ViewAction},
	}}
	share(namespace.UpdatePermissionsInput{GrantPermissions: toTenant2})

	w := newWorld(t, func(s *Site, _ *Options) {
		boards := &Dashboards{Directory: d}
		require.NoError(t, boards.Add(arnOf("dashboard/d1"), []namespace.ARN{arnOf("dataset/s1")}))
		require.NoError(t, boards.Add(arnOf("dashboard/d2"), []namespace.ARN{arnOf("dataset/s2")}))
		s.Resources = boards
	})
	sessions := make(map[string]*Session)
	for _, ns := range []string{"tenant1", "tenant2"} {
		req := aRequest()
		req.Namespace = ns
		_, sessions[ns] = w.open(t, req)
		require.NoError(t, sessions[ns].Dashboard(ctx, "d1"), "authorized by the request")
	}
	require.ErrorIs(t, sessions["tenant1"].Dashboard(ctx, "d2"), ErrForbidden)
	require.NoError(t, sessions["tenant2"].Dashboard(ctx, "d2"))

	req := aRequest()
	req.Namespace = "tenant3"
	_, err = w.GenerateEmbedUrlForAnonymousUser(ctx, trusted(t), req)
	require.Equal(t, ResourceNotFoundException, Code(err))

	toTenant2[0].Actions = toTenant2[0].Actions[2:]
	share(namespace.UpdatePermissionsInput{RevokePermissions: toTenant2})
	require.ErrorIs(t, sessions["tenant2"].Dashboard(ctx, "d2"), ErrForbidden, "who may not query it may not see it, from now on")
}
