package docs_test

import (
	"errors"
	"fmt"
	"io"
	"log"
	"strings"
	"sync/atomic"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate/batch"
	"github.com/rowsight/rowsight/rls"
)

// The code of docs/serving.md.

// A Gate filters the records of one table. It is safe for concurrent use.
type Gate struct {
	Schema  *arrow.Schema // of the table
	rules   atomic.Pointer[rls.Rules]
	filters batch.Cache // equal predicates share one filter
}

// Reload reads new rules. If they are invalid, or do not fit the table, the current
// rules stay in force.
func (g *Gate) Reload(file io.Reader) error {
	rules, err := rls.ReadCSV(file, nil)
	if err != nil {
		return err
	}
	if err := rules.Check(batch.Columns(g.Schema)); err != nil {
		return err
	}
	g.rules.Store(rules)
	return nil
}

// Apply returns the rows of rec that the viewer may see. Release the result.
func (g *Gate) Apply(viewer namespace.Principal, rec arrow.Record) (arrow.Record, error) {
	rules := g.rules.Load()
	if rules == nil {
		return nil, errors.New("no rules are loaded")
	}
	p, err := rules.For(viewer)
	if err != nil {
		return nil, err
	}
	filter, err := g.filters.Bind(p, rec.Schema())
	if err != nil {
		return nil, err
	}
	return filter.Apply(rec)
}

func Example_reload() {
	rec := record(arrow.NewSchema([]arrow.Field{{Name: "Region", Type: arrow.BinaryTypes.String}}, nil), `[{"Region":"US"},{"Region":"EMEA"}]`)
	defer rec.Release()

	gate := Gate{Schema: rec.Schema()}
	for _, file := range []string{"UserName,Region\nMartha,US\n", "UserName,Region\nMartha,\"US,EMEA\"\n", "UserName,Region\nMartha\n", "UserName,Regoin\nMartha,\n"} {
		if err := gate.Reload(strings.NewReader(file)); err != nil {
			fmt.Println(err)
		}
		visible, err := gate.Apply(namespace.Named("Martha"), rec)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(visible.NumRows(), "visible")
		visible.Release()
	}
	// Output:
	// 1 visible
	// 2 visible
	// 2:1: wrong number of fields: got 1, want 2
	// 2 visible
	// column "Regoin": no such column; did you mean "Region"?
	// 2 visible
}
