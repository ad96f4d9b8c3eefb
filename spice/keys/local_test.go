package keys_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice/audit"
	"github.com/rowsight/rowsight/spice/keys"
	"github.com/rowsight/rowsight/spice/keys/keystest"
)

const (
	account = "111122223333"
	region  = "us-east-1"
)

var sales = keys.ForResource("arn:aws:quicksight:us-east-1:111122223333:dataset/sales")

var masterKey = []byte(strings.Repeat("k", 32))

func open(t testing.TB, dir string, opts *keys.LocalOptions) *keys.Local {
	t.Helper()
	l, err := keys.OpenLocal(dir, opts)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	return l
}

func createKey(t testing.TB, l *keys.Local) string {
	t.Helper()
	arn, err := l.CreateKey(t.Context(), account, region)
	require.NoError(t, err)
	return arn
}

func TestConformance(t *testing.T) {
	kit := func(t *testing.T, l *keys.Local, k keys.Keys) keystest.Kit {
		do := func(f func(context.Context, string) error) func(*testing.T, string) {
			return func(t *testing.T, arn string) { require.NoError(t, f(t.Context(), arn)) }
		}
		return keystest.Kit{
			Keys:      k,
			CreateKey: func(t *testing.T) string { return createKey(t, l) },
			Disable:   do(l.Disable), Enable: do(l.Enable), Rotate: do(l.Rotate), Revoke: do(l.Revoke), Restore: do(l.Restore),
			ScheduleDeletion: func(t *testing.T, arn string) {
				_, err := l.ScheduleDeletion(t.Context(), arn, 7)
				require.NoError(t, err)
			},
			CancelDeletion: do(l.CancelDeletion),
			Absent:         "arn:aws:kms:us-east-1:111122223333:key/00000000-0000-4000-8000-000000000000",
		}
	}
	t.Run("local", func(t *testing.T) {
		keystest.Run(t, func(t *testing.T) keystest.Kit {
			l := open(t, t.TempDir(), nil)
			return kit(t, l, l)
		})
	})
	t.Run("another process manages the keys", func(t *testing.T) {
		keystest.Run(t, func(t *testing.T) keystest.Kit {
			dir := t.TempDir()
			return kit(t, open(t, dir, nil), open(t, dir, nil))
		})
	})
	t.Run("audited", func(t *testing.T) {
		keystest.Run(t, func(t *testing.T) keystest.Kit {
			l := open(t, t.TempDir(), &keys.LocalOptions{MasterKey: masterKey})
			return kit(t, l, keys.Audited(l, new(audit.Memory)))
		})
	})
	t.Run("a cache that keeps nothing", func(t *testing.T) {
		keystest.Run(t, func(t *testing.T) keystest.Kit {
			l := open(t, t.TempDir(), nil)
			c, err := keys.NewCache(l, 0)
			require.NoError(t, err)
			return kit(t, l, c)
		})
	})
}

func TestZero(t *testing.T) {
	var local keys.Local
	var auditor keys.Auditor
	var cache keys.Cache
	for _, k := range []keys.Keys{&local, &auditor, &cache, (*keys.Local)(nil), (*keys.Auditor)(nil), (*keys.Cache)(nil)} {
		plain, err := k.Decrypt(t.Context(), "", make([]byte, 101), nil)
		require.Error(t, err)
		require.Nil(t, plain)
		key, err := k.GenerateDataKey(t.Context(), "", nil)
		require.Error(t, err)
		require.Equal(t, keys.DataKey{}, key)
	}
	for _, g := range []keys.Granter{&local, &auditor, &cache, (*keys.Local)(nil)} {
		_, err := g.CreateGrant(t.Context(), "", nil)
		require.Error(t, err)
		require.Error(t, g.RetireGrant(t.Context(), "", "", nil))
	}
	require.ErrorIs(t, local.Enable(t.Context(), ""), keys.ErrClosed)
	_, err := local.ScheduleDeletion(t.Context(), "", 7)
	require.ErrorIs(t, err, keys.ErrClosed)
	_, err = local.CreateKey(t.Context(), account, region)
	require.ErrorIs(t, err, keys.ErrClosed)
	_, err = local.List(t.Context())
	require.ErrorIs(t, err, keys.ErrClosed)
	var registry keys.Registry
	_, ok := registry.DefaultKey(account, region)
	require.False(t, ok)
	require.NotEqual(t, keys.Enabled, keys.Description{}.State)
}

