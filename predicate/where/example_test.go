package where_test

import (
	"errors"
	"fmt"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/where"
)

func ExampleLower() {
	p := predicate.And(predicate.In("Region", "EMEA", "US"), predicate.In("Segment", "O'Brien"))
	c, err := where.Lower(p, where.PostgreSQL, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(c.SQL())
	fmt.Println(c.Args()...)
	// Output:
	// "Region" OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[]) AND "Region" COLLATE pg_catalog."C" OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[]) AND "Segment" OPERATOR(pg_catalog.=) $2::pg_catalog.text AND "Segment" COLLATE pg_catalog."C" OPERATOR(pg_catalog.=) $2::pg_catalog.text
	// {"EMEA","US"} O'Brien
}

// What two rules have in common is written once.
func ExampleLower_minimal() {
	p := predicate.Or(
		predicate.And(predicate.In("Region", "EMEA"), predicate.In("Segment", "SMB")),
		predicate.And(predicate.In("Region", "EMEA"), predicate.In("Product", "Alchemy")),
	)
	c, err := where.Lower(p, where.Trino, &where.Options{Inline: true})
	fmt.Println(c.SQL(), err)
	// Output:
	// "Region" = 'EMEA' AND ("Product" = 'Alchemy' OR "Segment" = 'SMB') <nil>
}

// A condition that the engine would not take is refused before it is sent, with
// a Clause that selects no row.
func ExampleLower_budget() {
	values := make([]string, 192_000)
	for i := range values {
		values[i] = fmt.Sprint("account ", i)
	}
	c, err := where.Lower(predicate.In("Account", values...), where.Athena, nil)
	var budget *where.BudgetError
	fmt.Println(errors.As(err, &budget), budget.What, budget.Max)
	fmt.Println(c.SQL())
	// Output:
	// true bytes of text 262144
	// 1 = 0
}

func ExampleClause_Setup() {
	values := make([]string, 192_000)
	for i := range values {
		values[i] = fmt.Sprint("account ", i)
	}
	c, err := where.Lower(predicate.In("Account", values...), where.Trino, &where.Options{Temp: []string{"memory", "default", "visible"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range c.Setup()[:2] {
		fmt.Println(s.SQL)
	}
	fmt.Println(c.SQL())
	fmt.Println(c.Teardown()[0].SQL)
	// Output:
	// CREATE TABLE "memory"."default"."visible" (k integer, v varchar)
	// INSERT INTO "memory"."default"."visible" SELECT k, v FROM UNNEST(CAST(system.builtin.json_parse(?) AS array(row(k integer, v varchar)))) AS u (k, v)
	// "Account" IN (SELECT rowsight_values.v FROM "memory"."default"."visible" AS rowsight_values WHERE rowsight_values.k = 1)
	// DROP TABLE "memory"."default"."visible"
}

func ExampleClause_Wrap() {
	c, err := where.Lower(predicate.In("Region", "US"), where.PostgreSQL, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	visible, err := c.Wrap("SELECT * FROM sales")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("SELECT 1000 / amount FROM (" + visible + ") AS s WHERE segment = 'SMB' OR 1 = 1")
	// Output:
	// SELECT 1000 / amount FROM (SELECT * FROM (SELECT * FROM (
	// SELECT * FROM sales
	// ) AS rowsight_base WHERE "rowsight_base"."Region" OPERATOR(pg_catalog.=) $1::pg_catalog.text AND "rowsight_base"."Region" COLLATE pg_catalog."C" OPERATOR(pg_catalog.=) $1::pg_catalog.text OFFSET 0) AS rowsight_visible) AS s WHERE segment = 'SMB' OR 1 = 1
}

// In Trino, the columns by name keep all workers busy.
func ExampleClause_WrapColumns() {
	c, err := where.Lower(predicate.In("region", "US"), where.Trino, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	visible, err := c.WrapColumns("SELECT * FROM sales", "amount")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("SELECT sum(amount) FROM (" + visible + ") AS s WHERE 1000 / amount > 2")
	// Output:
	// SELECT sum(amount) FROM (SELECT * FROM (SELECT CASE WHEN system.builtin.random() >= 0e0 THEN "rowsight_base"."amount" END AS "amount" FROM (
	// SELECT * FROM sales
	// ) AS rowsight_base WHERE "rowsight_base"."region" = ?) AS rowsight_visible) AS s WHERE 1000 / amount > 2
}

// A column that is known to be compared exactly is compared once.
func ExampleKind() {
	p := predicate.In("tenant", "acme")
	c, err := where.Lower(p, where.PostgreSQL, &where.Options{Kind: func(string) where.Kind { return where.ExactText }})
	fmt.Println(c.SQL(), err)
	// Output:
	// "tenant" OPERATOR(pg_catalog.=) $1::pg_catalog.text <nil>
}

func ExampleKnown() {
	opts := &where.Options{Column: where.Known(where.MySQL, "s", "Region", "Segment")}
	c, err := where.Lower(predicate.HasValue("Region"), where.MySQL, opts)
	fmt.Println(c.SQL(), err)
	c, err = where.Lower(predicate.HasValue("Nation"), where.MySQL, opts)
	fmt.Println(c.SQL(), err)
	// Output:
	// OCTET_LENGTH(`s`.`Region`) > 0 <nil>
	// 1 = 0 no such column: "Nation"
}

func ExampleParseDialect() {
	d, err := where.ParseDialect("Postgres")
	fmt.Println(d, d.Placeholder(3), err)
	// Output:
	// postgresql $3 <nil>
}

func ExampleDialects() {
	for _, d := range where.Dialects() {
		fmt.Print(d, " ")
	}
	// Output:
	// postgresql redshift trino athena spark databricks mysql mariadb sqlite duckdb clickhouse snowflake bigquery sqlserver
}

func ExampleDialect_Literal() {
	for _, d := range []where.Dialect{where.PostgreSQL, where.MySQL, where.Spark, where.Redshift} {
		text, _ := d.Literal(`O'Brien\`)
		fmt.Println(text)
	}
	// Output:
	// E'O''Brien\\'
	// x'4f27427269656e5c'
	// CAST(X'4F27427269656E5C' AS STRING)
	// ('O''Brien' || CHR(92) || '')
}
