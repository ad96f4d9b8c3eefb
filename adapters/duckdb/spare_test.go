package duckdb

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func filledOptions(t testing.TB, opts *Options) Options {
	t.Helper()
	o, err := opts.filled()
	require.NoError(t, err)
	return o
}

// ask returns the value of a query.
func ask(t testing.TB, d *database, text string) (value string) {
	t.Helper()
	require.NoError(t, d.db.QueryRowContext(t.Context(), text).Scan(&value), text)
	return value
}

// waitGoroutines waits until no more goroutines run than before. Each open database has
// one.
func waitGoroutines(t *testing.T, before int) {
	t.Helper()
	for end := time.Now().Add(time.Minute); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
		require.True(t, time.Now().Before(end), "%d goroutines run, %d ran before", runtime.NumGoroutine(), before)
	}
}

// TestSpareServesOnce: a database of a Spare is locked before the call gets it, serves
// one call, and shows nothing of another.
func TestSpareServesOnce(t *testing.T) {
	before := runtime.NumGoroutine()
	s, o := new(Spare), filledOptions(t, nil)
	served := make(map[*database]bool)
	waited := 0
	for range 4 {
		next := s.next
		d, err := s.take(t.Context(), o)
		require.NoError(t, err)
		require.False(t, served[d], "a database serves one call")
		served[d] = true
		if next != nil {
			require.Same(t, next.d, d, "the call gets the database that was made for it")
			waited++
		}
		require.NotSame(t, next, s.next, "and a new one is made")
		require.Equal(t, "0", ask(t, d, "SELECT count(*) FROM duckdb_tables()"))
		require.Equal(t, "0", ask(t, d, "SELECT count(*) FROM duckdb_variables()"))
		require.Equal(t, "0", ask(t, d, "SELECT count(*) FROM duckdb_functions() WHERE NOT internal"))
		for _, text := range []string{"CREATE TABLE rows (x INTEGER)", "CREATE TEMP TABLE mine (x INTEGER)", "CREATE MACRO m() AS 1", "SET VARIABLE v = 1"} {
			_, err := d.db.ExecContext(t.Context(), text)
			require.NoError(t, err, text)
		}
		for _, text := range []string{
			"SET memory_limit = '8GB'", "SET threads = 9", "SET GLOBAL default_order = 'DESC'", "SET SESSION search_path = 'x'", "RESET memory_limit",
			"SET enable_external_access = true", "SET lock_configuration = false", "ATTACH 'x.duckdb'", "COPY (SELECT 1) TO 'x.csv'", "LOAD httpfs",
		} {
			_, err := d.db.ExecContext(t.Context(), text)
			require.Error(t, err, text)
		}
		require.NoError(t, d.close())
		require.Error(t, d.db.PingContext(t.Context()))
	}
	require.Equal(t, 3, waited)
	require.NoError(t, s.Close())
	waitGoroutines(t, before)
}

// TestSpareCloses: Close closes the database that waits or is in the making. Calls after
// it open their own.
func TestSpareCloses(t *testing.T) {
	before := runtime.NumGoroutine()
	s, o := new(Spare), filledOptions(t, nil)
	d, err := s.take(t.Context(), o)
	require.NoError(t, err)
	last := s.next
	require.NoError(t, s.Close())
	<-last.made
	require.NoError(t, last.err)
	require.Error(t, last.d.db.PingContext(t.Context()), "the database that waited is closed")
	require.Equal(t, "7", ask(t, d, "SELECT CAST(7 AS VARCHAR)"), "the one of a call is not")
	require.NoError(t, d.close())
	require.NoError(t, s.Close(), "again")
	for range 2 {
		d, err := s.take(t.Context(), o)
		require.NoError(t, err)
		require.Nil(t, s.next, "nothing is made after Close")
		require.NoError(t, d.close())
	}
	require.NoError(t, new(Spare).Close())
	require.NoError(t, (*Spare)(nil).Close())
	waitGoroutines(t, before)
}

// TestSpareOptions: a call gets a database with its own limits.
func TestSpareOptions(t *testing.T) {
	before := runtime.NumGoroutine()
	s := new(Spare)
	for i, opts := range []*Options{nil, {Memory: 1 << 20}, {Memory: 1 << 20, Threads: 1}, {Memory: 1 << 20, Threads: 1}, nil, {Threads: 3}, {MaxRows: 4, Threads: 3}} {
		o := filledOptions(t, opts)
		d, err := s.take(t.Context(), o)
		require.NoError(t, err)
		require.Equal(t, fmt.Sprint(o.Threads), ask(t, d, "SELECT current_setting('threads')"), i)
		require.Equal(t, map[int64]string{1 << 20: "1.0 MiB", 1 << 30: "1.0 GiB"}[o.Memory], ask(t, d, "SELECT current_setting('memory_limit')"), i)
		require.NoError(t, d.close())
	}
	require.NoError(t, s.Close())
	waitGoroutines(t, before)
}

// TestSpareFails: a database that could not be made is no error of the call that would
// have got it.
func TestSpareFails(t *testing.T) {
	s, o := new(Spare), filledOptions(t, nil)
	failed := &spare{opts: o, made: make(chan struct{}), err: context.Canceled}
	close(failed.made)
	s.next = failed
	d, err := s.take(t.Context(), o)
	require.NoError(t, err)
	require.Equal(t, "1", ask(t, d, "SELECT CAST(1 AS VARCHAR)"))
	require.NoError(t, d.close())
	require.NoError(t, s.Close())
	s = &Spare{next: failed}
	require.NoError(t, s.Close(), "there is nothing to close")
}

// TestSpareTogether: calls at once get a database each. After Close and the last call,
// none is left.
func TestSpareTogether(t *testing.T) {
	before := runtime.NumGoroutine()
	s, o := new(Spare), filledOptions(t, &Options{Threads: 1, Memory: 32 << 20})
	var mu sync.Mutex
	served := make(map[*database]bool)
	var calls sync.WaitGroup
	for call := range 6 {
		calls.Go(func() {
			for round := range 4 {
				d, err := s.take(t.Context(), o)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				if served[d] {
					t.Error("a database serves two calls")
				}
				served[d] = true
				mu.Unlock()
				if _, err := d.db.ExecContext(t.Context(), "CREATE TABLE rows (x INTEGER)"); err != nil {
					t.Error(err)
				}
				if err := d.close(); err != nil {
					t.Error(err)
				}
				if call == 0 && round == 2 {
					_ = s.Close()
				}
			}
		})
	}
	calls.Wait()
	require.Len(t, served, 24)
	waitGoroutines(t, before)
}
