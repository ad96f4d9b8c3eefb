package integration

import (
	"database/sql"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // driver "pgx"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // driver "sqlite"
)

// engines are the databases that permission datasets are read from.
var engines = map[string]func(t *testing.T) *sql.DB{"SQLite": sqlite, "PostgreSQL": postgres}

func sqlite(t *testing.T) *sql.DB {
	db, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "rules.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// postgres starts a server of its own, on a socket in a folder of its own, and
// stops it at the end of the test.
func postgres(t *testing.T) *sql.DB {
	db, err := sql.Open("pgx", postgresSource(t))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// postgresSource starts such a server and returns the data source name of its
// database.
func postgresSource(t *testing.T) string {
	bins, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	if path, err := exec.LookPath("initdb"); err == nil {
		bins = append(bins, filepath.Dir(path))
	}
	if len(bins) == 0 {
		t.Skip("no PostgreSQL server is installed: initdb was found neither in PATH nor in /usr/lib/postgresql")
	}
	bin := bins[len(bins)-1]

	// The path of a socket is short, so not t.TempDir.
	dir, err := os.MkdirTemp("", "pg")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	run := func(name string, args ...string) {
		cmd := exec.Command(filepath.Join(bin, name), args...)
		cmd.Dir = dir
		cmd.SysProcAttr = runAs(t, "postgres", dir)
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s: %s", name, out)
	}
	data := filepath.Join(dir, "data")
	run("initdb", "--auth=trust", "--username=rowsight", "--encoding=UTF8", "--no-sync", "-D", data)
	run("pg_ctl", "-D", data, "-l", filepath.Join(dir, "log"), "-w", "-t", "60", "-o", "-c listen_addresses='' -c fsync=off -k "+dir, "start")
	t.Cleanup(func() { run("pg_ctl", "-D", data, "-m", "immediate", "stop") })

	source := "host=" + dir + " user=rowsight dbname=postgres"
	db, err := sql.Open("pgx", source)
	require.NoError(t, err)
	defer db.Close()
	require.Eventually(t, func() bool { return db.Ping() == nil }, 2*time.Minute, 50*time.Millisecond)
	return source
}

// runAs returns how to start a program as a user who gets a folder, if the tests
// run as root.
func runAs(t *testing.T, name, dir string) *syscall.SysProcAttr {
	if os.Getuid() != 0 {
		return nil
	}
	u, err := user.Lookup(name)
	if err != nil {
		t.Skipf("the tests run as root, and there is no user %s to run a server as", name)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	require.NoError(t, err)
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	require.NoError(t, err)
	require.NoError(t, os.Chown(dir, int(uid), int(gid)))
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
}
