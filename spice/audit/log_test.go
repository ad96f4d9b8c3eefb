package audit_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice/audit"
)

var secret = []byte("sixteen bytes or")

func openLog(t testing.TB, path string, opts *audit.LogOptions) *audit.Log {
	t.Helper()
	log, err := audit.OpenLog(path, opts)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, log.Close()) })
	return log
}

// written returns a log of n records and its lines, with their line feeds.
func written(t testing.TB, n int, opts *audit.LogOptions) (path string, lines []string, head audit.Head) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "audit.jsonl")
	if opts == nil {
		opts = &audit.LogOptions{}
	}
	opts.Now = func() time.Time { return noon }
	log := openLog(t, path, opts)
	for i := range n {
		r := use(audit.Decrypt, keyA).Record()
		r.EventID = fmt.Sprintf("event %d", i+1)
		require.NoError(t, log.Append(t.Context(), r))
	}
	require.NoError(t, log.Close())
	return path, slices.Collect(strings.Lines(read(t, path))), log.Head()
}

func read(t testing.TB, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(b)
}

func TestLog(t *testing.T) {
	path, lines, head := written(t, 3, nil)
	require.Len(t, lines, 3)
	require.Equal(t, uint64(3), head.Sequence)
	require.NoError(t, audit.Verify(strings.NewReader(read(t, path))))
	got, err := audit.Check{Head: head}.Verify(strings.NewReader(read(t, path)))
	require.NoError(t, err)
	require.Equal(t, head, got)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm()&0o677)

	// It goes on after it was opened again, and a head taken earlier still holds.
	log := openLog(t, path, nil)
	require.Equal(t, head, log.Head())
	require.NoError(t, log.Append(t.Context(), use(audit.Decrypt, keyA).Record()))
	got, err = audit.Check{Head: head}.Verify(strings.NewReader(read(t, path)))
	require.NoError(t, err)
	require.Equal(t, log.Head(), got)

	text, err := head.MarshalText()
	require.NoError(t, err)
	var parsed audit.Head
	require.NoError(t, parsed.UnmarshalText(text))
	require.Equal(t, head, parsed)
	for _, bad := range []string{"", "3", "3:", "x:" + head.String()[2:], head.String() + "0", "3:zz" + head.String()[4:]} {
		_, err := audit.ParseHead(bad)
		require.Error(t, err, bad)
	}
}

// TestTampering: every way to touch a log but its end shows, and where.
func TestTampering(t *testing.T) {
	_, l, head := written(t, 5, nil)
	_, foreign, _ := written(t, 5, &audit.LogOptions{Key: secret})
	edited := strings.Replace(l[2], "event 3", "event 9", 1)
	moved := strings.Replace(l[3], `"sequence":4`, `"sequence":3`, 1)
	tests := []struct {
		reason string
		lines  []string
		line   int // of the first that is bad; 0 is none
		want   error
	}{
		{"nothing", l, 0, nil},
		{"an edited record", []string{l[0], l[1], edited, l[3], l[4]}, 3, audit.ErrDigest},
		{"a record that is gone", []string{l[0], l[2], l[3], l[4]}, 2, audit.ErrSequence},
		{"the first is gone", l[1:], 1, audit.ErrSequence},
		{"two in another order", []string{l[0], l[2], l[1], l[3], l[4]}, 2, audit.ErrSequence},
		{"one that is there twice", []string{l[0], l[1], l[1], l[2], l[3], l[4]}, 3, audit.ErrSequence},
		{"one gone, and the next renumbered", []string{l[0], l[1], moved, l[4]}, 3, audit.ErrPrevious},
		{"a line of another log", []string{l[0], foreign[1], l[2], l[3], l[4]}, 2, audit.ErrPrevious},
		{"a record without a chain", []string{l[0], "{\"eventName\":\"Decrypt\"}\n", l[1]}, 2, audit.ErrLine},
		{"an empty line", []string{l[0], "\n", l[1], l[2]}, 2, audit.ErrLine},
		{"a blank behind a line", []string{l[0], strings.TrimSuffix(l[1], "\n") + " \n", l[2]}, 2, audit.ErrLine},
		{"digits in capitals", []string{l[0][:len(l[0])-60] + strings.ToUpper(l[0][len(l[0])-60:])}, 1, audit.ErrLine},
		{"a line cut short", []string{l[0], l[1][:len(l[1])/2]}, 2, audit.ErrTorn},
		{"a last line without its line feed", []string{l[0], strings.TrimSuffix(l[1], "\n")}, 2, audit.ErrTorn},
		{"a cut tail, which only a head shows", l[:3], 0, nil},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			err := audit.Verify(strings.NewReader(strings.Join(tt.lines, "")))
			if tt.want == nil {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, tt.want)
			var line *audit.LineError
			require.ErrorAs(t, err, &line)
			require.Equal(t, tt.line, line.Line)
			require.True(t, strings.HasPrefix(err.Error(), fmt.Sprintf("line %d: ", tt.line)))
		})
	}
	at, err := audit.Check{Head: head}.Verify(strings.NewReader(strings.Join(l[:3], "")))
	require.ErrorIs(t, err, audit.ErrHead)
	require.ErrorContains(t, err, "line 4: the log lacks the line that its head names: it ends at line 3 of the chain, want 5")
	require.Equal(t, uint64(3), at.Sequence)
	_, err = audit.Check{Head: head}.Verify(strings.NewReader(""))
	require.ErrorIs(t, err, audit.ErrHead)
}

