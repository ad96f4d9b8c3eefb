package model

import (
	_ "embed"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

//go:embed operations.txt
var operations string

func load(t testing.TB) *Model {
	t.Helper()
	m, err := Load()
	require.NoError(t, err)
	return m
}

// TestZero: the zero Model has no operation, so nothing can be called.
func TestZero(t *testing.T) {
	var m Model
	_, _, ok := m.Find("GET", "/accounts/111122223333/namespaces")
	require.False(t, ok)
	_, err := m.Decode(&Operation{Name: "ListNamespaces", Input: "ListNamespacesRequest"}, nil, nil, nil)
	require.ErrorIs(t, err, ErrRefused)
}

func TestFind(t *testing.T) {
	m := load(t)
	tests := []struct {
		reason, method, path, want string
		parameters                 map[string]string
	}{
		{"fixed and variable segments", "GET", "/accounts/1/data-sets/sales", "DescribeDataSet", map[string]string{"AwsAccountId": "1", "DataSetId": "sales"}},
		{"a namespace is created at the account", "POST", "/accounts/1", "CreateNamespace", map[string]string{"AwsAccountId": "1"}},
		{"an escaped slash stays inside its segment", "GET", "/accounts/1/namespaces/default/users/role%2Fal", "DescribeUser", map[string]string{"AwsAccountId": "1", "Namespace": "default", "UserName": "role/al"}},
		{"an ARN is one segment", "GET", "/resources/arn%3Aaws%3Aq%3A%3A1%3Adataset%2Fd/tags", "ListTagsForResource", map[string]string{"ResourceArn": "arn:aws:q::1:dataset/d"}},
		{"another method is another operation", "DELETE", "/accounts/1/data-sets/sales", "DeleteDataSet", map[string]string{"AwsAccountId": "1", "DataSetId": "sales"}},
		{"no such method", "PATCH", "/accounts/1/data-sets/sales", "", nil},
		{"an empty segment", "GET", "/accounts//data-sets/sales", "", nil},
		{"a bad escape", "GET", "/accounts/1/data-sets/%zz", "", nil},
		{"nothing", "GET", "/", "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			op, parameters, ok := m.Find(tt.method, tt.path)
			require.Equal(t, tt.want != "", ok)
			if ok {
				require.Equal(t, tt.want, op.Name)
				require.Equal(t, tt.parameters, parameters)
			}
		})
	}
}

// TestServed: each served operation has the shape of its request, and no other
// operation has one.
func TestServed(t *testing.T) {
	m := load(t)
	require.Greater(t, len(m.operations), 200)
	served := strings.Fields(operations)
	for name, op := range m.operations {
		require.Equal(t, slices.Contains(served, name), op.Input != "", name)
		found, _, ok := m.Find(op.Method, op.Path)
		require.True(t, ok, name)
		require.Equal(t, name, found.Name, "two operations share a path")
	}
	status, ok := m.Status("ResourceNotFoundException")
	require.True(t, ok)
	require.Equal(t, 404, status)
}

