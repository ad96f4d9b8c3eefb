package quicksight_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/quicksight"
	"github.com/rowsight/rowsight/quicksight/quicksighttest"
)

const (
	adminKey, adminSecret     = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
	tenantKey, tenantSecret   = "AKIATENANTTENANT0001", "tenant-secret-tenant-secret-0001"
	otherKey, otherSecret     = "AKIAOTHEROTHER000001", "other-secret-other-secret-00001"
	builderKey, builderSecret = "AKIABUILDERBUILDER01", "builder-secret-builder-secret-01"
	emptyKey, emptySecret     = "AKIAEMPTYEMPTY000001", "empty-secret-empty-secret-00001"
)

// policies are an administrator, a tenant who may do everything in the
// namespace tenant, somebody of another account, and a key without a policy.
const policies = `{"Credentials": [
	{"AccessKeyId": "` + adminKey + `", "SecretAccessKey": "` + adminSecret + `", "Arn": "arn:aws:iam::111122223333:user/admin",
	 "Policy": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}},
	{"AccessKeyId": "` + tenantKey + `", "SecretAccessKey": "` + tenantSecret + `", "Arn": "arn:aws:iam::111122223333:user/tenant",
	 "Policy": {"Version": "2012-10-17", "Statement": [
		{"Effect": "Allow", "Action": "quicksight:*", "Resource": ["arn:aws:quicksight:us-east-1:111122223333:user/tenant/*", "arn:aws:quicksight:us-east-1:111122223333:group/tenant/*", "arn:aws:quicksight:us-east-1:111122223333:namespace/tenant"]},
		{"Effect": "Deny", "Action": "quicksight:DeleteUser", "Resource": "*"}]}},
	{"AccessKeyId": "` + otherKey + `", "SecretAccessKey": "` + otherSecret + `", "Arn": "arn:aws:iam::444455556666:user/other",
	 "Policy": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}},
	{"AccessKeyId": "` + builderKey + `", "SecretAccessKey": "` + builderSecret + `", "Arn": "arn:aws:iam::111122223333:user/builder",
	 "Policy": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": [
		"arn:aws:quicksight:us-east-1:111122223333:dataset/mine", "arn:aws:quicksight:us-east-1:111122223333:dashboard/mine", "arn:aws:quicksight:us-east-1:111122223333:datasource/mine"]}}},
	{"AccessKeyId": "` + emptyKey + `", "SecretAccessKey": "` + emptySecret + `", "Arn": "arn:aws:iam::111122223333:user/empty"}
]}`

