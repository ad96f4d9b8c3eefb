package rlstest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rowsight/rowsight/rls/rlstest"
	"github.com/rowsight/rowsight/rls/roster"
)

// rules has a rule file, data and cases, as a folder would.
var rules = fstest.MapFS{
	"rules.csv": {Data: []byte("UserName,Region\nal,EMEA\nbo,\"EMEA,US\"\n")},
	"sales.csv": {Data: []byte("OrderID,Region\n1,EMEA\n2,US\n3,APAC\n")},
	"sales.rlstest.yaml": {Data: []byte(`rules: rules.csv
data: sales.csv
id: OrderID
cases:
  - name: al sees EMEA
    who: al
    count: 1
    only: {Region: EMEA}
  - name: nobody sees APAC through bo's rule
    who: bo
    because: APAC has a team of its own
    count: 3
    hidden: [3]
`)},
}

// In a test: func TestRules(t *testing.T) { rlstest.Run(t, os.DirFS("rules")) }
func ExampleRun() {
	test := testing.InternalTest{Name: "TestRules", F: func(t *testing.T) { rlstest.Run(t, rules) }}
	fmt.Println(test.Name)
	// Output:
	// TestRules
}

// Cases that prove little, rules without a case, and mutants that survive fail.
func ExampleRunOptions() {
	test := testing.InternalTest{Name: "TestRules", F: func(t *testing.T) {
		rlstest.RunOptions(t, os.DirFS("rules"), &rlstest.Options{RequireCoverage: true, RequireKilled: true})
	}}
	fmt.Println(test.Name)
	// Output:
	// TestRules
}

func ExampleFind() {
	files, err := rlstest.Find(rules, nil)
	fmt.Println(files, err)
	_, err = rlstest.Find(fstest.MapFS{}, nil)
	fmt.Println(err)
	// Output:
	// [sales.rlstest.yaml] <nil>
	// no case files: nothing matches *.rlstest.yaml
}

// Every problem is reported, with its place.
func ExampleLoad() {
	files := fstest.MapFS{
		"rules.csv":  {Data: []byte("UserName,Region\nal,EMEA\n")},
		"typos.yaml": {Data: []byte("rules: rules.csv\ndata: [{Region: EMEA}]\ncases:\n- {name: al, who: al, cuont: 1}\n- {name: bo, who: bo, only: {Regoin: US}}\n")},
	}
	_, err := rlstest.Load(files, "typos.yaml")
	fmt.Println(err)
	// Output:
	// typos.yaml:4:3: cases[0]: field missing: want what is seen, one of count, all, none, only, rows, hidden, error
	// typos.yaml:4:23: cases[0]: unknown field "cuont", want name, who, tags, because, count, all, none, only, rows, hidden, error
	// typos.yaml:5:30: cases[1].only: no such column in the data: got "Regoin", want one of Region
}

// A roster knows who is in which group, so that a case need not say it.
func ExampleLoadOptions() {
	files := fstest.MapFS{
		"rules.csv":  {Data: []byte("GroupName,Region\nsales,EMEA\n")},
		"cases.yaml": {Data: []byte("rules: rules.csv\ndata: [{Region: EMEA}, {Region: US}]\ncases:\n- {name: al, who: al, count: 1}\n")},
	}
	people, err := roster.ReadCSV(strings.NewReader("user,groups\nal,sales\n"), nil)
	if err != nil {
		panic(err)
	}
	suite, err := rlstest.LoadOptions(files, "cases.yaml", &rlstest.Options{Roster: people})
	if err != nil {
		panic(err)
	}
	report, err := suite.Run(context.Background(), nil)
	fmt.Println(report.OK(), err)
	// Output: true <nil>
}

