package audit_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice/audit"
)

// table is a destination that keeps lines apart and fails when it is told to.
type table struct {
	lines [][]byte
	fail  error
	short int // bytes that it leaves out
}

func (t *table) Write(b []byte) (int, error) {
	if t.fail != nil {
		return 0, t.fail
	}
	t.lines = append(t.lines, bytes.Clone(b[:len(b)-t.short]))
	return len(b) - t.short, nil
}

func (t *table) text() io.Reader { return bytes.NewReader(bytes.Join(t.lines, nil)) }

func newStream(t testing.TB, to io.Writer, opts *audit.StreamOptions) *audit.Stream {
	t.Helper()
	s, err := audit.NewStream(to, opts)
	require.NoError(t, err)
	return s
}

// TestStream: the chain of a stream verifies, goes on after a restart, and shows
// lines that were changed, removed or written with another key.
func TestStream(t *testing.T) {
	for _, key := range [][]byte{nil, secret} {
		to := new(table)
		s := newStream(t, to, &audit.StreamOptions{Key: key, Now: func() time.Time { return noon }})
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() { _ = s.Append(context.Background(), use(audit.Decrypt, keyA).Record()) })
		}
		wg.Wait()
		require.Len(t, to.lines, 20)
		again := newStream(t, to, &audit.StreamOptions{Key: key, Last: to.lines[19]})
		require.Equal(t, s.Head(), again.Head())
		require.NoError(t, again.Append(t.Context(), use(audit.Decrypt, keyB).Record()))
		head, err := audit.Check{Key: key, Head: s.Head()}.Verify(to.text())
		require.NoError(t, err)
		require.Equal(t, again.Head(), head)

		for reason, lines := range map[string][][]byte{
			"a line is gone":     append(append([][]byte{}, to.lines[:4]...), to.lines[5:]...),
			"a line was changed": append([][]byte{bytes.Replace(to.lines[0], []byte("Decrypt"), []byte("Encrypt"), 1)}, to.lines[1:]...),
		} {
			_, err := audit.Check{Key: key}.Verify(bytes.NewReader(bytes.Join(lines, nil)))
			require.Error(t, err, reason)
		}
	}
}

// TestStreamLikeLog: a stream writes the bytes of a log.
func TestStreamLikeLog(t *testing.T) {
	_, lines, head := written(t, 3, nil)
	to := new(table)
	s := newStream(t, to, &audit.StreamOptions{Now: func() time.Time { return noon }})
	for _, id := range []string{"event 1", "event 2", "event 3"} {
		r := use(audit.Decrypt, keyA).Record()
		r.EventID = id
		require.NoError(t, s.Append(t.Context(), r))
	}
	require.Equal(t, head, s.Head())
	require.Equal(t, strings.Join(lines, ""), string(bytes.Join(to.lines, nil)))
}

// TestStreamFails: after an error nothing more is written, because the line may be
// there or not. Before an error nothing is lost.
func TestStreamFails(t *testing.T) {
	broken := errors.New("the queue is gone")
	to := new(table)
	s := newStream(t, to, nil)
	require.NoError(t, s.Append(t.Context(), use(audit.Decrypt, keyA).Record()))
	before := s.Head()

	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, s.Append(cancelled, use(audit.Decrypt, keyA).Record()), context.Canceled)
	long := use(audit.Decrypt, keyA).Record()
	long.EventID = strings.Repeat("x", audit.MaxLine)
	require.ErrorIs(t, s.Append(t.Context(), long), audit.ErrLine)
	require.Equal(t, before, s.Head(), "neither of them was written")
	require.Len(t, to.lines, 1)

	to.fail = broken
	require.ErrorIs(t, s.Append(t.Context(), use(audit.Decrypt, keyA).Record()), broken)
	to.fail = nil
	require.ErrorIs(t, s.Append(t.Context(), use(audit.Decrypt, keyA).Record()), broken)
	require.Len(t, to.lines, 1)

	// A destination that panics may have the line: another one would fork the chain.
	var lines int
	s = newStream(t, writer(func([]byte) (int, error) { lines++; panic("out of order") }), nil)
	require.Panics(t, func() { _ = s.Append(t.Context(), use(audit.Decrypt, keyA).Record()) })
	require.Error(t, s.Append(t.Context(), use(audit.Decrypt, keyA).Record()))
	require.Equal(t, 1, lines)

	to.short = 1
	s = newStream(t, to, &audit.StreamOptions{Last: to.lines[0]})
	require.ErrorIs(t, s.Append(t.Context(), use(audit.Decrypt, keyA).Record()), io.ErrShortWrite)
}

func TestNewStreamRefuses(t *testing.T) {
	_, lines, _ := written(t, 2, nil)
	for _, tt := range []struct {
		reason string
		to     io.Writer
		opts   audit.StreamOptions
		want   error
	}{
		{"no destination", nil, audit.StreamOptions{}, audit.ErrClosed},
		{"a short key", io.Discard, audit.StreamOptions{Key: secret[:15]}, audit.ErrKey},
		{"a last line of another key", io.Discard, audit.StreamOptions{Key: secret, Last: []byte(lines[1])}, audit.ErrDigest},
		{"a last line that was changed", io.Discard, audit.StreamOptions{Last: []byte(strings.Replace(lines[1], "Decrypt", "Encrypt", 1))}, audit.ErrDigest},
		{"two lines", io.Discard, audit.StreamOptions{Last: []byte(lines[0] + lines[1])}, audit.ErrDigest},
		{"half a line", io.Discard, audit.StreamOptions{Last: []byte(lines[1][:40])}, audit.ErrLine},
	} {
		_, err := audit.NewStream(tt.to, &tt.opts)
		require.ErrorIs(t, err, tt.want, tt.reason)
	}
}
