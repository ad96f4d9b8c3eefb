package source_test

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/spice/source"
)

// TestSetRunAsRole is what K5 says on setting a role: who may, and which.
func TestSetRunAsRole(t *testing.T) {
	const quicksightOnly = `{"Statement":{"Effect":"Allow","Action":"iam:PassRole","Resource":"*","Condition":{"StringEquals":{"iam:PassedToService":"quicksight.amazonaws.com"}}}}`
	forService, err := source.ParsePolicy(strings.NewReader(quicksightOnly), nil)
	require.NoError(t, err)
	forOther, err := source.ParsePolicy(strings.NewReader(strings.ReplaceAll(quicksightOnly, "quicksight.", "ec2.")), nil)
	require.NoError(t, err)
	serverless := &source.CreateDataSource{Name: "n", Type: source.Redshift, DataSourceParameters: source.DataSourceParameters{
		RedshiftParameters: &source.RedshiftParameters{Database: "d", Host: "wg.111122223333.us-east-1.redshift-serverless.amazonaws.com", Port: 5439, IAMParameters: &source.RedshiftIAMParameters{RoleArn: runAs}}}}
	tests := []struct {
		reason  string
		caller  source.Policy
		request *source.CreateDataSource
		want    error
	}{
		{"the caller may pass the role", policy(t, "Allow iam:PassRole "+runAs), s3("a", runAs), nil},
		{"to this service only", forService, s3("a", runAs), nil},
		{"to another service only", forOther, s3("a", runAs), source.ErrPassRole},
		{"another role", policy(t, "Allow iam:PassRole "+wide), s3("a", runAs), source.ErrPassRole},
		{"denied", policy(t, "Allow iam:* *", "Deny iam:PassRole "+runAs), s3("a", runAs), source.ErrPassRole},
		{"without a role no right is needed", source.Policy{}, s3("a", ""), nil},
		{"a role of another account", policy(t, "Allow * *"), s3("a", "arn:aws:iam::444455556666:role/RunAs"), source.ErrRoleAccount},
		{"of another partition", policy(t, "Allow * *"), s3("a", "arn:aws-cn:iam::111122223333:role/RunAs"), source.ErrRoleAccount},
		{"a user is no role", policy(t, "Allow * *"), s3("a", "arn:aws:iam::111122223333:user/RunAs"), source.ErrRoleARN},
		{"Redshift Serverless", policy(t, "Allow * *"), serverless, source.ErrServerless},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			c := catalog(t, nil)
			r := *tt.request
			r.DataSourceId = "a"
			_, err := c.Create(t.Context(), source.Caller{Policy: tt.caller}, &r)
			require.ErrorIs(t, err, tt.want)
			if tt.want != nil {
				require.Empty(t, c.List(), "nothing is left of a refused request")
				return
			}
			d, err := c.Wait(t.Context(), "a")
			require.NoError(t, err)
			require.Equal(t, source.CreationSuccessful, d.Status, d.ErrorInfo)
		})
	}
}

// TestUseRunAsRole is what K5 says on the role itself. These errors come after
// the request was taken.
func TestUseRunAsRole(t *testing.T) {
	const manifest, data, bucket = "arn:aws:s3:::sales/manifest.json", "arn:aws:s3:::sales/data/*", "arn:aws:s3:::sales"
	whole := policy(t, "Allow s3:GetObject "+manifest, "Allow s3:GetObject "+data, "Allow s3:ListBucket "+bucket)
	tests := []struct {
		reason string
		role   source.Role
		want   error
	}{
		{"all it needs", source.Role{Arn: runAs, Trust: trust(t, byService), Policy: whole}, nil},
		{"no such role", source.Role{Arn: runAs + "2"}, source.ErrNoRole},
		{"nobody may assume it", source.Role{Arn: runAs, Policy: whole}, source.ErrTrust},
		{"another service may", source.Role{Arn: runAs, Trust: trust(t, strings.Replace(byService, "quicksight", "athena", 1)), Policy: whole}, source.ErrTrust},
		{"for this account", source.Role{Arn: runAs, Trust: trust(t, strings.Replace(byService, "}", `},"Condition":{"StringEquals":{"aws:SourceAccount":"111122223333"}}`, 1)), Policy: whole}, nil},
		{"for another account", source.Role{Arn: runAs, Trust: trust(t, strings.Replace(byService, "}", `},"Condition":{"StringEquals":{"aws:SourceAccount":"444455556666"}}`, 1)), Policy: whole}, source.ErrTrust},
		{"not the manifest", source.Role{Arn: runAs, Trust: trust(t, byService), Policy: policy(t, "Allow s3:GetObject "+data, "Allow s3:ListBucket "+bucket)}, source.ErrManifest},
		{"not the data", source.Role{Arn: runAs, Trust: trust(t, byService), Policy: policy(t, "Allow s3:GetObject "+manifest, "Allow s3:ListBucket "+bucket)}, source.ErrData},
		{"not the list of the data", source.Role{Arn: runAs, Trust: trust(t, byService), Policy: policy(t, "Allow s3:GetObject "+manifest, "Allow s3:GetObject "+data)}, source.ErrData},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			c := catalog(t, func(o *source.Options) {
				// The account-wide role may do everything, and counts for nothing.
				o.Roles = source.RoleList{tt.role, {Arn: wide, Trust: trust(t, byService), Policy: policy(t, "Allow * *")}}
			})
			d := create(t, c, s3("a", runAs))
			if tt.want == nil {
				require.Equal(t, source.CreationSuccessful, d.Status, d.ErrorInfo)
				return
			}
			require.Equal(t, source.CreationFailed, d.Status)
			require.Equal(t, "ACCESS_DENIED", d.ErrorInfo.Type)
			require.ErrorIs(t, d.ErrorInfo.Err(), tt.want)
			_, err := rows(c.Files("a", namespace.Named("al"), nil))
			require.ErrorIs(t, err, source.ErrNotReady)
		})
	}
}