func ExampleSuite_Run() {
	suite, err := rlstest.Load(rules, "sales.rlstest.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := suite.Run(context.Background(), nil)
	fmt.Println(report.OK(), err)
	for _, r := range report.Results {
		fmt.Println(r.Status, r.Name, r.Reasons)
	}
	// Output:
	// false <nil>
	// passed al sees EMEA []
	// failed nobody sees APAC through bo's rule [sales.rlstest.yaml:12:5: count: want every row visible, 3 of 3, got 2 of 3 rows visible]
}

// A rule too wide, and nobody would have noticed.
func ExampleSuite_Mutate() {
	suite, err := rlstest.Load(fstest.MapFS{
		"rules.csv": rules["rules.csv"],
		"sales.csv": rules["sales.csv"],
		"one.yaml": {Data: []byte(`rules: rules.csv
data: sales.csv
id: OrderID
cases: [{name: bo sees the US, who: bo, rows: [2], hidden: [3]}]
`)},
	}, "one.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	mutation, err := suite.Mutate(context.Background(), nil)
	fmt.Println(mutation.Tried, mutation.Killed, mutation.Equivalent, err)
	for _, m := range mutation.Survivors {
		fmt.Println(m)
	}
	// Output:
	// 13 7 0 <nil>
	// rules.csv:2:1: drop rule: drop the rule of user "al"
	// rules.csv:2:1: change principal: user "al" becomes "bo"
	// rules.csv:2:1: widen: Region becomes every value
	// rules.csv:2:1: add value: add "US" to Region
	// rules.csv:2:1: swap value: "EMEA" of Region becomes "US"
	// rules.csv:3:1: drop value: drop "EMEA" from Region
}

func ExampleSuite_Update() {
	suite, err := rlstest.Load(rules, "sales.rlstest.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	updated, err := suite.Update(context.Background(), nil)
	fmt.Println(updated.Changes, err)
	fmt.Println(strings.Contains(string(updated.Text), "because: APAC has a team of its own\n    count: 2\n"))
	// Output:
	// [sales.rlstest.yaml:12:5: nobody sees APAC through bo's rule: count: 3 becomes count: 2] <nil>
	// true
}

// report runs the cases above.
func report(fsys fs.FS) []rlstest.Report {
	suite, err := rlstest.Load(fsys, "sales.rlstest.yaml")
	if err != nil {
		return nil
	}
	r, err := suite.Run(context.Background(), nil)
	if err != nil {
		return nil
	}
	r.Duration = 0 // differs each time
	for i := range r.Results {
		r.Results[i].Duration = 0
	}
	return []rlstest.Report{r}
}

func ExampleWriteText() {
	if err := rlstest.WriteText(os.Stdout, report(rules), nil); err != nil {
		fmt.Println(err)
	}
	// Output:
	// sales.rlstest.yaml
	//   ok    al sees EMEA                        1 row
	//   FAIL  nobody sees APAC through bo's rule  2 rows
	//         because: APAC has a team of its own
	//         sales.rlstest.yaml:12:5: count: want every row visible, 3 of 3, got 2 of 3 rows visible
	//           row 1 (sales.csv:2:1): OrderID="1" Region="EMEA"
	//           row 2 (sales.csv:3:1): OrderID="2" Region="US"
	//   coverage: 2 of 2 rules
	// 1 passed, 1 failed
}

func ExampleWriteJUnit() {
	reports := report(rules)
	reports[0].Results = reports[0].Results[:1]
	if err := rlstest.WriteJUnit(os.Stdout, reports); err != nil {
		fmt.Println(err)
	}
	// Output:
	// <?xml version="1.0" encoding="UTF-8"?>
	// <testsuites tests="1" failures="0" errors="0" time="0.000000">
	//   <testsuite name="sales.rlstest.yaml" tests="1" failures="0" errors="0" skipped="0" time="0.000000">
	//     <properties>
	//       <property name="coverage.rules" value="2"></property>
	//       <property name="coverage.exercised" value="2"></property>
	//     </properties>
	//     <testcase name="al sees EMEA" classname="sales.rlstest.yaml" time="0.000000" file="sales.rlstest.yaml" line="5"></testcase>
	//   </testsuite>
	// </testsuites>
}

func ExampleWriteJSON() {
	var b strings.Builder
	if err := rlstest.WriteJSON(&b, report(rules)); err != nil {
		fmt.Println(err)
	}
	var doc struct {
		OK             bool
		Passed, Failed int
	}
	err := json.Unmarshal([]byte(b.String()), &doc)
	fmt.Println(doc.OK, doc.Passed, doc.Failed, err)
	// Output:
	// false 1 1 <nil>
}

// The schema is for editors: begin a case file with
// # yaml-language-server: $schema=https://raw.githubusercontent.com/rowsight/rowsight/main/schemas/rlstest.schema.json
func ExampleSchema() {
	var doc struct{ Title string }
	err := json.Unmarshal(rlstest.Schema(), &doc)
	fmt.Println(doc.Title, err)
	// Output:
	// Cases for row-level security rules <nil>
}

func ExampleRunAll() {
	files := fstest.MapFS{"broken.rlstest.yaml": {Data: []byte("rules: rules.csv\ndata: sales.csv\ncases: []\n")}}
	for name, file := range rules {
		files[name] = file
	}
	reports, err := rlstest.RunAll(context.Background(), files, nil)
	for _, r := range reports {
		passed, failed := r.Counts()
		fmt.Println(r.File, r.OK(), passed, failed, r.Problems)
	}
	fmt.Println(err)
	// Output:
	// broken.rlstest.yaml false 0 0 [broken.rlstest.yaml:3:8: cases: no cases]
	// sales.rlstest.yaml false 1 1 []
	// <nil>
}
