package source_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/spice/source"
)

// TestZero: nothing reads anything, and nobody may do anything.
func TestZero(t *testing.T) {
	ctx := context.Background()
	require.False(t, source.Policy{}.Allows("s3:GetObject", "arn:aws:s3:::b/k"))
	require.ErrorIs(t, source.Access{}.May("s3:GetObject", "arn:aws:s3:::b/k"), source.ErrDenied)
	require.True(t, source.Password{}.IsZero())
	require.True(t, source.Login{}.IsZero())
	for _, r := range []source.Reader{source.CSV(nil), source.JSONLines(nil), source.Arrow(), source.CSV(nil, source.Input{}), new(source.Manifest).Reader(source.Folder(nil), nil)} {
		_, err := r.Records(ctx)
		require.Error(t, err)
	}
	_, err := source.Folder(nil).Open(ctx, "bucket", "key")
	require.Error(t, err)
	_, err = new(source.FileSecrets).Secret(ctx, secretARN)
	require.ErrorIs(t, err, source.ErrNoSecret)
	_, err = source.ReadLogin(ctx, nil, secretARN)
	require.ErrorIs(t, err, source.ErrNoSecret)
	_, err = source.OpenCatalog(nil)
	require.ErrorIs(t, err, source.ErrAccount)

	c, err := source.OpenCatalog(&source.Options{Account: account, Region: region})
	require.NoError(t, err)
	_, err = c.Create(ctx, source.Caller{}, s3("a", runAs))
	require.ErrorIs(t, err, source.ErrPassRole, "the zero Caller may not pass a role")
	_, err = c.Create(ctx, source.Caller{}, postgres("b", &source.Credentials{SecretArn: secretARN}))
	require.ErrorIs(t, err, source.ErrDenied, "nor use a secret")
	_, err = c.Create(ctx, source.Caller{}, nil)
	require.Error(t, err)
	_, err = c.Create(ctx, source.Caller{}, s3("c", ""))
	require.NoError(t, err)
	d, err := c.Wait(ctx, "c")
	require.NoError(t, err)
	require.Equal(t, source.CreationFailed, d.Status, "without a role nothing can be read")
	require.ErrorIs(t, d.ErrorInfo.Err(), source.ErrNoRole)
	_, err = rows(c.Files("c", namespace.Principal{}, nil))
	require.ErrorIs(t, err, source.ErrNotReady)
	require.NoError(t, c.Close())
	_, err = c.Describe("c")
	require.ErrorIs(t, err, source.ErrClosed)
}
