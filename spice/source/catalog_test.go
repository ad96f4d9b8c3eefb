package source_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/spice/source"
)

func TestLifeOfADataSource(t *testing.T) {
	c := catalog(t, nil)
	d := create(t, c, postgres("pg", &source.Credentials{SecretArn: secretARN}))
	require.Equal(t, source.CreationSuccessful, d.Status)
	require.Equal(t, arnPrefix+"datasource/pg", d.Arn)
	require.Equal(t, secretARN, d.SecretArn)

	_, err := c.Create(t.Context(), anything(t), postgres("pg", nil))
	require.ErrorIs(t, err, source.ErrExists)

	u := &source.UpdateDataSource{DataSourceId: "pg", Name: "Renamed", DataSourceParameters: postgres("pg", nil).DataSourceParameters}
	d, err = c.Update(t.Context(), anything(t), u)
	require.NoError(t, err)
	require.Equal(t, source.UpdateInProgress, d.Status)
	d, err = c.Wait(t.Context(), "pg")
	require.NoError(t, err)
	require.Equal(t, source.UpdateSuccessful, d.Status)
	require.Equal(t, "Renamed", d.Name)
	require.Equal(t, secretARN, d.SecretArn, "credentials that are not given stay")

	create(t, c, postgres("aa", pair()))
	require.Len(t, c.List(), 2)
	require.Equal(t, "aa", c.List()[0].DataSourceId)
	require.NoError(t, c.Delete("pg"))
	require.ErrorIs(t, c.Delete("pg"), source.ErrNotFound)
	_, err = c.Describe("pg")
	require.ErrorIs(t, err, source.ErrNotFound)
	_, err = c.Login(t.Context(), "pg")
	require.ErrorIs(t, err, source.ErrNotFound)
}

// TestCheckedAtOnce: every problem of a request is reported.
func TestCheckedAtOnce(t *testing.T) {
	c := catalog(t, nil)
	r := postgres("a/b", &source.Credentials{SecretArn: secretARN, CopySourceArn: "x"})
	r.AwsAccountId, r.Name, r.Type = "444455556666", "", source.Athena
	r.Permissions = []source.ResourcePermission{{Principal: arnPrefix + "user/default/al"}, {Principal: arnPrefix + "namespace/default"}, {Principal: "al"}}
	_, err := c.Create(t.Context(), anything(t), r)
	for _, want := range []string{"AwsAccountId: ", "DataSourceId: ", "Name: ", "DataSourceParameters: ", "Permissions[1].Principal: ", "Permissions[2].Principal: ", "Credentials: "} {
		require.ErrorContains(t, err, want)
	}
	require.NotContains(t, err.Error(), "Permissions[0]")
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = c.Create(cancelled, anything(t), postgres("a", nil))
	require.ErrorIs(t, err, context.Canceled)
}

// TestSecretNeedsTheCaller: what the service may read does not count for who
// names a secret (K4).
func TestSecretNeedsTheCaller(t *testing.T) {
	c := catalog(t, nil)
	r := postgres("pg", &source.Credentials{SecretArn: secretARN})
	_, err := c.Create(t.Context(), source.Caller{Policy: policy(t, "Allow secretsmanager:GetSecretValue "+secretARN+"x")}, r)
	require.ErrorIs(t, err, source.ErrDenied)
	may := source.Caller{Policy: policy(t, "Allow secretsmanager:GetSecretValue "+secretARN)}
	_, err = c.Create(t.Context(), may, r)
	require.NoError(t, err)
	_, err = c.Wait(t.Context(), "pg")
	require.NoError(t, err)
	// Who keeps the secret when changing where it is sent must be allowed, too.
	u := &source.UpdateDataSource{DataSourceId: "pg", Name: "n", DataSourceParameters: source.DataSourceParameters{
		PostgreSqlParameters: &source.PostgreSqlParameters{Host: "evil", Port: 5432, Database: "hospital"}}}
	_, err = c.Update(t.Context(), source.Caller{}, u)
	require.ErrorIs(t, err, source.ErrDenied)
	_, err = c.Update(t.Context(), may, u)
	require.NoError(t, err)
}

