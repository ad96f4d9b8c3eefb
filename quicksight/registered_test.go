package quicksight_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/quicksight/quicksighttest"
)

// registeredURL asks for the embed URL of a registered user.
func registeredURL(t *testing.T, s *quicksighttest.Server, user, dashboard string, more object) (string, error) {
	t.Helper()
	var out struct{ EmbedUrl string }
	err := s.Do(t.Context(), "POST", "/embed-url/registered-user", with(object{
		"UserArn": arn("user/" + user), "ExperienceConfiguration": object{"Dashboard": object{"InitialDashboardId": dashboard}},
	}, more), &out)
	return out.EmbedUrl, err
}

// redeem exchanges the code of a URL for a session.
func redeem(t *testing.T, s *quicksighttest.Server, address string) (status int, session embedded, answer string) {
	t.Helper()
	_, code, _ := strings.Cut(address, "code=")
	res, err := http.Post(s.URL+"/embed/redeem", "application/json", bytes.NewReader(mustJSON(t, object{"Code": code})))
	require.NoError(t, err)
	defer res.Body.Close()
	var body bytes.Buffer
	_, err = body.ReadFrom(res.Body)
	require.NoError(t, err)
	var redeemed struct{ SessionToken string }
	require.NoError(t, json.Unmarshal(body.Bytes(), &redeemed))
	return res.StatusCode, embedded{s, redeemed.SessionToken}, body.String()
}

// openAs opens a session of a registered user.
func openAs(t *testing.T, s *quicksighttest.Server, user, dashboard string) embedded {
	t.Helper()
	address, err := registeredURL(t, s, user, dashboard, nil)
	require.NoError(t, err)
	status, session, answer := redeem(t, s, address)
	require.Equal(t, 200, status, answer)
	var who struct{ UserArn, AnonymousUserArn string }
	require.NoError(t, json.Unmarshal([]byte(answer), &who))
	require.Equal(t, arn("user/"+user), who.UserArn)
	require.Empty(t, who.AnonymousUserArn)
	return session
}

func (e embedded) rowsOf(t *testing.T, set string) (int, quicksighttest.Rows) {
	t.Helper()
	var rows quicksighttest.Rows
	status, body := e.get(t, "/embed/rows/"+set)
	require.NoError(t, json.Unmarshal([]byte(body), &rows))
	return status, rows
}

