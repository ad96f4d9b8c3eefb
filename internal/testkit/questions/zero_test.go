package questions_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/testkit/questions"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/query"
)

// TestZero: the oracle counts no row for the zero Predicate.
func TestZero(t *testing.T) {
	rows := []questions.Row{{"t1", "US", "x", int64(1), int64(2), int64(3), 0.5, int64(4), int64(5), true}}
	q := query.Query{Measures: []query.Measure{{Func: query.Count}}}
	got, _ := questions.Answer(q, rows, predicate.Predicate{})
	require.Equal(t, [][]string{{"0"}}, got)
	got, _ = questions.Answer(q, rows, predicate.All())
	require.Equal(t, [][]string{{"1"}}, got)
}
