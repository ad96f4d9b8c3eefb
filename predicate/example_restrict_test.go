package predicate_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/predicate"
)

func ExamplePredicate_Restrict() {
	p := predicate.All().Restrict("Region", "Segment") // what a rule with wildcards only shows
	fmt.Println(p)
	fmt.Println(predicate.And(p, predicate.In("Region", "US")))
	fmt.Println(predicate.And(p, predicate.In("Region", "US")).Restricted())
	// Output:
	// all restricting Region, Segment
	// Region in ("US") restricting Segment
	// [Region Segment]
}

func ExamplePredicate_Rows() {
	p := predicate.In("Region", "US").Restrict("Segment")
	fmt.Println(p.Rows(), p.Equal(p.Rows()), p.Same(p.Rows()))
	// Output: Region in ("US") true false
}

func ExampleCheckColumns() {
	table := []predicate.Column{{Name: "region", Text: true}, {Name: "Amount", Type: "numeric"}}
	fmt.Println(predicate.CheckColumns(table, "Region", "Amount"))
	// Output:
	// column "Region": no such column; did you mean "region"?
	// column "Amount": not text: type is numeric
}

func ExampleNear() {
	table := []predicate.Column{{Name: "geo"}, {Name: "geo.country", Nested: true}}
	fmt.Println("no such column" + predicate.Near(table, "country"))
	// Output: no such column; "geo.country" is part of another column: select it as a column
}

func ExamplePredicate_Boxes() {
	p := predicate.And(
		predicate.Or(predicate.In("Region", "EMEA"), predicate.In("Segment", "SMB")),
		predicate.In("Customer", "acme"))
	for box := range p.Boxes() {
		fmt.Println(box, box.IsBox(), len(slices.Collect(box.Conditions())))
	}
	// Output:
	// Customer in ("acme") and Region in ("EMEA") true 2
	// Customer in ("acme") and Segment in ("SMB") true 2
}

func ExamplePredicate_Rename() {
	p := predicate.In("Region", "EMEA").Restrict("Segment")
	fmt.Println(p.Rename(strings.ToLower))
	// Output: region in ("EMEA") restricting segment
}
