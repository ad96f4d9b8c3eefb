package quicksight_test

import (
	"encoding/json"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/quicksight"
)

// FuzzServe: no request is answered with an internal error, and every answer is
// JSON with a request id.
func FuzzServe(f *testing.F) {
	service, err := quicksight.Open(f.Context(), f.TempDir(), &quicksight.Options{Account: "111122223333", Region: "us-east-1", Unauthenticated: true})
	require.NoError(f, err)
	f.Cleanup(func() { _ = service.Close() })
	const mine = "/accounts/111122223333"
	f.Add("POST", mine+"/namespaces/default/users", `{"IdentityType":"IAM","Email":"a@b","UserRole":"READER","UserName":"al"}`)
	f.Add("POST", mine+"/data-sources", `{"DataSourceId":"d","Name":"d","Type":"S3","DataSourceParameters":{"S3Parameters":{"ManifestFileLocation":{"Bucket":"bucket","Key":"k"}}}}`)
	f.Add("POST", mine+"/data-sets", `{"DataSetId":"s","Name":"s","ImportMode":"SPICE","PhysicalTableMap":{"t":{"S3Source":{"DataSourceArn":"arn:aws:quicksight:us-east-1:111122223333:datasource/d","InputColumns":[{"Name":"Region","Type":"STRING"}]}}},"LogicalTableMap":{"l":{"Alias":"l","Source":{"PhysicalTableId":"t"},"DataTransforms":[{"RenameColumnOperation":{"ColumnName":"Region","NewColumnName":"r"}}]}}}`)
	f.Add("PUT", mine+"/data-sets/s", `{"Name":"s","ImportMode":"SPICE","PhysicalTableMap":{},"RowLevelPermissionDataSet":{"Arn":"arn:aws:quicksight:us-east-1:111122223333:dataset/r","PermissionPolicy":"GRANT_ACCESS"}}`)
	f.Add("POST", mine+"/dashboards/d", `{"Name":"d","Definition":{"DataSetIdentifierDeclarations":[{"Identifier":"i","DataSetArn":"arn:aws:quicksight:us-east-1:111122223333:dataset/s"}]}}`)
	f.Add("POST", mine+"/embed-url/anonymous-user", `{"Namespace":"default","AuthorizedResourceArns":["arn:aws:quicksight:us-east-1:111122223333:dashboard/d"],"ExperienceConfiguration":{"Dashboard":{"InitialDashboardId":"d"}},"SessionTags":[{"Key":"k","Value":"v"}]}`)
	f.Add("POST", mine+"/embed-url/registered-user", `{"UserArn":"arn:aws:quicksight:us-east-1:111122223333:user/default/al","ExperienceConfiguration":{"Dashboard":{"InitialDashboardId":"d"}},"SessionLifetimeInMinutes":15}`)
	f.Add("POST", mine+"/embed-url/registered-user-with-identity", `{"ExperienceConfiguration":{"DashboardVisual":{"InitialDashboardVisualId":{"DashboardId":"d","SheetId":"s","VisualId":"v"}}},"AllowedDomains":["https://a.example"]}`)
	f.Add("POST", mine+"/data-sets/s/refresh-schedules", `{"Schedule":{"ScheduleId":"a","ScheduleFrequency":{"Interval":"MONTHLY","RefreshOnDay":{"DayOfMonth":"LAST_DAY_OF_MONTH"},"Timezone":"Europe/Rome","TimeOfTheDay":"02:30"},"StartAfterDateTime":"2024-05-01T12:00:00Z","RefreshType":"FULL_REFRESH"}}`)
	f.Add("PUT", mine+"/data-sets/s/refresh-properties", `{"DataSetRefreshProperties":{"RefreshConfiguration":{"IncrementalRefresh":{"LookbackWindow":{"ColumnName":"d","Size":1,"SizeUnit":"DAY"}}}}}`)
	f.Add("POST", mine+"/ip-restriction", `{"IpRestrictionRuleMap":{"192.0.2.0/24":"office"},"Enabled":true}`)
	f.Add("POST", mine+"/folders/f", `{"Name":"f","FolderType":"SHARED","Permissions":[{"Principal":"arn:aws:quicksight:us-east-1:111122223333:user/default/al","Actions":["quicksight:DescribeFolder"]}]}`)
	f.Add("POST", mine+"/folders/g", `{"Name":"g","ParentFolderArn":"arn:aws:quicksight:us-east-1:111122223333:folder/f"}`)
	f.Add("PUT", mine+"/folders/f/members/DATASOURCE/d", "")
	f.Add("PUT", mine+"/folders/f/permissions", `{"RevokePermissions":[{"Principal":"arn:aws:quicksight:us-east-1:111122223333:user/default/al","Actions":["quicksight:DescribeFolder"]}]}`)
	f.Add("GET", mine+"/folders/g/resolved-permissions?namespace=default&max-results=1", "")
	f.Add("POST", mine+"/search/folders", `{"Filters":[{"Operator":"StringEquals","Name":"PARENT_FOLDER_ARN","Value":"arn:aws:quicksight:us-east-1:111122223333:folder/f"}]}`)
	f.Add("GET", mine+"/resource/arn%3Aaws%3Aquicksight%3Aus-east-1%3A111122223333%3Adatasource%2Fd/folders", "")
	f.Add("GET", "/account/111122223333", "")
	f.Add("POST", mine+"/search/data-sets", `{"Filters":[{"Operator":"StringLike","Name":"DATASET_NAME","Value":"s"}],"NextToken":"AAAA"}`)
	f.Add("GET", mine+"/namespaces/default/users?next-token=AAAA&max-results=3", "")
	f.Add("GET", "/rowsight/data-sets/s/rows?user=al", "")
	f.Add("DELETE", "/resources/arn%3Aaws%3Aquicksight%3Aus-east-1%3A111122223333%3Adataset%2Fs/tags?keys=a", "")
	f.Add("POST", mine+"/key-registration", `{"KeyRegistration":[{"KeyArn":"arn:aws:kms:us-east-1:111122223333:key/k","DefaultKey":true}]}`)
	methods := []string{"GET", "POST", "PUT", "DELETE"}
	f.Fuzz(func(t *testing.T, method, path, body string) {
		if !slices.Contains(methods, method) || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "/embed/") || strings.Contains(path, "healthz") || strings.Contains(path, "readyz") || strings.Contains(path, "invitation") || strings.ContainsAny(path, " \x7f") || strings.IndexFunc(path, func(r rune) bool { return r < ' ' }) >= 0 {
			return
		}
		r := httptest.NewRequest(method, "http://localhost/", strings.NewReader(body))
		u, err := r.URL.Parse(path)
		if err != nil || u.Host != "localhost" {
			return
		}
		r.URL = u
		w := httptest.NewRecorder()
		service.ServeHTTP(w, r)
		require.NotEqual(t, 500, w.Code, w.Body.String())
		require.NotEmpty(t, w.Header().Get("X-Amzn-Requestid"))
		require.True(t, json.Valid(w.Body.Bytes()), w.Body.String())
	})
}

// FuzzParseCredentials: credentials that are accepted hold a key, and an error
// holds no secret.
func FuzzParseCredentials(f *testing.F) {
	f.Add(policies)
	f.Add(`{"Credentials":[{"AccessKeyId":"AKIAIOSFODNN7EXAMPLE","SecretAccessKey":"secret-secret-secret","Arn":"arn:aws:iam::111122223333:user/al","Policy":{}}]}`)
	f.Add(`{"Credentials":[]}`)
	f.Fuzz(func(t *testing.T, text string) {
		keys, err := quicksight.ParseCredentials(strings.NewReader(text), nil)
		if err != nil {
			require.Nil(t, keys)
			require.NotContains(t, err.Error(), "secret-secret-secret")
			return
		}
		require.NotZero(t, keys.Len())
	})
}
