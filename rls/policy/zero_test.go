package policy_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/where"
	"github.com/rowsight/rowsight/rls/policy"
)

// TestZero: what is not given shows no row, and what comes with an error is no
// policy that could be installed.
func TestZero(t *testing.T) {
	var none policy.Target
	require.Equal(t, "none", none.String())
	require.Equal(t, "nobody", policy.Kind(0).String())
	require.Zero(t, none.Dialect())
	require.False(t, none.OneViewer())
	script, err := policy.Script(none, policy.Policy{}, nil)
	require.ErrorIs(t, err, policy.ErrTarget)
	require.Nil(t, script)
	filter, err := policy.Filter(none, policy.Table{}, predicate.All(), nil)
	require.ErrorIs(t, err, policy.ErrTarget)
	require.Nil(t, filter)
	_, err = policy.ParseTarget("")
	require.ErrorIs(t, err, policy.ErrTarget)

	for _, target := range policy.Targets() {
		if target.OneViewer() {
			filter, err := policy.Filter(target, table(target), predicate.Predicate{}, &policy.Options{Dialect: where.PostgreSQL})
			require.NoError(t, err)
			require.Regexp(t, `1 = 0|FALSE|"false"|"boolean": false`, string(filter), target)
			continue
		}
		script, err := policy.Script(target, policy.Policy{}, &policy.Options{Dialect: where.PostgreSQL})
		require.ErrorIs(t, err, policy.ErrTable, target)
		require.Nil(t, script)

		_, err = policy.Script(target, policy.Policy{Table: table(target), Grants: make([]policy.Grant, 1)}, &policy.Options{Dialect: where.PostgreSQL})
		require.ErrorIs(t, err, policy.ErrName, "%s: the zero Grant is for nobody", target)
	}
}

// table is what targets are tried with.
func table(target policy.Target) policy.Table {
	name, columns := []string{"lake", "emea", "Sales"}, []string{"Region", "Segment"}
	switch target {
	case policy.PostgreSQL, policy.ClickHouse:
		name = []string{"emea", `Sa"les`}
	case policy.LakeFormation:
		name = []string{"111122223333", "emea", "sales"}
		columns = nil // those of the grants: Glue folds names
	}
	return policy.Table{Name: name, Columns: columns}
}
