package aws_test

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/aws"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/spice/source"
)

// server is an S3-compatible server with objects, and notes who asked.
func server(t *testing.T, objects map[string]string) (*s3.Client, *atomic.Value) {
	t.Helper()
	fake := gofakes3.New(s3mem.New()).Server()
	asked := new(atomic.Value)
	asked.Store("")
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, rest, ok := strings.Cut(r.Header.Get("Authorization"), "Credential="); ok {
			id, _, _ := strings.Cut(rest, "/")
			asked.Store(id)
		}
		fake.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	client := s3.New(s3.Options{Region: "us-east-1", BaseEndpoint: &s.URL, UsePathStyle: true, Credentials: static, RetryMaxAttempts: 1})
	made := map[string]bool{}
	for name, text := range objects {
		bucket, key, _ := strings.Cut(name, "/")
		if !made[bucket] {
			_, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &bucket})
			require.NoError(t, err)
			made[bucket] = true
		}
		_, err := client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader(text)})
		require.NoError(t, err)
	}
	return client, asked
}

// fakeSTS gives credentials named after the role, and refuses roles called
// Denied.
func fakeSTS(t *testing.T) *sts.Client {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		role := r.FormValue("RoleArn")
		if strings.HasSuffix(role, "/Denied") {
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, `<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not authorized to perform: sts:AssumeRole</Message></Error></ErrorResponse>`)
			return
		}
		fmt.Fprintf(w, `<AssumeRoleResponse><AssumeRoleResult><AssumedRoleUser><Arn>%s</Arn><AssumedRoleId>x</AssumedRoleId></AssumedRoleUser>
			<Credentials><AccessKeyId>AS-%s</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration></Credentials>
			</AssumeRoleResult></AssumeRoleResponse>`, role, role[strings.LastIndex(role, "/")+1:])
	}))
	t.Cleanup(s.Close)
	return sts.New(sts.Options{Region: "us-east-1", BaseEndpoint: &s.URL, Credentials: static, RetryMaxAttempts: 1})
}

