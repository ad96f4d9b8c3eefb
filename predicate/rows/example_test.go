package rows_test

import (
	"fmt"
	"slices"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/rows"
)

type order struct {
	ID     int
	Tenant string
	Region *string `db:"region"`
}

func ExampleBind() {
	us := "US"
	orders := []order{{1, "acme", &us}, {2, "acme", nil}, {3, "globex", &us}}
	p := predicate.And(predicate.In("Tenant", "acme"), predicate.In("region", "US"))

	filter, err := rows.Bind[order](p)
	if err != nil {
		fmt.Println(err)
		return
	}
	visible, err := filter.Slice(orders)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, o := range visible {
		fmt.Println("order", o.ID)
	}
	// Output: order 1
}

// A struct without a restricted column is refused, also where a wildcard admits
// every value.
func ExampleBind_missingColumn() {
	p := predicate.All().Restrict("ID", "Segment")
	_, err := rows.Bind[order](p)
	fmt.Println(err)
	// Output:
	// column "ID": not text: type is int
	// column "Segment": no such column
}

func ExampleFilter_All() {
	p := predicate.In("tenant", "acme")
	filter, err := rows.Bind[map[string]any](p)
	if err != nil {
		fmt.Println(err)
		return
	}
	sequence := slices.Values([]map[string]any{
		{"id": 1, "tenant": "acme"},
		{"id": 2, "tenant": nil},
		{"id": 3, "tenant": 7},
	})
	for row, err := range filter.All(sequence) {
		if err != nil {
			fmt.Println(err)
			break
		}
		fmt.Println("row", row["id"])
	}
	// Output:
	// row 1
	// column "tenant": not text: type is int
}

func ExampleCompile() {
	p := predicate.And(predicate.In("tenant", "acme"), predicate.HasValue("region"))
	matcher, err := rows.Compile(p, "id", "tenant", "region")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(matcher.Match("1", "acme", "US"))
	fmt.Println(matcher.Match("2", "acme", ""))
	// Output:
	// true
	// false
}
