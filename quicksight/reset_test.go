package quicksight_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
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

// TestResetPages: things of several pages are deleted while they are listed.
func TestResetPages(t *testing.T) {
	s := quicksighttest.NewEmptyServer(t, "")
	v := s.Service.Directory().Administrator()
	for i := range 2*namespace.MaxPage + 1 {
		name := fmt.Sprintf("name-%03d", i)
		_, err := v.RegisterUser(t.Context(), namespace.RegisterUserInput{UserName: name, Email: "a@example.com", UserRole: "READER", IdentityType: "QUICKSIGHT"})
		require.NoError(t, err)
		_, err = v.CreateGroup(t.Context(), namespace.CreateGroupInput{GroupName: name})
		require.NoError(t, err)
		if i < namespace.MaxPage { // as many as an account has, besides default
			_, err = v.CreateNamespace(t.Context(), name)
			require.NoError(t, err)
		}
	}
	require.NoError(t, s.Service.Reset(t.Context()))
	users, _, err := v.ListUsers(t.Context(), namespace.Default, namespace.Page{})
	require.NoError(t, err)
	require.Empty(t, users)
	groups, _, err := v.ListGroups(t.Context(), namespace.Default, namespace.Page{})
	require.NoError(t, err)
	require.Empty(t, groups)
	namespaces, _, err := v.ListNamespaces(t.Context(), namespace.Page{})
	require.NoError(t, err)
	require.Len(t, namespaces, 1, "the namespace default")
}
