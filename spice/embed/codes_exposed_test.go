//go:build unix

package embed

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// every runs all methods on one id and returns their errors by name.
func every(t *testing.T, f *Files, id string) map[string]error {
	t.Helper()
	ctx := t.Context()
	_, get := f.Get(ctx, id)
	_, redeem := f.Redeem(ctx, id, time.Now().Add(time.Hour))
	_, sweep := f.Sweep(ctx, time.Now())
	return map[string]error{
		"Get": get, "Redeem": redeem, "Revoke": f.Revoke(ctx, id), "Sweep": sweep,
		"Put": f.Put(ctx, fmt.Sprintf("%032x", 99), Entry{Issued, time.Now(), []byte("x")}),
	}
}

// TestExposedFolder: whatever rights others have to write to the folder, it is
// refused when it is opened, and at the next use when they get them later.
func TestExposedFolder(t *testing.T) {
	for mode := os.FileMode(0o700); mode <= 0o777; mode++ {
		dir := filepath.Join(t.TempDir(), "codes")
		f, err := OpenFiles(dir)
		require.NoError(t, err)
		require.NoError(t, f.Put(t.Context(), someID, Entry{Issued, time.Now().Add(time.Minute), []byte("x")}))
		require.NoError(t, os.Chmod(dir, mode))
		exposed := mode&0o022 != 0
		again, err := OpenFiles(dir)
		if !exposed {
			require.NoError(t, err, "%o", mode)
			require.NoError(t, again.Close())
			require.NoError(t, f.Close())
			continue
		}
		require.ErrorIs(t, err, ErrExposed, "%o", mode)
		require.Nil(t, again)
		for name, err := range every(t, f, someID) {
			require.ErrorIs(t, err, ErrExposed, "%s %o", name, mode)
		}
		require.NoError(t, f.Close())
	}
}

// TestExposedLinks: nothing is read through a link, and a link where a file of a
// state would be does not make an earlier state of it.
func TestExposedLinks(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "codes")
	f, err := OpenFiles(dir)
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()
	require.NoError(t, os.Symlink(dir, dir+"-link"))
	_, err = OpenFiles(dir + "-link")
	require.ErrorIs(t, err, ErrExposed)

	id := 0
	for _, suffix := range []string{codeFile, openFile, revokedFile} {
		for reason, plant := range map[string]func(path string) error{
			"a link to nothing":        func(path string) error { return os.Symlink("nothing", path) },
			"a link to another file":   func(path string) error { return os.Symlink(fmt.Sprintf("%032x.code", 1<<20), path) },
			"a link out of the folder": func(path string) error { return os.Symlink("/dev/null", path) },
			"a folder":                 func(path string) error { return os.Mkdir(path, 0o700) },
			"a file others can change": func(path string) error {
				if err := os.WriteFile(path, make([]byte, 20), 0o600); err != nil {
					return err
				}
				return os.Chmod(path, 0o620)
			},
		} {
			id++
			name := fmt.Sprintf("%032x", id)
			require.NoError(t, f.Put(t.Context(), name, Entry{Issued, time.Now().Add(time.Minute), []byte("x")}))
			path := filepath.Join(dir, name+suffix)
			if suffix == codeFile {
				require.NoError(t, os.Remove(path))
			}
			require.NoError(t, plant(path))
			e, err := f.Get(t.Context(), name)
			if suffix == revokedFile {
				require.Equal(t, Revoked, e.State, reason)
			} else {
				require.ErrorIs(t, err, ErrExposed, "%s %s", suffix, reason)
			}
			_, err = f.Redeem(t.Context(), name, time.Now())
			require.Error(t, err, "%s %s", suffix, reason)
		}
	}
}

// TestExposedOwner: a folder of another user is refused.
func TestExposedOwner(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give a folder away")
	}
	dir := filepath.Join(t.TempDir(), "codes")
	f, err := OpenFiles(dir)
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()
	require.NoError(t, f.Put(t.Context(), someID, Entry{Issued, time.Now().Add(time.Minute), []byte("x")}))
	require.NoError(t, os.Chown(filepath.Join(dir, someID+codeFile), 65534, 65534))
	_, err = f.Get(t.Context(), someID)
	require.ErrorIs(t, err, ErrExposed, "a file of another user")
	require.NoError(t, os.Chown(dir, 65534, 65534))
	_, err = OpenFiles(dir)
	require.ErrorIs(t, err, ErrExposed)
	for name, err := range every(t, f, someID) {
		require.ErrorIs(t, err, ErrExposed, name)
	}
}

// TestDeleted deletes files in every combination after every history: no state
// ever comes back that had passed.
func TestDeleted(t *testing.T) {
	ctx := t.Context()
	histories := map[string][]string{
		"issued": nil, "redeemed": {"redeem"}, "revoked": {"revoke"}, "redeemed and revoked": {"redeem", "revoke"}, "revoked twice": {"redeem", "revoke", "revoke"},
	}
	suffixes := []string{codeFile, openFile, revokedFile}
	for reason, history := range histories {
		for mask := range 1 << len(suffixes) {
			dir := filepath.Join(t.TempDir(), "codes")
			f, err := OpenFiles(dir)
			require.NoError(t, err)
			require.NoError(t, f.Put(ctx, someID, Entry{Issued, time.Now().Add(time.Minute), []byte("x")}))
			passed := Issued
			for _, step := range history {
				if step == "redeem" {
					_, err := f.Redeem(ctx, someID, time.Now().Add(time.Hour))
					require.NoError(t, err)
					passed = Open
				} else {
					require.NoError(t, f.Revoke(ctx, someID))
					passed = Revoked
				}
			}
			for i, suffix := range suffixes {
				if mask&(1<<i) != 0 {
					_ = os.Remove(filepath.Join(dir, someID+suffix)) // where it is
				}
			}
			e, err := f.Get(ctx, someID)
			if err == nil {
				require.Equal(t, passed, e.State, "%s, deleted %03b", reason, mask)
			} else {
				require.ErrorIs(t, err, ErrUnknown, "%s, deleted %03b", reason, mask)
			}
			_, err = f.Redeem(ctx, someID, time.Now().Add(time.Hour))
			if passed != Issued {
				require.Error(t, err, "%s, deleted %03b", reason, mask)
			}
			require.NoError(t, f.Close())
		}
	}
}
