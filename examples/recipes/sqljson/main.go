// Command sqljson writes the visible rows of any query as JSON.
package main

import (
	"database/sql"
	"encoding/json"
	"io"
	"log"
	"os"
	"strings"

	_ "modernc.org/sqlite"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/rows"
	"github.com/rowsight/rowsight/rls"
)

func main() {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1) // a database in memory is one connection's own
	if _, err := db.Exec(`CREATE TABLE orders (id INTEGER, region TEXT); INSERT INTO orders VALUES (1, 'US'), (2, 'EMEA'), (3, NULL)`); err != nil {
		log.Fatal(err)
	}
	rules, err := rls.ReadCSV(strings.NewReader("UserName,region\nanna,US\n"), nil)
	if err != nil {
		log.Fatal(err)
	}
	p, err := rules.For(namespace.Named("anna"))
	if err != nil {
		log.Fatal(err)
	}
	if err := visibleJSON(os.Stdout, db, p, "SELECT id, region FROM orders"); err != nil {
		log.Fatal(err)
	}
}

// visibleJSON writes a JSON object for each visible row of a query. The query
// must select every column that the rules restrict.
func visibleJSON(w io.Writer, db *sql.DB, p predicate.Predicate, query string, args ...any) error {
	result, err := db.Query(query, args...)
	if err != nil {
		return err
	}
	columns, err := result.Columns()
	if err != nil {
		return err
	}
	visible, err := rows.BindSQL(p, result)
	if err != nil {
		return err
	}
	defer visible.Close()
	out := json.NewEncoder(w)
	values, dest := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		dest[i] = &values[i]
	}
	for visible.Next() {
		if err := visible.Scan(dest...); err != nil {
			return err
		}
		object := make(map[string]any, len(columns))
		for i, name := range columns {
			object[name] = values[i]
		}
		if err := out.Encode(object); err != nil {
			return err
		}
	}
	return visible.Err()
}
