package integration

import (
	"database/sql"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/integration/suite"
	"github.com/rowsight/rowsight/predicate/where"
)

func TestPostgreSQL(t *testing.T) {
	owner, viewer := postgresViewer(t)
	_, err := owner.Exec(`CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level1', deterministic = false)`)
	require.NoError(t, err)
	types := []string{"text", "varchar(4000)", "text COLLATE loose", `text COLLATE "C"`}
	if _, err := owner.Exec(`CREATE EXTENSION citext`); err == nil {
		types = append(types, "citext")
	}
	suite.Run(t, &suite.DB{Owner: owner, DB: viewer, Grant: "GRANT SELECT ON %s TO viewer", T: suite.Traits{
		Dialect: where.PostgreSQL,
		Types:   types,
		Trap:    func(column string) string { return "CAST(" + column + " AS integer) >= 0" },
		Springs: true,
	}})
}

// postgresViewer starts a server and returns connections as its owner and as a
// role that may read what it is granted. A role that may do more would prove
// nothing.
func postgresViewer(t *testing.T) (owner, viewer *sql.DB) {
	owner = postgres(t)
	_, err := owner.Exec(`CREATE ROLE viewer LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE`)
	require.NoError(t, err)
	var dir string
	require.NoError(t, owner.QueryRow(`SHOW unix_socket_directories`).Scan(&dir))
	viewer, err = sql.Open("pgx", "host="+dir+" user=viewer dbname=postgres")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, viewer.Close()) })
	var free bool
	require.NoError(t, viewer.QueryRow(`SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user`).Scan(&free))
	require.False(t, free, "the viewer is bound by row security")
	return owner, viewer
}
