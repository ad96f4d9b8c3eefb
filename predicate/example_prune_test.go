package predicate_test

import (
	"fmt"

	. "github.com/rowsight/rowsight/predicate"
)

// Two partitions, of which only the first is worth reading.
func ExamplePredicate_MayMatch() {
	p := And(In("Region", "EMEA", "US"), HasValue("Segment"))
	north := map[string]Bounds{"Region": {Min: "APAC", Max: "LATAM"}}
	south := map[string]Bounds{"Region": {Min: "EMEA", Max: "US"}, "Segment": {Blank: true}}
	fmt.Println(p.MayMatch(func(column string) Bounds { return north[column] }))
	fmt.Println(p.MayMatch(func(column string) Bounds { return south[column] }))
	// Output:
	// true
	// false
}

// A dictionary tells exactly which values there are.
func ExampleBounds() {
	dictionary := map[string]bool{"APAC": true, "US": true}
	known := func(string) Bounds {
		return Bounds{Min: "APAC", Max: "US", Contains: func(value string) bool { return dictionary[value] }}
	}
	fmt.Println(In("Region", "EMEA", "LATAM").MayMatch(known))
	fmt.Println(In("Region", "EMEA", "US").MayMatch(known))
	fmt.Println(In("Region", "EMEA").MayMatch(func(string) Bounds { return Bounds{} }), "nothing is known")
	// Output:
	// false
	// true
	// true nothing is known
}
