package where

import "strconv"

// SQLite compares as the column's collation says, which may be NOCASE or RTRIM;
// BINARY compares bytes. The + takes away the affinity of the column: without it
// a number in a column of numbers would be equal to the text '07'. With it, what
// is not text is equal to no text.
//
// Names are quoted like in MySQL, because SQLite takes a name in double quotes
// for a text if there is no such column, and "Region" in ('Region') is true.
//
// A column holds values of any storage class, whatever its type. SQLite sorts NULL
// before numbers, numbers before texts, and texts before blobs: a value between
// the empty text and the empty blob is a text that is not empty.
//
// Values are arguments, or literals where they are too many. There is no name of
// a function in a condition: a virtual table called json_each would stand in
// front of the one that is built in, and no schema can be named (S8).
//
// A column called true or false is called column1 and so on behind a subquery, so
// a condition on one goes around a table only.
//
// Limits: 32,766 arguments, 1,000,000,000 bytes of text and of an argument.
// https://www.sqlite.org/limits.html
var sqlite = spec{
	name:         "sqlite",
	aliases:      []string{"sqlite3"},
	quote:        [2]byte{'`', '`'},
	brackets:     plainBrackets,
	literal:      standardLiteral,
	placeholder:  func(b []byte, n int) []byte { return strconv.AppendInt(append(b, '?'), int64(n), 10) },
	reuse:        true,
	names:        nameRules{folded: true},
	superset:     superset{on: true},
	left:         "+",
	right:        " COLLATE BINARY",
	hasValue:     "+%c COLLATE BINARY > '' AND +%c < x''",
	few:          32_766,
	fewInline:    1 << 20,
	limits:       Limits{Args: 32_766, Text: 1_000_000_000, Arg: 1_000_000_000},
	renamesBools: true,
	fence:        fence{tail: "LIMIT -1 OFFSET 0"},
}
