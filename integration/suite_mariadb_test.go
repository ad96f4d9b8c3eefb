package integration

import (
	"database/sql"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "github.com/go-sql-driver/mysql" // driver "mysql"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/integration/suite"
	"github.com/rowsight/rowsight/predicate/where"
)

func TestMariaDB(t *testing.T) {
	owner, viewer := mariadb(t)
	suite.Run(t, &suite.DB{Owner: owner, DB: viewer, Grant: "GRANT SELECT ON test.%s TO viewer", T: suite.Traits{
		Dialect: where.MariaDB,
		Types: []string{
			"TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci",
			"VARCHAR(2100) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci",
			"LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
			"TEXT CHARACTER SET utf16 COLLATE utf16_general_ci",
		},
		Trap: func(column string) string {
			return "18446744073709551615 + CASE WHEN " + column + " REGEXP '^[0-9]+$' THEN 0 ELSE 1 END > 0"
		},
		Springs: true,
		Cases:   300,
		Names:   namesOfMariaDB(),
	}})
}

// namesOfMariaDB leaves out what its names cannot hold: characters beyond the
// first 65,536, and spaces at the end.
func namesOfMariaDB() []string {
	return slices.DeleteFunc(suite.HostileNames(), func(name string) bool { return strings.Contains(name, "😀") })
}

// mariadb starts a server of its own, on a socket in a folder of its own, and
// returns connections as its owner and as a user who may read what is granted.
func mariadb(t *testing.T) (owner, viewer *sql.DB) {
	server, err := exec.LookPath("mariadbd")
	if err != nil {
		if server, err = exec.LookPath("/usr/sbin/mariadbd"); err != nil {
			t.Skip("no MariaDB server is installed: mariadbd was found neither in PATH nor in /usr/sbin")
		}
	}
	install, err := exec.LookPath("mariadb-install-db")
	if err != nil {
		t.Skip("no MariaDB server is installed: mariadb-install-db was not found in PATH")
	}
	dir, err := os.MkdirTemp("", "my") // the path of a socket is short
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	data, socket := filepath.Join(dir, "data"), filepath.Join(dir, "socket")
	as := runAs(t, "mysql", dir)
	command := func(name string, args ...string) *exec.Cmd {
		cmd := exec.Command(name, append([]string{"--no-defaults", "--datadir=" + data}, args...)...)
		cmd.Dir, cmd.SysProcAttr = dir, as
		return cmd
	}
	out, err := command(install, "--auth-root-authentication-method=normal", "--skip-test-db").CombinedOutput()
	require.NoError(t, err, "%s", out)

	// Small buffers: the tables are small, and nothing need outlive a crash. Servers that
	// share a folder of temporary tables lose theirs.
	cmd := command(server, "--tmpdir="+dir, "--socket="+socket, "--skip-networking", "--pid-file="+filepath.Join(dir, "pid"),
		"--innodb-buffer-pool-size=64M", "--innodb-log-file-size=16M", "--innodb-flush-log-at-trx-commit=0", "--skip-log-bin")
	log, err := os.Create(filepath.Join(dir, "log"))
	require.NoError(t, err)
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		require.NoError(t, cmd.Process.Signal(syscall.SIGKILL))
		_ = cmd.Wait()
	})
	open := func(user, database string) *sql.DB {
		db, err := sql.Open("mysql", user+"@unix("+socket+")/"+database)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		return db
	}
	root := open("root", "")
	require.Eventually(t, func() bool { return root.Ping() == nil }, 2*time.Minute, 50*time.Millisecond, "the server starts")
	for _, statement := range []string{"CREATE DATABASE test CHARACTER SET utf8mb4", "CREATE USER viewer"} {
		_, err = root.Exec(statement)
		require.NoError(t, err)
	}
	return open("root", "test"), open("viewer", "test")
}
