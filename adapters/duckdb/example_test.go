package duckdb_test

import (
	"context"
	"fmt"

	"github.com/rowsight/rowsight/adapters/duckdb"
	"github.com/rowsight/rowsight/query"
)

func ExampleQuerySQL() {
	answer, err := duckdb.QuerySQL(context.Background(), nil, "SELECT range * $1 FROM range(3)", []any{int64(2)}, nil)
	fmt.Println(answer.Rows, err)
	_, err = duckdb.QuerySQL(context.Background(), nil, "SELECT * FROM read_csv('/etc/passwd')", nil, nil)
	fmt.Println(err)
	// Output:
	// [[0] [2] [4]] <nil>
	// this table function is not allowed: "read_csv"
}

func ExampleQuery() {
	_, err := duckdb.Query(context.Background(), nil, query.Query{}, nil)
	fmt.Println(err)
	// Output: no such table
}

func ExampleOf() {
	tables := map[string]duckdb.Table{"sales": duckdb.Of(nil, anna)}
	fmt.Println(len(tables))
	// Output: 1
}

func ExampleEngine() {
	engine := duckdb.Engine(&duckdb.Options{Threads: 2}) // spice.AskOptions{Engine: engine}
	_, err := engine(context.Background(), query.Plan{}, nil, nil)
	fmt.Println(err)
	// Output: the zero Plan has no answer
}

func ExampleSpare() {
	spare := new(duckdb.Spare)
	defer spare.Close()
	opts := &duckdb.Options{Spare: spare}
	for range 2 { // the second call gets a database that is open already
		answer, err := duckdb.QuerySQL(context.Background(), nil, "SELECT count(*) FROM range(3)", nil, opts)
		fmt.Println(answer.Rows, err)
	}
	// Output:
	// [[3]] <nil>
	// [[3]] <nil>
}
