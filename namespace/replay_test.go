package namespace_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
)

// dump is everything there is to know about a directory.
func dump(t testing.TB, d *namespace.Directory) string {
	t.Helper()
	var b strings.Builder
	ctx, v := t.Context(), d.Administrator()
	each(t, v.ListNamespaces, ctx, func(ns namespace.NamespaceInfo) {
		fmt.Fprintf(&b, "%+v\n", ns)
		users := func(ctx context.Context, p namespace.Page) ([]namespace.User, string, error) {
			return v.ListUsers(ctx, ns.Name, p)
		}
		each(t, users, ctx, func(u namespace.User) {
			fmt.Fprintf(&b, "  %+v %+v\n", u, u.ExternalLogin)
			p, err := d.Principal(ctx, namespace.Identity{ARN: u.Arn})
			require.NoError(t, err)
			fmt.Fprintf(&b, "    %v\n", p)
		})
		groups := func(ctx context.Context, p namespace.Page) ([]namespace.Group, string, error) {
			return v.ListGroups(ctx, ns.Name, p)
		}
		each(t, groups, ctx, func(g namespace.Group) {
			fmt.Fprintf(&b, "  %+v\n", g)
			members := func(ctx context.Context, p namespace.Page) ([]namespace.GroupMember, string, error) {
				return v.ListGroupMemberships(ctx, ns.Name, g.GroupName, p)
			}
			each(t, members, ctx, func(m namespace.GroupMember) { fmt.Fprintf(&b, "    %+v\n", m) })
		})
	})
	for _, k := range []struct {
		list     func(context.Context, namespace.Page) ([]namespace.Asset, string, error)
		describe func(context.Context, string) ([]namespace.ResourcePermission, error)
	}{
		{v.ListDataSources, v.DescribeDataSourcePermissions}, {v.ListDataSets, v.DescribeDataSetPermissions},
		{v.ListAnalyses, v.DescribeAnalysisPermissions}, {v.ListDashboards, v.DescribeDashboardPermissions},
		{v.ListFolders, v.DescribeFolderPermissions},
	} {
		each(t, k.list, ctx, func(a namespace.Asset) {
			p, err := k.describe(ctx, a.Id)
			require.NoError(t, err)
			if a.Arn.Kind == namespace.KindDashboard {
				links, err := v.DescribeDashboardLinkPermissions(ctx, a.Id)
				require.NoError(t, err)
				fmt.Fprintf(&b, "link %+v ", links)
			}
			fmt.Fprintf(&b, "%+v %+v\n", a, p)
		})
	}
	each(t, v.ListFolders, ctx, func(f namespace.Asset) {
		path, err := v.FolderPath(ctx, f.Id)
		require.NoError(t, err)
		fmt.Fprintf(&b, "%v in %v\n", f.Arn, path)
		members := func(ctx context.Context, p namespace.Page) ([]namespace.Asset, string, error) {
			return v.ListFolderMembers(ctx, f.Id, p)
		}
		each(t, members, ctx, func(a namespace.Asset) { fmt.Fprintf(&b, "  %v\n", a.Arn) })
	})
	return b.String()
}

// TestReplay does random things to a directory with a log and to one without,
// and holds that they, the log read again, and the log compacted and read again
// are one and the same.
func TestReplay(t *testing.T) {
	ctx := t.Context()
	log := new(memLog)
	d, err := namespace.Open(ctx, log, account, "us-east-1", nil)
	require.NoError(t, err)
	plain := newDirectory(t, nil)
	r := rand.New(rand.NewPCG(1, 2))
	codes := make(map[string]int)
	for i := range 3000 {
		seed := r.Uint64()
		err1 := randomCall(ctx, rand.New(rand.NewPCG(seed, 0)), d)
		err2 := randomCall(ctx, rand.New(rand.NewPCG(seed, 0)), plain)
		require.Equal(t, fmt.Sprint(err1), fmt.Sprint(err2))
		if e, ok := errors.AsType[*namespace.Error](err1); ok {
			codes[e.Code()]++
		} else {
			codes["ok"]++
		}
		if i%500 == 250 {
			require.NoError(t, d.Compact(ctx))
		}
	}
	require.Greater(t, codes["ok"], 1000, "%v", codes)
	require.Greater(t, codes["ResourceExistsException"], 100, "%v", codes)
	require.Greater(t, codes["ResourceNotFoundException"], 100, "%v", codes)
	want := dump(t, plain)
	require.Equal(t, want, dump(t, d))
	again, err := namespace.Open(ctx, log, account, "us-east-1", nil)
	require.NoError(t, err)
	require.Equal(t, want, dump(t, again))
	require.NoError(t, again.Compact(ctx))
	require.Equal(t, want, dump(t, again))
	require.Equal(t, want, dump(t, d), "who was there before reads the snapshot")
	third, err := namespace.Open(ctx, log, account, "us-east-1", nil)
	require.NoError(t, err)
	require.Equal(t, want, dump(t, third))

	_, err = namespace.Open(ctx, log, "999999999999", "us-east-1", nil)
	require.ErrorContains(t, err, `account "999999999999", but the log is of "123456789012"`)
}

