package source_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"testing/fstest"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/spice/source"
)

// show prints the rows of a reader.
func show(r source.Reader) {
	rows, err := r.Records(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer rows.Release()
	for rows.Next() {
		for row := range int(rows.Record().NumRows()) {
			for i, col := range rows.Record().Columns() {
				if i > 0 {
					fmt.Print(" | ")
				}
				fmt.Print(col.ValueStr(row))
			}
			fmt.Println()
		}
	}
	if err := rows.Err(); err != nil {
		fmt.Println(err)
	}
}

var files = fstest.MapFS{
	"a.csv":   {Data: []byte("id,region\n007,EMEA\n")},
	"b.csv":   {Data: []byte("id,region\n008,US\n")},
	"c.jsonl": {Data: []byte("{\"id\":7,\"region\":\"EMEA\"}\n{\"id\":8}\n")},
}

// From secret to rows: a data source whose files are in a folder, read as a
// role.
func Example() {
	const account, role = "111122223333", "arn:aws:iam::111122223333:role/Reader"
	trust, _ := source.ParseTrustPolicy(strings.NewReader(`{"Statement":[{"Effect":"Allow","Principal":{"Service":"quicksight.amazonaws.com"},"Action":"sts:AssumeRole"}]}`), nil)
	reads, _ := source.ParsePolicy(strings.NewReader(`{"Statement":[{"Effect":"Allow","Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::sales","arn:aws:s3:::sales/*"]}]}`), nil)
	mine, _ := source.ParsePolicy(strings.NewReader(`{"Statement":[{"Effect":"Allow","Action":"iam:PassRole","Resource":"`+role+`"}]}`), nil)

	catalog, _ := source.OpenCatalog(&source.Options{
		Account: account, Region: "us-east-1",
		Roles: source.RoleList{{Arn: role, Trust: trust, Policy: reads}},
		Objects: source.Folder(fstest.MapFS{
			"sales/manifest.json": {Data: []byte(`{"fileLocations":[{"URIPrefixes":["s3://sales/2024/"]}]}`)},
			"sales/2024/jan.csv":  {Data: []byte("region,amount\nEMEA,7\n")},
			"sales/2024/feb.csv":  {Data: []byte("region,amount\nUS,8\n")},
		}),
	})
	defer catalog.Close()

	request, _ := source.ParseCreate(strings.NewReader(`{
		"DataSourceId": "sales", "Name": "Sales", "Type": "S3",
		"DataSourceParameters": {"S3Parameters": {
			"RoleArn": "arn:aws:iam::111122223333:role/Reader",
			"ManifestFileLocation": {"Bucket": "sales", "Key": "manifest.json"}}}}`), nil)
	d, err := catalog.Create(context.Background(), source.Caller{Policy: mine}, request)
	fmt.Println(d.Status, err)
	d, _ = catalog.Wait(context.Background(), "sales")
	fmt.Println(d.Status)
	show(catalog.Files("sales", namespace.Named("owner"), nil))
	// Output:
	// CREATION_IN_PROGRESS <nil>
	// CREATION_SUCCESSFUL
	// US | 8
	// EMEA | 7
}

// Every problem is reported, with its place.
func ExampleParseCreate() {
	_, err := source.ParseCreate(strings.NewReader(`{
  "Name": "Test", "Type": "REDSHIFT",
  "DataSourceParameters": {"RedshiftParameters": {"Database": "integ", "Port": 70000, "host": "h"}}
}`), &source.ParseOptions{File: "redshift.json"})
	fmt.Println(err)
	// Output:
	// redshift.json:3:80: DataSourceParameters.RedshiftParameters.Port: outside the limits: got 70000, want 0 to 65535
	// redshift.json:3:87: DataSourceParameters.RedshiftParameters: unknown field "host", want Host
}

func ExampleParseUpdate() {
	u, err := source.ParseUpdate(strings.NewReader(`{
		"DataSourceId": "pg", "Name": "Hospital",
		"DataSourceParameters": {"PostgreSqlParameters": {"Host": "db", "Port": 5432, "Database": "hospital"}}}`), nil)
	fmt.Println(u.DataSourceParameters.Type(), err)
	// Output: POSTGRESQL <nil>
}

// A password is printed by nothing.
func ExampleNewPassword() {
	p := source.NewPassword("s3cret")
	fmt.Printf("%s %v %+v %#v %q %x %d\n", p, p, p, p, p, p, p)
	fmt.Println(p.Reveal() == "s3cret")
	// Output:
	// (hidden) (hidden) (hidden) (hidden) (hidden) (hidden) (hidden)
	// true
}

func ExampleReadLogin() {
	const arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:hospital-a1b2c3"
	secrets := source.SecretMap{arn: source.NewPassword(`{"username":"reader","password":"s3cret","engine":"postgres"}`)}
	login, err := source.ReadLogin(context.Background(), secrets, arn)
	fmt.Println(login, login.Username(), err)
	// Output: (hidden) reader <nil>
}

// A secret that is put again is picked up at the next use.
func ExampleOpenSecrets() {
	dir, _ := os.MkdirTemp("", "secrets")
	defer os.RemoveAll(dir)
	secrets, _ := source.OpenSecrets(dir)
	const arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:hospital-a1b2c3"
	for _, password := range []string{"one", "two"} {
		err := secrets.Put(context.Background(), arn, source.NewPassword(`{"username":"reader","password":"`+password+`"}`))
		login, _ := source.ReadLogin(context.Background(), secrets, arn)
		fmt.Println(login.Password().Reveal(), err)
	}
	// Output:
	// one <nil>
	// two <nil>
}

func ExampleParsePolicy() {
	p, err := source.ParsePolicy(strings.NewReader(`{"Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::sales/*"}}`), nil)
	fmt.Println(p.Allows("s3:GetObject", "arn:aws:s3:::sales/a.csv"), p.Allows("s3:PutObject", "arn:aws:s3:::sales/a.csv"), err)
	// Output: true false <nil>
}

func ExampleJoinPolicies() {
	all, _ := source.ParsePolicy(strings.NewReader(`{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}`), nil)
	but, _ := source.ParsePolicy(strings.NewReader(`{"Statement":{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::hr/*"}}`), nil)
	p := source.JoinPolicies(all, but)
	fmt.Println(p.Allows("s3:GetObject", "arn:aws:s3:::sales/a.csv"), p.Allows("s3:GetObject", "arn:aws:s3:::hr/a.csv"))
	// Output: true false
}

func ExampleParseTrustPolicy() {
	_, err := source.ParseTrustPolicy(strings.NewReader(`{"Statement":{"Effect":"Allow","NotPrincipal":"*","Action":"sts:AssumeRole"}}`), nil)
	fmt.Println(err)
	// Output:
	// 1:14: Statement.Principal: field missing
	// 1:47: Statement.NotPrincipal: not supported
}

// Text stays text unless a schema says otherwise.
func ExampleCSV() {
	show(source.CSV(nil, source.InFS(files, "a.csv"), source.InFS(files, "b.csv")))
	typed := arrow.NewSchema([]arrow.Field{
		{Name: "region", Type: arrow.BinaryTypes.String},
		{Name: "id", Type: arrow.PrimitiveTypes.Int64},
	}, nil)
	show(source.CSV(&source.CSVOptions{Schema: typed}, source.InFS(files, "a.csv")))
	// Output:
	// 007 | EMEA
	// 008 | US
	// EMEA | 7
}

func ExampleJSONLines() {
	show(source.JSONLines(nil, source.InFS(files, "c.jsonl")))
	// Output:
	// 7 | EMEA
	// 8 | (null)
}

func ExampleArrow() {
	var b bytes.Buffer
	rows, _ := source.CSV(nil, source.InFS(files, "a.csv")).Records(context.Background())
	defer rows.Release()
	w := ipc.NewWriter(&b, ipc.WithSchema(rows.Schema()))
	for rows.Next() {
		_ = w.Write(rows.Record())
	}
	_ = w.Close()
	show(source.Arrow(source.InFS(fstest.MapFS{"a.arrow": {Data: b.Bytes()}}, "a.arrow")))
	// Output: 007 | EMEA
}

// Any format can be read, here upper-case CSV.
func ExampleRead() {
	shouting := func(ctx context.Context, f *source.Opened) (array.RecordReader, error) {
		text, err := io.ReadAll(f)
		if err != nil {
			return nil, err
		}
		upper := fstest.MapFS{f.Name: {Data: bytes.ToUpper(text)}}
		return source.CSV(nil, source.InFS(upper, f.Name)).Records(ctx)
	}
	show(source.Read(shouting, source.InFS(files, "b.csv")))
	// Output: 008 | US
}

func ExampleInFS() {
	show(source.CSV(nil, source.InFS(files, "absent.csv")))
	// Output: absent.csv: file does not exist
}

func ExampleOpen() {
	in := source.Open("generated", func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader("a,b\n1,\"x\"y\n")), nil
	})
	show(source.CSV(nil, in))
	// Output: generated:2:6: text after closing quote
}

