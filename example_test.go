package rowsight_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
	"testing/fstest"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/batch"
	"github.com/rowsight/rowsight/predicate/where"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/source"
	"github.com/rowsight/rowsight/tagrules"
)

// The Go code of README.md is the bodies of these functions; test/readme_test.go
// compares them.

// From a permission dataset to visible rows.
func Example() {
	rules, err := rls.ReadCSV(strings.NewReader(`UserName,GroupName,Region,Segment
MarthaRivera,,US,Enterprise
,APAC-Sales,APAC,"SMB,Startup"
`), nil)
	if err != nil {
		log.Fatal(err)
	}
	p, err := rules.For(namespace.Named("MarthaRivera", "APAC-Sales"))
	if err != nil {
		log.Fatal(err)
	}
	filter, err := batch.Bind(p, sales.Schema(), nil)
	if err != nil {
		log.Fatal(err)
	}
	visible, err := filter.Apply(sales)
	if err != nil {
		log.Fatal(err)
	}
	defer visible.Release()
	fmt.Println(p)
	fmt.Println(visible.NumRows(), "of", sales.NumRows(), "rows")
	// Output:
	// Region in ("APAC") and Segment in ("SMB", "Startup") or Region in ("US") and Segment in ("Enterprise")
	// 3 of 12 rows
}

// From the tags of a session to a predicate.
func Example_tags() {
	config, err := tagrules.Parse(strings.NewReader(`{"TagRules": [
		{"TagKey": "region", "ColumnName": "Region", "TagMultiValueDelimiter": ","},
		{"TagKey": "segment", "ColumnName": "Segment", "MatchAllValue": "*"}
	]}`), nil)
	if err != nil {
		log.Fatal(err)
	}
	p, err := config.For(
		tagrules.Tag{Key: "region", Value: "US, APAC"},
		tagrules.Tag{Key: "segment", Value: "*"},
	)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(p)
	// Output: Region in ("APAC", "US") restricting Segment
}

// What a mistake in a rule file looks like.
func Example_errors() {
	_, err := rls.ReadCSV(strings.NewReader(`UserName,Region,Segment
MarthaRivera,US,"""Enterprise"
PauloSantos,US
`), &rls.Options{File: "rules.csv"})
	fmt.Println(err)
	// Output:
	// rules.csv:2:17: column "Segment": unterminated quote in item 1 of the list
	// rules.csv:3:1: wrong number of fields: got 2, want 3
}

// The same predicate as a condition of a database.
func Example_sql() {
	p := predicate.And(predicate.In("Region", "EMEA", "US"), predicate.In("Segment", "SMB"))
	condition, err := where.Lower(p, where.PostgreSQL, &where.Options{Column: where.Known(where.PostgreSQL, "", "Region", "Segment")})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(condition.SQL())
	fmt.Printf("%q\n", condition.Args())
	// Output:
	// "Region" OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[]) AND "Region" COLLATE pg_catalog."C" OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[]) AND "Segment" OPERATOR(pg_catalog.=) $2::pg_catalog.text AND "Segment" COLLATE pg_catalog."C" OPERATOR(pg_catalog.=) $2::pg_catalog.text
	// ["{\"EMEA\",\"US\"}" "SMB"]
}

// A dataset that can only be read through its rules.
func Example_store() {
	ctx, folder := context.Background(), tempDir()
	defer os.RemoveAll(folder)
	rules, err := rls.ReadCSV(strings.NewReader("UserName,State\nMarthaRivera,NJ\n"), nil)
	if err != nil {
		log.Fatal(err)
	}
	store, err := spice.Open(filepath.Join(folder, "store"), nil)
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()
	visits, err := store.CreateDataset(ctx, spice.DatasetInput{ID: "visits", ImportMode: spice.SPICE})
	if err != nil {
		log.Fatal(err)
	}
	if err := visits.Attach(ctx, spice.Permissions{Rules: rules}); err != nil {
		log.Fatal(err)
	}
	table := fstest.MapFS{"visits.csv": {Data: []byte("Patient,State\np1,WA\np2,NJ\np3,NJ\n")}}
	if _, err := visits.Refresh(ctx, source.CSV(nil, source.InFS(table, "visits.csv")), spice.RefreshFull); err != nil {
		log.Fatal(err)
	}
	for rec, err := range visits.Records(ctx, spice.Session{Principal: namespace.Named("MarthaRivera")}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(rec.Column(0))
	}
	// Output: ["p2" "p3"]
}

func tempDir() string {
	dir, err := os.MkdirTemp("", "rowsight")
	if err != nil {
		log.Fatal(err)
	}
	return dir
}

// sales is what the examples look at: a row for each region and segment, and
// three more that only a wildcard admits.
var sales = func() arrow.Record {
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema([]arrow.Field{
		{Name: "Region", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "Segment", Type: arrow.BinaryTypes.String, Nullable: true},
	}, nil))
	defer b.Release()
	region, segment := b.Field(0).(*array.StringBuilder), b.Field(1).(*array.StringBuilder)
	for _, r := range []string{"EMEA", "US", "APAC", ""} {
		region.AppendValues([]string{r, r, r}, nil)
		segment.AppendValues([]string{"Enterprise", "SMB", "Startup"}, nil)
	}
	return b.NewRecord()
}()
