package namespace_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
)

// The actions of the levels of a folder, as the documentation of AWS lists them.
var (
	folderViewer      = []string{"quicksight:DescribeFolder"}
	folderContributor = []string{"quicksight:CreateFolder", "quicksight:DescribeFolder", "quicksight:CreateFolderMembership", "quicksight:DeleteFolderMembership", "quicksight:DescribeFolderPermissions"}
	folderOwner       = append(slices.Clone(folderContributor), "quicksight:UpdateFolder", "quicksight:DeleteFolder", "quicksight:UpdateFolderPermissions")
)

func folderGrant(who namespace.ARN, actions []string) []namespace.ResourcePermission {
	return []namespace.ResourcePermission{{Principal: who, Actions: actions}}
}

// folderHouse is a directory with users of three roles, a group, an asset of each kind
// and the folders top/middle/low.
func folderHouse(t *testing.T) (*namespace.Directory, namespace.View) {
	d := newDirectory(t, nil)
	v := d.Administrator()
	ctx := t.Context()
	for name, role := range map[string]namespace.Role{"reader": namespace.RoleReader, "author": namespace.RoleAuthor, "admin": namespace.RoleAdmin} {
		register(t, d, namespace.Default, name, role)
	}
	_, err := v.CreateGroup(ctx, namespace.CreateGroupInput{GroupName: "group"})
	require.NoError(t, err)
	for _, create := range []func(context.Context, namespace.CreateAssetInput) (namespace.Asset, error){v.CreateDataSource, v.CreateDataSet, v.CreateAnalysis, v.CreateDashboard} {
		_, err := create(ctx, namespace.CreateAssetInput{Id: "a", Name: "a"})
		require.NoError(t, err)
	}
	above := []string(nil)
	for _, id := range []string{"top", "middle", "low"} {
		_, err := v.CreateFolder(ctx, namespace.CreateAssetInput{Id: id, Name: id, Folders: above})
		require.NoError(t, err)
		above = []string{id}
	}
	return d, v
}

// TestFolderGrants: a level on a folder gives these actions on the assets in it and below
// it, and takes them away with the membership, the permission and the member of a group.
func TestFolderGrants(t *testing.T) {
	tests := []struct {
		reason string
		user   string
		level  []string
		kind   namespace.Kind
		action string
		want   bool
	}{
		{"a viewer sees a dashboard", "author", folderViewer, namespace.KindDashboard, "QueryDashboard", true},
		{"also who is a reader", "reader", folderViewer, namespace.KindDashboard, "QueryDashboard", true},
		{"a viewer reads a dataset", "author", folderViewer, namespace.KindDataset, "PassDataSet", true},
		{"but not a reader: dashboards only", "reader", folderViewer, namespace.KindDataset, "PassDataSet", false},
		{"whatever the level of the reader", "reader", folderOwner, namespace.KindDataset, "PassDataSet", false},
		{"a reader changes nothing", "reader", folderOwner, namespace.KindDashboard, "UpdateDashboard", false},
		{"a viewer builds on a data source", "author", folderViewer, namespace.KindDataSource, "PassDataSource", true},
		{"a viewer sees no analysis", "author", folderViewer, namespace.KindAnalysis, "DescribeAnalysis", false},
		{"a contributor does", "author", folderContributor, namespace.KindAnalysis, "DescribeAnalysis", true},
		{"a viewer changes nothing", "admin", folderViewer, namespace.KindDashboard, "UpdateDashboard", false},
		{"a contributor changes", "author", folderContributor, namespace.KindDataset, "UpdateDataSet", true},
		{"a contributor deletes", "author", folderContributor, namespace.KindDashboard, "DeleteDashboard", true},
		{"a contributor does not share", "author", folderContributor, namespace.KindDashboard, "UpdateDashboardPermissions", false},
		{"an owner shares", "author", folderOwner, namespace.KindDataset, "UpdateDataSetPermissions", true},
		{"an action of no level", "author", folderOwner, namespace.KindDataset, "PutDataSetRefreshProperties", false},
		{"an action of another kind", "author", folderOwner, namespace.KindDataset, "QueryDashboard", false},
		{"an action of another service", "author", folderOwner, namespace.KindDataset, "", false},
	}
	for _, tt := range tests {
		for _, shared := range []string{"user on top", "user on low", "group on middle"} {
			t.Run(tt.reason+", "+shared, func(t *testing.T) {
				d, v := folderHouse(t)
				ctx := t.Context()
				user, asset := d.ARN(namespace.KindUser, "", tt.user), d.ARN(tt.kind, "", "a")
				who, on := user, shared[len("user on "):]
				if shared == "group on middle" {
					who, on = d.ARN(namespace.KindGroup, "", "group"), "middle"
				}
				asks := func() bool {
					may, err := d.Allows(ctx, user, "quicksight:"+tt.action, asset)
					require.NoError(t, err)
					return may
				}
				step := func(err error, want bool) {
					t.Helper()
					require.NoError(t, err)
					require.Equal(t, want, asks())
				}
				_, err := v.UpdateFolderPermissions(ctx, on, namespace.UpdatePermissionsInput{GrantPermissions: folderGrant(who, tt.level)})
				step(err, false)
				step(v.CreateFolderMembership(ctx, "low", asset), tt.want && who == user)
				if who != user {
					_, err = v.CreateGroupMembership(ctx, "", "group", tt.user)
					step(err, tt.want)
					step(v.DeleteGroupMembership(ctx, "", "group", tt.user), false)
					_, err = v.CreateGroupMembership(ctx, "", "group", tt.user)
					step(err, tt.want)
				}
				step(v.DeleteFolderMembership(ctx, "low", asset), false)
				step(v.CreateFolderMembership(ctx, "low", asset), tt.want)
				_, err = v.UpdateFolderPermissions(ctx, on, namespace.UpdatePermissionsInput{RevokePermissions: folderGrant(who, tt.level)})
				step(err, false)
				_, err = v.UpdateFolderPermissions(ctx, on, namespace.UpdatePermissionsInput{GrantPermissions: folderGrant(who, tt.level)})
				step(err, tt.want)
				step(v.DeleteUser(ctx, "", tt.user), false)
				register(t, d, namespace.Default, tt.user, namespace.RoleAdmin)
				require.False(t, asks(), "another user of that name")
			})
		}
	}
}