func TestReopened(t *testing.T) {
	passphrase := []byte("correct horse battery staple")
	tests := []struct {
		reason       string
		opts, others []*keys.LocalOptions // others do not open it
	}{
		{"a file in the folder", []*keys.LocalOptions{nil, {}}, []*keys.LocalOptions{{MasterKey: masterKey}}},
		{"a master key", []*keys.LocalOptions{{MasterKey: masterKey}},
			[]*keys.LocalOptions{nil, {MasterKey: []byte(strings.Repeat("x", 32))}, {Passphrase: masterKey}}},
		{"a passphrase", []*keys.LocalOptions{{Passphrase: passphrase}},
			[]*keys.LocalOptions{nil, {Passphrase: []byte("Correct horse battery staple")}, {MasterKey: masterKey}}},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "new", "folder")
			first, err := keys.OpenLocal(dir, tt.opts[0])
			require.NoError(t, err)
			arn := createKey(t, first)
			dk, err := first.GenerateDataKey(t.Context(), arn, sales)
			require.NoError(t, err)
			require.NoError(t, first.Close())
			_, err = first.Decrypt(t.Context(), arn, dk.Wrapped, sales)
			require.ErrorIs(t, err, keys.ErrClosed)
			for _, opts := range tt.opts {
				plain, err := open(t, dir, opts).Decrypt(t.Context(), arn, dk.Wrapped, sales)
				require.NoError(t, err)
				require.True(t, string(plain) == string(dk.Plain))
			}
			for _, opts := range tt.others {
				l, err := keys.OpenLocal(dir, opts)
				require.Nil(t, l)
				require.Error(t, err)
				require.NotContains(t, err.Error(), "horse")
			}
			for _, name := range []string{"keyring", "keyring.lock", "master.key"} {
				info, err := os.Stat(filepath.Join(dir, name))
				if name == "master.key" && tt.reason != "a file in the folder" {
					require.ErrorIs(t, err, os.ErrNotExist, "the master key is not on the disk")
					continue
				}
				require.NoError(t, err)
				if runtime.GOOS != "windows" {
					require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), name)
				}
			}
			left, err := filepath.Glob(filepath.Join(dir, "*.tmp"))
			require.NoError(t, err)
			require.Empty(t, left)
		})
	}
}

func TestOptionsRefused(t *testing.T) {
	for _, opts := range []*keys.LocalOptions{
		{Passphrase: []byte{}}, {MasterKey: []byte("short")}, {MasterKey: masterKey, Passphrase: []byte("x")},
	} {
		dir := filepath.Join(t.TempDir(), "keys")
		_, err := keys.OpenLocal(dir, opts)
		require.Error(t, err)
		require.NoDirExists(t, dir)
	}
	hidden := keys.LocalOptions{Passphrase: []byte("open sesame")}
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		require.NotContains(t, fmt.Sprintf(format, hidden), "sesame")
		require.NotContains(t, fmt.Sprintf(format, hidden), "111", "nor as numbers")
		require.NotContains(t, fmt.Sprintf(format, keys.DataKey{Plain: []byte("open sesame")}), "111")
	}
}

// TestAltered flips a bit of every byte of a keyring: states are authenticated,
// too, and so is the head, which says how the master key is made.
func TestAltered(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir, &keys.LocalOptions{MasterKey: masterKey})
	arn := createKey(t, l)
	dk, err := l.GenerateDataKey(t.Context(), arn, sales)
	require.NoError(t, err)
	path := filepath.Join(dir, "keyring")
	good, err := os.ReadFile(path)
	require.NoError(t, err)
	for i := range good {
		bad := append([]byte(nil), good...)
		bad[i] ^= 1 << (i % 8)
		require.NoError(t, os.WriteFile(path, bad, 0o600))
		_, err := keys.OpenLocal(dir, &keys.LocalOptions{MasterKey: masterKey})
		require.Error(t, err, "byte %d", i)
		if i < 53 { // one that is open looks at the beginning only
			_, err = l.Decrypt(t.Context(), arn, dk.Wrapped, sales)
			require.Error(t, err, "byte %d", i)
		}
	}
	for n := range good {
		require.NoError(t, os.WriteFile(path, good[:n], 0o600))
		_, err := keys.OpenLocal(dir, &keys.LocalOptions{MasterKey: masterKey})
		require.ErrorIs(t, err, keys.ErrKeyring, "%d bytes", n)
	}
	require.NoError(t, os.Remove(path))
	_, err = l.Decrypt(t.Context(), arn, dk.Wrapped, sales)
	require.ErrorIs(t, err, os.ErrNotExist, "a keyring that is gone opens nothing")
	require.NoError(t, os.WriteFile(path, good, 0o600))
	_, err = l.Decrypt(t.Context(), arn, dk.Wrapped, sales)
	require.NoError(t, err)
}