// TestManifestFileLocation: the error says what is wrong with the place of a manifest.
func TestManifestFileLocation(t *testing.T) {
	for _, tt := range []struct{ bucket, key, want string }{
		{"b", "manifest.json", `bucket "b", want 3 to 255 letters`},
		{"..", "manifest.json", `bucket "..", want`},
		{"sales", "data/", "s3://sales/data/ is a folder, want a file"},
	} {
		in := s3("a", "")
		in.DataSourceParameters.S3Parameters.ManifestFileLocation = source.ManifestFileLocation{Bucket: tt.bucket, Key: tt.key}
		d := create(t, catalog(t, nil), in)
		require.Equal(t, source.CreationFailed, d.Status, tt.bucket)
		require.ErrorContains(t, d.ErrorInfo.Err(), tt.want)
	}
}

// TestAccess: set, the role alone; unset, the account-wide role and the
// viewer's scope-down policy.
func TestAccess(t *testing.T) {
	const a, b = "arn:aws:s3:::sales/a", "arn:aws:s3:::sales/b"
	onlyB := policy(t, "Allow s3:* "+b)
	scoped := map[string]*source.Policy{"scoped": &onlyB}
	c := catalog(t, func(o *source.Options) {
		o.Roles = source.RoleList{
			{Arn: runAs, Trust: trust(t, byService), Policy: policy(t, "Allow s3:* "+a)},
			{Arn: wide, Trust: trust(t, byService), Policy: policy(t, "Allow s3:* *", "Deny s3:* arn:aws:s3:::sales/hr")},
		}
		o.ScopeDown = func(_ context.Context, viewer namespace.Principal) (*source.Policy, error) {
			return scoped[viewer.User.Name], nil
		}
	})
	athena := func(id, role string) *source.CreateDataSource {
		return &source.CreateDataSource{DataSourceId: id, Name: id, Type: source.Athena,
			DataSourceParameters: source.DataSourceParameters{AthenaParameters: &source.AthenaParameters{RoleArn: role}}}
	}
	for _, r := range []*source.CreateDataSource{athena("set", runAs), athena("unset", "")} {
		d := create(t, c, r)
		require.Equal(t, source.CreationSuccessful, d.Status, d.ErrorInfo)
	}
	tests := []struct {
		reason, id, viewer string
		runAs, scopeDown   bool
		may                map[string]bool
	}{
		{"set: the role alone", "set", "al", true, false, map[string]bool{a: true, b: false, "arn:aws:s3:::sales/hr": false}},
		{"set: the scope-down policy is ignored", "set", "scoped", true, false, map[string]bool{a: true, b: false}},
		{"unset: the account-wide role", "unset", "al", false, false, map[string]bool{a: true, b: true, "arn:aws:s3:::sales/hr": false}},
		{"unset: and the scope-down policy", "unset", "scoped", false, true, map[string]bool{a: false, b: true, "arn:aws:s3:::sales/hr": false}},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			access, err := c.Access(t.Context(), tt.id, namespace.Named(tt.viewer))
			require.NoError(t, err)
			require.Equal(t, tt.runAs, access.RunAs)
			require.Equal(t, tt.scopeDown, access.ScopeDown)
			require.True(t, access.LakeFormation, "Lake Formation holds for Athena either way")
			for resource, may := range tt.may {
				if err := access.May("s3:GetObject", resource); may {
					require.NoError(t, err, resource)
				} else {
					require.ErrorIs(t, err, source.ErrDenied, resource)
				}
			}
		})
	}
}

// TestRoleTakenAway: rights are looked at at every read, passing a role is not.
func TestRoleTakenAway(t *testing.T) {
	roles := source.RoleList{{Arn: runAs, Trust: trust(t, byService), Policy: policy(t, "Allow s3:* *")}}
	c := catalog(t, func(o *source.Options) { o.Roles = roles })
	require.Equal(t, source.CreationSuccessful, create(t, c, s3("a", runAs)).Status)
	got, err := rows(c.Files("a", namespace.Named("al"), nil))
	require.NoError(t, err)
	require.Equal(t, []string{"EMEA"}, got)
	roles[0].Policy = policy(t, "Allow s3:GetObject arn:aws:s3:::sales/manifest.json")
	_, err = rows(c.Files("a", namespace.Named("al"), nil))
	require.ErrorIs(t, err, source.ErrData)
	roles[0].Trust = source.TrustPolicy{}
	_, err = rows(c.Files("a", namespace.Named("al"), nil))
	require.ErrorIs(t, err, source.ErrTrust)
}

// asRole notes as which role objects are read.
type asRole struct {
	source.Objects
	roles *[]string
}

func (a asRole) As(role string) source.Objects {
	*a.roles = append(*a.roles, role)
	return a.Objects
}

func TestObjectsAsRole(t *testing.T) {
	var roles []string
	c := catalog(t, func(o *source.Options) {
		o.Objects = asRole{source.Folder(fstest.MapFS{
			"sales/manifest.json": {Data: []byte(`{"fileLocations":[{"URIs":["s3://sales/a.csv"]}]}`)},
			"sales/a.csv":         {Data: []byte("region\nEMEA\n")},
		}), &roles}
	})
	create(t, c, s3("a", runAs))
	create(t, c, s3("b", ""))
	require.Equal(t, []string{runAs, wide}, roles)
}
