package progress

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBar(t *testing.T) {
	require.Equal(t, "1,234,567 rows", Bar(State{Done: 5, Rows: 1234567}), "nobody knows how many bytes there are")
	require.Equal(t, strings.Repeat("█", 15)+strings.Repeat("░", 15)+"  50%  0 rows", Bar(State{Done: 1, Total: 2}))
	require.Equal(t, strings.Repeat("█", 30)+" 100%  7 rows", Bar(State{Done: 9, Total: 2, Rows: 7}), "more than there was")
}

func TestStartShowsNothingOfShortJobs(t *testing.T) {
	var b bytes.Buffer
	stop := Start(&b, func() State { return State{} })
	stop()
	stop()
	require.Empty(t, b.String())
}
