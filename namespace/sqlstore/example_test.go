package sqlstore_test

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/namespace/sqlstore"
)

// Several processes may open one directory: what one does, all others see.
func ExampleOpen() {
	ctx := context.Background()
	db, err := sql.Open("pgx", "host=db.example.com dbname=app") // a driver that you import
	if err != nil {
		fmt.Println(`no driver "pgx" in this program`)
		return
	}
	log, err := sqlstore.Open(ctx, db, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	d, err := namespace.Open(ctx, log, "111122223333", "us-east-1", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	d.Administrator().CreateNamespace(ctx, "tenant")
	// Output: no driver "pgx" in this program
}
