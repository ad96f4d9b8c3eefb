package docs_test

import (
	"database/sql"
	"fmt"
	"log"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/rows"
)

// The code of docs/rows.md.

// An Order is a row of the application.
type Order struct {
	ID     int
	Tenant string  `rowsight:"tenant"`
	Region *string `db:"region"` // nil is NULL
}

func Example_structs() {
	us := "US"
	orders := []Order{{1, "acme", &us}, {2, "acme", nil}, {3, "globex", &us}}
	p := predicate.And(predicate.In("tenant", "acme"), predicate.In("region", "US"))

	filter, err := rows.Bind[Order](p)
	if err != nil {
		log.Fatal(err)
	}
	visible, err := filter.Slice(orders)
	if err != nil {
		log.Fatal(err)
	}
	for _, o := range visible {
		fmt.Println("order", o.ID)
	}
	// Output: order 1
}

func Example_maps() {
	sequence := slices.Values([]map[string]any{
		{"id": 1, "tenant": "acme"},
		{"id": 2, "tenant": nil},
		{"id": 3, "tenant": "globex"},
	})
	p := predicate.In("tenant", "acme")

	filter, err := rows.Bind[map[string]any](p)
	if err != nil {
		log.Fatal(err)
	}
	for row, err := range filter.All(sequence) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("row", row["id"])
	}
	// Output: row 1
}

// visibleIDs returns the ids of the visible rows of a query.
func visibleIDs(p predicate.Predicate, result *sql.Rows) (ids []int64, err error) {
	visible, err := rows.BindSQL(p, result)
	if err != nil {
		return nil, err
	}
	defer visible.Close()
	for visible.Next() {
		var id int64
		var tenant string
		if err := visible.Scan(&id, &tenant); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, visible.Err()
}

func TestVisibleIDs(t *testing.T) {
	ids, err := visibleIDs(predicate.All(), nil)
	require.Nil(t, ids)
	require.ErrorIs(t, err, rows.ErrRow, "no rows")
}
