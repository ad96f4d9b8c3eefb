package spice_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/query"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/tagrules"
)

// A text is a Source of lines of words, the first of which are the columns.
type text string

func (t text) Records(context.Context) (array.RecordReader, error) {
	lines := strings.Split(string(t), "\n")
	var fields []arrow.Field
	for _, name := range strings.Fields(lines[0]) {
		fields = append(fields, arrow.Field{Name: name, Type: arrow.BinaryTypes.String, Nullable: true})
	}
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema(fields, nil))
	defer b.Release()
	for _, line := range lines[1:] {
		for i, cell := range strings.Fields(line) {
			b.Field(i).(*array.StringBuilder).Append(cell)
		}
	}
	rec := b.NewRecord()
	defer rec.Release()
	return array.NewRecordReader(rec.Schema(), []arrow.Record{rec})
}

const visits = text(`Patient State Cost
p1 WA 120
p2 NJ 80
p3 NJ 310`)

// must ends the example at the first error.
func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}

// filled returns a store with a dataset of visits.
func filled() (store *spice.Store, dataset *spice.Dataset, done func()) {
	ctx := context.Background()
	dir := must(os.MkdirTemp("", "rowsight"))
	store = must(spice.Open(filepath.Join(dir, "store"), nil))
	dataset = must(store.CreateDataset(ctx, spice.DatasetInput{ID: "visits", ImportMode: spice.SPICE}))
	must(dataset.Refresh(ctx, visits, spice.RefreshFull))
	return store, dataset, func() {
		if err := store.Close(); err != nil {
			log.Fatal(err)
		}
		_ = os.RemoveAll(dir)
	}
}

func show(d *spice.Dataset, who string, s spice.Session) {
	var rows []string
	for rec, err := range d.Records(context.Background(), s) {
		if err != nil {
			fmt.Println(who, "sees nothing:", err)
			return
		}
		for i := range int(rec.NumRows()) {
			rows = append(rows, rec.Column(0).ValueStr(i))
		}
	}
	fmt.Println(who, "sees", rows)
}

// From an empty folder to three viewers. Rules come before rows: a dataset
// without rules is open to every registered viewer.
func ExampleOpen() {
	ctx := context.Background()
	dir := must(os.MkdirTemp("", "rowsight"))
	defer os.RemoveAll(dir)
	store, err := spice.Open(filepath.Join(dir, "store"), nil)
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()

	dataset := must(store.CreateDataset(ctx, spice.DatasetInput{ID: "visits", ImportMode: spice.SPICE}))
	rules := must(store.CreateDataset(ctx, spice.DatasetInput{ID: "visits-rules", ImportMode: spice.SPICE, UseAs: spice.RLSRules}))
	must(rules.Refresh(ctx, text("UserName State\nmartha NJ\nnikhil WA"), spice.RefreshFull))
	err = dataset.Attach(ctx, spice.Permissions{Settings: rls.PermissionDataSet{
		Arn:              rules.ARN().String(),
		PermissionPolicy: rls.GrantAccess,
	}})
	if err != nil {
		log.Fatal(err)
	}

	result := must(dataset.Refresh(ctx, visits, spice.RefreshFull))
	fmt.Println(result.RowsIngested, "rows")
	show(dataset, "martha", spice.Session{Principal: namespace.Named("martha")})
	show(dataset, "nikhil", spice.Session{Principal: namespace.Named("nikhil")})
	show(dataset, "zhang", spice.Session{Principal: namespace.Named("zhang")})
	// Output:
	// 3 rows
	// martha sees [p2 p3]
	// nikhil sees [p1]
	// zhang sees []
}

// A viewer asks for one column of some of the visible rows.
func ExampleDataset_Read() {
	_, visits, done := filled()
	defer done()
	opts := &spice.ReadOptions{Columns: []string{"Cost"}, Where: predicate.In("State", "NJ"), Limit: 10}
	for rec, err := range visits.Read(context.Background(), spice.Session{Principal: namespace.Named("martha")}, opts) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(rec.Schema().Field(0).Name, rec.Column(0))
	}
	// Output: Cost ["80" "310"]
}

