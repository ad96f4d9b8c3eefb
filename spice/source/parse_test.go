package source_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/testkit/realdata"
	"github.com/rowsight/rowsight/spice/source"
)

// TestParseReal loads the requests of the guides as they stand, placeholders
// and a misprinted field included.
func TestParseReal(t *testing.T) {
	read := func(name string) *source.CreateDataSource {
		f, err := os.Open(realdata.Path(t, "data", "6_manifests_datasources", name))
		require.NoError(t, err)
		defer f.Close()
		c, err := source.ParseCreate(f, &source.ParseOptions{File: name})
		require.NoError(t, err)
		return c
	}
	athena := read("datasource-athena-rolearn.json")
	require.Equal(t, "arn:aws:iam::222222222222:role/TestAthenaRoleForQuickSight", athena.DataSourceParameters.RoleARN())
	require.Equal(t, source.Athena, athena.Type)
	redshift := read("datasource-redshift-iam.json")
	require.Equal(t, 8192, redshift.DataSourceParameters.RedshiftParameters.Port)
	require.Equal(t, []string{"admin_group", "guest_group", "guest_group_1"}, redshift.DataSourceParameters.RedshiftParameters.IAMParameters.DatabaseGroups)
	require.Len(t, redshift.Permissions[0].Actions, 6)
	// A placeholder is no account: the catalog says so.
	c := catalog(t, nil)
	_, err := c.Create(t.Context(), anything(t), redshift)
	require.ErrorContains(t, err, `AwsAccountId: another account: got "AWSACCOUNTID", want 111122223333`)
	require.ErrorContains(t, err, "Permissions[0].Principal: ")
	require.ErrorIs(t, err, source.ErrRoleAccount)
}

func TestParseCreate(t *testing.T) {
	tests := []struct {
		reason, in string
		want       source.CreateDataSource
	}{
		{"Redshift in a VPC", `{"AwsAccountId":"111122223333","DataSourceId":"d","Name":"n","Type":"REDSHIFT",
			"DataSourceParameters":{"RedshiftParameters":{"Database":"mydb","Host":"h","Port":8192,"ClusterId":"c",
				"IAMParameters":{"RoleArn":"` + runAs + `","DatabaseUser":"user","AutoCreateDatabaseUser":true}}},
			"VpcConnectionProperties":{"VpcConnectionArn":"` + arnPrefix + `vpcConnection/VPC Name"}}`,
			source.CreateDataSource{AwsAccountId: account, DataSourceId: "d", Name: "n", Type: source.Redshift,
				DataSourceParameters: source.DataSourceParameters{RedshiftParameters: &source.RedshiftParameters{Database: "mydb", Host: "h", Port: 8192, ClusterId: "c",
					IAMParameters: &source.RedshiftIAMParameters{RoleArn: runAs, DatabaseUser: "user", AutoCreateDatabaseUser: true}}},
				VpcConnectionProperties: &source.VpcConnectionProperties{VpcConnectionArn: arnPrefix + "vpcConnection/VPC Name"}}},
		{"S3 with a role", `{"Name":"n","Type":"S3","DataSourceParameters":{"S3Parameters":{"RoleArn":"` + runAs + `","ManifestFileLocation":{"Bucket":"b","Key":"k"}}}}`,
			source.CreateDataSource{Name: "n", Type: source.S3, DataSourceParameters: source.DataSourceParameters{S3Parameters: &source.S3Parameters{
				RoleArn: runAs, ManifestFileLocation: source.ManifestFileLocation{Bucket: "b", Key: "k"}}}}},
		{"PostgreSQL with a secret", `{"Name":"n","Type":"POSTGRESQL","DataSourceParameters":{"PostgreSqlParameters":{"Host":"h","Port":5432,"Database":"d"}},
			"Credentials":{"SecretArn":"` + secretARN + `"},"SslProperties":{"DisableSsl":true},"Tags":[{"Key":"k","Value":"v"}]}`,
			source.CreateDataSource{Name: "n", Type: source.PostgreSQL,
				DataSourceParameters: source.DataSourceParameters{PostgreSqlParameters: &source.PostgreSqlParameters{Host: "h", Port: 5432, Database: "d"}},
				Credentials:          &source.Credentials{SecretArn: secretARN}, SslProperties: &source.SslProperties{DisableSsl: true}, Tags: []source.Tag{{Key: "k", Value: "v"}}}},
		{"Athena with a work group", `{"Name":"n","Type":"ATHENA","DataSourceParameters":{"AthenaParameters":{"WorkGroup":"w"}}}`,
			source.CreateDataSource{Name: "n", Type: source.Athena, DataSourceParameters: source.DataSourceParameters{AthenaParameters: &source.AthenaParameters{WorkGroup: "w"}}}},
		{"a file", `{"Name":"n","Type":"FILE"}`, source.CreateDataSource{Name: "n", Type: source.File}},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			got, err := source.ParseCreate(strings.NewReader(tt.in), nil)
			require.NoError(t, err)
			require.Equal(t, tt.want, *got)
			// What is written is read back.
			text, err := json.Marshal(got)
			require.NoError(t, err)
			var m map[string]any
			require.NoError(t, json.Unmarshal(text, &m))
			for _, empty := range []string{"AwsAccountId", "DataSourceId"} {
				if m[empty] == "" {
					delete(m, empty)
				}
			}
			if tt.want.Type == source.File {
				delete(m, "DataSourceParameters")
			}
			text, err = json.Marshal(m)
			require.NoError(t, err)
			again, err := source.ParseCreate(strings.NewReader(string(text)), nil)
			require.NoError(t, err)
			require.Equal(t, got, again)
		})
	}
}