// TestRefused: requests that are forged, of another account, or not allowed.
func TestRefused(t *testing.T) {
	s := quicksighttest.NewEmptyServer(t, policies)
	require.NoError(t, s.Do(t.Context(), "POST", "", object{"Namespace": "tenant", "IdentityStore": "QUICKSIGHT"}, nil))
	user := func(ns string) object {
		return object{"IdentityType": "IAM", "Email": "a@example.com", "UserRole": "READER", "UserName": "al-" + ns}
	}
	const mine, theirs = "/accounts/111122223333", "/accounts/444455556666"
	tests := []struct {
		reason, key, secret, method, path string
		body                              any
		want                              string
	}{
		{"the administrator", adminKey, adminSecret, "POST", mine + "/namespaces/default/users", user("default"), ""},
		{"a tenant in the own namespace", tenantKey, tenantSecret, "POST", mine + "/namespaces/tenant/users", user("tenant"), ""},
		{"a tenant in another namespace", tenantKey, tenantSecret, "POST", mine + "/namespaces/default/users", user("x"), "AccessDeniedException"},
		{"a tenant looks into another namespace", tenantKey, tenantSecret, "GET", mine + "/namespaces/default/users/al-default", nil, "AccessDeniedException"},
		{"a tenant asks whether somebody is there", tenantKey, tenantSecret, "GET", mine + "/namespaces/default/users/nobody", nil, "AccessDeniedException"},
		{"a list that is not of one namespace", tenantKey, tenantSecret, "GET", mine + "/namespaces", nil, "AccessDeniedException"},
		{"a deny counts more than an allow", tenantKey, tenantSecret, "DELETE", mine + "/namespaces/tenant/users/al-tenant", nil, "AccessDeniedException"},
		{"a dashboard for a session in another namespace", tenantKey, tenantSecret, "POST", mine + "/embed-url/anonymous-user",
			object{"Namespace": "default", "AuthorizedResourceArns": []string{arn("dashboard/sales")}, "ExperienceConfiguration": object{"Dashboard": object{"InitialDashboardId": "sales"}}}, "AccessDeniedException"},
		{"no policy", emptyKey, emptySecret, "GET", mine + "/namespaces", nil, "AccessDeniedException"},
		{"the account of the path", adminKey, adminSecret, "GET", theirs + "/namespaces", nil, "AccessDeniedException"},
		{"the account of the credentials", otherKey, otherSecret, "GET", mine + "/namespaces", nil, "AccessDeniedException"},
		{"both of another account", otherKey, otherSecret, "GET", theirs + "/namespaces", nil, "AccessDeniedException"},
		{"a wrong secret", adminKey, tenantSecret, "GET", mine + "/namespaces", nil, "InvalidSignatureException"},
		{"an unknown key", "AKIANOBODYNOBODY0001", adminSecret, "GET", mine + "/namespaces", nil, "UnrecognizedClientException"},
		{"a data set of a data source that the caller may not use", builderKey, builderSecret, "POST", mine + "/data-sets", with(salesSet(), object{"DataSetId": "mine"}), "AccessDeniedException"},
		{"a dashboard of a data set that the caller may not use", builderKey, builderSecret, "POST", mine + "/dashboards/mine",
			object{"Name": "x", "Definition": showing("sales")}, "AccessDeniedException"},
		{"a child of a data set that the caller may not use", builderKey, builderSecret, "POST", mine + "/data-sets", object{
			"DataSetId": "mine", "Name": "x", "ImportMode": "DIRECT_QUERY", "PhysicalTableMap": object{},
			"LogicalTableMap": object{"c": object{"Alias": "c", "Source": object{"DataSetArn": arn("dataset/sales")}}},
		}, "AccessDeniedException"},
		{"rules that the caller may not use", builderKey, builderSecret, "POST", mine + "/data-sets", with(salesSet(), object{
			"DataSetId": "mine", "RowLevelPermissionDataSet": object{"Arn": arn("dataset/rules"), "PermissionPolicy": "GRANT_ACCESS"},
		}), "AccessDeniedException"},
		{"copied credentials of a data source that the caller may not use", builderKey, builderSecret, "POST", mine + "/data-sources", object{
			"DataSourceId": "mine", "Name": "x", "Type": "POSTGRESQL", "DataSourceParameters": object{"PostgreSqlParameters": object{"Host": "h", "Port": 1, "Database": "d"}},
			"Credentials": object{"CopySourceArn": arn("datasource/db")},
		}, "AccessDeniedException"},
		{"a schedule of a data set that the caller may not change", builderKey, builderSecret, "POST", mine + "/data-sets/sales/refresh-schedules",
			object{"Schedule": object{"ScheduleId": "a", "ScheduleFrequency": object{"Interval": "HOURLY"}, "RefreshType": "FULL_REFRESH"}}, "AccessDeniedException"},
		{"schedules of a data set of another account", otherKey, otherSecret, "GET", mine + "/data-sets/sales/refresh-schedules", nil, "AccessDeniedException"},
		{"refresh properties of a data set that the caller may not see", tenantKey, tenantSecret, "GET", mine + "/data-sets/sales/refresh-properties", nil, "AccessDeniedException"},
		{"addresses that a tenant may not change", tenantKey, tenantSecret, "POST", mine + "/ip-restriction", object{"Enabled": false}, "AccessDeniedException"},
		{"rows of a user of another namespace", builderKey, builderSecret, "GET", "/rowsight/data-sets/mine/rows?user=al", nil, "AccessDeniedException"},
		{"rows without the action", tenantKey, tenantSecret, "GET", "/rowsight/data-sets/sales/rows?user=al", nil, "AccessDeniedException"},
		{"an operation that is not there", adminKey, adminSecret, "GET", mine + "/themes", nil, "NotImplementedException"},
		{"a path that is not there", adminKey, adminSecret, "GET", mine + "/nothing/at/all", nil, "UnknownOperationException"},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			err := s.Send(t.Context(), tt.key, tt.secret, tt.method, tt.path, tt.body, nil)
			if tt.want == "" {
				require.NoError(t, err)
				return
			}
			require.Equal(t, tt.want, code(err), "%v", err)
		})
	}

	t.Run("a replay", func(t *testing.T) {
		var copied *http.Request
		proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			copied = r.Clone(t.Context())
			s.Service.ServeHTTP(w, r)
		}))
		defer proxy.Close()
		through := &quicksighttest.Server{URL: proxy.URL, Account: s.Account, Region: s.Region, AccessKeyID: s.AccessKeyID, SecretAccessKey: s.SecretAccessKey}
		require.NoError(t, through.Do(t.Context(), "GET", "/namespaces", nil, nil))
		s.Advance(6 * time.Minute)
		copied.Body = io.NopCloser(strings.NewReader(""))
		w := httptest.NewRecorder()
		s.Service.ServeHTTP(w, copied)
		require.Equal(t, 403, w.Code)
		require.Equal(t, "InvalidSignatureException", w.Header().Get("X-Amzn-Errortype"))
	})
}

