package docs_test

import (
	"fmt"

	"github.com/rowsight/rowsight/predicate"
)

// The code of docs/rows.md.

// An Order is a row of the application.
type Order struct {
	ID     int
	Tenant string
	Region *string // nil is NULL
}

// value returns the restricted columns of an order as text. It returns false
// for NULL and for a column that orders do not have.
func (o Order) value(column string) (string, bool) {
	switch {
	case column == "tenant":
		return o.Tenant, true
	case column == "region" && o.Region != nil:
		return *o.Region, true
	}
	return "", false
}

func Example_structs() {
	us := "US"
	orders := []Order{{1, "acme", &us}, {2, "acme", nil}, {3, "globex", &us}}
	p := predicate.And(predicate.In("tenant", "acme"), predicate.In("region", "US"))

	for _, o := range orders {
		if p.Match(o.value) {
			fmt.Println("order", o.ID)
		}
	}
	// Output: order 1
}

func Example_maps() {
	rows := []map[string]any{
		{"id": 1, "tenant": "acme"},
		{"id": 2, "tenant": nil},
		{"id": 3, "tenant": "globex"},
	}
	p := predicate.In("tenant", "acme")

	for _, row := range rows {
		visible := p.Match(func(column string) (string, bool) {
			text, ok := row[column].(string)
			return text, ok
		})
		if visible {
			fmt.Println("row", row["id"])
		}
	}
	// Output: row 1
}
