// Package codestest is the conformance kit of [embed.Codes]. Every
// implementation must pass it.
//
//	func TestConformance(t *testing.T) {
//		codestest.Run(t, func(t *testing.T) codestest.Kit {
//			return codestest.Kit{Codes: …}
//		})
//	}
package codestest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice/embed"
)

// A Kit is an implementation under test.
type Kit struct {
	// Codes are empty at the start of a test.
	Codes embed.Codes
	// Others are further connections to the same storage, as other processes
	// have them. They are optional.
	Others []embed.Codes
}

func (k Kit) all() []embed.Codes { return append([]embed.Codes{k.Codes}, k.Others...) }

// Run runs all tests, each on a new kit.
func Run(t *testing.T, kit func(t *testing.T) Kit) {
	for _, tt := range []struct {
		name string
		test func(*testing.T, Kit)
	}{
		{"an unknown id is refused", unknown},
		{"an id is put once", putOnce},
		{"a code becomes a session", redeemed},
		{"one of many redeems", redeemedOnce},
		{"a revoked code opens nothing", revokedCode},
		{"a revoked session has ended everywhere", revokedSession},
		{"what has ended is swept", swept},
		{"bytes come back as they were", bytesKept},
	} {
		t.Run(tt.name, func(t *testing.T) { tt.test(t, kit(t)) })
	}
}

// id returns the n-th id of a test.
func id(n int) string { return fmt.Sprintf("%032x", n+1) }

func issued(left time.Duration) embed.Entry {
	return embed.Entry{State: embed.Issued, Until: time.Now().Add(left).Truncate(time.Second).UTC(), Sealed: []byte("sealed")}
}

func unknown(t *testing.T, k Kit) {
	for _, id := range []string{id(1), "", "..", "../" + id(1), id(1) + "/", id(1)[1:], "ABCDEF6789ABCDEF0123456789ABCDEF", "g123456789abcdef0123456789abcdef", "%", "' OR '1'='1"} {
		e, err := k.Codes.Get(t.Context(), id)
		require.ErrorIs(t, err, embed.ErrUnknown, "%q", id)
		require.Zero(t, e)
		e, err = k.Codes.Redeem(t.Context(), id, time.Now().Add(time.Hour))
		require.ErrorIs(t, err, embed.ErrUnknown, "%q", id)
		require.Zero(t, e)
		require.ErrorIs(t, k.Codes.Revoke(t.Context(), id), embed.ErrUnknown, "%q", id)
	}
}

func putOnce(t *testing.T, k Kit) {
	e := issued(time.Minute)
	require.NoError(t, k.Codes.Put(t.Context(), id(1), e))
	for _, c := range k.all() {
		require.ErrorIs(t, c.Put(t.Context(), id(1), issued(time.Hour)), embed.ErrUsed)
		got, err := c.Get(t.Context(), id(1))
		require.NoError(t, err)
		require.Equal(t, e, got)
	}
}

func redeemed(t *testing.T, k Kit) {
	require.NoError(t, k.Codes.Put(t.Context(), id(1), issued(time.Minute)))
	until := time.Now().Add(time.Hour).Truncate(time.Second).UTC()
	want := embed.Entry{State: embed.Open, Until: until, Sealed: []byte("sealed")}
	got, err := k.Codes.Redeem(t.Context(), id(1), until)
	require.NoError(t, err)
	require.Equal(t, want, got)
	for _, c := range k.all() {
		e, err := c.Redeem(t.Context(), id(1), until.Add(time.Hour))
		require.ErrorIs(t, err, embed.ErrUsed)
		require.Zero(t, e)
		require.ErrorIs(t, c.Put(t.Context(), id(1), issued(time.Hour)), embed.ErrUsed)
		got, err := c.Get(t.Context(), id(1))
		require.NoError(t, err)
		require.Equal(t, want, got, "a refused call changes nothing")
	}
}

func redeemedOnce(t *testing.T, k Kit) {
	all := k.all()
	for round := range 20 {
		require.NoError(t, k.Codes.Put(t.Context(), id(round), issued(time.Minute)))
		var won atomic.Int32
		var wg sync.WaitGroup
		for i := range 12 {
			wg.Go(func() {
				_, err := all[i%len(all)].Redeem(t.Context(), id(round), time.Now().Add(time.Hour))
				if err == nil {
					won.Add(1)
				} else if !errors.Is(err, embed.ErrUsed) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		require.EqualValues(t, 1, won.Load())
	}
}

func revokedCode(t *testing.T, k Kit) {
	require.NoError(t, k.Codes.Put(t.Context(), id(1), issued(time.Minute)))
	require.NoError(t, k.Codes.Revoke(t.Context(), id(1)))
	require.NoError(t, k.Codes.Revoke(t.Context(), id(1)), "a second call changes nothing")
	for _, c := range k.all() {
		e, err := c.Redeem(t.Context(), id(1), time.Now().Add(time.Hour))
		require.ErrorIs(t, err, embed.ErrRevoked)
		require.Zero(t, e)
	}
}

func revokedSession(t *testing.T, k Kit) {
	require.NoError(t, k.Codes.Put(t.Context(), id(1), issued(time.Minute)))
	_, err := k.Codes.Redeem(t.Context(), id(1), time.Now().Add(time.Hour))
	require.NoError(t, err)
	all := k.all()
	require.NoError(t, all[len(all)-1].Revoke(t.Context(), id(1)))
	for _, c := range all {
		e, err := c.Get(t.Context(), id(1))
		require.NoError(t, err)
		require.Equal(t, embed.Revoked, e.State)
		require.Empty(t, e.Sealed, "a revoked entry keeps nothing")
	}
}

func swept(t *testing.T, k Kit) {
	require.NoError(t, k.Codes.Put(t.Context(), id(1), issued(time.Minute)))
	require.NoError(t, k.Codes.Put(t.Context(), id(2), issued(time.Hour)))
	n, err := k.Codes.Sweep(t.Context(), time.Now())
	require.NoError(t, err)
	require.Zero(t, n, "nothing has ended")
	n, err = k.Codes.Sweep(t.Context(), time.Now().Add(10*time.Minute))
	require.NoError(t, err)
	require.Equal(t, 1, n)
	_, err = k.Codes.Get(t.Context(), id(1))
	require.ErrorIs(t, err, embed.ErrUnknown)
	_, err = k.Codes.Get(t.Context(), id(2))
	require.NoError(t, err)
}

func bytesKept(t *testing.T, k Kit) {
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	for i, sealed := range [][]byte{every, make([]byte, 100<<10), {0}, []byte("'; -- \x00 é"), []byte("$1 ? \\")} {
		e := issued(time.Minute)
		e.Sealed = sealed
		require.NoError(t, k.Codes.Put(t.Context(), id(i), e))
		got, err := k.Codes.Get(t.Context(), id(i))
		require.NoError(t, err)
		require.Equal(t, sealed, got.Sealed)
	}
}
