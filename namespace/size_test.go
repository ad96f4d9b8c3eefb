package namespace

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSize holds that size is what a snapshot has, without the reset.
func TestSize(t *testing.T) {
	d, err := New("123456789012", "us-east-1", nil)
	require.NoError(t, err)
	ctx, v := t.Context(), d.Administrator()
	check := func() {
		records, err := d.state.snapshot()
		require.NoError(t, err)
		n := -1
		for i, r := range records {
			list, err := decode(uint64(i), r)
			require.NoError(t, err)
			n += len(list)
		}
		require.Equal(t, n, d.state.size)
	}
	check()
	_, err = v.CreateNamespace(ctx, "t")
	require.NoError(t, err)
	for _, ns := range []string{"t", "default"} {
		_, err = v.RegisterUser(ctx, RegisterUserInput{Namespace: ns, UserName: "al", Email: "e", UserRole: RoleReader, IdentityType: IdentityIAM})
		require.NoError(t, err)
		_, err = v.CreateGroup(ctx, CreateGroupInput{Namespace: ns, GroupName: "g"})
		require.NoError(t, err)
		_, err = v.CreateGroupMembership(ctx, ns, "g", "al")
		require.NoError(t, err)
	}
	all := []ResourcePermission{}
	for _, who := range []ARN{d.ARN(KindUser, "t", "al"), d.ARN(KindGroup, "", "g"), d.ARN(KindUser, "", "al"), d.ARN(KindNamespace, "", "t")} {
		all = append(all, ResourcePermission{who, []string{"quicksight:A"}})
	}
	_, err = v.CreateDashboard(ctx, CreateAssetInput{Id: "x", Name: "x", Permissions: all})
	require.NoError(t, err)
	check()
	require.NoError(t, v.DeleteUser(ctx, "", "al"))
	check()
	require.NoError(t, v.DeleteNamespace(ctx, "t"))
	check()
	require.NoError(t, v.DeleteGroup(ctx, "", "g"))
	check()
	require.NoError(t, v.DeleteDashboard(ctx, "x"))
	check()
	require.Equal(t, 1, d.state.size)
}