// TestFolderAbove: permissions on a folder hold for what is in it, never for what is above
// or beside it.
func TestFolderAbove(t *testing.T) {
	d, v := folderHouse(t)
	ctx := t.Context()
	user := d.ARN(namespace.KindUser, "", "author")
	_, err := v.UpdateFolderPermissions(ctx, "middle", namespace.UpdatePermissionsInput{GrantPermissions: folderGrant(user, folderViewer)})
	require.NoError(t, err)
	require.NoError(t, v.CreateFolderMembership(ctx, "top", d.ARN(namespace.KindDataset, "", "a")))
	require.NoError(t, v.CreateFolderMembership(ctx, "low", d.ARN(namespace.KindDashboard, "", "a")))
	for asset, want := range map[namespace.ARN]bool{
		d.ARN(namespace.KindDataset, "", "a"): false, d.ARN(namespace.KindDashboard, "", "a"): true,
		d.ARN(namespace.KindFolder, "", "top"): false, d.ARN(namespace.KindFolder, "", "middle"): true, d.ARN(namespace.KindFolder, "", "low"): true,
	} {
		kind := map[namespace.Kind]string{namespace.KindDataset: "DataSet", namespace.KindDashboard: "Dashboard", namespace.KindFolder: "Folder"}[asset.Kind]
		may, err := d.Allows(ctx, user, "quicksight:Describe"+kind, asset)
		require.NoError(t, err)
		require.Equal(t, want, may, "%v", asset)
	}
	me := d.As(namespace.Identity{Name: "author"})
	sets, _, err := me.ListDashboards(ctx, namespace.Page{})
	require.NoError(t, err)
	require.Len(t, sets, 1, "lists show what folders give")
	members, _, err := me.ListFolderMembers(ctx, "low", namespace.Page{})
	require.NoError(t, err)
	require.Len(t, members, 1)
	resolved, err := v.DescribeFolderResolvedPermissions(ctx, "low")
	require.NoError(t, err)
	require.Equal(t, folderGrant(user, folderViewer), resolved)
	own, err := v.DescribeFolderPermissions(ctx, "low")
	require.NoError(t, err)
	require.Empty(t, own)
}

