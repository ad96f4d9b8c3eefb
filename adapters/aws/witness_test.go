package aws_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/aws"
	"github.com/rowsight/rowsight/spice/witness"
)

func TestWitness(t *testing.T) {
	ctx := t.Context()
	client, _ := server(t, map[string]string{"witness/other": ""})
	w := aws.NewWitness(client, "witness", "store/")
	value, err := w.Read(ctx, "a")
	require.NoError(t, err)
	require.Nil(t, value)
	require.ErrorIs(t, w.Replace(ctx, "a", []byte("x"), []byte("y")), witness.ErrChanged)
	require.NoError(t, w.Replace(ctx, "a", nil, []byte("1")))
	require.ErrorIs(t, w.Replace(ctx, "a", nil, []byte("2")), witness.ErrChanged)
	require.NoError(t, w.Replace(ctx, "a", []byte("1"), []byte("2")))
	value, err = w.Read(ctx, "a")
	require.NoError(t, err)
	require.Equal(t, "2", string(value))

	// Of all who know a value, one replaces it.
	var wg sync.WaitGroup
	results := make([]error, 8)
	for i := range results {
		wg.Go(func() { results[i] = w.Replace(ctx, "a", []byte("2"), fmt.Append(nil, 3+i)) })
	}
	wg.Wait()
	won := 0
	for _, err := range results {
		if err == nil {
			won++
		} else {
			require.True(t, errors.Is(err, witness.ErrChanged), err)
		}
	}
	require.Equal(t, 1, won)

	_, err = aws.NewWitness(client, "nowhere", "").Read(ctx, "a")
	require.Error(t, err, "a bucket that is not there is no witness without a value")
	require.Error(t, new(aws.Witness).Replace(ctx, "a", nil, nil))
}
