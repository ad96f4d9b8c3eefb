// Command entscope adds the filter of a viewer to queries of ent. In a project
// with generated code: client.Order.Query().Where(Visible(p, where.SQLite, …)).
package main

import (
	"context"
	stdsql "database/sql"
	"fmt"
	"log"
	"strings"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
	_ "modernc.org/sqlite"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/where"
	"github.com/rowsight/rowsight/rls"
)

// Visible has the form of the predicates that ent generates. A condition that
// cannot be written selects no row and makes the query fail.
func Visible(p predicate.Predicate, d where.Dialect, columns ...string) func(*sql.Selector) {
	return func(s *sql.Selector) {
		// ent numbers placeholders by itself, so the condition has literals.
		opts := &where.Options{Column: where.Known(d, s.TableName(), columns...), Inline: true}
		condition, err := where.Lower(p, d, opts)
		if err != nil {
			s.AddError(err)
			s.Where(sql.False())
			return
		}
		s.Where(sql.P(func(b *sql.Builder) { b.WriteString("(" + condition.SQL() + ")") }))
	}
}

func main() {
	db, err := stdsql.Open("sqlite", ":memory:")
	if err != nil {
		log.Fatal(err)
	}
	drv := sql.OpenDB(dialect.SQLite, db)
	defer drv.Close()
	drv.DB().SetMaxOpenConns(1)
	if _, err := drv.DB().Exec(`CREATE TABLE orders (id INTEGER, region TEXT); INSERT INTO orders VALUES (1, 'US'), (2, 'EMEA')`); err != nil {
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
	ids, err := orders(context.Background(), drv, Visible(p, where.SQLite, "region"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("orders", ids)
}

func orders(ctx context.Context, drv *sql.Driver, visible func(*sql.Selector)) (ids []int, err error) {
	s := sql.Dialect(drv.Dialect()).Select("id").From(sql.Table("orders"))
	visible(s)
	query, args := s.Query()
	if err := s.Err(); err != nil {
		return nil, err
	}
	var rows sql.Rows
	if err := drv.Query(ctx, query, args, &rows); err != nil {
		return nil, err
	}
	defer rows.Close()
	err = sql.ScanSlice(rows, &ids)
	return ids, err
}