func TestDecode(t *testing.T) {
	m := load(t)
	const account = "111122223333"
	user := func(body string) (string, error) {
		op := m.operations["RegisterUser"]
		got, err := m.Decode(op, map[string]string{"AwsAccountId": account, "Namespace": "default"}, nil, []byte(body))
		return string(got), err
	}
	tests := []struct{ reason, body, want, err string }{
		{"path and body become one object", `{"IdentityType":"IAM","Email":"a@b","UserRole":"READER"}`,
			`{"AwsAccountId":"111122223333","Email":"a@b","IdentityType":"IAM","Namespace":"default","UserRole":"READER"}`, ""},
		{"null is a field that is not there", `{"IdentityType":"IAM","Email":"a@b","UserRole":"READER","UserName":null}`,
			`{"AwsAccountId":"111122223333","Email":"a@b","IdentityType":"IAM","Namespace":"default","UserRole":"READER"}`, ""},
		{"the account again", `{"AwsAccountId":"111122223333","IdentityType":"IAM","Email":"a@b","UserRole":"READER"}`,
			`{"AwsAccountId":"111122223333","Email":"a@b","IdentityType":"IAM","Namespace":"default","UserRole":"READER"}`, ""},
		{"another account in the body", `{"AwsAccountId":"444455556666","IdentityType":"IAM","Email":"a@b","UserRole":"READER"}`, "",
			"AwsAccountId: not one of the values: the path of the request has another one"},
		{"required fields", `{}`, "", "Email: field missing\nIdentityType: field missing\nUserRole: field missing"},
		{"an enum, without the value that was given", `{"IdentityType":"secret","Email":"a@b","UserRole":"READER"}`, "", "1:17: IdentityType: not one of the values: want IAM, QUICKSIGHT, IAM_IDENTITY_CENTER"},
		{"a pattern", `{"IdentityType":"IAM","Email":"a@b","UserRole":"READER","UserName":"日本"}`, "", `1:68: UserName: not of the pattern: want [\x{0020}-\x{00FF}]+`},
		{"a length", `{"IdentityType":"IAM","Email":"a@b","UserRole":"READER","SessionName":"x"}`, "", "1:71: SessionName: outside the limits: got 1 characters, want 2 to 64"},
		{"an unknown field", `{"IdentityType":"IAM","Email":"a@b","UserRole":"READER","Role":"x"}`, "", "1:57: Role: unknown field"},
		{"a field twice", `{"IdentityType":"IAM","Email":"a@b","UserRole":"READER","UserRole":"ADMIN"}`, "", "1:57: UserRole: field given twice"},
		{"a wrong type", `{"IdentityType":"IAM","Email":7,"UserRole":"READER"}`, "", "1:31: Email: wrong type: found a number, want a string"},
		{"no JSON", `{`, "", "1:2: not JSON from here on"},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			got, err := user(tt.body)
			if tt.err != "" {
				require.EqualError(t, err, tt.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
		})
	}
}

func TestDecodeQuery(t *testing.T) {
	m := load(t)
	list := m.operations["ListUsers"]
	path := map[string]string{"AwsAccountId": "111122223333", "Namespace": "default"}
	got, err := m.Decode(list, path, url.Values{"max-results": {"7"}, "X-Amz-Date": {"x"}}, nil)
	require.NoError(t, err)
	require.JSONEq(t, `{"AwsAccountId":"111122223333","Namespace":"default","MaxResults":7}`, string(got))
	for query, want := range map[string]string{
		"max-results=0":               "MaxResults: outside the limits: want 1 to 100",
		"max-results=x":               "MaxResults: wrong type: want an integer",
		"max-results=1&max-results=2": "MaxResults: field given twice",
		"page=2":                      "page: unknown field",
	} {
		values, err := url.ParseQuery(query)
		require.NoError(t, err)
		_, err = m.Decode(list, path, values, nil)
		require.EqualError(t, err, want)
	}
	untag := m.operations["UntagResource"]
	got, err = m.Decode(untag, map[string]string{"ResourceArn": "arn:aws:x"}, url.Values{"keys": {"a", "b"}}, nil)
	require.NoError(t, err)
	require.JSONEq(t, `{"ResourceArn":"arn:aws:x","TagKeys":["a","b"]}`, string(got))
}

// FuzzDecode: what is accepted is JSON that decodes again to the same request.
func FuzzDecode(f *testing.F) {
	m := load(f)
	for _, body := range []string{
		`{"DataSetId":"d","Name":"d","ImportMode":"SPICE","PhysicalTableMap":{"p":{"S3Source":{"DataSourceArn":"a","InputColumns":[{"Name":"Region","Type":"STRING"}]}}}}`,
		`{"DataSetId":"d","Name":"d","ImportMode":"SPICE","PhysicalTableMap":{},"RowLevelPermissionTagConfiguration":{"Status":"ENABLED","TagRules":[{"TagKey":"k","ColumnName":"c"}]}}`,
		`{"Name":null,"Tags":[null,{"Key":"k","Value":""}]}`, `[]`, ``,
	} {
		f.Add([]byte(body))
	}
	op := m.operations["CreateDataSet"]
	path := map[string]string{"AwsAccountId": "111122223333"}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := m.Decode(op, path, nil, body)
		if err != nil {
			require.Nil(t, got)
			return
		}
		require.True(t, json.Valid(got))
		again, err := m.Decode(op, path, nil, got)
		require.NoError(t, err)
		require.JSONEq(t, string(got), string(again))
	})
}