// TestRewritten: who knows how digests are made writes a log anew. A key or a
// head shows it.
func TestRewritten(t *testing.T) {
	_, _, head := written(t, 3, nil)
	path := filepath.Join(t.TempDir(), "forged.jsonl")
	log := openLog(t, path, nil)
	for range 4 {
		require.NoError(t, log.Append(t.Context(), use(audit.Decrypt, keyB).Record()))
	}
	forged := read(t, path)
	require.NoError(t, audit.Verify(strings.NewReader(forged)), "alone it looks well")
	_, err := audit.Check{Head: head}.Verify(strings.NewReader(forged))
	require.ErrorIs(t, err, audit.ErrHead)
	var line *audit.LineError
	require.ErrorAs(t, err, &line)
	require.Equal(t, 3, line.Line)
	_, err = audit.Check{Key: secret}.Verify(strings.NewReader(forged))
	require.ErrorIs(t, err, audit.ErrDigest)
}

// TestEveryByteOfALog changes every byte, one at a time.
func TestEveryByteOfALog(t *testing.T) {
	for _, key := range [][]byte{nil, secret} {
		_, lines, _ := written(t, 3, &audit.LogOptions{Key: key})
		text := []byte(strings.Join(lines, ""))
		check := audit.Check{Key: key}
		_, err := check.Verify(bytes.NewReader(text))
		require.NoError(t, err)
		for i := range text {
			for _, flip := range []byte{1, 0x20} {
				text[i] ^= flip
				_, err := check.Verify(bytes.NewReader(text))
				require.Error(t, err, "byte %d", i)
				text[i] ^= flip
			}
		}
	}
}

// TestTorn cuts a log at every byte, as a crash may, and opens it again.
func TestTorn(t *testing.T) {
	_, lines, _ := written(t, 3, nil)
	text := strings.Join(lines, "")
	dir := t.TempDir()
	path := ""
	for n := range len(text) + 1 {
		path = filepath.Join(dir, fmt.Sprint(n)) // a new one: file systems take their time to empty an old one
		if at := n % (len(text) / 3); testing.Short() && at > 20 && at < len(text)/3-20 && n%17 != 0 {
			continue // the ends of lines are what matters
		}
		require.NoError(t, os.WriteFile(path, []byte(text[:n]), 0o600))
		log, err := audit.OpenLog(path, &audit.LogOptions{Sync: audit.SyncNever})
		require.NoError(t, err, "cut at byte %d", n)
		require.NoError(t, log.Append(t.Context(), use(audit.Decrypt, keyB).Record()))
		require.NoError(t, log.Close())
		got := read(t, path)
		require.NoError(t, audit.Verify(strings.NewReader(got)), "cut at byte %d", n)
		whole := strings.Count(text[:n], "\n")
		end := n == 0 || text[n-1] == '\n'
		if !end && n < len(text) && text[n] == '\n' { // only the line feed is missing
			whole, end = whole+1, true
		}
		require.True(t, strings.HasPrefix(got, strings.Join(lines[:whole], "")), "no whole line is lost")
		require.Equal(t, !end, strings.Contains(got, `"eventName":"RecoverLog"`), "what is cut off is said: byte %d", n)
		want := whole + 1
		if !end {
			want++
			require.Contains(t, got, fmt.Sprintf(`"bytesCut":%d}`, n-len(strings.Join(lines[:whole], ""))))
		}
		require.Equal(t, want, strings.Count(got, "\n"))
	}
	// What a file system leaves that had promised the space.
	require.NoError(t, os.WriteFile(path, []byte(text+string(make([]byte, 4096))), 0o600))
	require.NoError(t, openLog(t, path, nil).Close())
	require.NoError(t, audit.Verify(strings.NewReader(read(t, path))))
}

