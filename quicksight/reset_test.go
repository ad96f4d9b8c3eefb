package quicksight_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/quicksight"
	"github.com/rowsight/rowsight/quicksight/quicksighttest"
)

// TestReset: nothing is left, and the account can be filled again.
func TestReset(t *testing.T) {
	s := quicksighttest.NewServer(t)
	require.NoError(t, s.Do(t.Context(), "POST", "", object{"Namespace": "tenant", "IdentityStore": "QUICKSIGHT"}, nil))
	require.NoError(t, s.Service.Reset(t.Context()))
	for path, list := range map[string]string{
		"/data-sets": "DataSetSummaries", "/data-sources": "DataSources", "/dashboards": "DashboardSummaryList", "/analyses": "AnalysisSummaryList",
		"/namespaces/default/users": "UserList", "/namespaces/default/groups": "GroupList",
	} {
		var out map[string]any
		require.NoError(t, s.Do(t.Context(), "GET", path, nil, &out))
		require.Equal(t, []any{}, out[list], path)
	}
	require.Equal(t, "ResourceNotFoundException", code(s.Do(t.Context(), "GET", "/namespaces/tenant", nil, nil)))
	require.NoError(t, s.Seed(t.Context()))
	require.Equal(t, int64(1), count(t, s, "sales", "MarthaRivera"))
	require.ErrorIs(t, new(quicksight.Service).Reset(t.Context()), quicksight.ErrOptions)
}
