package vet_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls/vet"
)

// pairsOfValues returns rules of one user that cover each other only together.
func pairsOfValues(rules int) string {
	var b strings.Builder
	b.WriteString("UserName,Region,Segment\n")
	for i := range rules {
		fmt.Fprintf(&b, "al,\"r%d,r%d\",\"s%d,s%d\"\n", i%7, (i+1)%7, i%5, (i+2)%5)
	}
	return b.String()
}

// TestEffortEnds: a context that ends is an error, and an effort that lasts
// changes no finding.
func TestEffortEnds(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := vet.CSV(strings.NewReader(pairsOfValues(30)), &vet.Options{Effort: predicate.NewEffort(ended, 0)})
	require.ErrorIs(t, err, context.Canceled)

	found, err := vet.CSV(strings.NewReader(pairsOfValues(30)), &vet.Options{Effort: predicate.NewEffort(t.Context(), 0)})
	require.NoError(t, err)
	all, err := vet.CSV(strings.NewReader(pairsOfValues(30)), nil)
	require.NoError(t, err)
	require.Equal(t, all, found)
}
