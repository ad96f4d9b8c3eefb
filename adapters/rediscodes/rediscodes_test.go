package rediscodes_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/rediscodes"
	"github.com/rowsight/rowsight/spice/embed"
	"github.com/rowsight/rowsight/spice/embed/codestest"
)

// Several processes that serve one site share a server.
func ExampleOpen() {
	client := redis.NewClient(&redis.Options{Addr: "redis.example.com:6379"})
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	codes, err := rediscodes.Open(ctx, client, &rediscodes.Options{Prefix: "oktank:code:"})
	if err != nil {
		fmt.Println("the server does not answer")
		return
	}
	_ = embed.Options{Codes: codes} // and the other settings of your server
	// Output: the server does not answer
}

const id = "0123456789abcdef0123456789abcdef"

func TestZero(t *testing.T) {
	var none *rediscodes.Codes
	for _, c := range []*rediscodes.Codes{none, {}} {
		require.Error(t, c.Put(t.Context(), id, embed.Entry{State: embed.Issued, Until: time.Now().Add(time.Hour)}))
		e, err := c.Redeem(t.Context(), id, time.Now().Add(time.Hour))
		require.Error(t, err)
		require.Zero(t, e)
		e, err = c.Get(t.Context(), id)
		require.Error(t, err)
		require.Zero(t, e)
		require.Error(t, c.Revoke(t.Context(), id))
		_, err = c.Sweep(t.Context(), time.Now())
		require.Error(t, err)
	}
	_, err := rediscodes.Open(t.Context(), nil, nil)
	require.Error(t, err)
}

// server starts a Redis or Valkey server on a socket in a folder of its own and
// stops it at the end of the test.
func server(t *testing.T) (socket string) {
	program, err := exec.LookPath("valkey-server")
	if err != nil {
		if program, err = exec.LookPath("redis-server"); err != nil {
			t.Skip("neither valkey-server nor redis-server is installed")
		}
	}
	dir, err := os.MkdirTemp("", "redis") // the path of a socket is short
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	socket = filepath.Join(dir, "socket")
	cmd := exec.Command(program, "--port", "0", "--unixsocket", socket, "--dir", dir, "--save", "", "--appendonly", "yes")
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		require.NoError(t, cmd.Process.Kill())
		_ = cmd.Wait()
	})
	client := connect(t, socket)
	require.Eventually(t, func() bool { return client.Ping(t.Context()).Err() == nil }, 30*time.Second, 20*time.Millisecond)
	return socket
}

func connect(t *testing.T, socket string) *redis.Client {
	client := redis.NewClient(&redis.Options{Network: "unix", Addr: socket})
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	return client
}

func TestConformance(t *testing.T) {
	socket := server(t)
	n := 0
	codestest.Run(t, func(t *testing.T) codestest.Kit {
		n++
		var all []embed.Codes
		for range 3 {
			c, err := rediscodes.Open(t.Context(), connect(t, socket), &rediscodes.Options{Prefix: fmt.Sprintf("[%d]*?\\", n)})
			require.NoError(t, err)
			all = append(all, c)
		}
		return codestest.Kit{Codes: all[0], Others: all[1:]}
	})
}

// TestLifetimes: the clock of the server decides, whatever the clocks of the
// processes say.
func TestLifetimes(t *testing.T) {
	client := connect(t, server(t))
	at := func(off time.Duration) (*rediscodes.Codes, func() time.Time) {
		now := func() time.Time { return time.Now().Add(off) }
		c, err := rediscodes.Open(t.Context(), client, &rediscodes.Options{Now: now})
		require.NoError(t, err)
		return c, now
	}
	right, _ := at(0)
	ahead, nowAhead := at(3 * time.Hour)
	behind, nowBehind := at(-3 * time.Hour)
	require.NoError(t, ahead.Put(t.Context(), id, embed.Entry{Until: nowAhead().Add(2 * time.Second), Sealed: []byte("x")}))
	_, err := right.Get(t.Context(), id)
	require.NoError(t, err)
	_, err = behind.Redeem(t.Context(), id, nowBehind().Add(2*time.Second))
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		_, err := behind.Get(t.Context(), id)
		return err != nil
	}, 20*time.Second, 50*time.Millisecond, "the session ends")
	other := strings.Repeat("a", 32)
	require.NoError(t, behind.Put(t.Context(), other, embed.Entry{Until: nowBehind().Add(-time.Second)}))
	_, err = ahead.Get(t.Context(), other)
	require.ErrorIs(t, err, embed.ErrUnknown, "it had ended when it was put")
}

// TestForeign: a hash that something else wrote opens nothing.
func TestForeign(t *testing.T) {
	client := connect(t, server(t))
	c, err := rediscodes.Open(t.Context(), client, nil)
	require.NoError(t, err)
	key := "rowsight:code:" + id
	for _, fields := range [][]any{
		{"state", "1"},
		{"state", "2", "until", "x", "sealed", ""},
		{"state", "9", "until", "1", "sealed", ""},
		{"state", "", "until", "1", "sealed", ""},
		{"until", "1", "sealed", "x"},
	} {
		require.NoError(t, client.Del(t.Context(), key).Err())
		require.NoError(t, client.HSet(t.Context(), key, fields...).Err())
		_, err := c.Get(t.Context(), id)
		require.ErrorIs(t, err, embed.ErrUnknown, "%v", fields)
	}
	require.NoError(t, client.Del(t.Context(), key).Err())
	require.NoError(t, client.Set(t.Context(), key, "text", 0).Err())
	_, err = c.Get(t.Context(), id)
	require.Error(t, err)
	_, err = c.Redeem(t.Context(), id, time.Now().Add(time.Hour))
	require.Error(t, err)
}

const (
	envSocket = "ROWSIGHT_TEST_REDIS" // the socket, for a process that redeems
	redeems   = 300
)

// TestProcesses: several processes redeem the same codes as fast as they can,
// and each code is redeemed once.
func TestProcesses(t *testing.T) {
	if socket := os.Getenv(envSocket); socket != "" {
		c, err := rediscodes.Open(t.Context(), connect(t, socket), nil)
		require.NoError(t, err)
		for i := range redeems {
			id := fmt.Sprintf("%032x", i)
			if _, err := c.Redeem(t.Context(), id, time.Now().Add(time.Hour)); err == nil {
				fmt.Println("redeemed", id)
			} else {
				require.ErrorIs(t, err, embed.ErrUsed)
			}
		}
		return
	}
	socket := server(t)
	c, err := rediscodes.Open(t.Context(), connect(t, socket), nil)
	require.NoError(t, err)
	for i := range redeems {
		require.NoError(t, c.Put(t.Context(), fmt.Sprintf("%032x", i), embed.Entry{Until: time.Now().Add(time.Hour)}))
	}
	outputs := make([]strings.Builder, 3)
	var wg sync.WaitGroup
	for i := range outputs {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestProcesses$", "-test.v")
		cmd.Env = append(os.Environ(), envSocket+"="+socket)
		cmd.Stdout, cmd.Stderr = &outputs[i], &outputs[i]
		require.NoError(t, cmd.Start())
		wg.Go(func() {
			if err := cmd.Wait(); err != nil {
				t.Error(err, outputs[i].String())
			}
		})
	}
	wg.Wait()
	won := make(map[string]int)
	for i := range outputs {
		for line := range strings.Lines(outputs[i].String()) {
			if id, ok := strings.CutPrefix(line, "redeemed "); ok {
				won[strings.TrimSpace(id)]++
			}
		}
	}
	require.Len(t, won, redeems)
	for id, n := range won {
		require.Equal(t, 1, n, "%s is redeemed once", id)
	}
}