func ExampleParseManifest() {
	m, err := source.ParseManifest(strings.NewReader(`{
		"fileLocations": [{"URIs": ["s3://sales/a.csv", "https://sales.s3.us-east-1.amazonaws.com/b.csv"]}],
		"globalUploadSettings": {"containsHeader": "true"}}`), nil)
	fmt.Println(err)
	show(m.Reader(source.Folder(fstest.MapFS{"sales/a.csv": files["a.csv"], "sales/b.csv": files["b.csv"]}), nil))
	// Output:
	// <nil>
	// 007 | EMEA
	// 008 | US
}

func ExampleFolder() {
	objects := source.Folder(fstest.MapFS{"sales/2024/a.csv": files["a.csv"], "sales/2023/b.csv": files["b.csv"]})
	for key, err := range objects.List(context.Background(), "sales", "202") {
		fmt.Println(key, err)
	}
	// Output:
	// 2023/b.csv <nil>
	// 2024/a.csv <nil>
}

// What the catalog can see at once is refused at once.
func ExampleOpenCatalog() {
	catalog, err := source.OpenCatalog(&source.Options{Account: "111122223333", Region: "us-east-1"})
	fmt.Println(err)
	defer catalog.Close()
	_, err = catalog.Create(context.Background(), source.Caller{}, &source.CreateDataSource{
		DataSourceId: "athena", Name: "Athena", Type: source.Athena,
		DataSourceParameters: source.DataSourceParameters{AthenaParameters: &source.AthenaParameters{RoleArn: "arn:aws:iam::444455556666:role/Other"}},
	})
	fmt.Println(err)
	// Output:
	// <nil>
	// RoleArn: the role is in another account: arn:aws:iam::444455556666:role/Other, want account 111122223333
}