func TestModes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no modes")
	}
	for _, name := range []string{"keyring", "master.key"} {
		dir := t.TempDir()
		open(t, dir, nil)
		require.NoError(t, os.Chmod(filepath.Join(dir, name), 0o640))
		_, err := keys.OpenLocal(dir, nil)
		require.ErrorIs(t, err, keys.ErrMode)
		require.ErrorContains(t, err, name+": mode 0640")
	}
}

// TestCrashed: what a crash leaves in the folder is taken away, and what it left
// out is made.
func TestCrashed(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir, nil)
	arn := createKey(t, l)
	for _, name := range []string{"keyring.1.tmp", "master.key.2.tmp"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("part of it"), 0o600))
	}
	_, err := open(t, dir, nil).Describe(t.Context(), arn)
	require.NoError(t, err)
	left, err := filepath.Glob(filepath.Join(dir, "*.tmp"))
	require.NoError(t, err)
	require.Empty(t, left)

	// Between the master key and the keyring.
	master, err := os.ReadFile(filepath.Join(dir, "master.key"))
	require.NoError(t, err)
	dir = t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "master.key"), master, 0o600))
	createKey(t, open(t, dir, nil))
	again, err := os.ReadFile(filepath.Join(dir, "master.key"))
	require.NoError(t, err)
	require.Equal(t, master, again)
}

func TestMasterFile(t *testing.T) {
	dir := t.TempDir()
	open(t, dir, nil)
	path := filepath.Join(dir, "master.key")
	for _, text := range []string{"", "secret that is no key", strings.Repeat("00", 31)} {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		_, err := keys.OpenLocal(dir, nil)
		require.ErrorContains(t, err, "want 32 bytes in hexadecimal digits")
		require.NotContains(t, err.Error(), "secret")
	}
	require.NoError(t, os.Remove(path))
	_, err := keys.OpenLocal(dir, nil)
	require.ErrorIs(t, err, os.ErrNotExist, "it is made with the keyring and never again")
}

func TestDeletion(t *testing.T) {
	now := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	opts := &keys.LocalOptions{MasterKey: masterKey, Now: func() time.Time { return now }}
	dir := t.TempDir()
	l := open(t, dir, opts)
	arn := createKey(t, l)
	dk, err := l.GenerateDataKey(t.Context(), arn, sales)
	require.NoError(t, err)
	for _, days := range []int{-1, 0, 6, 31} {
		_, err := l.ScheduleDeletion(t.Context(), arn, days)
		require.ErrorContains(t, err, "want 7 to 30")
	}
	require.ErrorIs(t, l.CancelDeletion(t.Context(), arn), keys.ErrState)
	at, err := l.ScheduleDeletion(t.Context(), arn, 7)
	require.NoError(t, err)
	require.Equal(t, now.AddDate(0, 0, 7), at)
	for _, f := range []func(context.Context, string) error{l.Enable, l.Disable, l.Rotate} {
		require.ErrorIs(t, f(t.Context(), arn), keys.ErrPendingDeletion)
	}
	_, err = l.ScheduleDeletion(t.Context(), arn, 30)
	require.ErrorIs(t, err, keys.ErrPendingDeletion, "it cannot be put off")

	now = at.Add(-time.Second)
	_, err = l.Decrypt(t.Context(), arn, dk.Wrapped, sales)
	require.ErrorIs(t, err, keys.ErrPendingDeletion)
	d, err := l.Describe(t.Context(), arn)
	require.NoError(t, err)
	require.Equal(t, keys.PendingDeletion, d.State)
	require.Equal(t, at, d.Deletion)

	now = at
	_, err = l.Decrypt(t.Context(), arn, dk.Wrapped, sales)
	require.ErrorIs(t, err, keys.ErrNoKey)
	require.ErrorIs(t, l.CancelDeletion(t.Context(), arn), keys.ErrNoKey)
	all, err := l.List(t.Context())
	require.NoError(t, err)
	require.Empty(t, all)

	// The next time the keyring is opened the material is no more, even if the
	// clock is set back.
	before, err := os.Stat(filepath.Join(dir, "keyring"))
	require.NoError(t, err)
	open(t, dir, opts)
	after, err := os.Stat(filepath.Join(dir, "keyring"))
	require.NoError(t, err)
	require.Less(t, after.Size(), before.Size())
	now = at.Add(-time.Hour)
	_, err = l.Decrypt(t.Context(), arn, dk.Wrapped, sales)
	require.ErrorIs(t, err, keys.ErrNoKey)
}

