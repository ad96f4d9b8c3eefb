package namespace_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
)

func grants(pairs ...string) (out []namespace.ResourcePermission) {
	for _, p := range pairs {
		who, actions, _ := strings.Cut(p, " ")
		g := namespace.ResourcePermission{Principal: namespace.MustParseARN(prefix + who)}
		for _, a := range strings.Fields(actions) {
			g.Actions = append(g.Actions, "quicksight:"+a)
		}
		out = append(out, g)
	}
	return out
}

// shared is a directory with al in group g, bo, and a namespace tenant with al.
func shared(t testing.TB) *namespace.Directory {
	d := newDirectory(t, nil)
	v := d.Administrator()
	_, err := v.CreateNamespace(t.Context(), "tenant")
	require.NoError(t, err)
	register(t, d, "", "al", namespace.RoleAuthor)
	register(t, d, "", "bo", namespace.RoleReader)
	register(t, d, "tenant", "al", namespace.RoleReader)
	_, err = v.CreateGroup(t.Context(), namespace.CreateGroupInput{GroupName: "g"})
	require.NoError(t, err)
	_, err = v.CreateGroupMembership(t.Context(), "", "g", "al")
	require.NoError(t, err)
	for _, create := range []func(namespace.CreateAssetInput) (namespace.Asset, error){
		func(in namespace.CreateAssetInput) (namespace.Asset, error) {
			return v.CreateDashboard(t.Context(), in)
		},
		func(in namespace.CreateAssetInput) (namespace.Asset, error) { return v.CreateDataSet(t.Context(), in) },
	} {
		_, err := create(namespace.CreateAssetInput{Id: "board", Name: "Board", Permissions: grants("group/default/g B A B")})
		require.NoError(t, err)
	}
	return d
}

