package filestore_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/namespace/filestore"
)

// childEnv makes a run of this test binary the process that TestKill kills.
const childEnv = "ROWSIGHT_FILESTORE_CHILD"

func TestMain(m *testing.M) {
	if path := os.Getenv(childEnv); path != "" {
		child(path)
		return
	}
	if path := os.Getenv(fullEnv); path != "" {
		if err := full(path); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func open(t testing.TB, path string) *filestore.Log {
	t.Helper()
	l, err := filestore.Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func records(t testing.TB, l *filestore.Log, after uint64) (all []string) {
	t.Helper()
	require.NoError(t, l.Read(context.Background(), after, func(n uint64, record []byte) error {
		all = append(all, fmt.Sprint(n, " ", string(record)))
		return nil
	}))
	return all
}

func TestZero(t *testing.T) {
	var l *filestore.Log
	for _, l := range []*filestore.Log{l, {}} {
		require.ErrorIs(t, l.Read(t.Context(), 0, nil), filestore.ErrClosed)
		require.ErrorIs(t, l.Append(t.Context(), 0, nil), filestore.ErrClosed)
		require.ErrorIs(t, l.Replace(t.Context(), 0, nil), filestore.ErrClosed)
		require.NoError(t, l.Close())
		_, err := namespace.Open(t.Context(), l, "111122223333", "us-east-1", nil)
		require.ErrorIs(t, err, namespace.ErrUnavailable)
	}
}

func TestLog(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "dir.log")
	l := open(t, path)
	require.Empty(t, records(t, l, 0))
	require.NoError(t, l.Append(ctx, 0, []byte(`["a"]`)))
	require.NoError(t, l.Append(ctx, 1, []byte(`["b"]`)))
	require.ErrorIs(t, l.Append(ctx, 1, []byte(`["x"]`)), namespace.ErrConflict)
	require.ErrorIs(t, l.Append(ctx, 3, []byte(`["x"]`)), namespace.ErrConflict)
	require.Equal(t, []string{`1 ["a"]`, `2 ["b"]`}, records(t, l, 0))
	require.Equal(t, []string{`2 ["b"]`}, records(t, l, 1))
	require.Empty(t, records(t, l, 2))

	_, err := filestore.Open(path)
	require.ErrorIs(t, err, filestore.ErrLocked)
	require.NoError(t, l.Close())
	require.ErrorIs(t, l.Append(ctx, 2, nil), filestore.ErrClosed)

	l = open(t, path)
	require.Equal(t, []string{`1 ["a"]`, `2 ["b"]`}, records(t, l, 0))
	require.ErrorIs(t, l.Replace(ctx, 1, nil), namespace.ErrConflict)
	require.NoError(t, l.Replace(ctx, 2, [][]byte{[]byte(`["s"]`), []byte(`["t"]`)}))
	require.NoError(t, l.Append(ctx, 4, []byte(`["c"]`)))
	_, err = filestore.Open(path)
	require.ErrorIs(t, err, filestore.ErrLocked, "the new file is locked as the old one was")
	require.NoError(t, l.Close())
	l = open(t, path)
	require.Equal(t, []string{`3 ["s"]`, `4 ["t"]`, `5 ["c"]`}, records(t, l, 0))
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	left, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
	require.NoError(t, err)
	require.Len(t, left, 1)

	stop := errors.New("stop")
	require.ErrorIs(t, l.Read(ctx, 0, func(uint64, []byte) error { return stop }), stop)
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	require.ErrorIs(t, l.Append(cancelled, 5, []byte(`["d"]`)), context.Canceled)
	require.ErrorIs(t, l.Read(cancelled, 0, func(uint64, []byte) error { return nil }), context.Canceled)
}

// TestTorn cuts a file at every byte, as a crash may, and fills up what is cut
// off with zeros, as a file system may. What was told to be there is there; the
// record that was being written is there as a whole or not at all.
func TestTorn(t *testing.T) {
	ctx := t.Context()
	dir := t.TempDir()
	path := filepath.Join(dir, "dir.log")
	l := open(t, path)
	var ends []int64 // of the file after each record
	size := func() int64 {
		info, err := os.Stat(path)
		require.NoError(t, err)
		return info.Size()
	}
	ends = append(ends, size())
	for i := range uint64(3) {
		require.NoError(t, l.Append(ctx, i, []byte(`["`+strings.Repeat("x", int(i)*7)+`"]`)))
		ends = append(ends, size())
	}
	require.NoError(t, l.Close())
	whole, err := os.ReadFile(path)
	require.NoError(t, err)
	step := 1
	if testing.Short() {
		step = 5 // every cut waits for the disk several times
	}
	for cut := 0; cut < len(whole); cut += step {
		whole, want := whole[:cut:cut], 0
		for want < 3 && ends[want+1] <= int64(cut) {
			want++
		}
		zeros := [][]byte{nil}
		if cut >= int(ends[0]) {
			zeros = append(zeros, make([]byte, 1), make([]byte, 4096))
		}
		for _, tail := range zeros {
			cutPath := filepath.Join(dir, "cut")
			require.NoError(t, os.WriteFile(cutPath, append(whole, tail...), 0o600))
			l, err := filestore.Open(cutPath)
			require.NoError(t, err, "cut at %d, with %d zeros", cut, len(tail))
			require.Len(t, records(t, l, 0), want)
			require.NoError(t, l.Append(ctx, uint64(want), []byte(`["next"]`)), "and it goes on")
			require.NoError(t, l.Close())
			l, err = filestore.Open(cutPath)
			require.NoError(t, err)
			require.Len(t, records(t, l, 0), want+1)
			require.NoError(t, l.Close())
		}
	}
}

// TestDamaged changes every byte of a file, in turn. Nothing that was told to be
// there is lost in silence: the file is refused.
func TestDamaged(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "dir.log")
	l := open(t, path)
	for i := range uint64(3) {
		require.NoError(t, l.Append(ctx, i, []byte(`["abc"]`)))
	}
	require.NoError(t, l.Close())
	whole, err := os.ReadFile(path)
	require.NoError(t, err)
	for i := range whole {
		for _, bit := range []byte{0x01, 0x20, 0x80} {
			bad := bytes.Clone(whole)
			bad[i] ^= bit
			require.NoError(t, os.WriteFile(path, bad, 0o600))
			l, err := filestore.Open(path)
			if err == nil {
				got := records(t, l, 0)
				require.NoError(t, l.Close())
				// A checksum may be written in capitals; nothing else may differ.
				require.Len(t, got, 3, "byte %d, %q for %q", i, bad[i], whole[i])
				continue
			}
			require.True(t, errors.Is(err, filestore.ErrDamaged) || errors.Is(err, filestore.ErrFormat), "%v", err)
			require.ErrorContains(t, err, path+":")
		}
	}
	// A file that shrinks while it is open is not taken for a shorter one.
	require.NoError(t, os.WriteFile(path, whole, 0o600))
	l = open(t, path)
	require.NoError(t, os.Truncate(path, int64(len(whole)-5)))
	require.Error(t, l.Read(ctx, 0, func(uint64, []byte) error { return nil }))
	require.NoError(t, os.WriteFile(path, append(bytes.Clone(whole[:len(whole)-9]), make([]byte, 9)...), 0o600))
	require.ErrorIs(t, l.Read(ctx, 0, func(uint64, []byte) error { return nil }), filestore.ErrDamaged)
	require.NoError(t, l.Close())

	// A line that is missing in the middle, and one that is there twice.
	lines := bytes.SplitAfter(whole, []byte("\n"))
	for _, bad := range [][][]byte{{lines[0], lines[1], lines[3]}, {lines[0], lines[1], lines[1], lines[2]}} {
		require.NoError(t, os.WriteFile(path, bytes.Join(bad, nil), 0o600))
		_, err := filestore.Open(path)
		require.ErrorIs(t, err, filestore.ErrDamaged)
	}
}

// child registers users one after the other and says so, until it is killed.
// Now and then it compacts.
func child(path string) {
	ctx := context.Background()
	l, err := filestore.Open(path)
	if err != nil {
		fmt.Println("error", err)
		return
	}
	d, err := namespace.Open(ctx, l, "111122223333", "us-east-1", nil)
	if err != nil {
		fmt.Println("error", err)
		return
	}
	users, _, err := d.Administrator().ListGroups(ctx, "", namespace.Page{})
	if err != nil {
		fmt.Println("error", err)
		return
	}
	n := 0
	for _, g := range users {
		n, _ = strconv.Atoi(g.Description)
	}
	if len(users) == 0 {
		_, err = d.Administrator().CreateGroup(ctx, namespace.CreateGroupInput{GroupName: "all"})
	}
	for ; err == nil; n++ {
		name := fmt.Sprintf("u%06d", n)
		_, err = d.Administrator().RegisterUser(ctx, namespace.RegisterUserInput{UserName: name, Email: name, UserRole: namespace.RoleReader, IdentityType: namespace.IdentityQuickSight})
		if err == nil {
			_, err = d.Administrator().CreateGroupMembership(ctx, "", "all", name)
		}
		if err == nil {
			_, err = d.Administrator().UpdateGroup(ctx, "", "all", strconv.Itoa(n+1))
		}
		if err == nil && n%20 == 19 {
			err = d.Compact(ctx)
		}
		if err == nil {
			fmt.Println(name)
		}
	}
	fmt.Println("error", err)
}

// TestKill kills a process while it writes, again and again. Whatever it said
// that it had done is done, and at most one thing more.
func TestKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "dir.log")
	rounds := 15
	if testing.Short() {
		rounds = 3
	}
	told := make(map[string]bool)
	rnd := rand.New(rand.NewPCG(1, 2))
	for range rounds {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), childEnv+"="+path)
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		lines := bufio.NewScanner(out)
		stop := 1 + rnd.IntN(60)
		for i := 0; lines.Scan(); i++ {
			name := lines.Text()
			require.False(t, strings.HasPrefix(name, "error"), name)
			told[name] = true
			if i == stop {
				time.Sleep(time.Duration(rnd.IntN(3000)) * time.Microsecond)
				require.NoError(t, cmd.Process.Kill())
			}
		}
		require.Error(t, cmd.Wait(), "it was killed")

		l, err := filestore.Open(path)
		require.NoError(t, err)
		d, err := namespace.Open(t.Context(), l, "111122223333", "us-east-1", nil)
		require.NoError(t, err)
		there := 0
		for u, err := range namespace.All(func(p namespace.Page) ([]namespace.User, string, error) {
			return d.Administrator().ListUsers(t.Context(), "", p)
		}) {
			require.NoError(t, err)
			there++
			p, err := d.Principal(t.Context(), namespace.Identity{Name: u.UserName})
			require.NoError(t, err)
			if told[u.UserName] {
				require.Len(t, p.Groups, 1)
			}
		}
		require.GreaterOrEqual(t, there, len(told))
		require.LessOrEqual(t, there, len(told)+1)
		// The one that nobody was told of is done over by the next child; here it
		// is taken back, so that the count starts from what was told.
		for _, name := range []string{fmt.Sprintf("u%06d", len(told))} {
			if there > len(told) {
				require.NoError(t, d.Administrator().DeleteUser(t.Context(), "", name))
			}
		}
		_, err = d.Administrator().UpdateGroup(t.Context(), "", "all", strconv.Itoa(len(told)))
		require.NoError(t, err)
		require.NoError(t, l.Close())
	}
	require.Greater(t, len(told), rounds)
}

func FuzzOpen(f *testing.F) {
	path := filepath.Join(f.TempDir(), "seed")
	l, err := filestore.Open(path)
	require.NoError(f, err)
	require.NoError(f, l.Append(context.Background(), 0, []byte(`["a"]`)))
	require.NoError(f, l.Append(context.Background(), 1, []byte(`["b"]`)))
	require.NoError(f, l.Close())
	seed, err := os.ReadFile(path)
	require.NoError(f, err)
	f.Add(seed)
	f.Add(seed[:len(seed)-3])
	f.Add([]byte("rowsight directory log 1\n00000000 99999999999 1 x\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "f")
		require.NoError(t, os.WriteFile(path, data, 0o600))
		l, err := filestore.Open(path)
		if err != nil {
			return
		}
		var last uint64
		before := 0
		require.NoError(t, l.Read(t.Context(), 0, func(n uint64, _ []byte) error { last = n; before++; return nil }))
		require.NoError(t, l.Append(t.Context(), last, []byte(`["z"]`)))
		require.NoError(t, l.Close())
		l, err = filestore.Open(path)
		require.NoError(t, err)
		require.Len(t, records(t, l, 0), before+1)
		require.NoError(t, l.Close())
	})
}
