package integration

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/namespace/csvfile"
	"github.com/rowsight/rowsight/namespace/filestore"
	"github.com/rowsight/rowsight/namespace/sqlstore"
)

// directoryOn opens the directory in a table of a database.
func directoryOn(t *testing.T, db *sql.DB, table string) *namespace.Directory {
	t.Helper()
	log, err := sqlstore.Open(t.Context(), db, &sqlstore.Options{Table: table})
	require.NoError(t, err)
	d, err := namespace.Open(t.Context(), log, "111122223333", "us-east-1", nil)
	require.NoError(t, err)
	return d
}

// state prints everything that a directory returns about itself.
func state(t *testing.T, d *namespace.Directory) string {
	t.Helper()
	ctx, v := t.Context(), d.Administrator()
	var b strings.Builder
	for _, ns := range []string{"default", "tenant"} {
		require.NoError(t, csvfile.ExportUsers(ctx, v, ns, &b, nil))
		require.NoError(t, csvfile.ExportGroups(ctx, v, ns, &b, nil))
		require.NoError(t, csvfile.ExportMemberships(ctx, v, ns, &b, nil))
	}
	p, err := v.DescribeDashboardPermissions(ctx, "board")
	fmt.Fprintln(&b, p, err)
	return b.String()
}

func newUser(ns, name string) namespace.RegisterUserInput {
	return namespace.RegisterUserInput{Namespace: ns, UserName: name, Email: name + "@example.com", UserRole: namespace.RoleReader, IdentityType: namespace.IdentityIAM}
}

