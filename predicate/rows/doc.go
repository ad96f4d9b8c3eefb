// Package rows applies predicates to rows that are not Arrow records: structs,
// maps, rows of database/sql, and rows of text.
//
//	filter, err := rows.Bind[Order](p)
//	visible, err := filter.Slice(orders)
//
// [Bind] compiles a [predicate.Predicate] for structs or maps, [BindSQL] for the
// rows of a query, and [Compile] for rows whose columns a program reads itself.
// Each checks that every restricted column is there exactly once and is text
// (U2). What it returns is immutable, except for [SQLRows], and is safe for
// concurrent use. It selects exactly the rows that [predicate.Predicate.Match]
// selects, without allocating memory for a row.
//
// # Text
//
// A restricted column must be a string, a []byte, a *string, a sql.NullString or
// sql.Null[string], or a named type of one of the first two kinds. NULL, nil and
// "" are in no set (S2). Everything else is [predicate.ErrNotText], also numbers
// and JSON: [encoding/json.Number] and [encoding/json.RawMessage] have many
// texts for one value. Convert such columns to the text that the rules use.
//
// # Columns of a struct
//
// The name of a column is, in this order, what the tag "rowsight" of a field
// says, what the tag "db" says, what the tag "json" says, and the name of the
// field:
//
//	type Order struct {
//		ID     int64
//		Tenant string         `rowsight:"Tenant"`
//		Region sql.NullString `db:"region"`
//		Margin string         `rowsight:"-"`
//	}
//
// The tag rowsight:"-" hides a field. In the tags db and json, "-" says nothing
// about the name. Names are compared exactly. A field that is not exported is a
// column only if it has the tag "rowsight". The fields of an embedded struct are
// columns of the outer one; two fields with the name of one restricted column
// are [predicate.ErrAmbiguous].
//
// # How it works
//
// As in package batch, texts that the same rules accept form a class, and a
// decision table leads from the classes of one column to the next. The time for
// a row depends on the number of columns that rules test, and hardly on the
// number of rules. Where a table would be too large, sets of rules are
// intersected instead.
package rows