// TestFolderRefused: what a folder does not take.
func TestFolderRefused(t *testing.T) {
	d, v := folderHouse(t)
	ctx := t.Context()
	user := d.ARN(namespace.KindUser, "", "author")
	grant := func(on string, who namespace.ARN, actions ...string) error {
		_, err := v.UpdateFolderPermissions(ctx, on, namespace.UpdatePermissionsInput{GrantPermissions: folderGrant(who, actions)})
		return err
	}
	dashboard := d.ARN(namespace.KindDashboard, "", "a")
	require.NoError(t, v.CreateFolderMembership(ctx, "low", dashboard))
	create := func(id string, folders ...string) error {
		_, err := v.CreateFolder(ctx, namespace.CreateAssetInput{Id: id, Name: id, Folders: folders})
		return err
	}
	foreign := dashboard
	foreign.Account = "999999999999"
	many := make([]string, namespace.MaxFoldersOfAsset+1)
	_, tooMany := v.CreateDashboard(ctx, namespace.CreateAssetInput{Id: "x", Name: "x", Folders: many})
	deep := func() (err error) {
		above := "low"
		for i := range namespace.MaxFolderDepth {
			id := fmt.Sprintf("deep%d", i)
			if err = create(id, above); err != nil {
				require.Equal(t, namespace.MaxFolderDepth-2, i)
				return err
			}
			above = id
		}
		return nil
	}
	for _, tt := range []struct {
		reason string
		err    error
		want   error
	}{
		{"a part of a level", grant("top", user, "quicksight:CreateFolder"), namespace.ErrInvalidParameterValue},
		{"more than a level", grant("top", user, append(slices.Clone(folderOwner), "quicksight:Fly")...), namespace.ErrInvalidParameterValue},
		{"an action of an asset", grant("top", user, "quicksight:QueryDashboard"), namespace.ErrInvalidParameterValue},
		{"a namespace", grant("top", d.ARN(namespace.KindNamespace, "", namespace.Default), folderViewer...), namespace.ErrInvalidParameterValue},
		{"a user who is not there", grant("top", d.ARN(namespace.KindUser, "", "nobody"), folderViewer...), namespace.ErrInvalidParameterValue},
		{"a folder that is not there", grant("none", user, folderViewer...), namespace.ErrNotFound},
		{"two parents", create("new", "top", "low"), namespace.ErrLimitExceeded},
		{"a parent that is not there", create("new", "none"), namespace.ErrNotFound},
		{"an id with a slash", create("a/b"), namespace.ErrInvalidParameterValue},
		{"too many folders", tooMany, namespace.ErrLimitExceeded},
		{"too deep", deep(), namespace.ErrLimitExceeded},
		{"a folder as a member", v.CreateFolderMembership(ctx, "low", d.ARN(namespace.KindFolder, "", "top")), namespace.ErrNotFound},
		{"a user as a member", v.CreateFolderMembership(ctx, "low", user), namespace.ErrNotFound},
		{"an asset of another account", v.CreateFolderMembership(ctx, "top", foreign), namespace.ErrNotFound},
		{"an asset that is not there", v.CreateFolderMembership(ctx, "low", d.ARN(namespace.KindDashboard, "", "b")), namespace.ErrNotFound},
		{"twice", v.CreateFolderMembership(ctx, "low", dashboard), namespace.ErrExists},
		{"not a member", v.DeleteFolderMembership(ctx, "top", dashboard), namespace.ErrNotFound},
		{"to delete a folder with an asset", v.DeleteFolder(ctx, "low"), namespace.ErrPreconditionNotMet},
		{"to delete a folder with a folder", v.DeleteFolder(ctx, "middle"), namespace.ErrPreconditionNotMet},
	} {
		require.ErrorIs(t, tt.err, tt.want, tt.reason)
	}
	require.NoError(t, v.DeleteDashboard(ctx, "a"), "an asset leaves its folders with its deletion")
	_, err := v.CreateDashboard(ctx, namespace.CreateAssetInput{Id: "a", Name: "a"})
	require.NoError(t, err)
	members, _, err := v.ListFolderMembers(ctx, "low", namespace.Page{})
	require.NoError(t, err)
	require.Empty(t, members, "another dashboard of that id is in no folder")
}

