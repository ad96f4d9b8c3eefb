package judge_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/testkit/judge"
)

// TestZero: nothing is not a file.
func TestZero(t *testing.T) {
	v, _ := judge.Start(t, "a", "b").Ask('i', nil, nil)
	require.Equal(t, judge.Envelope, v)
}

func TestDamage(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	whole := bytes.Repeat([]byte("0123456789"), 10)
	changed := 0
	for range 1000 {
		b, what := judge.Damage(rng, whole, 50)
		require.NotEmpty(t, what)
		if len(b) == len(whole) {
			require.Equal(t, whole[:50], b[:50], what)
		}
		if !bytes.Equal(whole, b) {
			changed++
		}
	}
	require.Greater(t, changed, 900)
}
