package embed

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const someID = "0123456789abcdef0123456789abcdef"

// eachCodes runs a test on every kind of Codes.
func eachCodes(t *testing.T, test func(t *testing.T, c Codes)) {
	t.Run("Memory", func(t *testing.T) { test(t, NewMemory()) })
	t.Run("Files", func(t *testing.T) {
		f, err := OpenFiles(filepath.Join(t.TempDir(), "codes"))
		require.NoError(t, err)
		defer func() { require.NoError(t, f.Close()) }()
		test(t, f)
	})
}

func TestCodes(t *testing.T) {
	eachCodes(t, func(t *testing.T, c Codes) {
		ctx := t.Context()
		start := time.Unix(1714560000, 0).UTC()
		issued := Entry{Issued, start.Add(CodeLifetime), []byte("sealed")}
		const id, other = someID, "ff23456789abcdef0123456789abcdef"

		_, err := c.Get(ctx, id)
		require.ErrorIs(t, err, ErrUnknown)
		_, err = c.Redeem(ctx, id, start)
		require.ErrorIs(t, err, ErrUnknown)
		require.ErrorIs(t, c.Revoke(ctx, id), ErrUnknown)
		for _, id := range []string{"", "..", "../" + id, id + "/", id[1:], strings.ToUpper(id), "0123456789abcdef0123456789abcdeg"} {
			_, err = c.Get(ctx, id)
			require.ErrorIs(t, err, ErrUnknown, id)
		}

		require.NoError(t, c.Put(ctx, id, issued))
		require.ErrorIs(t, c.Put(ctx, id, issued), ErrUsed, "an id is put once")
		got, err := c.Get(ctx, id)
		require.NoError(t, err)
		require.Equal(t, issued, got)

		open := Entry{Open, start.Add(time.Hour), []byte("sealed")}
		got, err = c.Redeem(ctx, id, open.Until)
		require.NoError(t, err)
		require.Equal(t, open, got)
		_, err = c.Redeem(ctx, id, open.Until)
		require.ErrorIs(t, err, ErrUsed)
		require.ErrorIs(t, c.Put(ctx, id, issued), ErrUsed, "and never again while it lives")
		got, err = c.Get(ctx, id)
		require.NoError(t, err)
		require.Equal(t, open, got)

		require.NoError(t, c.Put(ctx, other, issued))
		require.NoError(t, c.Revoke(ctx, other))
		require.NoError(t, c.Revoke(ctx, other), "twice is once")
		_, err = c.Redeem(ctx, other, start)
		require.ErrorIs(t, err, ErrRevoked, "a code that was not redeemed")

		n, err := c.Sweep(ctx, start)
		require.NoError(t, err)
		require.Zero(t, n, "nothing has ended")
		n, err = c.Sweep(ctx, start.Add(30*time.Minute))
		require.NoError(t, err)
		require.Equal(t, 1, n, "the code that was revoked has, the session has not")
		got, err = c.Get(ctx, id)
		require.NoError(t, err)
		require.Equal(t, Open, got.State)

		require.NoError(t, c.Revoke(ctx, id))
		got, err = c.Get(ctx, id)
		require.NoError(t, err)
		require.Equal(t, Revoked, got.State)
		require.Empty(t, got.Sealed)

		_, err = c.Sweep(ctx, time.Now().Add(2*MaxLifetime*time.Minute))
		require.NoError(t, err)
		_, err = c.Get(ctx, id)
		require.ErrorIs(t, err, ErrUnknown)
	})
	require.Equal(t, "issued open revoked unknown", fmt.Sprintf("%s %s %s %s", Issued, Open, Revoked, State(0)))
}

