// Command gormscope adds the filter of a viewer to queries of gorm.
package main

import (
	"fmt"
	"log"
	"strings"

	"github.com/glebarez/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/where"
	"github.com/rowsight/rowsight/rls"
)

// An Order is a model.
type Order struct {
	ID     uint
	Region *string
}

// Visible is a scope: db.Scopes(Visible(p, where.SQLite, "orders", "region")).
// A condition that cannot be written ends the query with an error.
func Visible(p predicate.Predicate, d where.Dialect, table string, columns ...string) func(*gorm.DB) *gorm.DB {
	return func(db *gorm.DB) *gorm.DB {
		// gorm numbers placeholders by itself, so the condition has literals.
		opts := &where.Options{Column: where.Known(d, table, columns...), Inline: true}
		condition, err := where.Lower(p, d, opts)
		if err != nil {
			_ = db.AddError(err)
			return db
		}
		return db.Where(clause.Expr{SQL: "(" + condition.SQL() + ")"})
	}
}

func main() {
	db, err := gorm.Open(sqlite.Open(":memory:"), nil)
	if err != nil {
		log.Fatal(err)
	}
	us, emea := "US", "EMEA"
	if err := db.AutoMigrate(&Order{}); err != nil {
		log.Fatal(err)
	}
	if err := db.Create([]Order{{1, &us}, {2, &emea}, {3, nil}}).Error; err != nil {
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
	var orders []Order
	if err := db.Scopes(Visible(p, where.SQLite, "orders", "region")).Find(&orders).Error; err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(orders), "of 3 orders")
}
