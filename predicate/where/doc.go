// Package where writes predicates as conditions in SQL, so that the engine that
// holds the rows leaves out those that a viewer must not see.
//
//	c, err := where.Lower(p, where.PostgreSQL, &where.Options{Column: where.Known(where.PostgreSQL, "", "Region", "Segment")})
//	rows, err := db.Query("SELECT * FROM sales WHERE "+c.SQL(), c.Args()...)
//
// for a predicate like Region in ("EMEA", "US") and Segment in ("SMB") sends
//
//	"Region" OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[])
//	AND "Region" COLLATE pg_catalog."C" OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[])
//	AND "Segment" OPERATOR(pg_catalog.=) $2::pg_catalog.text
//	AND "Segment" COLLATE pg_catalog."C" OPERATOR(pg_catalog.=) $2::pg_catalog.text
//
// # Exact or refused
//
// A condition selects exactly the rows that [predicate.Predicate.Match] selects
// (S4), on every engine, whatever its collations: comparison is by code point,
// and case, accents, trailing spaces and zero-width characters count (S5). NULL
// and "" are in no set (S2). A predicate that cannot be written exactly is an
// error, and its Clause selects no row (S1):
//
//   - a value or a name that is not valid UTF-8, or that contains NUL, because
//     engines truncate, replace or misread it;
//   - a column that [Options.Column] does not know;
//   - more values or a longer text than the engine accepts: a [BudgetError]. The
//     check is made before anything is sent.
//
// Columns must hold text of variable length. Most engines refuse to compare a
// number with a text. Some convert one of them, and no condition can prevent
// it. A column of type CHAR(n) is compared without its padding, but readers see
// the padding. Package spice/direct checks the types first, and refuses columns
// of CHAR(n) and columns that are not text. In SQLite, where a column can
// contain values of any type, numbers and blobs match no predicate.
//
// # Values
//
// Values are bound. With [Options.Inline] they are written as literals, for
// statements that cannot bind values. Many values of one column are sent as one
// argument that the engine unpacks: an array or a JSON text. All arguments are
// strings, so any driver accepts them. If the values do not fit into an
// argument, [Clause.Setup] writes them to the table [Options.Temp] first.
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
// The values of [Dialect] are safe to share, and so is a [Clause].
package where
