package audit_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/spice/audit"
)

// A log shows what was changed in it.
func ExampleOpenLog() {
	dir, err := os.MkdirTemp("", "audit")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "audit.jsonl")

	trail, err := audit.OpenLog(path, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, name := range []string{"al", "bo", "cy"} {
		trail.Append(context.Background(), audit.Use{
			Name: audit.ReadDataSet, DataSet: dataset, Who: audit.Viewer(namespace.Named(name).User),
		}.Record())
	}
	trail.Close()

	text, err := os.ReadFile(path)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(audit.Verify(strings.NewReader(string(text))))
	fmt.Println(audit.Verify(strings.NewReader(strings.Replace(string(text), `"bo"`, `"cy"`, 1))))
	// Output:
	// <nil>
	// line 2: the line was changed, or written with another key
}

// A chain in any destination: here the lines go to a table of a database. After a
// restart, the last of them goes on with the chain.
func ExampleNewStream() {
	var rows []string // INSERT INTO audit (line) VALUES ($1)
	insert := writer(func(line []byte) (int, error) {
		rows = append(rows, string(line))
		return len(line), nil
	})
	for _, name := range []string{"al", "bo"} { // each in a process of its own
		opts := &audit.StreamOptions{}
		if len(rows) > 0 {
			opts.Last = []byte(rows[len(rows)-1])
		}
		stream, err := audit.NewStream(insert, opts)
		if err != nil {
			log.Fatal(err)
		}
		stream.Append(context.Background(), audit.Use{
			Name: audit.ReadDataSet, DataSet: dataset, Who: audit.Viewer(namespace.Named(name).User),
		}.Record())
		fmt.Println(stream.Head().Sequence)
	}
	fmt.Println(audit.Verify(strings.NewReader(strings.Join(rows, ""))))
	// Output:
	// 1
	// 2
	// <nil>
}

type writer func(line []byte) (int, error)

func (w writer) Write(line []byte) (int, error) { return w(line) }

func ExampleVerify() {
	fmt.Println(audit.Verify(strings.NewReader("")))
	fmt.Println(audit.Verify(strings.NewReader("{\"eventName\":\"Decrypt\"}\n")))
	// Output:
	// <nil>
	// line 1: not a line of an audit log
}

// A head that is kept elsewhere shows that lines were cut off the end.
func ExampleParseHead() {
	head, err := audit.ParseHead("2:" + strings.Repeat("0a", 32))
	fmt.Println(head.Sequence, err)
	_, err = audit.Check{Head: head}.Verify(strings.NewReader(""))
	fmt.Println(err)
	// Output:
	// 2 <nil>
	// line 1: the log lacks the line that its head names: it ends at line 0 of the chain, want 2
}

// Which key encrypts a dataset is what its newest grant event says.
func ExampleTrail() {
	const records = `
{"eventTime":"2026-03-01T12:00:00Z","eventSource":"kms.amazonaws.com","eventName":"CreateGrant","userIdentity":{"type":"AWSService"},
 "requestParameters":{"keyId":"arn:aws:kms:us-east-1:111122223333:key/a","constraints":{"encryptionContextSubset":
 {"aws:quicksight:arn":"arn:aws:quicksight:us-east-1:111122223333:dataset/visits"}}}}
{"eventTime":"2026-03-01T12:05:00Z","eventSource":"kms.amazonaws.com","eventName":"Decrypt","userIdentity":{"type":"AWSService"},
 "requestParameters":{"keyId":"arn:aws:kms:us-east-1:111122223333:key/a","encryptionContext":
 {"aws:quicksight:arn":"arn:aws:quicksight:us-east-1:111122223333:dataset/visits"}}}`
	var trail audit.Trail
	if err := trail.Read(strings.NewReader(records), "trail.json"); err != nil {
		log.Fatal(err)
	}
	event, ok := trail.KeyInUse(dataset)
	fmt.Println(event.Key, ok)
	for _, e := range trail.WhoRead(dataset) {
		fmt.Println(e.Time, e.Name, e.Who)
	}
	// Output:
	// arn:aws:kms:us-east-1:111122223333:key/a true
	// 2026-03-01 12:05:00 +0000 UTC Decrypt AWSService
}

func ExampleViewer() {
	fmt.Println(audit.Viewer(namespace.Named("al").User))
	// Output: al
}

func ExampleAnonymous() {
	fmt.Println(audit.Anonymous("checkout-17"))
	// Output: checkout-17
}

// A label says for whom the program opened a session.
func ExampleCheckLabel() {
	fmt.Println(audit.CheckLabel("tenant-7"))
	fmt.Println(audit.CheckLabel("tenant 7"))
	// Output:
	// <nil>
	// not a label: got 8 characters, want 1 to 64 of A-Z, a-z, 0-9, '.', '_', ':', '/', '@', '-', the first a letter or digit
}

func ExampleService() {
	fmt.Println(audit.Service())
	// Output: quicksight.amazonaws.com
}

func ExampleStatement() {
	rows := int64(12)
	r := audit.Statement{Who: audit.Anonymous("0a1b"), DataSets: []string{"arn:aws:quicksight:us-east-1:111122223333:dataset/sales"}, Columns: []string{"sales.Region"}, Rows: &rows}.Record()
	fmt.Println(r.EventName, r.Resources[0].ARN, *r.ServiceEventDetails.EventResponseDetails.Rows)
	// Output: RunStatement arn:aws:quicksight:us-east-1:111122223333:dataset/sales 12
}
