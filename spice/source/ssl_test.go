package source_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice/source"
)

// TestNoPlainPassword: nobody who does not know a password makes it travel without TLS.
func TestNoPlainPassword(t *testing.T) {
	c := catalog(t, func(o *source.Options) {
		o.Check = func(_ context.Context, d source.DataSource, l source.Login) error { return nil }
	})
	_, err := c.Create(t.Context(), anything(t), postgres("a", pair()))
	require.NoError(t, err)
	_, err = c.Wait(t.Context(), "a")
	require.NoError(t, err)
	n, err := c.Connection(t.Context(), "a")
	require.NoError(t, err)
	require.Contains(t, n.DSN().Reveal(), "sslmode=verify-full")
	without := &source.SslProperties{DisableSsl: true}
	r := postgres("a", nil)
	_, err = c.Update(t.Context(), source.Caller{}, &source.UpdateDataSource{DataSourceId: "a", Name: "x", DataSourceParameters: r.DataSourceParameters, SslProperties: without})
	require.ErrorIs(t, err, source.ErrCredentials)
	n, err = c.Connection(t.Context(), "a")
	require.NoError(t, err)
	require.Contains(t, n.DSN().Reveal(), "sslmode=verify-full")

	copied := postgres("b", &source.Credentials{CopySourceArn: arnPrefix + "datasource/a"})
	copied.SslProperties = without
	_, err = c.Create(t.Context(), source.Caller{}, copied)
	if err == nil {
		d, err := c.Wait(t.Context(), "b")
		require.NoError(t, err)
		require.Equal(t, source.CreationFailed, d.Status)
		require.ErrorIs(t, d.ErrorInfo.Err(), source.ErrCopySource)
	}
}
