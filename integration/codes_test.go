package integration

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice/embed"
	"github.com/rowsight/rowsight/spice/embed/codestest"
	"github.com/rowsight/rowsight/spice/embed/sqlcodes"
)

// codesEngines opens two connections to each database that sqlcodes knows.
var codesEngines = map[sqlcodes.Engine]func(t *testing.T) []*sql.DB{
	sqlcodes.PostgreSQL: func(t *testing.T) []*sql.DB { db := postgres(t); return []*sql.DB{db, db} },
	sqlcodes.MySQL:      func(t *testing.T) []*sql.DB { db, _ := mariadb(t); return []*sql.DB{db, db} },
	sqlcodes.SQLite: func(t *testing.T) []*sql.DB {
		path := filepath.Join(t.TempDir(), "codes.db")
		return []*sql.DB{sqliteFile(t, path), sqliteFile(t, path)}
	},
}

// sqliteFile opens a file that other connections write to as well.
func sqliteFile(t *testing.T, path string) *sql.DB {
	db, err := sql.Open("sqlite", path+"?_pragma=busy_timeout(10000)")
	require.NoError(t, err)
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// TestSQLCodes runs the conformance kit on each database.
func TestSQLCodes(t *testing.T) {
	for engine, open := range codesEngines {
		t.Run(engine.String(), func(t *testing.T) {
			dbs := open(t)
			table := 0
			codestest.Run(t, func(t *testing.T) codestest.Kit {
				table++
				opts := &sqlcodes.Options{Engine: engine, Table: fmt.Sprintf("codes_%d", table)}
				var all []embed.Codes
				for _, db := range dbs {
					c, err := sqlcodes.Open(t.Context(), db, opts)
					require.NoError(t, err)
					all = append(all, c)
				}
				return codestest.Kit{Codes: all[0], Others: all[1:]}
			})
			opts := &sqlcodes.Options{Engine: engine, Table: "lifetimes"}
			t.Run("lifetimes", func(t *testing.T) { lifetimes(t, dbs[0], *opts) })
			t.Run("no table", func(t *testing.T) {
				_, err := sqlcodes.Open(t.Context(), dbs[0], &sqlcodes.Options{Engine: engine, Table: "absent", Migrated: true})
				require.Error(t, err)
				_, err = dbs[0].ExecContext(t.Context(), "CREATE TABLE other (id INTEGER)")
				require.NoError(t, err)
				_, err = sqlcodes.Open(t.Context(), dbs[0], &sqlcodes.Options{Engine: engine, Table: "other"})
				require.Error(t, err, "a table of another shape")
			})
		})
	}
}

// lifetimes: the clock of the database decides, whatever the clocks of the
// processes say.
func lifetimes(t *testing.T, db *sql.DB, opts sqlcodes.Options) {
	at := func(off time.Duration) (*sqlcodes.Codes, func() time.Time) {
		o := opts
		o.Now = func() time.Time { return time.Now().Add(off) }
		c, err := sqlcodes.Open(t.Context(), db, &o)
		require.NoError(t, err)
		return c, o.Now
	}
	right, now := at(0)
	ahead, nowAhead := at(3 * time.Hour)
	behind, nowBehind := at(-3 * time.Hour)

	id := func(n int) string { return fmt.Sprintf("%032x", n) }
	put := func(c *sqlcodes.Codes, now func() time.Time, n int, left time.Duration) {
		require.NoError(t, c.Put(t.Context(), id(n), embed.Entry{Until: now().Add(left), Sealed: []byte("x")}))
	}
	put(ahead, nowAhead, 1, time.Minute)
	_, err := right.Redeem(t.Context(), id(1), now().Add(time.Minute))
	require.NoError(t, err, "a minute is left by the clock of the database")
	_, err = behind.Get(t.Context(), id(1))
	require.NoError(t, err)

	// A code that has ended is expired for every process, also for one whose
	// clock says that hours are left.
	put(behind, nowBehind, 2, -time.Second)
	for _, c := range []*sqlcodes.Codes{right, ahead, behind} {
		_, err = c.Redeem(t.Context(), id(2), nowAhead().Add(time.Hour))
		require.ErrorIs(t, err, embed.ErrExpired)
		_, err = c.Get(t.Context(), id(2))
		require.ErrorIs(t, err, embed.ErrExpired)
	}
	last := 3
	for ; ; last++ {
		put(right, now, last, 2*time.Second)
		_, err = behind.Redeem(t.Context(), id(last), nowBehind().Add(2*time.Second))
		if !errors.Is(err, embed.ErrExpired) || last == 30 { // on a busy machine, two seconds may be over
			break
		}
	}
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		_, err := behind.Get(t.Context(), id(last))
		return err != nil
	}, time.Minute, 100*time.Millisecond, "the session ends")
	n, err := ahead.Sweep(t.Context(), nowAhead())
	require.NoError(t, err)
	require.Equal(t, last-1, n, "the entries from 2 on have ended, and 1 has not")
}

