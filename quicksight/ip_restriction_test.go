package quicksight_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/quicksight/quicksighttest"
)

// TestIPRestriction: embedded pages and the rows behind them open from the ranges
// of the account only, for sessions that are open, too.
func TestIPRestriction(t *testing.T) {
	s := quicksighttest.NewServer(t)
	const path = "/ip-restriction"
	session := openAs(t, s, "default/PowerUser", "sales")
	from := func(address, path string) int {
		r := httptest.NewRequest("GET", path, nil)
		r.RemoteAddr = address
		r.Header.Set("Authorization", "Bearer "+session.token)
		r.Header.Set("X-Forwarded-For", "192.0.2.7") // which anybody can write
		w := httptest.NewRecorder()
		s.Service.ServeHTTP(w, r)
		return w.Code
	}
	set := func(fields object) error { return s.Do(t.Context(), "POST", path, fields, nil) }
	type restriction struct {
		AwsAccountId         string
		IpRestrictionRuleMap map[string]string
		Enabled              bool
	}
	described := func() (r restriction) {
		require.NoError(t, s.Do(t.Context(), "GET", path, nil, &r))
		return r
	}
	require.Equal(t, restriction{s.Account, map[string]string{}, false}, described())
	const rows = "/embed/rows/sales"
	require.Equal(t, http.StatusOK, from("198.51.100.1:80", rows), "without rules")

	require.NoError(t, set(object{"IpRestrictionRuleMap": object{"192.0.2.0/24": "office"}}))
	require.Equal(t, http.StatusOK, from("198.51.100.1:80", rows), "rules that are off")
	require.NoError(t, set(object{"Enabled": true}))
	require.Equal(t, restriction{s.Account, map[string]string{"192.0.2.0/24": "office"}, true}, described(), "the rules stay")
	for address, want := range map[string]int{
		"192.0.2.7:80": http.StatusOK, "[::ffff:192.0.2.7]:80": http.StatusOK, "198.51.100.1:80": http.StatusForbidden,
		"192.0.3.1:80": http.StatusForbidden, "[2001:db8::1]:80": http.StatusForbidden, "": http.StatusForbidden, "@": http.StatusForbidden,
	} {
		require.Equal(t, want, from(address, rows), address)
		require.Equal(t, want, from(address, "/embed/page.js"), address)
	}
	status, _ := session.get(t, rows)
	require.Equal(t, http.StatusForbidden, status, "a session that is open, from 127.0.0.1")
	require.Equal(t, int64(6), count(t, s, "sales", "PowerUser"), "the API has signatures")

	require.NoError(t, set(object{"IpRestrictionRuleMap": object{}}))
	require.Equal(t, http.StatusForbidden, from("192.0.2.7:80", rows), "rules that are on and name no range")
	for reason, fields := range map[string]object{
		"a range of IPv6":  {"IpRestrictionRuleMap": object{"2001:db8::/32": ""}},
		"an address":       {"IpRestrictionRuleMap": object{"192.0.2.7": ""}},
		"bits of a host":   {"IpRestrictionRuleMap": object{"192.0.2.7/24": ""}},
		"no address":       {"IpRestrictionRuleMap": object{"everybody": ""}},
		"a VPC":            {"VpcIdRestrictionRuleMap": object{"vpc-12345678": ""}},
		"an endpoint":      {"VpcEndpointIdRestrictionRuleMap": object{"vpce-12345678": ""}},
		"a field too many": {"Other": true},
	} {
		require.Equal(t, "InvalidParameterValueException", code(set(fields)), reason)
	}
	require.NoError(t, set(object{"Enabled": false}))
	status, _ = session.get(t, rows)
	require.Equal(t, http.StatusOK, status)
}
