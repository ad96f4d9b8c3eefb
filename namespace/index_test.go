package namespace

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestIndex compares an index with a map that is sorted for every question.
func TestIndex(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var x index[*user]
	oracle := make(map[string]*user)
	check := func() {
		keys := slices.Sorted(maps.Keys(oracle))
		require.Equal(t, len(keys), x.len())
		from := fmt.Sprint(r.IntN(3000))
		i, found := slices.BinarySearch(keys, from)
		require.Equal(t, found, x.has(from))
		n := 0
		for u := range x.from(from) {
			require.Equal(t, keys[i+n], u.name)
			require.Same(t, oracle[u.name], u)
			if n++; n == 300 {
				break
			}
		}
		require.Equal(t, min(300, len(keys)-i), n)
	}
	for step := range 20_000 {
		u := &user{name: fmt.Sprint(r.IntN(3000))}
		// It grows, shrinks to nothing, and grows again.
		if phase := step / 5000; phase%2 == 0 || r.IntN(10) == 0 {
			x.put(u)
			oracle[u.name] = u
		} else {
			x.remove(u.name)
			delete(oracle, u.name)
		}
		if step%50 == 0 {
			check()
		}
	}
	for _, c := range x.chunks {
		require.NotEmpty(t, c)
		require.LessOrEqual(t, len(c), chunkSize)
	}
	for key := range oracle {
		x.remove(key)
		x.remove(key)
	}
	require.Zero(t, x.len())
	require.Empty(t, slices.Collect(x.all()))
	_, ok := x.get("1")
	require.False(t, ok)

	// In order: chunks are full.
	for i := range 10_000 {
		x.put(&user{name: fmt.Sprintf("%05d", i)})
	}
	require.LessOrEqual(t, len(x.chunks), 10_000/(chunkSize-2)+1)
}

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