// TestRotation: the secret of the moment is used, at the next use.
func TestRotation(t *testing.T) {
	secrets, _ := openSecrets(t)
	put := func(password string) {
		require.NoError(t, secrets.Put(t.Context(), secretARN, source.NewPassword(`{"username":"u","password":"`+password+`"}`)))
	}
	var checked []string
	c := catalog(t, func(o *source.Options) {
		o.Secrets = secrets
		o.Check = func(_ context.Context, d source.DataSource, login source.Login) error {
			checked = append(checked, d.DataSourceId+" "+login.Password().Reveal())
			return nil
		}
	})
	d := create(t, c, postgres("early", &source.Credentials{SecretArn: secretARN}))
	require.Equal(t, source.CreationFailed, d.Status)
	require.ErrorIs(t, d.ErrorInfo.Err(), source.ErrNoSecret)
	put("one")
	create(t, c, postgres("pg", &source.Credentials{SecretArn: secretARN}))
	for _, want := range []string{"one", "two", "three"} {
		put(want)
		login, err := c.Login(t.Context(), "pg")
		require.NoError(t, err)
		require.Equal(t, want, login.Password().Reveal())
	}
	require.Equal(t, []string{"pg one"}, checked)
	require.NoError(t, secrets.Delete(t.Context(), secretARN))
	_, err := c.Connection(t.Context(), "pg")
	require.ErrorIs(t, err, source.ErrNoSecret)
}

// TestPairStaysWhereItBelongs: a password is not sent to a server it did not
// come with, neither by an update nor by a copy.
func TestPairStaysWhereItBelongs(t *testing.T) {
	other := source.DataSourceParameters{PostgreSqlParameters: &source.PostgreSqlParameters{Host: "other", Port: 5432, Database: "hospital"}}
	c := catalog(t, nil)
	create(t, c, postgres("pg", pair()))
	create(t, c, postgres("both", pair(other)))
	create(t, c, postgres("secret", &source.Credentials{SecretArn: secretARN}))

	_, err := c.Update(t.Context(), anything(t), &source.UpdateDataSource{DataSourceId: "pg", Name: "n", DataSourceParameters: other})
	require.ErrorIs(t, err, source.ErrCredentials)
	_, err = c.Update(t.Context(), anything(t), &source.UpdateDataSource{DataSourceId: "both", Name: "n", DataSourceParameters: other})
	require.NoError(t, err, "the owner of the pair allowed it")

	same := postgres("x", nil).DataSourceParameters
	tests := []struct {
		reason, from string
		parameters   source.DataSourceParameters
		ok           bool
	}{
		{"the same parameters", "datasource/pg", same, true},
		{"other parameters", "datasource/pg", other, false},
		{"parameters on the list", "datasource/both", other, true},
		{"parameters that the list leaves out", "datasource/both", same, false},
		{"a secret is not copied", "datasource/secret", same, false},
		{"nothing to copy from", "datasource/absent", same, false},
	}
	for i, tt := range tests {
		r := postgres(fmt.Sprint("copy", i), &source.Credentials{CopySourceArn: arnPrefix + tt.from})
		r.DataSourceParameters = tt.parameters
		d := create(t, c, r)
		if !tt.ok {
			require.Equal(t, source.CreationFailed, d.Status, tt.reason)
			require.Equal(t, "COPY_SOURCE_NOT_FOUND", d.ErrorInfo.Type, tt.reason)
			continue
		}
		require.Equal(t, source.CreationSuccessful, d.Status, tt.reason)
		login, err := c.Login(t.Context(), r.DataSourceId)
		require.NoError(t, err, tt.reason)
		require.Equal(t, "SECRET", login.Password().Reveal(), tt.reason)
	}
	// The copy of a copy goes no further either.
	d := create(t, c, func() *source.CreateDataSource {
		r := postgres("again", &source.Credentials{CopySourceArn: arnPrefix + "datasource/copy0"})
		r.DataSourceParameters = other
		return r
	}())
	require.Equal(t, source.CreationFailed, d.Status)
}

