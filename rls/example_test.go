package rls_test

import (
	"bytes"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"log"
	"os"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
)

const salesRules = `UserName,GroupName,Region,Segment
al,,EMEA,"Enterprise,SMB"
al,,US,
,admins,,
,,APAC,SMB
`

// Who sees what: al by two rules, the admins everything, anybody else nothing.
func ExampleReadCSV() {
	rules, err := rls.ReadCSV(strings.NewReader(salesRules), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, who := range []namespace.Principal{
		namespace.Named("al"),
		namespace.Named("bo", "admins"),
		namespace.Named("cy", "sales"),
	} {
		p, err := rules.For(who)
		fmt.Printf("%s: %v %v\n", who.User, p, err)
	}
	// Output:
	// al: Region in ("US") or Region in ("EMEA") and Segment in ("Enterprise", "SMB") <nil>
	// bo: all restricting Region, Segment <nil>
	// cy: none <nil>
}

// Every problem of a file is reported, with its place.
func ExampleReadCSV_problems() {
	_, err := rls.ReadCSV(strings.NewReader(`UserName,Region,Segment
al,"""AWS,INC",SMB
bo,US
cy,US,"""""",
`), &rls.Options{File: "rules.csv"})
	fmt.Println(err)
	// Output:
	// rules.csv:2:4: column "Region": unterminated quote in item 1 of the list
	// rules.csv:3:1: wrong number of fields: got 2, want 3
	// rules.csv:4:1: wrong number of fields: got 4, want 3
}

// A near miss in the header is no principal column, but is pointed out.
func ExampleReadCSV_header() {
	_, err := rls.ReadCSV(strings.NewReader("Username,Region\nal,US\n"), nil)
	fmt.Println(err)
	fmt.Println(errors.Is(err, rls.ErrNoPrincipal))

	// Another name can be given, and is then meant.
	rules, err := rls.ReadCSV(strings.NewReader("Username,Region\nal,US\n"), &rls.Options{User: "Username"})
	fmt.Println(rules.Len(), err)
	// Output:
	// 1:1: no principal column: want UserName, GroupName, UserARN or GroupARN; "Username" is not "UserName"
	// true
	// 1 <nil>
}

// A Source is any table of text.
func ExampleRead() {
	rules, err := rls.Read(&memory{file: file{
		header:  []string{"GroupName", "Region"},
		records: [][]string{{"sales", "EMEA,US"}},
	}}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := rules.For(namespace.Named("al", "sales"))
	fmt.Println(p, err)
	// Output: Region in ("EMEA", "US") <nil>
}

func ExampleReadSQL() {
	db := sql.OpenDB(&result{ // any driver
		columns: []string{"UserName", "Region"},
		rows:    [][]driver.Value{{"al", "EMEA"}, {"al", nil}, {int64(7), "US"}},
	})
	defer db.Close()
	rows, err := db.Query("SELECT UserName, Region FROM rules")
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = rls.ReadSQL(rows, nil) // closes rows
	fmt.Println(err)
	// Output: 3:1: column "UserName": not text: got int64, want a string; cast it in the query
}

func ExampleParseSettings() {
	settings, err := rls.ParseSettings(strings.NewReader(`{
		"RowLevelPermissionDataSet": {
			"Arn": "arn:aws:quicksight:us-east-1:111122223333:dataset/rules",
			"Namespace": "tenant",
			"PermissionPolicy": "GRANT_ACCESS"
		}
	}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	rules, err := rls.ReadCSV(strings.NewReader("UserName,Region\nal,US\n"), &rls.Options{Settings: settings})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(rules.Namespace(), rules.Enforced())
	p, _ := rules.For(namespace.Named("al")) // of the default namespace
	fmt.Println(p)
	// Output:
	// tenant true
	// none
}

func ExamplePermissionDataSet_Validate() {
	ns := ""
	fmt.Println((&rls.PermissionDataSet{
		Arn:              "arn:aws:quicksight:us-east-1:111122223333:dataset/rules",
		PermissionPolicy: "GRANT_ACCESS",
		FormatVersion:    rls.Version2,
		Namespace:        &ns,
		Status:           "ON",
	}).Validate())
	// Output:
	// bad settings: Namespace: got "", want none with VERSION_2: ARNs hold their namespace
	// bad settings: Status: got "ON", want ENABLED or DISABLED
}

// Rules that name ARNs match in every Region.
func ExampleRules_For() {
	rules, err := rls.ReadCSV(strings.NewReader(`UserARN,Region
arn:aws:quicksight:us-east-1:111122223333:user/tenant/al,EMEA
`), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, arn := range []string{
		"arn:aws:quicksight:eu-west-1:111122223333:user/tenant/al",
		"arn:aws:quicksight:us-east-1:111122223333:user/default/al",
	} {
		p, err := rules.For(namespace.ForARN(namespace.MustParseARN(arn)))
		fmt.Println(p, err)
	}
	// Output:
	// Region in ("EMEA") <nil>
	// none <nil>
}

// More than 999 rules for one viewer show nothing.
func ExampleLimitError() {
	var csv strings.Builder
	csv.WriteString("UserName,Region\n")
	for i := range 1000 {
		fmt.Fprintf(&csv, "al,region %d\n", i)
	}
	rules, err := rls.ReadCSV(strings.NewReader(csv.String()), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := rules.For(namespace.Named("al"))
	var limit *rls.LimitError
	fmt.Println(p, errors.As(err, &limit), err)
	// Output: none true al: too many rules: got 1000, want at most 999
}

func ExampleRules_Applied() {
	rules, _ := rls.ReadCSV(strings.NewReader(salesRules), nil)
	for rule := range rules.Applied(namespace.Named("al", "admins")) {
		fmt.Println(rule.Pos(), rule.Predicate())
	}
	// Output:
	// 2:1 Region in ("EMEA") and Segment in ("Enterprise", "SMB")
	// 3:1 Region in ("US") restricting Segment
	// 4:1 all restricting Region, Segment
}

func ExampleRules_All() {
	rules, _ := rls.ReadCSV(strings.NewReader(salesRules), &rls.Options{File: "rules.csv"})
	for rule := range rules.All() {
		fmt.Printf("%s user %q group %q region %q\n", rule.Pos(), rule.User(), rule.Group(), rule.Text("Region"))
	}
	fmt.Println(rules.Len(), "rules")
	// Output:
	// rules.csv:2:1 user "al" group "" region "EMEA"
	// rules.csv:3:1 user "al" group "" region "US"
	// rules.csv:4:1 user "" group "admins" region ""
	// rules.csv:5:1 user "" group "" region "APAC"
	// 4 rules
}

func ExampleRules_Columns() {
	rules, _ := rls.ReadCSV(strings.NewReader(salesRules), nil)
	fmt.Println(rules.Columns())
	fmt.Println(rules.PrincipalColumns())
	fmt.Println(rules.FormatVersion())
	// Output:
	// [Region Segment]
	// UserName GroupName
	// VERSION_1
}

// A byte order mark is no part of the first name, but is told.
func ExampleRules_BOM() {
	rules, err := rls.ReadCSV(strings.NewReader("\uFEFF"+salesRules), nil)
	fmt.Println(rules.BOM(), err)
	// Output: true <nil>
}

func ExampleRules_WriteCSV() {
	rules, _ := rls.ReadCSV(strings.NewReader("Region,UserName\n\"US,EMEA,,US\",bo\n\"\"\"AWS,INC\"\"\",al\n,\n"), nil)
	if err := rules.WriteCSV(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// UserName,Region
	// al,"""AWS,INC"""
	// bo,"EMEA,US"
}

func ExampleRule_Values() {
	rules, _ := rls.ReadCSV(strings.NewReader(salesRules), nil)
	for rule := range rules.All() {
		fmt.Println(slices.Collect(rule.Values("Segment")), rule.Wildcard("Segment"))
	}
	// Output:
	// [Enterprise SMB] false
	// [] true
	// [] true
	// [SMB] false
}

func ExampleRule_AppliesTo() {
	rules, _ := rls.ReadCSV(strings.NewReader(salesRules), nil)
	for rule := range rules.All() {
		fmt.Println(rule.AppliesTo(namespace.Named("al")), rule.AppliesTo(namespace.Named("bo", "admins")))
	}
	// Output:
	// true false
	// true false
	// false true
	// false false
}

func ExamplePosition_String() {
	fmt.Println(rls.Position{File: "rules.csv", Line: 3, Column: 7}, rls.Position{Line: 3})
	// Output: rules.csv:3:7 3
}

// The zero Rules grant nothing.
func ExampleRules() {
	var rules rls.Rules
	p, err := rules.For(namespace.Named("al"))
	fmt.Println(p, err, rules.WriteCSV(&bytes.Buffer{}))
	// Output: none <nil> nothing to write: the rules were never read and have no header
}

func ExampleRules_Check() {
	rules, err := rls.ReadCSV(strings.NewReader("UserName,Region,Segment\nal,EMEA,\n"), nil)
	if err != nil {
		log.Fatal(err)
	}
	// batch.Columns describes an Arrow schema.
	fmt.Println(rules.Check([]predicate.Column{{Name: "region", Text: true}, {Name: "Segment", Text: true}}))
	// Output: column "Region": no such column; did you mean "region"?
}

// A document with several datasets is read for one of them.
func ExampleParseSettingsOf() {
	const template = `
Resources:
  Sales:
    Properties:
      RowLevelPermissionDataSet:
        Arn: arn:aws:quicksight:us-east-1:111122223333:dataset/sales-rules
        PermissionPolicy: GRANT_ACCESS
  Costs:
    Properties:
      RowLevelPermissionDataSet:
        Arn: arn:aws:quicksight:us-east-1:111122223333:dataset/cost-rules
        PermissionPolicy: GRANT_ACCESS`
	settings, err := rls.ParseSettingsOf(strings.NewReader(template), "Costs")
	fmt.Println(settings.Arn, err)
	// Output: arn:aws:quicksight:us-east-1:111122223333:dataset/cost-rules <nil>
}

// A column of a permission dataset restricts rows unless it names users or groups.
func ExampleStandardColumns() {
	fmt.Println(rls.StandardColumns())
	// Output: [UserName GroupName UserARN GroupARN]
}
