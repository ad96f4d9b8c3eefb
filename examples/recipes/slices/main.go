// Command slices filters structs and maps in memory.
package main

import (
	"fmt"
	"io"
	"log"
	"os"
	"strings"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate/rows"
	"github.com/rowsight/rowsight/rls"
)

const permissions = `UserName,GroupName,region
anna,,US
,emea,"EMEA,APAC"
`

// An Order is a row of the application.
type Order struct {
	ID     int
	Region string `rowsight:"region"`
}

func main() {
	if err := run(os.Stdout, namespace.Named("anna", "emea")); err != nil {
		log.Fatal(err)
	}
}

func run(w io.Writer, viewer namespace.Principal) error {
	rules, err := rls.ReadCSV(strings.NewReader(permissions), nil)
	if err != nil {
		return err
	}
	p, err := rules.For(viewer)
	if err != nil {
		return err
	}

	orders := []Order{{1, "US"}, {2, "EMEA"}, {3, "LATAM"}}
	structs, err := rows.Bind[Order](p)
	if err != nil {
		return err
	}
	visible, err := structs.Slice(orders)
	if err != nil {
		return err
	}
	fmt.Fprintln(w, visible)

	table := []map[string]any{{"id": 1, "region": "APAC"}, {"id": 2, "region": nil}}
	maps, err := rows.Bind[map[string]any](p)
	if err != nil {
		return err
	}
	shown, err := maps.Slice(table)
	if err != nil {
		return err
	}
	fmt.Fprintln(w, shown)
	return nil
}