// TestFailedUpdate: what was in force stays in force.
func TestFailedUpdate(t *testing.T) {
	release := make(chan struct{})
	c := catalog(t, func(o *source.Options) {
		o.Check = func(ctx context.Context, d source.DataSource, _ source.Login) error {
			if d.DataSourceParameters.PostgreSqlParameters.Host == "wrong" {
				<-release
				return errors.New("no such host")
			}
			return nil
		}
	})
	create(t, c, postgres("pg", pair()))
	u := &source.UpdateDataSource{DataSourceId: "pg", Name: "n", Credentials: pair(), DataSourceParameters: source.DataSourceParameters{
		PostgreSqlParameters: &source.PostgreSqlParameters{Host: "wrong", Port: 1, Database: "d"}}}
	_, err := c.Update(t.Context(), anything(t), u)
	require.NoError(t, err)
	_, err = c.Update(t.Context(), anything(t), u)
	require.ErrorIs(t, err, source.ErrConflict)
	n, err := c.Connection(t.Context(), "pg")
	require.NoError(t, err)
	require.Equal(t, "db", n.Host, "while it is being checked")
	close(release)
	d, err := c.Wait(t.Context(), "pg")
	require.NoError(t, err)
	require.Equal(t, source.UpdateFailed, d.Status)
	require.Equal(t, &source.ErrorInfo{Type: "UNKNOWN", Message: "no such host"}, &source.ErrorInfo{Type: d.ErrorInfo.Type, Message: d.ErrorInfo.Message})
	require.Equal(t, "Hospital", d.Name)
	n, err = c.Connection(t.Context(), "pg")
	require.NoError(t, err)
	require.Equal(t, "db", n.Host, "and after it has failed")
}

// TestFailedCreation can be mended by an update.
func TestFailedCreation(t *testing.T) {
	c := catalog(t, func(o *source.Options) {
		o.Check = func(_ context.Context, d source.DataSource, _ source.Login) error {
			if d.Name == "panics" {
				panic("a bug of the program's, with the password SECRET")
			}
			return nil
		}
	})
	r := postgres("pg", pair())
	r.Name = "panics"
	d := create(t, c, r)
	require.Equal(t, source.CreationFailed, d.Status)
	require.NotContains(t, d.ErrorInfo.Message, "SECRET")
	_, err := c.Login(t.Context(), "pg")
	require.ErrorIs(t, err, source.ErrNotReady)
	_, err = c.Update(t.Context(), anything(t), &source.UpdateDataSource{DataSourceId: "pg", Name: "mended", DataSourceParameters: r.DataSourceParameters})
	require.NoError(t, err)
	d, err = c.Wait(t.Context(), "pg")
	require.NoError(t, err)
	require.Equal(t, source.CreationSuccessful, d.Status)
	require.Nil(t, d.ErrorInfo)
}

