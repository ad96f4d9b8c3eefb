// Package direct reads datasets from a database through its database/sql
// driver. A [Table] adds the filter as a condition of the query and returns the
// visible rows as Arrow records. Hidden rows do not leave the database. [Rules]
// reads a permission dataset live.
//
//	sales := &direct.Table{DB: db, Dialect: where.PostgreSQL, Table: "public.sales"}
//	r, err := sales.Records(ctx, p, []string{"Region", "Amount"})
//	defer r.Release()
//	for r.Next() {
//		use(r.Record())
//	}
//	if err := r.Err(); err != nil { … }
//
// [Table.Answer] answers questions of package query in the database.
//
// Before it sends a query, it checks the types of the columns. It refuses a
// predicate on a column that is missing, that exists twice, or that is not
// text. It also refuses CHAR(n), because engines show its padding and do not
// compare it. A value of the driver is converted exactly to the Arrow type of
// the column, or is an error.
//
// A result that ends early is an error and never a short result: check Err
// after the last record. Nothing is retried.
//
// Errors are for operators: the error text of an engine may contain values of rows (S7).
package direct
