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
// and "" are in no set (S2). What cannot be written so is an error, and the
// Clause that comes with an error selects no row (S1):
//
//   - a value or a name that is not valid UTF-8, or that holds NUL: engines cut
//     it off, replace it or take it for something else;
//   - a column that [Options.Column] does not know;
//   - more values or a longer text than the engine takes: a [BudgetError], before
//     anything is sent.
//
// Columns must hold text of variable length. Most engines refuse to compare a
// number with a text; some convert one to the other, which no condition can keep
// them from. A column of type CHAR(n) is compared without its padding, which
// readers see. Package spice/direct looks at the types first, and refuses both. In
// SQLite, where a column holds values of any type, numbers and blobs match no
// predicate.
//
// # Values
//
// Values are bound, or, with [Options.Inline], written as literals for places
// that cannot bind. Many values of one column are sent as one argument that the
// engine unpacks: an array, or a JSON text. All arguments are of type string, so
// any driver takes them. Where even that does not fit, [Options.Temp] lets
// [Clause.Setup] write the values to a table first.
//
// # Safe composition
//
// [Clause.SQL] may be followed by AND, not by OR: what is behind an OR decides
// alone. [Clause.Wrap] puts the condition around a query so that nothing behind
// it can, and so that no expression of the caller runs on a hidden row, for
// division by zero, a cast or an error text would tell what the row holds.
//
// The values of [Dialect] are safe to share, and so is a [Clause].
package where
