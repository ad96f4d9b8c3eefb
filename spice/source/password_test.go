package source_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice/source"
)

// TestNothingPrintsCredentials prints everything that holds a credential in
// every way there is, alone and inside of something.
func TestNothingPrintsCredentials(t *testing.T) {
	dir := t.TempDir() + "/catalog"
	c := catalog(t, func(o *source.Options) { o.Dir = dir })
	create(t, c, postgres("pg", pair()))
	create(t, c, postgres("sm", &source.Credentials{SecretArn: secretARN}))
	login, err := c.Login(t.Context(), "pg")
	require.NoError(t, err)
	require.Equal(t, "USERNAME", login.Username())
	require.Equal(t, "SECRET", login.Password().Reveal())
	connection, err := c.Connection(t.Context(), "pg")
	require.NoError(t, err)
	require.Contains(t, connection.DSN().Reveal(), "password='SECRET'")
	d, err := c.Describe("pg")
	require.NoError(t, err)

	type inner struct{ p source.Password } // fmt calls no method of an unexported field
	holders := map[string]any{
		"password": source.NewPassword("SECRET"), "pointer": new(source.Password), "unexported": inner{source.NewPassword("SECRET")},
		"list": []source.Password{source.NewPassword("SECRET")}, "map": map[string]source.Password{"a": source.NewPassword("SECRET")},
		"pair": *pair().CredentialPair, "credentials": *pair(), "request": *postgres("x", pair()), "login": login, "logins": []source.Login{login},
		"connection": connection, "DSN": connection.DSN(), "data source": d, "catalog": c,
		"error": fmt.Errorf("cannot connect: %v", connection), "secrets": source.SecretMap{secretARN: source.NewPassword("SECRET")},
	}
	for name, holder := range holders {
		for _, verb := range "vTtbcdoOqxXUeEfFgGsp" {
			for _, flags := range []string{"", "+", "#", " ", "0", "-10", "+#", "10.3"} {
				format := "%" + flags + string(verb)
				got := fmt.Sprintf(format, holder)
				for _, secret := range []string{"SECRET", "534543524554", "[83 69 67"} {
					require.NotContains(t, got, secret, "%s of %s", format, name)
				}
				if verb != 'p' { // which fmt does not let a type answer; the name alone opens nothing
					require.NotContains(t, got, "USERNAME", "%s of %s", format, name)
				}
			}
		}
		text, err := json.Marshal(holder)
		if err == nil {
			require.NotContains(t, string(text), "SECRET", name)
			require.NotContains(t, string(text), "USERNAME", name)
		}
		for _, log := range []func(b *bytes.Buffer) slog.Handler{
			func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
			func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
		} {
			var b bytes.Buffer
			slog.New(log(&b)).Info("x", "holder", holder)
			require.NotContains(t, b.String(), "SECRET", name)
		}
	}
	require.Equal(t, "(hidden)", fmt.Sprint(login.Password()))
}

func TestDSNQuotes(t *testing.T) {
	c := catalog(t, nil)
	r := postgres("pg", &source.Credentials{CredentialPair: &source.CredentialPair{Username: "o'neil", Password: source.NewPassword(`a' host='evil\`)}})
	r.SslProperties = &source.SslProperties{DisableSsl: true}
	create(t, c, r)
	n, err := c.Connection(t.Context(), "pg")
	require.NoError(t, err)
	require.Equal(t, `host='db' port=5432 dbname='hospital' user='o\'neil' password='a\' host=\'evil\\' sslmode=disable`, n.DSN().Reveal())
	n.DisableSsl = false
	require.Contains(t, n.DSN().Reveal(), "sslmode=verify-full", "encrypted unless the data source says otherwise")
}

// TestScrub: what a driver quotes does not get out either.
func TestScrub(t *testing.T) {
	const password = `p@ss 'w"rd\`
	driver := errors.New("driver")
	c := catalog(t, func(o *source.Options) {
		o.Check = func(_ context.Context, _ source.DataSource, login source.Login) error {
			p := login.Password().Reveal()
			n := source.Connection{Login: login}
			return fmt.Errorf("%w: cannot parse %s %q %s postgres://u:%s@h postgres://u:%s@h", driver, p, p, n.DSN().Reveal(), url.QueryEscape(p), url.PathEscape(p))
		}
	})
	r := postgres("pg", &source.Credentials{CredentialPair: &source.CredentialPair{Username: "u", Password: source.NewPassword(password)}})
	d := create(t, c, r)
	require.Equal(t, source.CreationFailed, d.Status)
	require.ErrorIs(t, d.ErrorInfo.Err(), driver)
	require.Equal(t, 5, strings.Count(d.ErrorInfo.Message, "(hidden)"))
	for _, part := range []string{"@ss", "rd\\", "%40", "%22"} {
		require.NotContains(t, d.ErrorInfo.Message, part)
		require.NotContains(t, fmt.Sprintf("%+v %#v", d.ErrorInfo, d.ErrorInfo.Err()), part)
	}
}
