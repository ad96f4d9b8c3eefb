package namespace_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
)

// TestSharedLog lets several directories on one log, as of several processes,
// fight for the same names. One of them gets each, all others are told so, and
// all see the same in the end.
func TestSharedLog(t *testing.T) {
	ctx := t.Context()
	log := new(memLog)
	var dirs []*namespace.Directory
	for range 4 {
		d, err := namespace.Open(ctx, log, account, "us-east-1", nil)
		require.NoError(t, err)
		dirs = append(dirs, d)
	}
	const names = 100
	var won [names]atomic.Int32
	var wg sync.WaitGroup
	for i, d := range dirs {
		for range 2 {
			wg.Go(func() {
				for n := range names {
					_, err := d.Administrator().RegisterUser(ctx, namespace.RegisterUserInput{UserName: fmt.Sprint("u", n), Email: "e", UserRole: namespace.RoleReader, IdentityType: namespace.IdentityIAM})
					if err == nil {
						won[n].Add(1)
					} else if !errors.Is(err, namespace.ErrExists) {
						t.Error(err)
					}
					if n%40 == 39 && i == 0 {
						if err := d.Compact(ctx); err != nil && !errors.Is(err, namespace.ErrConflict) {
							t.Error(err)
						}
					}
				}
			})
		}
	}
	wg.Wait()
	for n := range names {
		require.EqualValues(t, 1, won[n].Load())
	}
	want := dump(t, dirs[0])
	for _, d := range dirs[1:] {
		require.Equal(t, want, dump(t, d))
	}

	// What one revokes, another does not allow from then on.
	require.NoError(t, dirs[0].Administrator().DeleteUser(ctx, "", "u7"))
	_, err := dirs[1].Principal(ctx, namespace.Identity{Name: "u7"})
	require.ErrorIs(t, err, namespace.ErrNotFound)
}

// TestRace reads while others write; run it with -race. What is done in one call
// is seen as a whole or not at all: a user is in both groups or in none.
func TestRace(t *testing.T) {
	ctx := t.Context()
	for _, log := range []namespace.Log{nil, new(memLog)} {
		d, err := namespace.Open(ctx, log, account, "us-east-1", nil)
		require.NoError(t, err)
		v := d.Administrator()
		require.NoError(t, v.CreateGroups(ctx, []namespace.CreateGroupInput{{GroupName: "g"}, {GroupName: "h"}}))
		var done atomic.Bool
		var seen [3]atomic.Int64 // how often with so many groups
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for !done.Load() {
					p, err := d.Principal(ctx, namespace.Identity{Name: "al"})
					if errors.Is(err, namespace.ErrNotFound) && p.IsZero() {
						continue
					}
					if err != nil || len(p.Groups) > 2 {
						t.Error(p, err)
						return
					}
					seen[len(p.Groups)].Add(1)
					_, _, err = d.As(p.User).ListUsers(ctx, "", namespace.Page{})
					if err != nil && !errors.Is(err, namespace.ErrAccessDenied) {
						t.Error(err)
						return
					}
				}
			})
		}
		for range 300 {
			register(t, d, "", "al", namespace.RoleAuthor)
			require.NoError(t, v.CreateGroupMemberships(ctx, []namespace.Membership{{GroupName: "g", MemberName: "al"}, {GroupName: "h", MemberName: "al"}}))
			require.NoError(t, v.DeleteUser(ctx, "", "al"))
		}
		done.Store(true)
		wg.Wait()
		require.Zero(t, seen[1].Load())
	}
}

// TestStorageFails: when the log fails, nothing is answered from memory that may
// be out of date, and a change of which nobody knows is looked up before the next.
func TestStorageFails(t *testing.T) {
	ctx := t.Context()
	log := new(memLog)
	d, err := namespace.Open(ctx, log, account, "us-east-1", nil)
	require.NoError(t, err)
	v := d.Administrator()
	broken := errors.New("broken")

	log.before = func() error { return broken }
	_, err = v.CreateNamespace(ctx, "before")
	require.ErrorIs(t, err, namespace.ErrUnavailable)
	require.ErrorIs(t, err, broken)
	log.before = nil
	ok, err := d.HasNamespace(ctx, "before")
	require.NoError(t, err)
	require.False(t, ok)

	log.after = func() error { return broken } // it is there, but who knows
	_, err = v.CreateNamespace(ctx, "after")
	require.ErrorIs(t, err, namespace.ErrUnavailable)
	log.after = nil
	ok, err = d.HasNamespace(ctx, "after")
	require.NoError(t, err)
	require.True(t, ok)

	log.read = broken
	_, err = d.Principal(ctx, namespace.Identity{Name: "al"})
	require.ErrorIs(t, err, namespace.ErrUnavailable)
	_, err = v.DescribeNamespace(ctx, "after")
	require.ErrorIs(t, err, namespace.ErrUnavailable)
	log.read = nil

	// A record that makes no sense closes the directory.
	for reason, record := range map[string]string{
		"no JSON":           `{`,
		"an unknown change": `[{"op":"all"}]`,
		"nobody to delete":  `[{"op":"-user","ns":"default","name":"al"}]`,
		"a grant to nobody": `[{"op":"grant","asset":"dashboard","name":"x","to":"user","ns":"default","group":"al"}]`,
	} {
		l := &memLog{records: map[uint64][]byte{}}
		d, err := namespace.Open(ctx, l, account, "us-east-1", nil)
		require.NoError(t, err)
		require.NoError(t, l.Append(ctx, l.last, []byte(record)))
		for range 2 {
			_, err = d.HasNamespace(ctx, "default")
			require.ErrorIs(t, err, namespace.ErrUnavailable, reason)
		}
		_, err = namespace.Open(ctx, l, account, "us-east-1", nil)
		require.ErrorIs(t, err, namespace.ErrUnavailable, reason)
	}
	l := new(memLog)
	_, err = namespace.Open(ctx, l, account, "us-east-1", nil)
	require.NoError(t, err)
	l.records[5] = []byte(`[{"op":"namespace","name":"x"}]`) // 2 to 4 are missing
	_, err = namespace.Open(ctx, l, account, "us-east-1", nil)
	require.ErrorContains(t, err, "record 5: the record does not fit the earlier records: the last was 1")
}

// TestCompacts: an old log that holds little that is still so shrinks when it is
// opened.
func TestCompacts(t *testing.T) {
	ctx := t.Context()
	log := new(memLog)
	d, err := namespace.Open(ctx, log, account, "us-east-1", nil)
	require.NoError(t, err)
	register(t, d, "", "al", namespace.RoleReader)
	for i := range 1200 {
		_, err := d.Administrator().UpdateUser(ctx, namespace.UpdateUserInput{UserName: "al", Email: fmt.Sprint(i), Role: namespace.RoleReader})
		require.NoError(t, err)
	}
	want := dump(t, d)
	require.Greater(t, len(log.records), 1200)
	d, err = namespace.Open(ctx, log, account, "us-east-1", nil)
	require.NoError(t, err)
	require.Less(t, len(log.records), 10)
	require.Equal(t, want, dump(t, d))
}