func TestUpdatePermissions(t *testing.T) {
	many := func(n int) []namespace.ResourcePermission {
		var all []string
		for range n {
			all = append(all, "user/default/bo A")
		}
		return grants(all...)
	}
	tests := []struct {
		reason        string
		grant, revoke []namespace.ResourcePermission
		want          []namespace.ResourcePermission // nil: refused
		is            error
		text          string
	}{
		{reason: "nothing", want: grants("group/default/g A B")},
		{reason: "another principal", grant: grants("user/default/bo A"), want: grants("group/default/g A B", "user/default/bo A")},
		{reason: "another Region is the same principal", grant: func() []namespace.ResourcePermission {
			g := grants("group/default/g C")
			g[0].Principal.Region = "eu-west-1"
			return g
		}(), want: grants("group/default/g A B C")},
		{reason: "what is granted already", grant: grants("group/default/g A"), want: grants("group/default/g A B")},
		{reason: "one principal twice", grant: grants("user/default/bo A", "user/default/bo B"), want: grants("group/default/g A B", "user/default/bo A B")},
		{reason: "one action less", revoke: grants("group/default/g B"), want: grants("group/default/g A")},
		{reason: "the last action takes the principal with it", revoke: grants("group/default/g B A"), want: []namespace.ResourcePermission{}},
		{reason: "what nobody granted", revoke: grants("user/default/bo A"), want: grants("group/default/g A B")},
		{reason: "both at once", grant: grants("group/default/g C"), revoke: grants("group/default/g A"), want: grants("group/default/g B C")},
		{reason: "a whole namespace", grant: grants("namespace/tenant A"), want: grants("group/default/g A B", "namespace/tenant A")},
		{reason: "a hundred principals", grant: many(100), want: grants("group/default/g A B", "user/default/bo A")},

		{reason: "one action both ways", grant: grants("user/default/bo A"), revoke: grants("user/default/bo A"), is: namespace.ErrInvalidParameterValue, text: "is granted and revoked quicksight:A"},
		{reason: "more than a hundred", grant: many(101), is: namespace.ErrInvalidParameterValue, text: "101 principals in one call, want at most 100"},
		{reason: "who is not there, all of them", grant: grants("user/default/cy A", "group/tenant/g A", "namespace/nowhere A"), is: namespace.ErrInvalidParameterValue,
			text: `principal "` + prefix + `user/default/cy" is not in the directory`},
		{reason: "a principal of a kind that acts nowhere", grant: grants("dataset/x A"), is: namespace.ErrInvalidParameterValue, text: "is no user, group or namespace of account 123456789012"},
		{reason: "another account", grant: func() []namespace.ResourcePermission {
			g := grants("user/default/bo A")
			g[0].Principal.Account = "999999999999"
			return g
		}(), is: namespace.ErrInvalidParameterValue, text: "is no user"},
		{reason: "nobody", grant: []namespace.ResourcePermission{{Actions: []string{"quicksight:A"}}}, is: namespace.ErrInvalidParameterValue, text: `principal ""`},
		{reason: "no action", grant: grants("user/default/bo"), is: namespace.ErrInvalidParameterValue, text: "0 actions, want 1 to 20"},
		{reason: "twenty-one actions", grant: grants("user/default/bo" + strings.Repeat(" A", 21)), is: namespace.ErrInvalidParameterValue, text: "21 actions"},
		{reason: "a star is no action", grant: grants("user/default/bo *"), is: namespace.ErrInvalidParameterValue, text: `action "quicksight:*", want one such as quicksight:DescribeDashboard`},
		{reason: "another service", grant: []namespace.ResourcePermission{{Principal: grants("user/default/bo")[0].Principal, Actions: []string{"s3:Get"}}}, is: namespace.ErrInvalidParameterValue, text: `"s3:Get"`},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			d := shared(t)
			v := d.Administrator()
			before := dump(t, d)
			got, err := v.UpdateDashboardPermissions(t.Context(), "board", namespace.UpdatePermissionsInput{GrantPermissions: tt.grant, RevokePermissions: tt.revoke})
			if tt.want == nil {
				require.ErrorIs(t, err, tt.is)
				require.ErrorContains(t, err, tt.text)
				require.Nil(t, got)
				require.Equal(t, before, dump(t, d))
				return
			}
			require.NoError(t, err)
			require.ElementsMatch(t, tt.want, got)
			again, err := v.DescribeDashboardPermissions(t.Context(), "board")
			require.NoError(t, err)
			require.Equal(t, got, again)
		})
	}
	d := shared(t)
	v := d.Administrator()
	_, err := v.UpdateDataSetPermissions(t.Context(), "board", namespace.UpdatePermissionsInput{GrantPermissions: grants("namespace/tenant A")})
	require.ErrorContains(t, err, "is a namespace, want a user or a group for a dataset")
	_, err = v.UpdateDataSetPermissions(t.Context(), "board", namespace.UpdatePermissionsInput{GrantPermissions: many(65)})
	require.ErrorContains(t, err, "want at most 64")
	_, err = v.UpdateAnalysisPermissions(t.Context(), "board", namespace.UpdatePermissionsInput{})
	require.ErrorIs(t, err, namespace.ErrNotFound, "ids are of one kind")
	for reason, in := range map[string]namespace.CreateAssetInput{
		"no id": {Name: "n"}, "a blank": {Id: "a b", Name: "n"}, "no name": {Id: "a"}, "a long name": {Id: "a", Name: strings.Repeat("n", 2049)},
		"nobody to share with": {Id: "a", Name: "n", Permissions: grants("user/default/nobody A")},
	} {
		_, err := v.CreateDashboard(t.Context(), in)
		require.ErrorIs(t, err, namespace.ErrInvalidParameterValue, reason)
	}
	_, err = v.CreateDashboard(t.Context(), namespace.CreateAssetInput{Id: "board", Name: "n"})
	require.ErrorIs(t, err, namespace.ErrExists)
}

