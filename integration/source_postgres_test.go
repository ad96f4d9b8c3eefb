package integration

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/where"
	"github.com/rowsight/rowsight/spice/direct"
	"github.com/rowsight/rowsight/spice/source"
)

// TestSourceSecretRotates opens a real PostgreSQL with the credentials of a data
// source: a secret that is rotated is picked up at the next use (K4), a wrong one
// is a failed creation that does not tell the password.
func TestSourceSecretRotates(t *testing.T) {
	admin := postgres(t)
	ctx := t.Context()
	exec := func(query string) {
		t.Helper()
		_, err := admin.ExecContext(ctx, query)
		require.NoError(t, err)
	}
	show := func(name string) (value string) {
		t.Helper()
		require.NoError(t, admin.QueryRowContext(ctx, "SHOW "+name).Scan(&value))
		return value
	}
	// The server of the tests trusts everybody. From here on only its owner.
	require.NoError(t, os.WriteFile(show("hba_file"), []byte("local all rowsight trust\nlocal all all scram-sha-256\n"), 0o600))
	exec("SELECT pg_reload_conf()")
	exec(`CREATE TABLE visits ("Region" text, patients bigint)`)
	exec(`INSERT INTO visits VALUES ('EMEA', 7), ('US', 8)`)
	exec("CREATE ROLE reader LOGIN PASSWORD 'one'")
	exec("GRANT SELECT ON visits TO reader")

	secrets, err := source.OpenSecrets(filepath.Join(t.TempDir(), "secrets"))
	require.NoError(t, err)
	const arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:hospital-a1b2c3"
	put := func(password string) {
		t.Helper()
		require.NoError(t, secrets.Put(ctx, arn, source.NewPassword(fmt.Sprintf(`{"username":"reader","password":%q}`, password))))
	}
	var catalog *source.Catalog
	open := func(n source.Connection) (*sql.DB, error) { return sql.Open("pgx", n.DSN().Reveal()) }
	catalog, err = source.OpenCatalog(&source.Options{
		Account: "111122223333", Region: "us-east-1", Secrets: secrets,
		Check: func(ctx context.Context, d source.DataSource, login source.Login) error {
			p := d.DataSourceParameters.PostgreSqlParameters
			db, err := open(source.Connection{Host: p.Host, Port: p.Port, Database: p.Database, Login: login, DisableSsl: d.SslProperties.DisableSsl})
			if err != nil {
				return err
			}
			defer db.Close()
			return db.PingContext(ctx)
		},
	})
	require.NoError(t, err)
	defer catalog.Close()
	policy, err := source.ParsePolicy(strings.NewReader(`{"Statement":{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"`+arn+`"}}`), nil)
	require.NoError(t, err)
	create := func(id string) source.DataSource {
		t.Helper()
		_, err := catalog.Create(ctx, source.Caller{Policy: policy}, &source.CreateDataSource{
			DataSourceId: id, Name: "Hospital", Type: source.PostgreSQL, Credentials: &source.Credentials{SecretArn: arn},
			DataSourceParameters: source.DataSourceParameters{PostgreSqlParameters: &source.PostgreSqlParameters{Host: show("unix_socket_directories"), Port: 5432, Database: "postgres"}},
			SslProperties:        &source.SslProperties{DisableSsl: true}, // there is none on a socket
		})
		require.NoError(t, err)
		d, err := catalog.Wait(ctx, id)
		require.NoError(t, err)
		return d
	}
	table := catalog.Table("hospital",
		func(_ context.Context, n source.Connection) (*sql.DB, error) { return open(n) },
		func(ctx context.Context, db *sql.DB) (array.RecordReader, error) {
			visits := direct.Table{DB: db, Dialect: where.PostgreSQL, Table: "visits"}
			return visits.Records(ctx, predicate.All(), nil)
		})
	read := func() (patients int64, err error) {
		r, err := table.Records(ctx)
		if err != nil {
			return 0, err
		}
		defer r.Release()
		for r.Next() {
			for i := range int(r.Record().NumRows()) {
				patients += r.Record().Column(1).(*array.Int64).Value(i)
			}
		}
		return patients, r.Err()
	}

	put("wr0ng-passw0rd")
	d := create("failed")
	require.Equal(t, source.CreationFailed, d.Status)
	require.Contains(t, d.ErrorInfo.Message, "password authentication failed")
	require.NotContains(t, d.ErrorInfo.Message, "wr0ng-passw0rd")

	put("one")
	d = create("hospital")
	require.Equal(t, source.CreationSuccessful, d.Status, d.ErrorInfo)
	patients, err := read()
	require.NoError(t, err)
	require.EqualValues(t, 15, patients)

	exec("ALTER ROLE reader PASSWORD 'two'")
	_, err = read()
	require.ErrorContains(t, err, "password authentication failed", "the old password opens nothing")
	put("two")
	patients, err = read()
	require.NoError(t, err, "the new one is picked up at the next use")
	require.EqualValues(t, 15, patients)
}