// TestKept: a catalog in a folder is there when it is opened again, and a check
// that was cut off is made up for.
func TestKept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "catalog")
	blocked := make(chan struct{})
	keep := func(o *source.Options) { o.Dir = dir }
	c := catalog(t, func(o *source.Options) {
		keep(o)
		o.Check = func(ctx context.Context, d source.DataSource, _ source.Login) error {
			if d.DataSourceId == "slow" {
				close(blocked)
				<-ctx.Done()
				return ctx.Err()
			}
			return nil
		}
	})
	create(t, c, postgres("pg", pair()))
	create(t, c, s3("s3", runAs))
	_, err := c.Create(t.Context(), anything(t), postgres("slow", pair()))
	require.NoError(t, err)
	<-blocked
	require.NoError(t, c.Close())

	c = catalog(t, keep)
	require.Len(t, c.List(), 3)
	login, err := c.Login(t.Context(), "pg")
	require.NoError(t, err)
	require.Equal(t, "SECRET", login.Password().Reveal())
	d, err := c.Wait(t.Context(), "slow")
	require.NoError(t, err)
	require.Equal(t, source.CreationSuccessful, d.Status)
	require.NoError(t, c.Delete("pg"))
	require.NoError(t, c.Close())

	path := filepath.Join(dir, "datasources.json")
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Zero(t, info.Mode().Perm()&0o077)
	_, err = source.OpenCatalog(&source.Options{Account: "444455556666", Region: region, Dir: dir})
	require.ErrorIs(t, err, source.ErrAccount)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NotContains(t, string(text), `"pg"`, "what is deleted is gone")
	require.NoError(t, os.WriteFile(path, text[:len(text)/2], 0o600))
	_, err = source.OpenCatalog(&source.Options{Account: account, Region: region, Dir: dir})
	require.ErrorIs(t, err, source.ErrFormat)
	require.NotContains(t, err.Error(), "SECRET")
	require.NoError(t, os.Chmod(path, 0o644))
	_, err = source.OpenCatalog(&source.Options{Account: account, Region: region, Dir: dir})
	require.ErrorIs(t, err, source.ErrExposed)
}

// TestOthersCannotChange: what goes in and comes out is not shared.
func TestOthersCannotChange(t *testing.T) {
	c := catalog(t, nil)
	r := postgres("pg", pair())
	d := create(t, c, r)
	r.DataSourceParameters.PostgreSqlParameters.Host = "evil"
	r.Credentials.CredentialPair.Username = "evil"
	d.DataSourceParameters.PostgreSqlParameters.Host = "evil"
	n, err := c.Connection(t.Context(), "pg")
	require.NoError(t, err)
	require.Equal(t, "db", n.Host)
	require.Equal(t, "USERNAME", n.Login.Username())
}

func TestManyAtOnce(t *testing.T) {
	c := catalog(t, nil)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			id := fmt.Sprint("d", i%4)
			for range 20 {
				_, _ = c.Create(context.Background(), anything(t), postgres(id, pair()))
				_, _ = c.Wait(context.Background(), id)
				_, _ = c.Login(context.Background(), id)
				_, _ = c.Update(context.Background(), anything(t), &source.UpdateDataSource{DataSourceId: id, Name: "n", DataSourceParameters: postgres(id, nil).DataSourceParameters})
				_ = c.List()
				_ = c.Delete(id)
			}
		}()
	}
	wg.Wait()
	for _, d := range c.List() {
		_, err := c.Wait(t.Context(), d.DataSourceId)
		require.NoError(t, err)
	}
}

func TestFileDataSource(t *testing.T) {
	c := catalog(t, func(o *source.Options) { o.Files = fstest.MapFS{"a.csv": {Data: []byte("region\nEMEA\n")}} })
	file := func(id, path string) *source.CreateDataSource {
		return &source.CreateDataSource{DataSourceId: id, Name: id, Type: source.File, DataSourceParameters: source.DataSourceParameters{FileParameters: &source.FileParameters{Path: path}}}
	}
	create(t, c, file("a", "a.csv"))
	create(t, c, file("out", "../a.csv"))
	got, err := rows(source.CSV(nil, c.File("a")))
	require.NoError(t, err)
	require.Equal(t, []string{"EMEA"}, got)
	_, err = rows(source.CSV(nil, c.File("out")))
	require.ErrorIs(t, err, source.ErrValue)
	_, err = rows(source.CSV(nil, c.File("absent")))
	require.ErrorIs(t, err, source.ErrNotFound)
	_, err = rows(c.Files("a", namespace.Named("al"), nil))
	require.Error(t, err)
	require.True(t, strings.Contains(err.Error(), "FILE") || errors.Is(err, source.ErrNoRole), err)
}