func TestAllows(t *testing.T) {
	d := shared(t)
	_, err := d.Administrator().UpdateDashboardPermissions(t.Context(), "board", namespace.UpdatePermissionsInput{GrantPermissions: grants("namespace/tenant See", "user/default/bo Own")})
	require.NoError(t, err)
	tests := []struct {
		reason, who, action, asset string
		want                       bool
	}{
		{"through a group", "user/default/al", "A", "dashboard/board", true},
		{"the group itself", "group/default/g", "A", "dashboard/board", true},
		{"not in the group", "user/default/bo", "A", "dashboard/board", false},
		{"an own permission", "user/default/bo", "Own", "dashboard/board", true},
		{"through the namespace", "user/tenant/al", "See", "dashboard/board", true},
		{"the namespace itself", "namespace/tenant", "See", "dashboard/board", true},
		{"another namespace", "user/default/al", "See", "dashboard/board", false},
		{"what only a member may, the namespace may not", "namespace/default", "Own", "dashboard/board", false},
		{"who is not there, in a namespace that may", "user/tenant/nobody", "See", "dashboard/board", false},
		{"a group that is not there", "group/tenant/g", "See", "dashboard/board", false},
		{"another action", "user/default/bo", "own", "dashboard/board", false},
		{"no action", "user/default/bo", "", "dashboard/board", false},
		{"another kind of asset of the name", "user/default/bo", "Own", "dataset/board", false},
		{"an asset that is not there", "user/default/bo", "Own", "dashboard/b", false},
		{"an asset of a kind that nobody shares here", "user/default/bo", "Own", "topic/board", false},
		{"an anonymous user", "anonymousUser/tenant/x", "See", "dashboard/board", false},
	}
	for _, tt := range tests {
		for _, region := range []string{"us-east-1", "eu-west-1", ""} {
			who, asset := namespace.MustParseARN(prefix+tt.who), namespace.MustParseARN(prefix+tt.asset)
			who.Region, asset.Region = region, region
			got, err := d.Allows(t.Context(), who, "quicksight:"+tt.action, asset)
			require.NoError(t, err)
			require.Equal(t, tt.want, got, tt.reason)
			who.Account = "999999999999"
			got, err = d.Allows(t.Context(), who, "quicksight:"+tt.action, asset)
			require.NoError(t, err)
			require.False(t, got, "another account")
		}
	}
}

// TestShareProbe: to share with somebody of another namespace is refused alike
// whether there is somebody or not, even on an asset of both.
func TestShareProbe(t *testing.T) {
	d := isolated(t)
	v := d.As(namespace.Identity{Namespace: "alpha", Name: "author-alpha"})
	var texts []string
	for _, who := range []string{"user/omega/author-omega", "user/omega/nobody", "group/omega/group-omega", "group/nowhere/g", "namespace/omega", "namespace/nowhere"} {
		for _, in := range []namespace.UpdatePermissionsInput{{GrantPermissions: grants(who + " A")}, {RevokePermissions: grants(who + " DescribeDashboard")},
			{GrantPermissions: grants("user/alpha/nobody A", who+" A")}} {
			_, err := v.UpdateDashboardPermissions(t.Context(), "asset-shared", in)
			require.ErrorIs(t, err, namespace.ErrAccessDenied)
			texts = append(texts, err.Error())
		}
	}
	for _, text := range texts {
		require.Equal(t, texts[0], text)
	}
	got, err := v.UpdateDashboardPermissions(t.Context(), "asset-shared", namespace.UpdatePermissionsInput{GrantPermissions: grants("namespace/alpha A")})
	require.NoError(t, err)
	require.NotContains(t, fmt.Sprint(got), "omega")
	require.Len(t, got, 2)
	all, err := d.Administrator().DescribeDashboardPermissions(t.Context(), "asset-shared")
	require.NoError(t, err)
	require.Len(t, all, 3)
}
