package quicksight_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/quicksight/quicksighttest"
)

type object = map[string]any

// code returns the code of an error of the API.
func code(err error) string {
	var e *quicksighttest.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return fmt.Sprint(err)
}

func TestSeed(t *testing.T) {
	s := quicksighttest.NewServer(t)
	for user, want := range map[string]int64{"MarthaRivera": 1, "NikhilJayashankar": 1, "PowerUser": 6, "Nobody": 0} {
		rows, err := s.Rows(t.Context(), "sales", "default", user)
		require.NoError(t, err, user)
		require.Equal(t, want, rows.RowCount, user)
		require.Len(t, rows.Rows, int(want), user)
	}
}
