package rls_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/testkit/corpus"
)

// TestConformance runs the cases of rules for users that the module ships, on the
// text of the tables alone.
func TestConformance(t *testing.T) {
	tables, n := corpus.Tables(t), 0
	for _, c := range corpus.Load(t) {
		if c.Kind == "users" {
			t.Run(c.ID, func(t *testing.T) { c.Check(t, tables[c.Table]) })
			n++
		}
	}
	require.Greater(t, n, 40)
}

// TestRealConformance runs a second corpus, written by others, where it is there.
func TestRealConformance(t *testing.T) {
	cases, table := corpus.LoadShared(t, "users")
	require.Greater(t, len(cases), 30)
	for _, c := range cases {
		t.Run(c.ID, func(t *testing.T) { c.Check(t, table) })
	}
}
