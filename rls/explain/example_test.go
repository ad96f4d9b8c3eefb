package explain_test

import (
	"fmt"
	"strings"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/explain"
	"github.com/rowsight/rowsight/tagrules"
)

func ExampleFor() {
	rules, err := rls.ReadCSV(strings.NewReader("UserName,Region,Segment\nal,\"EMEA,US\",\nal,APAC,SMB\n"), &rls.Options{File: "rules.csv"})
	if err != nil {
		panic(err)
	}
	al, err := explain.For(rules, namespace.Named("al"))
	if err != nil {
		panic(err)
	}
	sale := map[string]string{"Region": "APAC", "Segment": "Enterprise"}
	fmt.Print(al.Row(func(column string) (string, bool) { s, ok := sale[column]; return s, ok }))
	// Output:
	// hidden from al: none of 2 rules admits the row; nearest:
	//   rules.csv:2 for user al
	//     Region is "APAC", want one of "EMEA", "US"
	//   rules.csv:3 for user al
	//     Segment is "Enterprise", want "SMB"
}

// No value of a tag is shown.
func ExampleForTags() {
	config, err := tagrules.Parse(strings.NewReader(`{"TagRules": [{"TagKey": "tenant", "ColumnName": "Tenant"}]}`), nil)
	if err != nil {
		panic(err)
	}
	session, err := explain.ForTags(config, tagrules.Tag{Key: "tenant", Value: "acme"})
	if err != nil {
		panic(err)
	}
	fmt.Print(session.Row(func(string) (string, bool) { return "globex", true }))
	// Output:
	// hidden from the session: the only list of tags does not admit the row; nearest:
	//   list 1
	//     Tenant is "globex", which is not the value of tag "tenant"
}

func ExampleNear() {
	rules, err := rls.ReadCSV(strings.NewReader("UserName,Region\nBob@Corp.example,US\n"), nil)
	if err != nil {
		panic(err)
	}
	for _, miss := range explain.Near(rules, namespace.Named("bob@corp.example")) {
		fmt.Println(miss)
	}
	// Output: the rules name user "Bob@Corp.example", not "bob@corp.example": they differ in case
}
