package direct_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/spice/direct"
)

func permissions() *engine {
	return &engine{names: []string{"UserName", "Region"}, types: []string{"TEXT", "TEXT"}, rows: [][]driver.Value{{"al", "US"}}}
}

func TestRules(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := permissions()
		r := &direct.Rules{DB: e.db(t), Query: "SELECT rules", Every: time.Minute, Options: &rls.Options{File: "permissions"}}
		read := func(queries int) *rls.Rules {
			rules, err := r.Rules(t.Context())
			require.NoError(t, err)
			require.Len(t, e.asked, queries)
			p, err := rules.For(namespace.Named("al"))
			require.NoError(t, err)
			require.Equal(t, `Region in ("US")`, p.String())
			return rules
		}
		first := read(1)
		time.Sleep(time.Minute - 1)
		require.Same(t, first, read(1), "for a minute, they are kept")
		time.Sleep(time.Nanosecond)
		require.NotSame(t, first, read(2))

		// An error after they expired is an error, and so is the next one; then
		// they are read.
		e.fail = map[string]error{"rules": errors.New("connection lost")}
		read(2)
		time.Sleep(time.Minute)
		for range 2 {
			rules, err := r.Rules(t.Context())
			require.ErrorContains(t, err, "connection lost")
			require.Nil(t, rules)
		}
		e.fail = nil
		read(5)

		// A table that is no permission dataset is an error.
		e.rows = [][]driver.Value{{"al", int64(7)}}
		require.NoError(t, r.Forget(t.Context()))
		rules, err := r.Rules(t.Context())
		require.ErrorIs(t, err, rls.ErrNotText)
		require.Nil(t, rules)
	})
}

// TestRulesTogether: who asks while a query runs waits for its rules, or for the
// end of their context.
func TestRulesTogether(t *testing.T) {
	e := permissions()
	e.rows = append(e.rows, []driver.Value{"bo", "EMEA"})
	e.block = make(chan struct{})
	r := &direct.Rules{DB: e.db(t), Query: "SELECT rules", Every: time.Hour}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			rules, err := r.Rules(t.Context())
			if err != nil || rules.Len() != 2 {
				t.Errorf("%v, %v", rules, err)
			}
		})
	}
	require.Eventually(t, func() bool { e.mu.Lock(); defer e.mu.Unlock(); return e.open == 1 }, time.Minute, time.Millisecond)
	gone := errors.New("gone")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(gone)
	_, err := r.Rules(ctx)
	require.ErrorIs(t, err, gone)
	require.ErrorIs(t, r.Forget(ctx), gone)
	close(e.block)
	all.Wait()
	require.Len(t, e.asked, 1, "one query for all")
}
