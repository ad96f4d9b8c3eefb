package diff_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/diff"
	"github.com/rowsight/rowsight/tagrules"
)

func mustRules(csv string) *rls.Rules {
	rules, err := rls.ReadCSV(strings.NewReader(csv), nil)
	if err != nil {
		panic(err)
	}
	return rules
}

func mustTags(json string) *tagrules.Config {
	config, err := tagrules.Parse(strings.NewReader(json), nil)
	if err != nil {
		panic(err)
	}
	return config
}

func ExampleRules() {
	old := mustRules("UserName,Region,Segment\nal,\"EMEA,US\",\nbo,US,\n")
	new := mustRules("UserName,Region,Segment\nbo,US,\nal,EMEA,\nal,,SMB\n")
	result, err := diff.Rules(old, new, nil)
	fmt.Print(result)
	fmt.Println(result.HasGain(), result.HasLoss(), err)
	// Output:
	// user al
	//   + Segment in ("SMB")
	//       such as Segment = "SMB"
	//   - Region in ("US")
	//       such as Region = "US"
	// true true <nil>
}

func ExampleBetween() {
	old := predicate.In("Region", "EMEA", "US")
	new := predicate.In("Region", "EMEA", "APAC")
	fmt.Print(diff.Between(old, new))
	// Output:
	//   + Region in ("APAC")
	//       such as Region = "APAC"
	//   - Region in ("US")
	//       such as Region = "US"
}

func ExampleBetweenWithin() {
	effort := predicate.NewEffort(context.Background(), 0)
	change, err := diff.BetweenWithin(effort, predicate.In("Region", "EMEA", "US"), predicate.In("Region", "US"))
	fmt.Print(change)
	fmt.Println(err)
	// Output:
	//   - Region in ("EMEA")
	//       such as Region = "EMEA"
	// <nil>
}

func ExampleTags() {
	old := mustTags(`{"TagRules": [{"TagKey": "tenant", "ColumnName": "Tenant"}, {"TagKey": "region", "ColumnName": "Region"}]}`)
	new := mustTags(`{"TagRules": [{"TagKey": "tenant", "ColumnName": "Tenant"}]}`)
	result, err := diff.Tags(old, new)
	fmt.Print(result)
	fmt.Println(err)
	// Output:
	// + sessions with tags "tenant"
	//     such as tenant = "a", of a row with Tenant = "a"
	// <nil>
}

func ExampleSessions() {
	old := mustTags(`{"TagRules": [{"TagKey": "tenant", "ColumnName": "Tenant"}]}`)
	new := mustTags(`{"TagRules": [{"TagKey": "tenant", "ColumnName": "Customer"}]}`)
	result, err := diff.Sessions(old, new, []tagrules.Tags{{{Key: "tenant", Value: "acme"}}, {{Key: "other", Value: "x"}}}, nil)
	fmt.Print(result)
	fmt.Println(err)
	// Output:
	// session 1: gains and loses rows by Customer, Tenant
	// <nil>
}
