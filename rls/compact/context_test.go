package compact_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/compact"
)

// An endingContext ends when its error has been asked for some times, which is the
// same on every machine.
type endingContext struct {
	context.Context
	left *int
}

func (c endingContext) Err() error {
	if *c.left--; *c.left < 0 {
		return context.DeadlineExceeded
	}
	return nil
}

// TestContextEnds: wherever the context ends, there is its error and no result.
func TestContextEnds(t *testing.T) {
	var b strings.Builder
	b.WriteString("UserName,Region,Segment\n")
	for i := range 60 {
		fmt.Fprintf(&b, "u%d,\"r%d,r%d\",\"s%d,s%d\"\n", i%3, i%7, (i+1)%7, i%5, (i+2)%5)
	}
	rules, err := rls.ReadCSV(strings.NewReader(b.String()), nil)
	require.NoError(t, err)
	want, err := compact.Rules(rules, nil)
	require.NoError(t, err)
	for looks := range 1000 {
		left := looks
		got, err := compact.RulesContext(endingContext{t.Context(), &left}, rules, nil)
		if err == nil {
			require.Greater(t, looks, 3, "it looked at the context")
			require.Equal(t, want.After, got.After)
			return
		}
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Nil(t, got)
	}
	t.Fatal("it looked at the context without end")
}