// TestDirectorySQL keeps a directory in each engine, opens it again from another
// connection, compacts it, and compares it with one in memory.
func TestDirectorySQL(t *testing.T) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			db := open(t)
			db.SetMaxOpenConns(1) // SQLite has one writer; for PostgreSQL see TestDirectoryRace
			inMemory, err := namespace.New("111122223333", "us-east-1", nil)
			require.NoError(t, err)
			kept := directoryOn(t, db, "users_1")
			for _, d := range []*namespace.Directory{inMemory, kept} {
				v := d.Administrator()
				_, err := v.CreateNamespace(ctx, "tenant")
				require.NoError(t, err)
				for _, u := range []string{"al", "Zoë ÿ", `q"'\`, "=1+1", " b ", "{{x}}", "%_"} {
					_, err := v.RegisterUser(ctx, newUser("tenant", u))
					require.NoError(t, err)
				}
				require.NoError(t, v.CreateGroups(ctx, []namespace.CreateGroupInput{{Namespace: "tenant", GroupName: "g", Description: "€ \u2028 \\u0000 😀"}, {Namespace: "tenant", GroupName: "h"}}))
				require.NoError(t, v.CreateGroupMemberships(ctx, []namespace.Membership{{Namespace: "tenant", GroupName: "g", MemberName: "al"}, {Namespace: "tenant", GroupName: "h", MemberName: "al"}}))
				_, err = v.CreateDashboard(ctx, namespace.CreateAssetInput{Id: "board", Name: "Board", Permissions: []namespace.ResourcePermission{
					{Principal: d.ARN(namespace.KindGroup, "tenant", "g"), Actions: []string{"quicksight:DescribeDashboard"}}}})
				require.NoError(t, err)
				require.NoError(t, v.DeleteGroup(ctx, "tenant", "h"))
			}
			want := state(t, inMemory)
			require.Equal(t, want, state(t, kept))
			again := directoryOn(t, db, "users_1")
			require.Equal(t, want, state(t, again))
			require.NoError(t, again.Compact(ctx))
			require.Equal(t, want, state(t, kept), "who was there before goes on behind the snapshot")
			require.Equal(t, want, state(t, directoryOn(t, db, "users_1")))

			// What one process revokes, the other does not allow.
			require.NoError(t, again.Administrator().DeleteUser(ctx, "tenant", "al"))
			_, err = kept.Principal(ctx, namespace.Identity{Namespace: "tenant", Name: "al"})
			require.ErrorIs(t, err, namespace.ErrNotFound)

			// Another table is another directory, and a table that is lost is no
			// empty directory.
			other := directoryOn(t, db, "users_2")
			ok, err := other.HasNamespace(ctx, "tenant")
			require.NoError(t, err)
			require.False(t, ok)
			_, err = db.ExecContext(ctx, "DROP TABLE users_1")
			require.NoError(t, err)
			_, err = kept.Principal(ctx, namespace.Identity{Namespace: "tenant", Name: "=1+1"})
			require.ErrorIs(t, err, namespace.ErrUnavailable)
		})
	}
}

// TestDirectoryRace lets several connections fight for the same names, and
// compact the log under each other. Each name is won once, and none is lost.
func TestDirectoryRace(t *testing.T) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			db := open(t)
			if name == "SQLite" {
				_, err := db.ExecContext(ctx, "PRAGMA journal_mode=WAL")
				require.NoError(t, err)
				db.SetMaxOpenConns(1)
			}
			// They create the table and the directory at once, too.
			dirs, problems := make([]*namespace.Directory, 4), make([]error, 4)
			var opening sync.WaitGroup
			for i := range dirs {
				opening.Go(func() {
					log, err := sqlstore.Open(ctx, db, &sqlstore.Options{Table: "race"})
					if err == nil {
						dirs[i], err = namespace.Open(ctx, log, "111122223333", "us-east-1", nil)
					}
					problems[i] = err
				})
			}
			opening.Wait()
			require.NoError(t, errors.Join(problems...))
			_, err := dirs[0].Administrator().CreateNamespace(ctx, "tenant")
			require.NoError(t, err)
			const names = 40
			var won [names]atomic.Int32
			var wg sync.WaitGroup
			for _, d := range dirs {
				wg.Go(func() {
					for n := range names {
						_, err := d.Administrator().RegisterUser(ctx, newUser("", fmt.Sprint("u", n)))
						if err == nil {
							won[n].Add(1)
						} else if !errors.Is(err, namespace.ErrExists) {
							t.Error(err)
						}
						if n%15 == 14 {
							if err := d.Compact(ctx); err != nil && !errors.Is(err, namespace.ErrConflict) {
								t.Error(err)
							}
						}
					}
				})
			}
			wg.Wait()
			for n := range names {
				require.EqualValues(t, 1, won[n].Load(), "u%d", n)
			}
			want := state(t, dirs[0])
			require.Equal(t, names, strings.Count(want, "@example.com"))
			for _, d := range append(dirs[1:], directoryOn(t, db, "race")) {
				require.Equal(t, want, state(t, d))
			}
		})
	}
}

// TestDirectoryMoves carries a directory from a file to a database by CSV.
func TestDirectoryMoves(t *testing.T) {
	ctx := t.Context()
	log, err := filestore.Open(filepath.Join(t.TempDir(), "directory.log"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, log.Close()) })
	from, err := namespace.Open(ctx, log, "111122223333", "us-east-1", nil)
	require.NoError(t, err)
	many := make([]namespace.RegisterUserInput, 2500)
	for i := range many {
		many[i] = newUser("", fmt.Sprintf("u%05d", i))
	}
	require.NoError(t, from.Administrator().RegisterUsers(ctx, many))
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			to := directoryOn(t, open(t), "moved")
			var b strings.Builder
			require.NoError(t, csvfile.ExportUsers(ctx, from.Administrator(), "", &b, nil))
			n, err := csvfile.ImportUsers(ctx, to.Administrator(), strings.NewReader(b.String()), nil)
			require.NoError(t, err)
			require.Equal(t, len(many), n)
			var again strings.Builder
			require.NoError(t, csvfile.ExportUsers(ctx, to.Administrator(), "", &again, nil))
			require.Equal(t, b.String(), again.String())
		})
	}
}
