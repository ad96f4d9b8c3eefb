package source_test

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice/source"
)

const (
	account   = "111122223333"
	region    = "us-east-1"
	runAs     = "arn:aws:iam::111122223333:role/RunAs"
	wide      = "arn:aws:iam::111122223333:role/AccountWide"
	secretARN = "arn:aws:secretsmanager:us-east-1:111122223333:secret:hospital-a1b2c3"
	arnPrefix = "arn:aws:quicksight:us-east-1:111122223333:"
	byService = `{"Effect":"Allow","Principal":{"Service":"quicksight.amazonaws.com"},"Action":"sts:AssumeRole"}`
)

// policy is a policy of statements "Allow action resource" or "Deny …".
func policy(t testing.TB, statements ...string) source.Policy {
	t.Helper()
	var all []string
	for _, s := range statements {
		f := strings.Fields(s)
		all = append(all, `{"Effect":"`+f[0]+`","Action":"`+f[1]+`","Resource":"`+f[2]+`"}`)
	}
	p, err := source.ParsePolicy(strings.NewReader(`{"Statement":[`+strings.Join(all, ",")+`]}`), nil)
	require.NoError(t, err)
	return p
}

func trust(t testing.TB, statements string) source.TrustPolicy {
	t.Helper()
	p, err := source.ParseTrustPolicy(strings.NewReader(`{"Statement":[`+statements+`]}`), nil)
	require.NoError(t, err)
	return p
}

// anything is a caller who may pass every role and read every secret.
func anything(t testing.TB) source.Caller { return source.Caller{Policy: policy(t, "Allow * *")} }

// catalog opens a catalog with options that change sets.
func catalog(t testing.TB, change func(*source.Options)) *source.Catalog {
	t.Helper()
	opts := &source.Options{
		Account: account, Region: region, AccountRole: wide,
		Secrets: source.SecretMap{secretARN: source.NewPassword(`{"username":"reader","password":"SECRET"}`)},
		Roles: source.RoleList{
			{Arn: runAs, Trust: trust(t, byService), Policy: policy(t, "Allow s3:* *")},
			{Arn: wide, Trust: trust(t, byService), Policy: policy(t, "Allow s3:* *")},
		},
		Objects: source.Folder(fstest.MapFS{
			"sales/manifest.json": {Data: []byte(`{"fileLocations":[{"URIPrefixes":["s3://sales/data/"]}]}`)},
			"sales/data/a.csv":    {Data: []byte("region\nEMEA\n")},
		}),
	}
	if change != nil {
		change(opts)
	}
	c, err := source.OpenCatalog(opts)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	return c
}

func postgres(id string, credentials *source.Credentials) *source.CreateDataSource {
	return &source.CreateDataSource{
		DataSourceId: id, Name: "Hospital", Type: source.PostgreSQL, Credentials: credentials,
		DataSourceParameters: source.DataSourceParameters{PostgreSqlParameters: &source.PostgreSqlParameters{Host: "db", Port: 5432, Database: "hospital"}},
	}
}

func pair(alternate ...source.DataSourceParameters) *source.Credentials {
	return &source.Credentials{CredentialPair: &source.CredentialPair{Username: "USERNAME", Password: source.NewPassword("SECRET"), AlternateDataSourceParameters: alternate}}
}

func s3(id, role string) *source.CreateDataSource {
	return &source.CreateDataSource{
		DataSourceId: id, Name: "Sales", Type: source.S3,
		DataSourceParameters: source.DataSourceParameters{S3Parameters: &source.S3Parameters{
			ManifestFileLocation: source.ManifestFileLocation{Bucket: "sales", Key: "manifest.json"}, RoleArn: role,
		}},
	}
}

// create creates a data source and waits for it.
func create(t testing.TB, c *source.Catalog, r *source.CreateDataSource) source.DataSource {
	t.Helper()
	d, err := c.Create(context.Background(), anything(t), r)
	require.NoError(t, err)
	require.Equal(t, source.CreationInProgress, d.Status)
	d, err = c.Wait(context.Background(), r.DataSourceId)
	require.NoError(t, err)
	return d
}

// rows reads everything, as text.
func rows(r source.Reader) (lines []string, err error) {
	records, err := r.Records(context.Background())
	if err != nil {
		return nil, err
	}
	defer records.Release()
	for records.Next() {
		for row := range int(records.Record().NumRows()) {
			var cells []string
			for _, col := range records.Record().Columns() {
				cells = append(cells, col.ValueStr(row))
			}
			lines = append(lines, strings.Join(cells, "|"))
		}
	}
	return lines, records.Err()
}
