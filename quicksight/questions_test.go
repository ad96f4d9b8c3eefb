package quicksight_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/quicksight"
	"github.com/rowsight/rowsight/quicksight/quicksighttest"
)

const question = "/rowsight/data-sets/sales/query"

var countByRegion = object{"dimensions": []object{{"column": "Region"}}, "measures": []object{{"function": "count", "as": "n"}}, "order": []object{{"by": "Region"}}}

type answer struct {
	Columns []struct{ Name string }
	Rows    [][]any
}

// TestQuestion: the answer is computed from the rows of the user that the request names.
func TestQuestion(t *testing.T) {
	s := quicksighttest.NewServer(t)
	for _, user := range []string{"MarthaRivera", "PowerUser", "Nobody"} {
		rows, err := s.Rows(t.Context(), "sales", "default", user)
		require.NoError(t, err)
		at := -1
		for i, c := range rows.Columns {
			if c.Name == "Region" {
				at = i
			}
		}
		want := map[any]int{}
		for _, row := range rows.Rows {
			want[row[at]]++
		}
		var got answer
		require.NoError(t, s.Send(t.Context(), s.AccessKeyID, s.SecretAccessKey, "POST", question+"?namespace=default&user="+user, countByRegion, &got))
		counts := map[any]int{}
		for _, row := range got.Rows {
			n, err := strconv.Atoi(fmt.Sprint(row[1]))
			require.NoError(t, err)
			counts[row[0]] = n
		}
		require.Equal(t, want, counts, user)
	}
	for _, tt := range []struct {
		reason, method, path string
		body                 any
		want                 string
	}{
		{"no user", "POST", question, countByRegion, "InvalidParameterValueException"},
		{"no such user", "POST", question + "?user=Somebody", countByRegion, "ResourceNotFoundException"},
		{"no question", "POST", question + "?user=PowerUser", object{}, "InvalidParameterValueException"},
		{"no such column", "POST", question + "?user=PowerUser", object{"dimensions": []object{{"column": "x"}}}, "InvalidParameterValueException"},
		{"no such data set", "POST", strings.Replace(question, "sales", "x", 1) + "?user=PowerUser", countByRegion, "ResourceNotFoundException"},
		{"rules", "POST", strings.Replace(question, "sales", "sales-rules", 1) + "?user=PowerUser", countByRegion, "AccessDeniedException"},
		{"GET", "GET", question + "?user=PowerUser", nil, "UnknownOperationException"},
	} {
		err := s.Send(t.Context(), s.AccessKeyID, s.SecretAccessKey, tt.method, tt.path, tt.body, nil)
		require.Equal(t, tt.want, code(err), "%s: %v", tt.reason, err)
	}
	err := s.Send(t.Context(), s.AccessKeyID, "another-secret-another-secret-01", "POST", question+"?user=PowerUser", countByRegion, nil)
	require.Equal(t, "InvalidSignatureException", code(err))
}

// TestSessionQuestion: a session asks at the same address, with its token, and gets JSON
// or Arrow records.
func TestSessionQuestion(t *testing.T) {
	s := quicksighttest.NewServer(t)
	ask := func(token, accept string) *http.Response {
		text, err := json.Marshal(countByRegion)
		require.NoError(t, err)
		r, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+question, strings.NewReader(string(text)))
		require.NoError(t, err)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Accept", accept)
		res, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		t.Cleanup(func() { _ = res.Body.Close() })
		return res
	}
	session := openAs(t, s, "default/MarthaRivera", "sales")
	var got answer
	require.NoError(t, json.NewDecoder(ask(session.token, "").Body).Decode(&got))
	require.NotEmpty(t, got.Rows)
	res := ask(session.token, "application/vnd.apache.arrow.stream")
	require.Equal(t, 200, res.StatusCode)
	stream, err := ipc.NewReader(res.Body)
	require.NoError(t, err)
	defer stream.Release()
	require.True(t, stream.Next())
	require.EqualValues(t, len(got.Rows), stream.Record().NumRows())
	for i, row := range got.Rows {
		require.Equal(t, row[0], stream.Record().Column(0).ValueStr(i))
	}
	require.Equal(t, 401, ask("x", "").StatusCode)
	require.Equal(t, 401, ask("", "").StatusCode)
}

// TestReader: who logs in on behalf of a user.
func TestReader(t *testing.T) {
	s := quicksighttest.NewEmptyServer(t, policies)
	for _, name := range []string{"al", "al@example.com"} {
		require.NoError(t, s.Send(t.Context(), adminKey, adminSecret, "POST", "/accounts/111122223333/namespaces/default/users", object{"IdentityType": "QUICKSIGHT", "Email": "a@example.com", "UserRole": "READER", "UserName": name}, nil))
	}
	for _, tt := range []struct {
		reason, name, secret string
		ok                   bool
	}{
		{"a user", "default/al@" + adminKey, adminSecret, true},
		{"a name with @", "default/al@example.com@" + adminKey, adminSecret, true},
		{"a wrong secret", "default/al@" + adminKey, tenantSecret, false},
		{"no secret", "default/al@" + adminKey, "", false},
		{"no key", "default/al", adminSecret, false},
		{"an unknown key", "default/al@AKIANOBODYNOBODY0001", adminSecret, false},
		{"no namespace", "al@" + adminKey, adminSecret, false},
		{"no such user", "default/x@" + adminKey, adminSecret, false},
		{"another account", "default/al@" + otherKey, otherSecret, false},
		{"a policy without the action", "default/al@" + tenantKey, tenantSecret, false},
		{"no policy", "default/al@" + emptyKey, emptySecret, false},
		{"nothing", "", "", false},
	} {
		r, err := s.Service.Reader(t.Context(), tt.name, tt.secret, false)
		if !tt.ok {
			require.ErrorIs(t, err, quicksight.ErrLogin, tt.reason)
			require.Nil(t, r, tt.reason)
			require.NotContains(t, err.Error(), adminSecret)
			continue
		}
		require.NoError(t, err, tt.reason)
		session, err := r.Session(t.Context())
		require.NoError(t, err)
		require.False(t, session.Principal.IsZero())
		require.NoError(t, r.May(t.Context(), namespace.MustParseARN(arn("dataset/sales"))))
	}
	r, err := s.Service.Reader(t.Context(), "default/al@"+adminKey, adminSecret, false)
	require.NoError(t, err)
	require.NoError(t, s.Send(t.Context(), adminKey, adminSecret, "DELETE", "/accounts/111122223333/namespaces/default/users/al", nil, nil))
	_, err = r.Session(t.Context())
	require.Error(t, err, "the user is gone")
	_, err = new(quicksight.Reader).Session(t.Context())
	require.ErrorIs(t, err, quicksight.ErrLogin)
	require.ErrorIs(t, new(quicksight.Reader).May(t.Context(), namespace.ARN{}), quicksight.ErrLogin)
	_, err = new(quicksight.Service).Reader(t.Context(), "default/al", "", false)
	require.ErrorIs(t, err, quicksight.ErrLogin)
}
