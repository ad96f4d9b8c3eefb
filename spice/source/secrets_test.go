package source_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice/source"
)

func openSecrets(t *testing.T) (*source.FileSecrets, string) {
	dir := filepath.Join(t.TempDir(), "secrets")
	s, err := source.OpenSecrets(dir)
	require.NoError(t, err)
	return s, dir
}

func TestFileSecrets(t *testing.T) {
	ctx := t.Context()
	s, dir := openSecrets(t)
	_, err := s.Secret(ctx, secretARN)
	require.ErrorIs(t, err, source.ErrNoSecret)
	require.NoError(t, s.Put(ctx, secretARN, source.NewPassword("one")))
	require.NoError(t, s.Put(ctx, secretARN+"2", source.NewPassword("other")))
	got, err := s.Secret(ctx, secretARN)
	require.NoError(t, err)
	require.Equal(t, "one", got.Reveal())
	require.NoError(t, s.Put(ctx, secretARN, source.NewPassword("two")))
	got, err = s.Secret(ctx, secretARN)
	require.NoError(t, err)
	require.Equal(t, "two", got.Reveal(), "at the next use")

	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, files, 2, "nothing is left behind")
	for _, f := range files {
		info, err := f.Info()
		require.NoError(t, err)
		if runtime.GOOS != "windows" {
			require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
		}
		require.NotContains(t, f.Name(), "hospital")
	}
	require.NoError(t, s.Delete(ctx, secretARN))
	_, err = s.Secret(ctx, secretARN)
	require.ErrorIs(t, err, source.ErrNoSecret)
	require.ErrorIs(t, s.Delete(ctx, secretARN), source.ErrNoSecret)

	require.ErrorIs(t, s.Put(ctx, "../../x", source.NewPassword("SECRET")), source.ErrValue)
	require.ErrorIs(t, s.Put(ctx, secretARN, source.Password{}), source.ErrLimit)
	require.ErrorIs(t, s.Put(ctx, secretARN, source.NewPassword(strings.Repeat("x", 65<<10))), source.ErrLimit)
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	require.ErrorIs(t, s.Put(cancelled, secretARN, source.NewPassword("x")), context.Canceled)
	_, err = s.Secret(cancelled, secretARN+"2")
	require.ErrorIs(t, err, context.Canceled)
}

// TestExposed: what others can read is no secret.
func TestExposed(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("rights are kept elsewhere")
	}
	s, dir := openSecrets(t)
	require.NoError(t, s.Put(t.Context(), secretARN, source.NewPassword("SECRET")))
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	require.NoError(t, err)
	require.NoError(t, os.Chmod(files[0], 0o640))
	_, err = s.Secret(t.Context(), secretARN)
	require.ErrorIs(t, err, source.ErrExposed)
	require.NotContains(t, err.Error(), "SECRET")
	require.NoError(t, os.Chmod(dir, 0o755))
	_, err = source.OpenSecrets(dir)
	require.ErrorIs(t, err, source.ErrExposed)
}

func TestReadLogin(t *testing.T) {
	for _, tt := range []struct{ reason, secret, want string }{
		{"not JSON", `SECRET`, ""},
		{"a list", `["SECRET"]`, ""},
		{"no password", `{"username":"SECRET"}`, ": password"},
		{"no username", `{"password":"SECRET"}`, ": username"},
		{"an empty username", `{"username":"","password":"SECRET"}`, ": username"},
		{"a password that is a number", `{"username":"u","password":123456}`, ": password"},
		{"names in another case", `{"Username":"u","Password":"SECRET"}`, ": username"},
		{"two passwords", `{"username":"u","password":"SECRET","password":"x"}`, ""},
	} {
		login, err := source.ReadLogin(t.Context(), source.SecretMap{secretARN: source.NewPassword(tt.secret)}, secretARN)
		require.ErrorIs(t, err, source.ErrSecretForm, tt.reason)
		require.EqualError(t, err, source.ErrSecretForm.Error()+": "+secretARN+tt.want, tt.reason)
		require.True(t, login.IsZero(), tt.reason)
	}
}

// TestRotationUnderWay: readers see one version or the other, never a mixture,
// while a secret is put again and again.
func TestRotationUnderWay(t *testing.T) {
	s, _ := openSecrets(t)
	put := func(i int) {
		require.NoError(t, s.Put(context.Background(), secretARN, source.NewPassword(fmt.Sprintf(`{"username":"u%d","password":"p%d"}`, i, i))))
	}
	put(0)
	var wg sync.WaitGroup
	stop := make(chan struct{})
	errs := make(chan error, 4)
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for {
				select {
				case <-stop:
					return
				default:
				}
				login, err := source.ReadLogin(context.Background(), s, secretARN)
				if err == nil && login.Username()[1:] != login.Password().Reveal()[1:] {
					err = errors.New("a mixture of two versions")
				}
				if err != nil {
					errs <- err
					return
				}
			}
		}()
	}
	for i := range 50 {
		put(i)
	}
	close(stop)
	wg.Wait()
	close(errs)
	require.NoError(t, <-errs)
}
