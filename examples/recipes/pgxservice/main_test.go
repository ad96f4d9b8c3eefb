package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/rls"
)

// postgres starts a server of its own on a socket and stops it at the end.
func postgres(t *testing.T) *pgxpool.Pool {
	bins, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	if path, err := exec.LookPath("initdb"); err == nil {
		bins = append(bins, filepath.Dir(path))
	}
	if len(bins) == 0 {
		t.Skip("no PostgreSQL server is installed")
	}
	dir, err := os.MkdirTemp("", "pg")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	run := func(name string, args ...string) {
		cmd := exec.Command(filepath.Join(bins[len(bins)-1], name), args...)
		cmd.Dir = dir
		if os.Getuid() == 0 { // the server does not run as root
			u, err := user.Lookup("postgres")
			require.NoError(t, err)
			uid, _ := strconv.Atoi(u.Uid)
			gid, _ := strconv.Atoi(u.Gid)
			require.NoError(t, os.Chown(dir, uid, gid))
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
		}
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	data := filepath.Join(dir, "data")
	run("initdb", "--auth=trust", "--username=rowsight", "--encoding=UTF8", "--no-sync", "-D", data)
	run("pg_ctl", "-D", data, "-l", filepath.Join(dir, "log"), "-w", "-o", "-c listen_addresses='' -c fsync=off -k "+dir, "start")
	t.Cleanup(func() { run("pg_ctl", "-D", data, "-m", "immediate", "stop") })
	pool, err := pgxpool.New(t.Context(), "host="+dir+" user=rowsight dbname=postgres")
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	require.Eventually(t, func() bool { return pool.Ping(context.Background()) == nil }, 30*time.Second, 50*time.Millisecond)
	return pool
}

func TestService(t *testing.T) {
	db := postgres(t)
	_, err := db.Exec(t.Context(), `CREATE TABLE orders (id bigint, region text); INSERT INTO orders VALUES (1, 'US'), (2, 'us'), (3, NULL), (4, 'EMEA')`)
	require.NoError(t, err)
	rules, err := rls.ReadCSV(strings.NewReader("UserName,region\nanna,US\nboss,\n"), nil)
	require.NoError(t, err)
	s := &service{db, rules, func(r *http.Request) string { name, _, _ := r.BasicAuth(); return name }}
	for name, want := range map[string]string{
		"anna": `[{"ID":1,"Region":"US"}]`,
		"eve":  `[]`,
		"":     `[]`,
		"boss": `[{"ID":1,"Region":"US"},{"ID":2,"Region":"us"},{"ID":3,"Region":null},{"ID":4,"Region":"EMEA"}]`,
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.SetBasicAuth(name, "")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		require.Equal(t, want, strings.TrimSpace(w.Body.String()), name)
	}
}