// TestRegisteredURL: the URL of a registered user shows the rows of that user.
func TestRegisteredURL(t *testing.T) {
	s := quicksighttest.NewServer(t)
	for user, want := range map[string]int64{"MarthaRivera": 1, "NikhilJayashankar": 1, "PowerUser": 6, "Nobody": 0} {
		session := openAs(t, s, "default/"+user, "sales")
		status, rows := session.rowsOf(t, "sales")
		require.Equal(t, 200, status)
		require.Equal(t, want, rows.RowCount, user)
		direct, err := s.Rows(t.Context(), "sales", "default", user)
		require.NoError(t, err)
		require.Equal(t, direct, rows, user)
		status, _ = session.get(t, "/embed/rows/sales-rules")
		require.Equal(t, 403, status, "a data set that the dashboard does not show")
		status, list := session.get(t, "/embed/data-sets?dashboard=sales")
		require.Equal(t, 200, status)
		require.Contains(t, list, `"DataSetId":"sales"`)
	}

	t.Run("membership counts at every use", func(t *testing.T) {
		session := openAs(t, s, "default/NikhilJayashankar", "sales")
		const member = "/namespaces/default/groups/APAC-Sales/members/NikhilJayashankar"
		require.NoError(t, s.Do(t.Context(), "DELETE", member, nil, nil))
		_, rows := session.rowsOf(t, "sales")
		require.Zero(t, rows.RowCount)
		require.NoError(t, s.Do(t.Context(), "PUT", member, nil, nil))
		_, rows = session.rowsOf(t, "sales")
		require.Equal(t, int64(1), rows.RowCount)
	})
	t.Run("a code works once, and for five minutes", func(t *testing.T) {
		address, err := registeredURL(t, s, "default/PowerUser", "sales", nil)
		require.NoError(t, err)
		status, _, _ := redeem(t, s, address)
		require.Equal(t, 200, status)
		status, session, _ := redeem(t, s, address)
		require.Equal(t, 410, status)
		require.Empty(t, session.token)
		status, _, _ = redeem(t, s, address[:len(address)-2]+"AA")
		require.Equal(t, 401, status, "a forged code")
		late, err := registeredURL(t, s, "default/PowerUser", "sales", nil)
		require.NoError(t, err)
		s.Advance(6 * time.Minute)
		status, _, _ = redeem(t, s, late)
		require.Equal(t, 401, status)
	})
	t.Run("a session ends after its lifetime", func(t *testing.T) {
		address, err := registeredURL(t, s, "default/PowerUser", "sales", object{"SessionLifetimeInMinutes": 15})
		require.NoError(t, err)
		_, session, _ := redeem(t, s, address)
		s.Advance(14 * time.Minute)
		status, _ := session.rowsOf(t, "sales")
		require.Equal(t, 200, status)
		s.Advance(2 * time.Minute)
		status, _ = session.rowsOf(t, "sales")
		require.Equal(t, 401, status)
	})
	t.Run("a session ends with the permission", func(t *testing.T) {
		session := openAs(t, s, "default/PowerUser", "sales")
		everybody := granted("namespace/default", linkActions...)
		require.NoError(t, s.Do(t.Context(), "PUT", "/dashboards/sales/permissions", object{"RevokePermissions": everybody}, nil))
		status, _ := session.rowsOf(t, "sales")
		require.Equal(t, 403, status)
		_, err := registeredURL(t, s, "default/PowerUser", "sales", nil)
		require.Equal(t, "ResourceNotFoundException", code(err), "%v", err)
		require.NoError(t, s.Do(t.Context(), "PUT", "/dashboards/sales/permissions", object{"GrantPermissions": everybody}, nil))
		status, _ = session.rowsOf(t, "sales")
		require.Equal(t, 200, status)
	})
	t.Run("a session ends with the user, whatever the next one is called", func(t *testing.T) {
		session := openAs(t, s, "default/PowerUser", "sales")
		unused, err := registeredURL(t, s, "default/PowerUser", "sales", nil)
		require.NoError(t, err)
		require.NoError(t, s.Do(t.Context(), "DELETE", "/namespaces/default/users/PowerUser", nil, nil))
		status, _ := session.rowsOf(t, "sales")
		require.Equal(t, 403, status)
		require.NoError(t, s.Do(t.Context(), "POST", "/namespaces/default/users", object{"UserName": "PowerUser", "Email": "p@example.com", "UserRole": "READER", "IdentityType": "QUICKSIGHT"}, nil))
		status, _ = session.rowsOf(t, "sales")
		require.Equal(t, 403, status, "another user of that name")
		_, session, _ = redeem(t, s, unused)
		status, _ = session.rowsOf(t, "sales")
		require.NotEqual(t, 200, status)
	})
}