const (
	envCodes      = "ROWSIGHT_TEST_CODES" // driver, engine and data source, of a process that redeems
	codesToRedeem = 200
)

// TestSQLCodesProcesses: several processes redeem the same codes as fast as they
// can, and each code is redeemed once.
func TestSQLCodesProcesses(t *testing.T) {
	if where := os.Getenv(envCodes); where != "" {
		redeemCodes(t, where)
		return
	}
	path := filepath.Join(t.TempDir(), "codes.db")
	for engine, where := range map[sqlcodes.Engine]string{
		sqlcodes.PostgreSQL: "pgx|0|" + postgresSource(t),
		sqlcodes.SQLite:     "sqlite|1|" + path + "?_pragma=busy_timeout(60000)",
	} {
		t.Run(engine.String(), func(t *testing.T) {
			parts := strings.Split(where, "|")
			db, err := sql.Open(parts[0], parts[2])
			require.NoError(t, err)
			defer func() { require.NoError(t, db.Close()) }()
			c, err := sqlcodes.Open(t.Context(), db, &sqlcodes.Options{Engine: engine})
			require.NoError(t, err)
			for i := range codesToRedeem {
				require.NoError(t, c.Put(t.Context(), fmt.Sprintf("%032x", i), embed.Entry{Until: time.Now().Add(time.Hour)}))
			}
			const processes = 3
			outputs := make([]strings.Builder, processes)
			var wg sync.WaitGroup
			for i := range processes {
				cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestSQLCodesProcesses$", "-test.v")
				cmd.Env = append(os.Environ(), envCodes+"="+where)
				cmd.Stdout, cmd.Stderr = &outputs[i], &outputs[i]
				require.NoError(t, cmd.Start())
				wg.Go(func() {
					if err := cmd.Wait(); err != nil {
						t.Error(err, outputs[i].String())
					}
				})
			}
			wg.Wait()
			won := make(map[string]int)
			for i := range outputs {
				for line := range strings.Lines(outputs[i].String()) {
					if id, ok := strings.CutPrefix(line, "redeemed "); ok {
						won[strings.TrimSpace(id)]++
					}
				}
			}
			require.Len(t, won, codesToRedeem)
			for id, n := range won {
				require.Equal(t, 1, n, "%s is redeemed once", id)
			}
		})
	}
}

func redeemCodes(t *testing.T, where string) {
	parts := strings.Split(where, "|")
	db, err := sql.Open(parts[0], parts[2])
	require.NoError(t, err)
	defer db.Close()
	engine := sqlcodes.PostgreSQL
	if parts[1] == "1" {
		engine = sqlcodes.SQLite
		db.SetMaxOpenConns(1)
	}
	c, err := sqlcodes.Open(t.Context(), db, &sqlcodes.Options{Engine: engine, Migrated: true})
	require.NoError(t, err)
	for i := range codesToRedeem {
		id := fmt.Sprintf("%032x", i)
		if _, err := c.Redeem(t.Context(), id, time.Now().Add(time.Hour)); err == nil {
			fmt.Println("redeemed", id)
		} else {
			require.ErrorIs(t, err, embed.ErrUsed)
		}
	}
}
