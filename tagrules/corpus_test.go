package tagrules_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/testkit/corpus"
)

// TestConformance runs the cases of rules for tags that the module ships, on the text
// of the tables alone.
func TestConformance(t *testing.T) {
	tables, n := corpus.Tables(t), 0
	for _, c := range corpus.Load(t) {
		if c.Kind == "tags" {
			t.Run(c.ID, func(t *testing.T) { c.Check(t, tables[c.Table]) })
			n++
		}
	}
	require.Greater(t, n, 20)
}

// TestSharedConformance runs a second corpus, written by others, where it is there.
func TestSharedConformance(t *testing.T) {
	cases, table := corpus.LoadShared(t, "tags")
	for _, c := range cases {
		t.Run(c.ID, func(t *testing.T) { c.Check(t, table) })
	}
}