// TestParseCreateRefuses: ∑ stands where the error points; SECRET is in the
// documents and in no message.
func TestParseCreateRefuses(t *testing.T) {
	pg := func(rest string) string {
		return `{"Name":"n","Type":"POSTGRESQL","DataSourceParameters":{"PostgreSqlParameters":{"Host":"h","Port":1,"Database":"d"}}` + rest + `}`
	}
	redshift := func(params string) string {
		return `{"Name":"n","Type":"REDSHIFT","DataSourceParameters":{"RedshiftParameters":` + params + `}}`
	}
	tests := []struct {
		reason, in, want string
		is               error
	}{
		{"no name", `∑{"Type":"FILE"}`, "Name: field missing", source.ErrMissing},
		{"another case of the name", `{∑"name":"n","Type":"FILE"}`, `unknown field "name", want Name`, source.ErrField},
		{"a type that is none", `{"Name":"n","Type":∑"ORACLE"}`, `Type: invalid value: got "ORACLE", want ATHENA`, source.ErrValue},
		{"no parameters", `∑{"Name":"n","Type":"S3"}`, "DataSourceParameters: field missing", source.ErrMissing},
		{"parameters of another type", `{"Name":"n","Type":"S3","DataSourceParameters":∑{"AthenaParameters":{}}}`, "not those of the data source's type: S3", source.ErrParameters},
		{"parameters of two types", `{"Name":"n","Type":"ATHENA","DataSourceParameters":∑{"AthenaParameters":{},"FileParameters":{"Path":"x"}}}`, "got 2 of them, want exactly one", source.ErrParameters},
		{"parameters in both spellings", `{"Name":"n","Type":"ATHENA","DataSourceParameters":{"AthenaParameters":{}},∑"data sourceParameters":{"AthenaParameters":{}}}`, "given twice", source.ErrTwice},
		{"two credentials", pg(`,"Credentials":∑{"SecretArn":"` + secretARN + `","CredentialPair":{"Username":"u","Password":"SECRET"}}`), "Credentials: want exactly one of", source.ErrCredentials},
		{"no credentials in it", pg(`,"Credentials":∑{}`), "got 0", source.ErrCredentials},
		{"a password that is a number", pg(`,"Credentials":{"CredentialPair":{"Username":"u","Password":∑7}}`), "Password: wrong type: found a number", source.ErrType},
		{"an empty password", pg(`,"Credentials":{"CredentialPair":{"Username":"u","Password":∑""}}`), "got 0 characters, want 1 to 1024", source.ErrLimit},
		{"a long password", pg(`,"Credentials":{"CredentialPair":{"Username":"u","Password":∑"` + strings.Repeat("SECRET", 200) + `"}}`), "got 1200 characters", source.ErrLimit},
		{"the password by another name", pg(`,"Credentials":{"CredentialPair":{"Username":"u",∑"password":"SECRET"}}`), `unknown field "password", want Password`, source.ErrField},
		{"a secret that is no ARN", pg(`,"Credentials":{"SecretArn":∑"SECRET"}`), "SecretArn: ", source.ErrValue},
		{"a copy of a dataset", pg(`,"Credentials":{"CopySourceArn":∑"` + arnPrefix + `dataset/d"}`), "want the ARN of a data source", source.ErrValue},
		{"a port as text", `{"Name":"n","Type":"POSTGRESQL","DataSourceParameters":{"PostgreSqlParameters":{"Host":"h","Port":∑"5432","Database":"d"}}}`, "found a string, want a number", source.ErrType},
		{"neither cluster nor host", redshift(`∑{"Database":"d"}`), "want ClusterId, or Host and Port", source.ErrMissing},
		{"a role that is a user", `{"Name":"n","Type":"ATHENA","DataSourceParameters":{"AthenaParameters":{"RoleArn":∑"arn:aws:iam::111122223333:user/x"}}}`, "RoleArn: not the ARN of a role", source.ErrRoleARN},
		{"a role pattern", `{"Name":"n","Type":"ATHENA","DataSourceParameters":{"AthenaParameters":{"RoleArn":∑"arn:aws:iam::111122223333:role/*"}}}`, "not the ARN of a role", source.ErrRoleARN},
		{"Redshift Serverless", redshift(`{"Database":"d","Host":"w.111122223333.us-east-1.redshift-serverless.amazonaws.com","Port":1,"IAMParameters":∑{"RoleArn":"` + runAs + `"}}`), "Serverless", source.ErrServerless},
		{"a role for PostgreSQL", `{"Name":"n","Type":"POSTGRESQL","DataSourceParameters":{"PostgreSqlParameters":{"Host":"h","Port":1,"Database":"d",∑"RoleArn":"` + runAs + `"}}}`, "unknown field", source.ErrField},
		{"a role and a password", `{"Name":"n","Type":"REDSHIFT","DataSourceParameters":{"RedshiftParameters":{"Database":"d","ClusterId":"c","IAMParameters":{"RoleArn":"` + runAs + `"}}},"Credentials":∑{"SecretArn":"` + secretARN + `"}}`, "IAMParameters log in instead", source.ErrCredentials},
		{"a pattern of actions", pg(`,"Permissions":[{"Principal":"p","Actions":[∑"quicksight:*"]}]`), "want an action", source.ErrValue},
		{"no actions", pg(`,"Permissions":[{"Principal":"p","Actions":∑[]}]`), "got 0 entries, want 1 to 20", source.ErrLimit},
		{"a network that is none", pg(`,"VpcConnectionProperties":{"VpcConnectionArn":∑"` + arnPrefix + `dataset/d"}`), "want the ARN of a VPC connection", source.ErrValue},
		{"null", pg(`,"Tags":∑null`), "found null, want a list", source.ErrType},
		{"cut off", `{"Name":"n"∑`, "not JSON from here on", source.ErrSyntax},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			before, after, found := strings.Cut(tt.in, "∑")
			require.True(t, found)
			got, err := source.ParseCreate(strings.NewReader(before+after), &source.ParseOptions{File: "f.json"})
			require.Nil(t, got)
			require.ErrorIs(t, err, tt.is)
			require.ErrorContains(t, err, fmt.Sprintf("f.json:1:%d: ", len(before)+1))
			require.ErrorContains(t, err, tt.want)
			require.NotContains(t, err.Error(), "SECRET")
			var where *source.Error
			require.ErrorAs(t, err, &where)
		})
	}
}

