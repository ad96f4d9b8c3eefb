// Quickstart shows who sees what: a permission dataset, a table of sales, and
// for each viewer the predicate that the rules make and the rows it admits.
//
//	go run ./examples/quickstart
//
// It needs no files and no network. Everything it prints comes from data.go.
package main

import (
	"fmt"
	"io"
	"log"
	"os"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/batch"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/tagrules"
)

func main() {
	log.SetFlags(0)
	if err := run(os.Stdout); err != nil {
		log.Fatal(err)
	}
}

// run prints what each viewer sees of the sales.
func run(w io.Writer) error {
	sales := newSales()
	defer sales.Release()

	// Rules are read once and shared; each viewer gets a predicate of their own.
	rules, err := rls.ReadCSV(strings.NewReader(permissions), &rls.Options{File: "permissions.csv"})
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%d rules, %d rows of sales. Who sees what?\n\n", rules.Len(), sales.NumRows())
	for _, v := range viewers {
		p, err := rules.For(v.principal)
		if err != nil {
			return err
		}
		if err := show(w, v.title, p, sales); err != nil {
			return err
		}
	}

	// A session without a registered user brings tags instead.
	config, err := tagrules.Parse(strings.NewReader(tagConfiguration), nil)
	if err != nil {
		return err
	}
	for _, s := range sessions {
		p, err := config.For(s.tags...)
		if err != nil {
			return err
		}
		if err := show(w, s.title, p, sales); err != nil {
			return err
		}
	}
	return nil
}

// show prints the predicate of one viewer, the rows it admits and their count.
func show(w io.Writer, title string, p predicate.Predicate, sales arrow.Record) error {
	filter, err := batch.Bind(p, sales.Schema(), nil)
	if err != nil {
		return err
	}
	visible, err := filter.Apply(sales)
	if err != nil {
		return err
	}
	defer visible.Release()

	fmt.Fprintf(w, "%s: %d of %d rows\n", title, visible.NumRows(), sales.NumRows())
	fmt.Fprintf(w, "  %s\n", p)
	printRows(w, visible)
	_, err = fmt.Fprintln(w)
	return err
}

// A viewer is somebody who looks at the sales.
type viewer struct {
	title     string
	principal namespace.Principal
}

// Users are named by the rules themselves, groups through their members.
var viewers = []viewer{
	user("AlejandroRosalez"),
	user("MarthaRivera"),
	user("NikhilJayashankars"),
	user("PauloSantos"),
	user("SaanviSarkar"),
	user("sales-tps@example.com"),
	user("ZhangWei"),
	member("EMEA-Sales"),
	member("US-Sales"),
	member("APAC-Sales"),
	member("Corporate-Reporting"),
	{"PauloSantos, in APAC-Sales too", namespace.Named("PauloSantos", "APAC-Sales")},
	{"MaryMajor, whom no rule names", namespace.Named("MaryMajor")},
}

func user(name string) viewer { return viewer{name, namespace.Named(name)} }

func member(group string) viewer {
	return viewer{"a member of " + group, namespace.Named("MaryMajor", group)}
}
