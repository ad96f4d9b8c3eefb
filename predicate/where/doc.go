// Package where writes predicates as conditions in SQL, so that a database or
// query engine returns only the rows that a viewer may see.
//
//	c, err := where.Lower(p, where.PostgreSQL, &where.Options{Column: where.Known(where.PostgreSQL, "", "Region", "Segment")})
//	rows, err := db.Query("SELECT * FROM sales WHERE "+c.SQL(), c.Args()...)
//
// For the predicate Region in ("EMEA", "US") and Segment in ("SMB"), the condition
// is
//
//	"Region" OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[])
//	AND "Region" COLLATE pg_catalog."C" OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[])
//	AND "Segment" OPERATOR(pg_catalog.=) $2::pg_catalog.text
//	AND "Segment" COLLATE pg_catalog."C" OPERATOR(pg_catalog.=) $2::pg_catalog.text
//
// In PostgreSQL it compares each column twice. An index can answer the first
// comparison. The second one is exact with every collation, the rule by which a
// database compares the text of a column.
//
// # Exact or refused
//
// A condition selects exactly the rows that [predicate.Predicate.Match] selects
// (S4), on every engine and with every collation. It compares by code point: case,
// accents, trailing spaces and zero-width characters count (S5). NULL and "" are
// in no set (S2). If [Lower] cannot write a predicate exactly, it returns an error
// and a Clause that selects no row (S1). Such predicates have
//
//   - a value or a name that is not valid UTF-8, or that contains NUL, because
//     engines truncate, replace or misread it;
//   - a column that [Options.Column] does not know;
//   - more values or a longer text than the engine accepts: a [BudgetError]. Lower
//     checks this itself, before you send anything.
//
// Columns must hold text of variable length. Most engines refuse to compare a
// number with a text. Some convert one of them, and no condition can prevent
// this. Engines compare a column of type CHAR(n) without the spaces that fill it
// up, although a reader of the column sees these spaces. Package spice/direct
// checks the types first, and refuses columns of CHAR(n) and columns that are not
// text. In SQLite a column can contain values of any type; numbers and blobs match
// no predicate.
//
// # Values
//
// Values are arguments of the statement. With [Options.Inline] they are literals
// in its text, for statements without arguments. Many values of one column are one
// argument that the engine unpacks: an array or a JSON text. All arguments are
// strings, so any driver accepts them. If the values do not fit into an argument,
// the statements of [Clause.Setup] write them to the table [Options.Temp] first.
//
// # Safe composition
//
// You can add AND after [Clause.SQL], but not OR, because an OR would admit
// hidden rows. In Spark and Databricks, do not add AND either: next to an
// equality on a column whose collation ignores case, the condition can admit
// texts in another case.
//
// [Clause.Wrap] puts the condition around a query as a barrier: no later
// condition can admit a hidden row, and no expression of the caller is
// evaluated on one. Otherwise a division by zero, a cast or an error text could
// reveal its values. This also holds in Spark and Databricks.
//
// Goroutines can share the values of [Dialect] and a [Clause].
package where