// TestRegisteredURLRefused: requests for the URL of a registered user that are
// not valid or not allowed.
func TestRegisteredURLRefused(t *testing.T) {
	s := quicksighttest.NewEmptyServer(t, strings.Replace(policies, `"Arn": "arn:aws:iam::111122223333:user/tenant",`,
		`"Arn": "arn:aws:iam::111122223333:user/tenant", "UserArn": "arn:aws:quicksight:us-east-1:111122223333:user/tenant/ada",`, 1))
	require.NoError(t, s.Seed(t.Context()))
	require.NoError(t, s.Do(t.Context(), "POST", "", object{"Namespace": "tenant", "IdentityStore": "QUICKSIGHT"}, nil))
	require.NoError(t, s.Do(t.Context(), "POST", "/namespaces/tenant/users", object{"UserName": "ada", "Email": "a@example.com", "UserRole": "READER", "IdentityType": "IAM"}, nil))
	require.NoError(t, s.Do(t.Context(), "POST", "/dashboards/other", object{"Name": "other", "Definition": showing("sales")}, nil))
	require.NoError(t, s.Do(t.Context(), "PUT", "/dashboards/other/permissions", object{"GrantPermissions": granted("user/tenant/ada", linkActions...)}, nil))
	const mine, theirs, user, identity = "/accounts/111122223333", "/accounts/444455556666", "/embed-url/registered-user", "/embed-url/registered-user-with-identity"
	board := func(id string) object { return object{"Dashboard": object{"InitialDashboardId": id}} }
	martha := object{"UserArn": arn("user/default/MarthaRivera"), "ExperienceConfiguration": board("sales")}
	tests := []struct {
		reason, key, secret, path string
		body                      object
		want                      string
	}{
		{"valid", adminKey, adminSecret, mine + user, martha, ""},
		{"a tenant for its own user", tenantKey, tenantSecret, mine + user, object{"UserArn": arn("user/tenant/ada"), "ExperienceConfiguration": board("other")}, ""},
		{"the user of the credentials", tenantKey, tenantSecret, mine + identity, object{"ExperienceConfiguration": board("other")}, ""},
		{"a user of another namespace", tenantKey, tenantSecret, mine + user, martha, "AccessDeniedException"},
		{"no policy", emptyKey, emptySecret, mine + user, martha, "AccessDeniedException"},
		{"a policy for other things", builderKey, builderSecret, mine + user, martha, "AccessDeniedException"},
		{"credentials that are for no user", adminKey, adminSecret, mine + identity, object{"ExperienceConfiguration": board("sales")}, "AccessDeniedException"},
		{"a user beside the credentials", tenantKey, tenantSecret, mine + identity, martha, "InvalidParameterValueException"},
		{"the account of the path", adminKey, adminSecret, theirs + user, martha, "AccessDeniedException"},
		{"the account of the credentials", otherKey, otherSecret, mine + user, martha, "AccessDeniedException"},
		{"the account of the user", adminKey, adminSecret, mine + user, with(martha, object{"UserArn": "arn:aws:quicksight:us-east-1:444455556666:user/default/MarthaRivera"}), "InvalidParameterValueException"},
		{"another partition", adminKey, adminSecret, mine + user, with(martha, object{"UserArn": "arn:aws-cn:quicksight:us-east-1:111122223333:user/default/MarthaRivera"}), "AccessDeniedException"},
		{"a wrong secret", adminKey, tenantSecret, mine + user, martha, "InvalidSignatureException"},
		{"nobody of this name", adminKey, adminSecret, mine + user, with(martha, object{"UserArn": arn("user/default/nobody")}), "QuickSightUserNotFoundException"},
		{"a group", adminKey, adminSecret, mine + user, with(martha, object{"UserArn": arn("group/default/APAC-Sales")}), "InvalidParameterValueException"},
		{"a dashboard that is not there", adminKey, adminSecret, mine + user, with(martha, object{"ExperienceConfiguration": board("none")}), "ResourceNotFoundException"},
		{"a dashboard that the user may not query", adminKey, adminSecret, mine + user, with(martha, object{"ExperienceConfiguration": board("other")}), "ResourceNotFoundException"},
		{"the console", adminKey, adminSecret, mine + user, with(martha, object{"ExperienceConfiguration": object{"QuickSightConsole": object{"InitialPath": "/start"}}}), "InvalidParameterValueException"},
		{"a short session", adminKey, adminSecret, mine + user, with(martha, object{"SessionLifetimeInMinutes": 14}), "InvalidParameterValueException"},
		{"a long session", adminKey, adminSecret, mine + user, with(martha, object{"SessionLifetimeInMinutes": 601}), "InvalidParameterValueException"},
		{"a domain that is none", adminKey, adminSecret, mine + user, with(martha, object{"AllowedDomains": []string{"*"}}), "InvalidParameterValueException"},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			err := s.Send(t.Context(), tt.key, tt.secret, "POST", tt.path, tt.body, nil)
			if tt.want == "" {
				require.NoError(t, err)
				return
			}
			require.Equal(t, tt.want, code(err), "%v", err)
		})
	}

	t.Run("unsigned", func(t *testing.T) {
		res, err := http.Post(s.URL+mine+user, "application/json", bytes.NewReader(mustJSON(t, martha)))
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		require.Equal(t, 403, res.StatusCode)
	})
	t.Run("domains", func(t *testing.T) {
		address, err := registeredURL(t, s, "default/MarthaRivera", "sales", object{"AllowedDomains": []string{"https://app.example.com"}})
		require.NoError(t, err)
		page := func(referer string) *http.Response {
			r, err := http.NewRequestWithContext(t.Context(), "GET", address, nil)
			require.NoError(t, err)
			if referer != "" {
				r.Header.Set("Referer", referer)
			}
			res, err := http.DefaultClient.Do(r)
			require.NoError(t, err)
			require.NoError(t, res.Body.Close())
			return res
		}
		res := page("https://app.example.com/")
		require.Equal(t, 200, res.StatusCode)
		require.Contains(t, res.Header.Get("Content-Security-Policy"), "frame-ancestors https://app.example.com")
		require.Equal(t, 403, page("https://evil.example/").StatusCode)
	})
}