// randomCall does one thing; the names are so few that things meet.
func randomCall(ctx context.Context, r *rand.Rand, d *namespace.Directory) error {
	v := d.Administrator()
	pick := func(from ...string) string { return from[r.IntN(len(from))] }
	ns, user, group, id := pick("", "t1", "t2"), pick("a", "b", "c", "d"), pick("g", "h"), pick("x", "y")
	orDefault := ns
	if ns == "" {
		orDefault = "default"
	}
	principal := d.ARN(namespace.KindUser, ns, user)
	if r.IntN(2) == 0 {
		principal = d.ARN(namespace.KindGroup, ns, group)
	}
	if r.IntN(4) == 0 {
		principal = d.ARN(namespace.KindNamespace, "", orDefault)
	}
	permission := []namespace.ResourcePermission{{Principal: principal, Actions: []string{pick("quicksight:A", "quicksight:B"), "quicksight:C"}}}
	link := []namespace.ResourcePermission{{Principal: d.ARN(namespace.KindNamespace, "", orDefault), Actions: linkView}}
	var err error
	switch r.IntN(15) {
	case 0:
		_, err = v.CreateNamespace(ctx, ns)
	case 1:
		if r.IntN(8) == 0 {
			err = v.DeleteNamespace(ctx, ns)
		}
	case 2, 3, 4:
		_, err = v.RegisterUser(ctx, namespace.RegisterUserInput{Namespace: ns, UserName: user, Email: pick("1", "2"), UserRole: namespace.RoleReader,
			IdentityType: namespace.IdentityIAM, CustomPermissionsName: pick("", "p")})
	case 5:
		_, err = v.UpdateUser(ctx, namespace.UpdateUserInput{Namespace: ns, UserName: user, Email: pick("3", "4"), Role: namespace.RoleAdmin})
	case 6:
		if r.IntN(3) == 0 {
			err = v.DeleteUser(ctx, ns, user)
		}
	case 7:
		_, err = v.CreateGroup(ctx, namespace.CreateGroupInput{Namespace: ns, GroupName: group})
	case 8:
		if r.IntN(3) == 0 {
			err = v.DeleteGroup(ctx, ns, group)
		} else {
			_, err = v.UpdateGroup(ctx, ns, group, pick("s", "t"))
		}
	case 9, 10:
		_, err = v.CreateGroupMembership(ctx, ns, group, user)
	case 11:
		err = v.DeleteGroupMembership(ctx, ns, group, user)
	case 12:
		_, err = v.CreateDashboard(ctx, namespace.CreateAssetInput{Id: id, Name: id, Permissions: permission, Link: link})
		if r.IntN(20) == 0 {
			err = errors.Join(err, v.DeleteDashboard(ctx, id))
		}
	case 13:
		in := namespace.UpdatePermissionsInput{GrantPermissions: permission}
		if r.IntN(2) == 0 {
			in.GrantPermissions, in.RevokePermissions = nil, permission
		}
		_, err = v.UpdateDashboardPermissions(ctx, id, in)
	case 14:
		in := namespace.UpdatePermissionsInput{GrantLinkPermissions: link}
		if r.IntN(2) == 0 {
			in.GrantLinkPermissions, in.RevokeLinkPermissions = nil, link
		}
		_, err = v.UpdateDashboardPermissions(ctx, id, in)
	}
	return err
}