func TestObjects(t *testing.T) {
	many := map[string]string{"sales/data/x y+z%ü.csv": "a\n1\n"}
	for i := range 1005 { // more than a page
		many[fmt.Sprintf("many/%04d", i)] = ""
	}
	client, _ := server(t, many)
	o := aws.NewObjects(client, nil)
	var keys []string
	for key, err := range o.List(t.Context(), "many", "0") {
		require.NoError(t, err)
		keys = append(keys, key)
	}
	require.Len(t, keys, 1000)
	require.IsIncreasing(t, keys)
	for range o.List(t.Context(), "many", "") {
		break
	}
	r, err := o.Open(t.Context(), "sales", "data/x y+z%ü.csv")
	require.NoError(t, err)
	text, err := io.ReadAll(r)
	require.NoError(t, err)
	require.NoError(t, r.Close())
	require.Equal(t, "a\n1\n", string(text))

	_, err = o.Open(t.Context(), "sales", "absent")
	require.ErrorIs(t, err, fs.ErrNotExist)
	_, err = o.Open(t.Context(), "absent", "a")
	require.ErrorIs(t, err, fs.ErrNotExist)
	for _, err := range o.List(t.Context(), "absent", "") {
		require.ErrorIs(t, err, fs.ErrNotExist)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = o.Open(ctx, "sales", "data/a.csv")
	require.ErrorIs(t, err, context.Canceled)
}

// TestZero: what has no client, or no way to assume a role, reads nothing.
func TestZero(t *testing.T) {
	for _, o := range []source.Objects{new(aws.Objects), (*aws.Objects)(nil), new(aws.Objects).As("arn:aws:iam::111122223333:role/R")} {
		_, err := o.Open(t.Context(), "bucket", "key")
		require.Error(t, err)
		for _, err := range o.List(t.Context(), "bucket", "") {
			require.Error(t, err)
		}
	}
	_, err := new(aws.Secrets).Secret(t.Context(), "arn")
	require.ErrorIs(t, err, source.ErrDenied)
	_, err = new(aws.Keys).Decrypt(t.Context(), "arn", nil, nil)
	require.Error(t, err)
	client, _ := server(t, map[string]string{"sales/a": "x"})
	_, err = aws.NewObjects(client, nil).As("arn:aws:iam::111122223333:role/R").Open(t.Context(), "sales", "a")
	require.ErrorIs(t, err, source.ErrTrust, "without STS no role is assumed, and the program's own rights do not step in")
}

// TestRunAs reads a data source as its role, through the catalog.
func TestRunAs(t *testing.T) {
	const account = "111122223333"
	role := func(name string) string { return "arn:aws:iam::" + account + ":role/" + name }
	client, asked := server(t, map[string]string{
		"sales/manifest.json": `{"fileLocations":[{"URIPrefixes":["s3://sales/2024/"]}]}`,
		"sales/2024/jan.csv":  "region,amount\nEMEA,7\n",
		"sales/2024/feb.csv":  "region,amount\nUS,8\n",
	})
	trust, err := source.ParseTrustPolicy(strings.NewReader(`{"Statement":{"Effect":"Allow","Principal":{"Service":"quicksight.amazonaws.com"},"Action":"sts:AssumeRole"}}`), nil)
	require.NoError(t, err)
	all, err := source.ParsePolicy(strings.NewReader(`{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`), nil)
	require.NoError(t, err)
	catalog, err := source.OpenCatalog(&source.Options{
		Account: account, Region: "us-east-1", AccountRole: role("Wide"),
		Roles:   source.RoleList{{Arn: role("RunAs"), Trust: trust, Policy: all}, {Arn: role("Wide"), Trust: trust, Policy: all}, {Arn: role("Denied"), Trust: trust, Policy: all}},
		Objects: aws.NewObjects(client, &aws.ObjectsOptions{STS: fakeSTS(t)}),
	})
	require.NoError(t, err)
	defer catalog.Close()
	for _, tt := range []struct{ id, role, as string }{{"run-as", role("RunAs"), "AS-RunAs"}, {"wide", "", "AS-Wide"}, {"denied", role("Denied"), ""}} {
		_, err := catalog.Create(t.Context(), source.Caller{Policy: all}, &source.CreateDataSource{DataSourceId: tt.id, Name: tt.id, Type: source.S3,
			DataSourceParameters: source.DataSourceParameters{S3Parameters: &source.S3Parameters{RoleArn: tt.role, ManifestFileLocation: source.ManifestFileLocation{Bucket: "sales", Key: "manifest.json"}}}})
		require.NoError(t, err)
		d, err := catalog.Wait(t.Context(), tt.id)
		require.NoError(t, err)
		if tt.as == "" {
			require.Equal(t, source.CreationFailed, d.Status)
			require.Equal(t, "ACCESS_DENIED", d.ErrorInfo.Type)
			require.ErrorIs(t, d.ErrorInfo.Err(), source.ErrTrust)
			continue
		}
		require.Equal(t, source.CreationSuccessful, d.Status, d.ErrorInfo)
		r, err := catalog.Files(tt.id, namespace.Named("owner"), nil).Records(t.Context())
		require.NoError(t, err)
		rows := int64(0)
		for r.Next() {
			rows += r.Record().NumRows()
		}
		require.NoError(t, r.Err())
		r.Release()
		require.EqualValues(t, 2, rows)
		require.Equal(t, tt.as, asked.Load(), "who read the objects")
	}
}

// TestCutOff: an object that ends before its length is an error, and no table.
func TestCutOff(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		fmt.Fprint(w, "a\n1\n2\n")
	}))
	defer s.Close()
	o := aws.NewObjects(s3.New(s3.Options{Region: "us-east-1", BaseEndpoint: &s.URL, UsePathStyle: true, Credentials: static, RetryMaxAttempts: 1}), nil)
	r, err := source.CSV(nil, source.Open("s3://b/k", func(ctx context.Context) (io.ReadCloser, error) { return o.Open(ctx, "bucket", "k") })).Records(t.Context())
	require.NoError(t, err)
	defer r.Release()
	for r.Next() {
	}
	require.ErrorIs(t, r.Err(), io.ErrUnexpectedEOF)
}