// A question is answered over the rows that a session sees.
func ExampleDataset_Ask() {
	_, visits, done := filled()
	defer done()
	ctx := context.Background()
	q := query.Query{
		Dimensions: []query.Dimension{{Column: "State"}},
		Measures:   []query.Measure{{Func: query.Count, As: "Visits"}},
		Order:      []query.Order{{By: "Visits", Desc: true}},
		Limit:      10,
	}
	answer, err := visits.Ask(ctx, spice.Session{Principal: namespace.Named("martha")}, q, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer answer.Release()
	for i := range int(answer.Rows.NumRows()) {
		fmt.Println(answer.Rows.Column(0).ValueStr(i), answer.Rows.Column(1).ValueStr(i))
	}
	// Output:
	// NJ 2
	// WA 1
}

// A page of a table: rows in an order, from the second one on.
func ExampleDataset_Ask_page() {
	_, visits, done := filled()
	defer done()
	ctx := context.Background()
	q := query.Query{
		Columns: []string{"Patient", "State"},
		Order:   []query.Order{{By: "State", Desc: true}},
		Limit:   2,
		Offset:  1,
	}
	answer, err := visits.Ask(ctx, spice.Session{Principal: namespace.Named("martha")}, q, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer answer.Release()
	for i := range int(answer.Rows.NumRows()) {
		fmt.Println(answer.Rows.Column(0).ValueStr(i), answer.Rows.Column(1).ValueStr(i))
	}
	// Output:
	// p2 NJ
	// p3 NJ
}

// Tag rules judge anonymous sessions by what the application says of them.
func ExampleDataset_SetTagRules() {
	_, dataset, done := filled()
	defer done()
	config := &tagrules.Config{TagRules: []tagrules.Rule{{TagKey: "tag_state", ColumnName: "State", TagMultiValueDelimiter: ","}}}
	if err := dataset.SetTagRules(context.Background(), config, nil); err != nil {
		log.Fatal(err)
	}
	show(dataset, "a session from NJ", spice.Session{Tags: []tagrules.Tag{{Key: "tag_state", Value: "NJ"}}})
	show(dataset, "a registered viewer", spice.Session{Principal: namespace.Named("martha")})
	// Output:
	// a session from NJ sees [p2 p3]
	// a registered viewer sees []
}

// Without rules of either kind nothing restricts a dataset.
func ExampleDataset_RemoveTagRules() {
	ctx := context.Background()
	_, dataset, done := filled()
	defer done()
	config := &tagrules.Config{TagRules: []tagrules.Rule{{TagKey: "tag_state", ColumnName: "State"}}}
	if err := dataset.SetTagRules(ctx, config, nil); err != nil {
		log.Fatal(err)
	}
	show(dataset, "a session without tags", spice.Session{})
	fmt.Println(errors.Is(dataset.SetTagRules(ctx, nil, nil), spice.ErrInput))
	if err := dataset.RemoveTagRules(ctx); err != nil {
		log.Fatal(err)
	}
	show(dataset, "a registered viewer", spice.Session{Principal: namespace.Named("martha")})
	// Output:
	// a session without tags sees []
	// true
	// a registered viewer sees [p1 p2 p3]
}

// A child goes on being judged by its parent's rules, even on a column that it
// dropped.
func ExampleStore_CreateDataset() {
	ctx := context.Background()
	store, parent, done := filled()
	defer done()
	rules := must(rls.ReadCSV(strings.NewReader("UserName,State\nmartha,NJ\n"), nil))
	if err := parent.Attach(ctx, spice.Permissions{Rules: rules}); err != nil {
		log.Fatal(err)
	}
	child := must(store.CreateDataset(ctx, spice.DatasetInput{ID: "costs", Parent: "visits", Columns: []spice.Column{
		{Name: "Who", From: "Patient"}, {Name: "Cost"},
	}}))
	martha := spice.Session{Principal: namespace.Named("martha")}
	fmt.Println(must(child.Predicate(martha)))
	show(child, "martha", martha)
	// Output:
	// State in ("NJ")
	// martha sees [p2 p3]
}

// Counts, lists of values and columns go through the same gate.
func ExampleDataset_Count() {
	ctx := context.Background()
	_, dataset, done := filled()
	defer done()
	rules := must(rls.ReadCSV(strings.NewReader("UserName,State\nmartha,NJ\n"), nil))
	if err := dataset.Attach(ctx, spice.Permissions{Rules: rules}); err != nil {
		log.Fatal(err)
	}
	martha := spice.Session{Principal: namespace.Named("martha")}
	fmt.Println(must(dataset.Count(ctx, martha)), must(dataset.Distinct(ctx, martha, "State")))
	fmt.Println(must(dataset.Count(ctx, spice.Session{})), "rows for nobody")
	// Output:
	// 2 [NJ]
	// 0 rows for nobody
}