func TestOpenRefused(t *testing.T) {
	path, lines, _ := written(t, 2, nil)
	_, err := audit.OpenLog(path, &audit.LogOptions{Key: secret})
	require.ErrorIs(t, err, audit.ErrDigest, "a log without a key does not go on with one")
	_, err = audit.OpenLog(path, &audit.LogOptions{Key: []byte("short")})
	require.ErrorIs(t, err, audit.ErrKey)
	_, err = audit.OpenLog(filepath.Join(t.TempDir(), "no", "folder"), nil)
	require.ErrorIs(t, err, os.ErrNotExist)
	for _, text := range []string{
		"text\n", lines[0] + strings.Replace(lines[1], "event 2", "event 3", 1), strings.Repeat("x", 3*audit.MaxLine), lines[0] + strings.Repeat("x", 3*audit.MaxLine) + "\n",
	} {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		log, err := audit.OpenLog(path, nil)
		require.Error(t, err)
		require.Nil(t, log)
		require.Equal(t, text, read(t, path), "what is not understood is left alone")
	}
}

func TestContinued(t *testing.T) {
	first, _, head := written(t, 2, nil)
	second, _, end := written(t, 2, &audit.LogOptions{Start: head})
	require.Equal(t, uint64(4), end.Sequence)
	got, err := audit.Check{Start: head, Head: end}.Verify(strings.NewReader(read(t, second)))
	require.NoError(t, err)
	require.Equal(t, end, got)
	require.ErrorIs(t, audit.Verify(strings.NewReader(read(t, second))), audit.ErrSequence)
	require.NoError(t, audit.Verify(strings.NewReader(read(t, first)+read(t, second))))
	_, err = audit.Check{Start: head, Head: head}.Verify(strings.NewReader(""))
	require.NoError(t, err)
}

func TestConcurrentAppends(t *testing.T) {
	for _, opts := range []*audit.LogOptions{{Key: secret}, {Key: secret, Sync: audit.SyncNever}} {
		path := filepath.Join(t.TempDir(), "audit.jsonl")
		log := openLog(t, path, opts)
		var wg sync.WaitGroup
		errs := make(chan error, 160)
		for range 16 {
			wg.Go(func() {
				for range 10 {
					errs <- log.Append(context.Background(), use(audit.Decrypt, keyA).Record())
				}
			})
		}
		wg.Wait()
		for range 160 {
			require.NoError(t, <-errs)
		}
		head, err := audit.Check{Key: secret, Head: log.Head()}.Verify(strings.NewReader(read(t, path)))
		require.NoError(t, err)
		require.Equal(t, uint64(160), head.Sequence)
	}
}

// TestTwoWriters: a chain never forks unseen.
func TestTwoWriters(t *testing.T) {
	path, _, _ := written(t, 1, nil)
	for reason, spoil := range map[string]func(){
		"a line of somebody else's": func() {
			f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
			require.NoError(t, err)
			_, err = f.WriteString(read(t, path))
			require.NoError(t, errors.Join(err, f.Close()))
		},
		"a file cut short": func() { require.NoError(t, os.Truncate(path, 10)) },
	} {
		whole := read(t, path)
		log := openLog(t, path, nil)
		spoil()
		before := read(t, path)
		for range 2 {
			require.ErrorIs(t, log.Append(t.Context(), use(audit.Decrypt, keyB).Record()), audit.ErrWriter, reason)
		}
		require.Equal(t, before, read(t, path), reason)
		require.NoError(t, log.Close())
		require.NoError(t, os.WriteFile(path, []byte(whole), 0o600))
	}
}

func TestRefusedRecords(t *testing.T) {
	path, _, head := written(t, 1, nil)
	log := openLog(t, path, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, log.Append(ctx, audit.Record{}), context.Canceled)
	long := use(audit.Decrypt, strings.Repeat("k", audit.MaxLine)).Record()
	require.ErrorIs(t, log.Append(t.Context(), long), audit.ErrLine)
	bad := audit.Record{EventTime: time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)} // which JSON cannot write
	require.Error(t, log.Append(t.Context(), bad))
	require.Equal(t, head, log.Head(), "nothing was written")
	require.NoError(t, log.Append(t.Context(), use(audit.Decrypt, keyA).Record()))
	require.NoError(t, log.Close())
	require.NoError(t, log.Close())
	require.ErrorIs(t, log.Append(t.Context(), audit.Record{}), audit.ErrClosed)
	require.NoError(t, audit.Verify(strings.NewReader(read(t, path))))
}

// TestFullDisk writes to a device that is full.
func TestFullDisk(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("there is no /dev/full")
	}
	log, err := audit.OpenLog("/dev/full", &audit.LogOptions{Sync: audit.SyncNever})
	if err != nil {
		t.Skip(err)
	}
	require.Error(t, log.Append(t.Context(), use(audit.Decrypt, keyA).Record()))
	require.Error(t, log.Append(t.Context(), use(audit.Decrypt, keyA).Record()))
}