// TestRedeemOnce: of many who redeem one code at the same time, one does.
func TestRedeemOnce(t *testing.T) {
	eachCodes(t, func(t *testing.T, c Codes) {
		for round := range 20 {
			id := fmt.Sprintf("%032x", round)
			require.NoError(t, c.Put(t.Context(), id, Entry{Issued, time.Now().Add(time.Minute), nil}))
			var won atomic.Int32
			var wg sync.WaitGroup
			for range 16 {
				wg.Go(func() {
					_, err := c.Redeem(t.Context(), id, time.Now().Add(time.Hour))
					if err == nil {
						won.Add(1)
					} else if !errors.Is(err, ErrUsed) {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			require.EqualValues(t, 1, won.Load())
		}
	})
}

const (
	envDir  = "ROWSIGHT_EMBED_TEST_DIR"
	redeems = 200
)

// TestRedeemProcesses starts several processes that redeem the same codes of one
// folder, in the same order, as fast as they can.
func TestRedeemProcesses(t *testing.T) {
	if dir := os.Getenv(envDir); dir != "" {
		redeemAll(t, dir)
		return
	}
	dir := t.TempDir()
	f, err := OpenFiles(dir)
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()
	for i := range redeems {
		require.NoError(t, f.Put(t.Context(), fmt.Sprintf("%032x", i), Entry{Issued, time.Now().Add(time.Hour), []byte("x")}))
	}
	const processes = 4
	outputs := make([]bytes.Buffer, processes)
	var wg sync.WaitGroup
	for i := range processes {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestRedeemProcesses$", "-test.v")
		cmd.Env = append(os.Environ(), envDir+"="+dir)
		cmd.Stdout, cmd.Stderr = &outputs[i], &outputs[i]
		require.NoError(t, cmd.Start())
		wg.Go(func() {
			if err := cmd.Wait(); err != nil {
				t.Error(err, outputs[i].String())
			}
		})
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go"), nil, 0o600))
	wg.Wait()
	won := make(map[string]int)
	winners := 0
	for i := range outputs {
		before := len(won)
		for line := range strings.Lines(outputs[i].String()) {
			if id, ok := strings.CutPrefix(line, "redeemed "); ok {
				won[strings.TrimSpace(id)]++
			}
		}
		if len(won) > before {
			winners++
		}
	}
	require.Len(t, won, redeems, "each is redeemed")
	for id, n := range won {
		require.Equal(t, 1, n, "%s once", id)
	}
	t.Logf("%d processes won at least one", winners)
}

func redeemAll(t *testing.T, dir string) {
	f, err := OpenFiles(dir)
	require.NoError(t, err)
	for {
		if _, err := os.Stat(filepath.Join(dir, "go")); err == nil {
			break
		}
	}
	for i := range redeems {
		id := fmt.Sprintf("%032x", i)
		_, err := f.Redeem(t.Context(), id, time.Now().Add(time.Hour))
		if err == nil {
			fmt.Println("redeemed", id)
		} else {
			require.ErrorIs(t, err, ErrUsed)
		}
	}
}

// TestCut: files that a crash cut short open nothing, and go in the end.
func TestCut(t *testing.T) {
	dir := t.TempDir()
	f, err := OpenFiles(dir)
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()
	ctx := t.Context()
	require.NoError(t, f.Put(ctx, someID, Entry{Issued, time.Now().Add(time.Minute), []byte("x")}))
	require.NoError(t, os.WriteFile(filepath.Join(dir, someID+openFile), []byte("cut"), 0o600))
	_, err = f.Redeem(ctx, someID, time.Now())
	require.ErrorIs(t, err, ErrUsed, "it was redeemed, and the session is lost")
	got, err := f.Get(ctx, someID)
	require.NoError(t, err)
	require.Equal(t, Open, got.State)
	require.Zero(t, got.Until, "so that it is the end of no session")
	require.NoError(t, os.Truncate(filepath.Join(dir, someID+codeFile), 3))
	_, err = f.Get(ctx, someID)
	require.ErrorIs(t, err, ErrCut)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "readme.txt"), []byte("not ours"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, strings.Repeat("a", 32)+openFile), make([]byte, 8), 0o600))

	n, err := f.Sweep(ctx, time.Now().Add(2*time.Minute))
	require.NoError(t, err)
	require.Equal(t, 2, n, "nobody told them how long they live")
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	require.NoError(t, err)
	require.Equal(t, []string{filepath.Join(dir, "readme.txt")}, names)

	require.NoError(t, os.WriteFile(filepath.Join(dir, someID+codeFile), make([]byte, maxEntry+1), 0o600))
	_, err = f.Get(ctx, someID)
	require.ErrorIs(t, err, ErrUnknown, "not ours, so large")
	info, err := os.Stat(dir)
	require.NoError(t, err)
	require.True(t, info.IsDir())
	_, err = OpenFiles(filepath.Join(dir, "readme.txt"))
	require.Error(t, err)
}

// TestMemoryShrinks: what has ended is forgotten.
func TestMemoryShrinks(t *testing.T) {
	w := newWorld(t, func(_ *Site, o *Options) { o.Codes = NewMemory() })
	codes := w.opts.Codes.(*Memory)
	for range 100 {
		w.code(t, aRequest())
	}
	require.Equal(t, 100, codes.Len())
	w.clock.Pass(CodeLifetime + time.Minute)
	w.code(t, aRequest())
	require.Equal(t, 1, codes.Len(), "the next URL swept the others")
}
