package direct_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/where"
	"github.com/rowsight/rowsight/spice/direct"
)

// open stands for sql.Open with the driver of a database, which holds a table
// sales and here has two rows for everybody who asks for Region US.
func open() *sql.DB {
	return sql.OpenDB(&engine{names: []string{"Region", "Amount"}, types: []string{"TEXT", "INT8"},
		rows: [][]driver.Value{{"US", int64(5)}, {"US", int64(7)}}})
}

func ExampleTable() {
	sales := &direct.Table{DB: open(), Dialect: where.PostgreSQL, Table: "public.sales"}
	r, err := sales.Records(context.Background(), predicate.In("Region", "US"), []string{"Region", "Amount"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer r.Release()
	for r.Next() {
		fmt.Println(r.Record().NumRows(), "rows of", r.Record().Schema().Field(1))
	}
	fmt.Println(r.Err())
	// Output:
	// 2 rows of Amount: type=int64, nullable
	// <nil>
}

func ExampleTable_refused() {
	sales := &direct.Table{DB: open(), Dialect: where.PostgreSQL, Table: "sales"}
	_, err := sales.Records(context.Background(), predicate.In("Amount", "5"), nil)
	fmt.Println(err)
	// Output:
	// column "Amount": not text: type is int64
}