// TestTokens: a token of one list is not one of another, of another caller, or
// of a list with another filter; and a changed one is none.
func TestTokens(t *testing.T) {
	s := quicksighttest.NewEmptyServer(t, policies)
	for i := range 3 {
		require.NoError(t, s.Do(t.Context(), "POST", "/namespaces/default/groups", object{"GroupName": fmt.Sprint("group-number-", i)}, nil))
	}
	var first struct{ NextToken string }
	require.NoError(t, s.Do(t.Context(), "GET", "/namespaces/default/groups?max-results=2", nil, &first))
	require.NotEmpty(t, first.NextToken)
	require.NotContains(t, first.NextToken, "group")
	var second struct {
		GroupList []struct{ GroupName string }
		NextToken string
	}
	ask := func(path, token string) error {
		return s.Do(t.Context(), "GET", path+"&next-token="+token, nil, &second)
	}
	require.NoError(t, ask("/namespaces/default/groups?max-results=1", first.NextToken))
	require.Equal(t, "group-number-2", second.GroupList[0].GroupName)
	require.Empty(t, second.NextToken)
	changed := []byte(first.NextToken)
	changed[len(changed)/2] ^= 1
	for reason, err := range map[string]error{
		"another operation": ask("/namespaces/default/users?max-results=2", first.NextToken),
		"a changed token":   ask("/namespaces/default/groups?max-results=2", string(changed)),
		"a cut token":       ask("/namespaces/default/groups?max-results=2", first.NextToken[:20]),
		"another caller":    s.Send(t.Context(), tenantKey, tenantSecret, "GET", "/accounts/111122223333/namespaces/default/groups?next-token="+first.NextToken, nil, nil),
	} {
		require.Contains(t, []string{"InvalidNextTokenException", "AccessDeniedException"}, code(err), reason)
	}
}

