package diff_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/diff"
)

// hardRules returns the rules of one user, once a single one and once as many that
// may contain it together: no quick way is known to find out.
func hardRules(t *testing.T, columns int) (one, many *rls.Rules) {
	r := rand.New(rand.NewPCG(81, 82))
	header := []string{"UserName"}
	for i := range columns {
		header = append(header, fmt.Sprintf("c%d", i))
	}
	read := func(rows ...[]string) *rls.Rules {
		var b strings.Builder
		for _, row := range append([][]string{header}, rows...) {
			b.WriteString(strings.Join(row, ";") + "\n")
		}
		rs, err := rls.ReadCSV(strings.NewReader(b.String()), &rls.Options{Delimiter: ';'})
		require.NoError(t, err)
		return rs
	}
	wide := []string{"al"}
	for range columns {
		wide = append(wide, "v0,v1")
	}
	rows := make([][]string, columns*43/10)
	for i := range rows {
		rows[i] = make([]string, columns+1)
		rows[i][0] = "al"
		for _, c := range r.Perm(columns)[:3] {
			rows[i][c+1] = fmt.Sprint("v", r.IntN(2))
		}
	}
	return read(wide), read(rows...)
}

// TestTooHard: what is too hard to compare is an error that names the viewer, and
// no difference.
func TestTooHard(t *testing.T) {
	one, many := hardRules(t, 200)
	result, err := diff.Rules(many, one, &diff.Options{Effort: predicate.NewEffort(context.Background(), 100_000)})
	require.ErrorIs(t, err, predicate.ErrTooHard)
	require.ErrorContains(t, err, "al")
	require.Nil(t, result)

	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	result, err = diff.Rules(many, one, &diff.Options{Effort: predicate.NewEffort(ctx, 0)})
	require.ErrorIs(t, err, context.Canceled)
	require.Nil(t, result)

	one, many = hardRules(t, 40)
	result, err = diff.Rules(many, one, nil)
	require.NoError(t, err, "small enough")
	require.True(t, result.HasLoss())
}