func TestParseUpdateRefuses(t *testing.T) {
	_, err := source.ParseUpdate(strings.NewReader(`{"Name":"n","Type":"S3"}`), nil)
	require.ErrorContains(t, err, `unknown field "Type"`)
	require.ErrorContains(t, err, "DataSourceParameters: field missing")
}

// FuzzParseCreate holds that what is accepted has one kind of parameters, and
// that nothing is said of passwords.
func FuzzParseCreate(f *testing.F) {
	f.Add(`{"Name":"n","Type":"ATHENA","data sourceParameters":{"AthenaParameters":{"RoleArn":"` + runAs + `"}}}`)
	f.Add(`{"Name":"n","Type":"POSTGRESQL","DataSourceParameters":{"PostgreSqlParameters":{"Host":"h","Port":5432,"Database":"d"}},"Credentials":{"CredentialPair":{"Username":"u","Password":"SECRET"}}}`)
	f.Add(`{"Name":"n","Type":"REDSHIFT","DataSourceParameters":{"RedshiftParameters":{"Database":"d","Host":"","Port":0,"ClusterId":"c","IAMParameters":{"RoleArn":"` + runAs + `","DatabaseGroups":["a"]}}},"Tags":[{"Key":"k","Value":"v"}]}`)
	f.Fuzz(func(t *testing.T, in string) {
		c, err := source.ParseCreate(strings.NewReader(in), nil)
		if err != nil {
			require.Nil(t, c)
			return
		}
		require.True(t, c.DataSourceParameters.Type() == c.Type || c.Type == source.File)
		text, err := json.Marshal(c)
		require.NoError(t, err)
		if c.Credentials != nil && c.Credentials.CredentialPair != nil {
			require.Contains(t, string(text), `"CredentialPair":"(hidden)"`)
		}
	})
}

// FuzzParseUpdate holds the same of updates.
func FuzzParseUpdate(f *testing.F) {
	f.Add(`{"Name":"n","DataSourceParameters":{"AthenaParameters":{"RoleArn":"` + runAs + `"}}}`)
	f.Add(`{"Name":"n","DataSourceParameters":{"PostgreSqlParameters":{"Host":"h","Port":5432,"Database":"d"}},"Credentials":{"CredentialPair":{"Username":"u","Password":"SECRET"}}}`)
	f.Add(`{"Name":"n","Type":"S3"}`)
	f.Add(`{"Name":"n","DataSourceParameters":{"S3Parameters":{},"AthenaParameters":{}}}`)
	f.Add(`null`)
	f.Fuzz(func(t *testing.T, in string) {
		c, err := source.ParseUpdate(strings.NewReader(in), nil)
		if err != nil {
			require.Nil(t, c)
			return
		}
		require.NotEmpty(t, c.DataSourceParameters.Type())
		text, err := json.Marshal(c)
		require.NoError(t, err)
		if c.Credentials != nil && c.Credentials.CredentialPair != nil {
			require.Contains(t, string(text), `"CredentialPair":"(hidden)"`)
		}
	})
}
