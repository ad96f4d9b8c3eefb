package sqlcodes_test

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/rowsight/rowsight/spice/embed"
	"github.com/rowsight/rowsight/spice/embed/sqlcodes"
)

// Several processes that serve one site share a table.
func ExampleOpen() {
	ctx := context.Background()
	db, err := sql.Open("pgx", "host=db.example.com dbname=app") // a driver that you import
	if err != nil {
		fmt.Println(`no driver "pgx" in this program`)
		return
	}
	codes, err := sqlcodes.Open(ctx, db, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = embed.Options{Codes: codes} // and the other settings of your server
	// Output: no driver "pgx" in this program
}

// A migration tool creates the table, and the service needs no right to do so.
func ExampleMigrations() {
	statements, err := sqlcodes.Migrations(&sqlcodes.Options{Engine: sqlcodes.SQLite, Table: "embed_codes"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(statements), statements[0][:38])
	// Output: 1 CREATE TABLE IF NOT EXISTS embed_codes
}