func TestDescribeAndList(t *testing.T) {
	l := open(t, t.TempDir(), nil)
	a, b := createKey(t, l), createKey(t, l)
	require.NoError(t, l.Rotate(t.Context(), a))
	require.NoError(t, l.Revoke(t.Context(), a))
	require.NoError(t, l.Disable(t.Context(), b))
	_, err := l.CreateGrant(t.Context(), a, sales)
	require.ErrorIs(t, err, keys.ErrDenied)
	require.NoError(t, l.Restore(t.Context(), a))
	_, err = l.CreateGrant(t.Context(), a, sales)
	require.NoError(t, err)

	d, err := l.Describe(t.Context(), a)
	require.NoError(t, err)
	require.Equal(t, keys.Description{ARN: a, State: keys.Enabled, Created: d.Created, Rotations: 1, Grants: 1}, d)
	all, err := l.List(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 2)
	require.Less(t, all[0].ARN, all[1].ARN)
	_, err = l.Describe(t.Context(), "arn:aws:kms:us-east-1:111122223333:key/other")
	require.ErrorIs(t, err, keys.ErrNoKey)
	require.EqualError(t, err, "DescribeKey with key arn:aws:kms:us-east-1:111122223333:key/other: there is no such key")
}

func TestCreateKey(t *testing.T) {
	l := open(t, t.TempDir(), nil)
	for region, partition := range map[string]string{"us-east-1": "aws", "cn-north-1": "aws-cn", "us-gov-west-1": "aws-us-gov"} {
		arn, err := l.CreateKey(t.Context(), account, region)
		require.NoError(t, err)
		require.Regexp(t, "^arn:"+partition+":kms:"+region+":111122223333:key/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", arn)
	}
	for _, bad := range [][2]string{{"", region}, {"11112222333", region}, {"11112222333x", region}, {account, ""}, {account, "us east"}} {
		_, err := l.CreateKey(t.Context(), bad[0], bad[1])
		require.Error(t, err)
	}
}

// TestManyProcesses changes one keyring through many Locals at once; none of the
// changes is lost.
func TestManyProcesses(t *testing.T) {
	dir := t.TempDir()
	const n, each = 4, 5
	errs := make(chan error, n)
	for range n {
		l := open(t, dir, &keys.LocalOptions{MasterKey: masterKey})
		go func() {
			for range each {
				arn, err := l.CreateKey(context.Background(), account, region)
				if err == nil {
					err = l.Disable(context.Background(), arn)
				}
				if err != nil {
					errs <- err
					return
				}
			}
			errs <- nil
		}()
	}
	for range n {
		require.NoError(t, <-errs)
	}
	all, err := open(t, dir, &keys.LocalOptions{MasterKey: masterKey}).List(t.Context())
	require.NoError(t, err)
	require.Len(t, all, n*each)
	for _, d := range all {
		require.Equal(t, keys.Disabled, d.State)
	}
}

func TestCancelled(t *testing.T) {
	l := open(t, t.TempDir(), nil)
	arn := createKey(t, l)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, l.Disable(ctx, arn), context.Canceled)
	_, err := l.List(ctx)
	require.ErrorIs(t, err, context.Canceled)
	d, err := l.Describe(t.Context(), arn)
	require.NoError(t, err)
	require.Equal(t, keys.Enabled, d.State)
}
