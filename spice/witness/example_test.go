package witness_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"

	"github.com/rowsight/rowsight/spice/witness"
)

// A value is replaced only by those who know it.
func ExampleNewFiles() {
	dir, _ := os.MkdirTemp("", "")
	defer os.RemoveAll(dir)
	w, err := witness.NewFiles(dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	fmt.Println(w.Replace(ctx, "sales", nil, []byte("state 1")))
	fmt.Println(w.Replace(ctx, "sales", []byte("state 1"), []byte("state 2")))
	fmt.Println(w.Replace(ctx, "sales", []byte("state 1"), []byte("state 3")))
	// Output:
	// <nil>
	// <nil>
	// the value in the witness was changed meanwhile
}

// The table is in a database that is not where the data is.
func ExampleNewTable() {
	db, err := sql.Open("pgx", "host=db.example.com dbname=app") // a driver that you import
	if err != nil {
		fmt.Println(`no driver "pgx" in this program`)
		return
	}
	w, err := witness.NewTable(db, nil)
	fmt.Println(w.Schema(), err)
	// Output: no driver "pgx" in this program
}
