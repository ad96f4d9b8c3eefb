package direct_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/direct"
)

// What a dataset in DIRECT_QUERY mode and its rules are read through.
var (
	_ spice.Direct      = (*direct.Table)(nil)
	_ spice.RulesSource = (*direct.Rules)(nil)
)

// TestZero: what is not filled in has no rows and no rules.
func TestZero(t *testing.T) {
	for _, table := range []*direct.Table{nil, {}, {Table: "sales"}, {Query: "SELECT 1"}} {
		schema, err := table.Schema(t.Context())
		require.ErrorIs(t, err, direct.ErrSource)
		require.Nil(t, schema)
		r, err := table.Records(t.Context(), predicate.All(), nil)
		require.ErrorIs(t, err, direct.ErrSource)
		require.Nil(t, r)
	}
	for _, rules := range []*direct.Rules{nil, {}, {Query: "SELECT 1"}} {
		got, err := rules.Rules(t.Context())
		require.ErrorIs(t, err, direct.ErrSource)
		require.Nil(t, got)
	}
}
