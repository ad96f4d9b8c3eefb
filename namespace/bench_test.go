package namespace_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
)

const million = 1_000_000

func manyUsers(n int) []namespace.RegisterUserInput {
	in := make([]namespace.RegisterUserInput, n)
	for i := range in {
		in[i] = namespace.RegisterUserInput{
			UserName: fmt.Sprintf("embed/user%07d@example.com", i), Email: fmt.Sprintf("user%07d@example.com", i),
			UserRole: namespace.RoleReader, IdentityType: namespace.IdentityIAM,
		}
	}
	return in
}

// BenchmarkRegister loads a million users, who are in 1,000 groups, into a
// directory: B/user is what the directory takes besides the texts themselves
// (about 45 bytes a user).
func BenchmarkRegister(b *testing.B) {
	ctx := b.Context()
	for _, kind := range []string{"memory", "log"} {
		b.Run(kind, func(b *testing.B) {
			in := manyUsers(million)
			groups := make([]namespace.CreateGroupInput, 1000)
			for i := range groups {
				groups[i].GroupName = fmt.Sprint("group ", i)
			}
			members := make([]namespace.Membership, million)
			for i := range members {
				members[i] = namespace.Membership{GroupName: groups[i%1000].GroupName, MemberName: in[i].UserName}
			}
			var before, after runtime.MemStats
			for b.Loop() {
				var log namespace.Log
				if kind == "log" {
					log = new(memLog)
				}
				runtime.GC()
				runtime.ReadMemStats(&before)
				d, err := namespace.Open(ctx, log, account, "us-east-1", nil)
				require.NoError(b, err)
				v := d.Administrator()
				require.NoError(b, v.RegisterUsers(ctx, in))
				require.NoError(b, v.CreateGroups(ctx, groups))
				require.NoError(b, v.CreateGroupMemberships(ctx, members))
				runtime.GC()
				runtime.ReadMemStats(&after)
				p, err := d.Principal(ctx, namespace.Identity{Name: in[million/2].UserName})
				require.NoError(b, err)
				require.Len(b, p.Groups, 1)
			}
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/million, "B/user")
			b.ReportMetric(float64(b.N)*million/b.Elapsed().Seconds(), "users/s")
		})
	}
}

// BenchmarkOpen reads the log of a million users.
func BenchmarkOpen(b *testing.B) {
	ctx := b.Context()
	log := new(memLog)
	d, err := namespace.Open(ctx, log, account, "us-east-1", nil)
	require.NoError(b, err)
	require.NoError(b, d.Administrator().RegisterUsers(ctx, manyUsers(million)))
	require.NoError(b, d.Compact(ctx))
	for b.Loop() {
		_, err := namespace.Open(ctx, log, account, "us-east-1", nil)
		require.NoError(b, err)
	}
	b.ReportMetric(float64(b.N)*million/b.Elapsed().Seconds(), "users/s")
}

// BenchmarkPrincipal looks one of a million users up.
func BenchmarkPrincipal(b *testing.B) {
	ctx := b.Context()
	d := newDirectory(b, nil)
	in := manyUsers(million)
	require.NoError(b, d.Administrator().RegisterUsers(ctx, in))
	i := 0
	for b.Loop() {
		i = (i*5 + 7) % million
		_, err := d.Principal(ctx, namespace.Identity{Name: in[i].UserName})
		require.NoError(b, err)
	}
}

// BenchmarkListUsers reads one page out of the middle.
func BenchmarkListUsers(b *testing.B) {
	ctx := b.Context()
	d := newDirectory(b, nil)
	require.NoError(b, d.Administrator().RegisterUsers(ctx, manyUsers(100_000)))
	var next string
	for b.Loop() {
		_, token, err := d.Administrator().ListUsers(ctx, "", namespace.Page{NextToken: next})
		require.NoError(b, err)
		next = token
	}
}
