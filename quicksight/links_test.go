package quicksight_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/quicksight/quicksighttest"
)

var linkActions = []string{"quicksight:DescribeDashboard", "quicksight:QueryDashboard", "quicksight:ListDashboardVersions"}

// TestLinkedDashboard: users of a namespace that the link of a dashboard is shared
// with see their rows of it, while the link is shared; nobody else does.
func TestLinkedDashboard(t *testing.T) {
	s := quicksighttest.NewServer(t)
	require.NoError(t, s.Do(t.Context(), "POST", "", object{"Namespace": "tenant", "IdentityStore": "QUICKSIGHT"}, nil))
	require.NoError(t, s.Do(t.Context(), "POST", "/namespaces/tenant/users", object{"UserName": "ada", "Email": "a@example.com", "UserRole": "READER", "IdentityType": "IAM"}, nil))
	link := func(verb, ns string) {
		t.Helper()
		require.NoError(t, s.Do(t.Context(), "PUT", "/dashboards/sales/permissions", object{verb + "LinkPermissions": granted("namespace/"+ns, linkActions...)}, nil))
	}
	refused := func(user string) {
		t.Helper()
		_, err := registeredURL(t, s, user, "sales", nil)
		require.Equal(t, "ResourceNotFoundException", code(err), "%v", err)
	}
	anonymous := func() error {
		return s.Do(t.Context(), "POST", "/embed-url/anonymous-user", object{"Namespace": "default", "AuthorizedResourceArns": []string{arn("dashboard/sales")},
			"ExperienceConfiguration": object{"Dashboard": object{"InitialDashboardId": "sales"}}}, nil)
	}
	require.NoError(t, anonymous(), "as long as the dashboard is shared with the namespace")
	require.NoError(t, s.Do(t.Context(), "PUT", "/dashboards/sales/permissions", object{"RevokePermissions": granted("namespace/default", linkActions...)}, nil))
	refused("default/PowerUser")

	link("Grant", "tenant")
	refused("default/PowerUser")
	session := openAs(t, s, "tenant/ada", "sales")
	status, rows := session.rowsOf(t, "sales")
	require.Equal(t, 200, status)
	require.Zero(t, rows.RowCount, "no rule names the viewer")

	link("Grant", "default")
	for user, want := range map[string]int64{"MarthaRivera": 1, "NikhilJayashankar": 1, "PowerUser": 6, "Nobody": 0} {
		session := openAs(t, s, "default/"+user, "sales")
		status, rows := session.rowsOf(t, "sales")
		require.Equal(t, 200, status)
		require.Equal(t, want, rows.RowCount, user)
	}
	require.NotEmpty(t, code(anonymous()), "a link is for registered users")
	session = openAs(t, s, "default/PowerUser", "sales")
	link("Revoke", "default")
	status, _ = session.rowsOf(t, "sales")
	require.Equal(t, 403, status, "the session ends with the link")
	_, err := s.Rows(t.Context(), "sales", "default", "PowerUser")
	require.Error(t, err)
	refused("default/PowerUser")
	_ = openAs(t, s, "tenant/ada", "sales")
	require.NoError(t, s.Do(t.Context(), "DELETE", "/namespaces/tenant", nil, nil))
	var answer map[string]any
	require.NoError(t, s.Do(t.Context(), "GET", "/dashboards/sales/permissions", nil, &answer))
	require.NotContains(t, answer, "LinkSharingConfiguration", "the link goes with the namespace")
}

// TestLinkRequests: what a request about a link may not ask for. Nothing of it is done.
func TestLinkRequests(t *testing.T) {
	s := quicksighttest.NewServer(t)
	grant := func(principal string, actions ...string) object {
		return object{"GrantLinkPermissions": []object{{"Principal": principal, "Actions": actions}}}
	}
	tests := []struct {
		reason string
		body   object
	}{
		{"a user", grant(arn("user/default/PowerUser"), linkActions...)},
		{"a group", grant(arn("group/default/APAC-Sales"), linkActions...)},
		{"everybody on the internet", grant("arn:aws:quicksight:::publicAnonymousUser/*", linkActions...)},
		{"a namespace that is not there", grant(arn("namespace/none"), linkActions...)},
		{"an action that changes", grant(arn("namespace/default"), "quicksight:UpdateDashboard")},
		{"with a permission that is valid", with(grant(arn("namespace/default"), "quicksight:QueryDashboard"),
			object{"GrantPermissions": granted("user/default/PowerUser", "quicksight:DeleteDashboard")})},
	}
	var before, after map[string]any
	require.NoError(t, s.Do(t.Context(), "GET", "/dashboards/sales/permissions", nil, &before))
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			err := s.Do(t.Context(), "PUT", "/dashboards/sales/permissions", tt.body, nil)
			require.Equal(t, "InvalidParameterValueException", code(err), "%v", err)
		})
	}
	err := s.Do(t.Context(), "POST", "/data-sets/sales/permissions", grant(arn("namespace/default"), linkActions...), nil)
	require.Equal(t, "InvalidParameterValueException", code(err), "%v", err)
	require.NoError(t, s.Do(t.Context(), "GET", "/dashboards/sales/permissions", nil, &after))
	require.Equal(t, before["Permissions"], after["Permissions"])
	require.NotContains(t, after, "LinkSharingConfiguration")
}
