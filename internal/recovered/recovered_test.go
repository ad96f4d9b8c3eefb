package recovered_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/recovered"
)

// after runs f as code that recovers does.
func after(f func(), keep func(error) bool) (err error) {
	defer func() { err = recovered.Error(recover(), keep) }()
	f()
	return nil
}

// TestZero: no panic is no error.
func TestZero(t *testing.T) {
	require.NoError(t, after(func() {}, nil))
	require.NoError(t, recovered.Error(nil, nil))
}

func TestError(t *testing.T) {
	own := errors.New("a limit")
	keep := func(err error) bool { return errors.Is(err, own) }
	cells := []string{"SECRET"}
	for reason, f := range map[string]func(){
		"a text":          func() { panic(cells[0]) },
		"an error":        func() { panic(fmt.Errorf("cell %q", cells[0])) },
		"a value":         func() { panic(cells) },
		"a runtime error": func() { _ = cells[len(cells)] },
		"a wrong type":    func() { _ = any(cells[0]).(int) },
	} {
		err := after(f, keep)
		require.Equal(t, recovered.ErrPanic, err, reason)
		require.NotContains(t, err.Error(), "SECRET", reason)
	}
	require.Equal(t, own, after(func() { panic(own) }, keep), "an error of ours")
	require.Equal(t, recovered.ErrPanic, after(func() { panic(own) }, nil), "nothing is kept unless it is named")
}
