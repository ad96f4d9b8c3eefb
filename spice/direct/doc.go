// Package direct reads datasets where they are: in the database that holds them,
// through its driver for database/sql. A [Table] sends the filter along as a
// condition of the query and gives the visible rows as Arrow records; hidden
// rows do not leave the database. [Rules] reads a permission dataset live.
//
//	sales := &direct.Table{DB: db, Dialect: where.PostgreSQL, Table: "public.sales"}
//	r, err := sales.Records(ctx, p, []string{"Region", "Amount"})
//	defer r.Release()
//	for r.Next() {
//		use(r.Record())
//	}
//	if err := r.Err(); err != nil { … }
//
// Before anything is sent, the types of the columns are looked at: a predicate on
// a column that is no text, that is there twice, or not at all, is refused, and so
// is one on CHAR(n), whose padding engines show and do not compare. What the
// driver delivers becomes the Arrow type of the column exactly, or is an error.
//
// A result that ends early is an error and never a short result: look at Err
// after the last record. Nothing is retried.
//
// Errors are for operators: the text of an engine may tell of rows (S7).
package direct