// TestFolderLog: a directory read from its log, whole or compacted, has the same folders
// and allows the same.
func TestFolderLog(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	log := new(memLog)
	d, err := namespace.Open(t.Context(), log, account, "us-east-1", nil)
	require.NoError(t, err)
	v := d.Administrator()
	ctx := t.Context()
	var who []namespace.ARN
	for i := range 6 {
		register(t, d, "", fmt.Sprint("u", i), []namespace.Role{namespace.RoleReader, namespace.RoleAuthor}[i%2])
		who = append(who, d.ARN(namespace.KindUser, "", fmt.Sprint("u", i)))
	}
	assets := []namespace.Kind{namespace.KindDashboard, namespace.KindDataset}
	for range 400 {
		folder, id := fmt.Sprint("f", r.IntN(12)), fmt.Sprint("a", r.IntN(4))
		kind := assets[r.IntN(2)]
		in := namespace.CreateAssetInput{Id: id, Name: id}
		if r.IntN(2) == 0 {
			in.Folders = []string{folder}
		}
		switch r.IntN(9) { // errors are of things that are not there, or are
		case 0, 1:
			_, _ = v.CreateFolder(ctx, namespace.CreateAssetInput{Id: fmt.Sprint("f", r.IntN(12)), Name: "f", Folders: in.Folders})
		case 2:
			_, _ = v.CreateDashboard(ctx, in)
		case 3:
			_, _ = v.CreateDataSet(ctx, in)
		case 4:
			_ = v.CreateFolderMembership(ctx, folder, d.ARN(kind, "", id))
		case 5:
			_ = v.DeleteFolderMembership(ctx, folder, d.ARN(kind, "", id))
		case 6, 7:
			level := [][]string{folderViewer, folderContributor, folderOwner}[r.IntN(3)]
			_, _ = v.UpdateFolderPermissions(ctx, folder, namespace.UpdatePermissionsInput{GrantPermissions: folderGrant(who[r.IntN(len(who))], level)})
		case 8:
			_ = v.DeleteFolder(ctx, folder)
			_ = v.DeleteDataSet(ctx, id)
		}
	}
	answers := func(d *namespace.Directory) (out []bool) {
		for _, w := range who {
			for i := range 4 {
				for action, kind := range map[string]namespace.Kind{"quicksight:QueryDashboard": namespace.KindDashboard, "quicksight:PassDataSet": namespace.KindDataset} {
					may, err := d.Allows(ctx, w, action, d.ARN(kind, "", fmt.Sprint("a", i)))
					require.NoError(t, err)
					require.Equal(t, folderOracle(t, d, w, action, d.ARN(kind, "", fmt.Sprint("a", i))), may)
				}
				for _, action := range []string{"quicksight:QueryDashboard", "quicksight:UpdateDashboard"} {
					may, err := d.Allows(ctx, w, action, d.ARN(namespace.KindDashboard, "", fmt.Sprint("a", i)))
					require.NoError(t, err)
					out = append(out, may)
				}
			}
		}
		return out
	}
	want, before := answers(d), dump(t, d)
	require.Contains(t, want, true)
	require.Contains(t, want, false)
	again, err := namespace.Open(ctx, log, account, "us-east-1", nil)
	require.NoError(t, err)
	require.Equal(t, before, dump(t, again))
	require.NoError(t, again.Compact(ctx))
	compacted, err := namespace.Open(ctx, log, account, "us-east-1", nil)
	require.NoError(t, err)
	require.Equal(t, before, dump(t, compacted))
	require.Equal(t, want, answers(compacted))
}

// folderOracle decides from what the directory lists.
func folderOracle(t *testing.T, d *namespace.Directory, who namespace.ARN, action string, asset namespace.ARN) bool {
	v := d.Administrator()
	folders, _, err := v.ListFoldersForResource(t.Context(), asset, namespace.Page{})
	if err != nil {
		return false
	}
	u, err := v.DescribeUser(t.Context(), "", who.Name)
	require.NoError(t, err)
	if u.Role == namespace.RoleReader && action == "quicksight:PassDataSet" {
		return false
	}
	for _, f := range folders {
		resolved, err := v.DescribeFolderResolvedPermissions(t.Context(), f.Id)
		require.NoError(t, err)
		for _, p := range resolved {
			if p.Principal == who && slices.Contains(p.Actions, "quicksight:DescribeFolder") {
				return true
			}
		}
	}
	return false
}