// TestSecrets: passwords, secret keys, tag values and hidden rows are in no
// answer, no error, no log record and no audit record.
func TestSecrets(t *testing.T) {
	const password, tag, hidden = "Correct-Horse-7", "tenant-value-42", "hidden-row-value"
	var log bytes.Buffer
	keys, err := quicksight.ParseCredentials(strings.NewReader(policies), nil)
	require.NoError(t, err)
	dir := t.TempDir()
	service, err := quicksight.Open(t.Context(), dir, &quicksight.Options{
		Account: "111122223333", Region: "us-east-1", Credentials: keys, Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	require.NoError(t, err)
	listener := httptest.NewServer(service)
	s := &quicksighttest.Server{URL: listener.URL, Dir: dir, Account: "111122223333", Region: "us-east-1", AccessKeyID: adminKey, SecretAccessKey: adminSecret}
	var answers bytes.Buffer
	ask := func(method, path string, body any) {
		var out json.RawMessage
		err := s.Do(t.Context(), method, path, body, &out)
		fmt.Fprintln(&answers, method, path, string(out), err)
	}
	require.NoError(t, s.AddCSV(t.Context(), "rules", "UserName,Region\nal,US\n", object{"UseAs": "RLS_RULES"}))
	require.NoError(t, s.Do(t.Context(), "POST", "/namespaces/default/users", object{"IdentityType": "QUICKSIGHT", "Email": "a@example.com", "UserRole": "READER", "UserName": "al"}, nil))
	require.NoError(t, s.AddCSV(t.Context(), "sales", "Region,Note\nUS,visible\n"+tag+","+hidden+"\n", object{
		"RowLevelPermissionDataSet":          object{"Arn": arn("dataset/rules"), "PermissionPolicy": "GRANT_ACCESS"},
		"Permissions":                        granted("user/default/al", "quicksight:PassDataSet"),
		"RowLevelPermissionTagConfiguration": object{"TagRules": []object{{"TagKey": "region", "ColumnName": "Region"}}},
	}))
	require.NoError(t, s.Do(t.Context(), "POST", "/dashboards/d", object{"Name": "d", "Definition": showing("sales")}, nil))
	db := object{
		"DataSourceId": "db", "Name": "db", "Type": "POSTGRESQL", "DataSourceParameters": object{"PostgreSqlParameters": object{"Host": "h", "Port": 1, "Database": "d"}},
		"Credentials": object{"CredentialPair": object{"Username": "u", "Password": password}},
	}
	ask("POST", "/data-sources", db)
	db["Type"] = "S3" // does not fit
	ask("POST", "/data-sources", db)
	db["Credentials"] = object{"CredentialPair": object{"Username": password, "Password": 7}}
	ask("POST", "/data-sources", db)
	ask("GET", "/data-sources/db", nil)
	ask("GET", "/data-sources", nil)
	ask("GET", "/data-sets/sales", nil)
	ask("GET", "rowsight/data-sets/sales/rows?user=al", nil)
	ask("GET", "rowsight/data-sets/rules/rows?user=al", nil)
	embed := object{
		"Namespace": "default", "AuthorizedResourceArns": []string{arn("dashboard/d")}, "SessionTags": []object{{"Key": "region", "Value": tag}},
		"ExperienceConfiguration": object{"Dashboard": object{"InitialDashboardId": "d"}},
	}
	ask("POST", "/embed-url/anonymous-user", embed)
	embed["SessionTags"] = []object{{"Key": "region", "Value": tag}, {"Key": "region", "Value": tag}}
	ask("POST", "/embed-url/anonymous-user", embed)
	embed["SessionTags"] = []object{{"Key": tag, "Value": 5}}
	ask("POST", "/embed-url/anonymous-user", embed)
	// A file that cannot be read names its place, and not what is written there.
	require.NoError(t, s.WriteObject("rowsight-demo", "sales.csv", "Region,Note\nUS,"+hidden+",more\n"))
	ask("PUT", "/data-sets/sales/ingestions/bad", object{"IngestionType": "FULL_REFRESH"})
	require.ErrorContains(t, s.WaitIngestion(t.Context(), "sales", "bad"), "FAILED")
	ask("GET", "/data-sets/sales/ingestions/bad", nil)

	require.Contains(t, answers.String(), "visible", "al sees a row")
	require.Contains(t, answers.String(), "sales.csv:2")
	listener.Close()
	require.NoError(t, service.Close())
	audit, err := os.ReadFile(filepath.Join(s.Dir, "audit.jsonl"))
	require.NoError(t, err)
	require.NotEmpty(t, audit)
	for where, text := range map[string]string{"answers": answers.String(), "log": log.String(), "audit": string(audit)} {
		for _, secret := range []string{password, adminSecret, tag, hidden} {
			require.NotContains(t, text, secret, where)
		}
	}
}
