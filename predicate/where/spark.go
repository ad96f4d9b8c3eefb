package where

import (
	"fmt"
	"strings"
)

// Spark 4 has collations, and COLLATE UTF8_BINARY compares bytes whatever that of
// the column is; Spark 3, which has none, refuses the word. A number is refused,
// too.
//
// Where a condition says that a column equals a value, Spark 4.0 puts the value in
// the place of the column in the conditions that are ANDed with it, even if the
// collation of the column has other texts that equal the value: the exact comparison
// becomes true of them. So the plain comparison of one value is a range.
//
// Spark replaces ${x} in the text of a query, in a literal or a quoted name too, by
// a setting or a variable of the environment; and whether a backslash is an escape
// depends on spark.sql.parser.escapedStringLiterals. So a text with a dollar, a
// backslash, a quote or a control character is written in hexadecimal, and a name
// with a dollar is refused.
//
// Functions of a database come behind those that are built in, and CREATE FUNCTION
// replaces none by SQL (S8). Code that runs in the session can: spark.udf.register,
// or CREATE OR REPLACE TEMPORARY FUNCTION … AS with a class. No schema can be named:
// Spark 4.0 finds no builtin.array_contains. Such code runs with the rights of the
// session, so it can read the table anyway.
//
// Spark has no limit of text that is documented. Its LIMIT ends at 2,147,483,647
// rows and so cannot be the barrier; a condition that is not deterministic can:
// Spark may not move another condition before it, nor join the two. It must not be
// one of rand alone, which the optimizer knows to be always true. A subquery,
// however, becomes a join behind the barrier's back: trap expressions were seen to
// run before it.
// https://spark.apache.org/docs/latest/sql-ref-literals.html
var spark = spec{
	name:        "spark",
	aliases:     []string{"sparksql"},
	quote:       [2]byte{'`', '`'},
	names:       nameRules{not: "$", folded: true},
	replaced:    "${",
	superset:    superset{on: true, between: true},
	literal:     sparkLiteral,
	placeholder: question,
	right:       " COLLATE UTF8_BINARY",
	hasValue:    "%c COLLATE UTF8_BINARY <> ''",
	few:         1000,
	fewInline:   1 << 20,
	packed:      func(int) string { return "IN (SELECT explode(from_json(%s, 'array<string>')))" },
	pack:        jsonArray,
	scanned:     "array_contains(from_json(%s, 'array<string>'), %c)",
	fence: fence{
		cond:      " AND monotonically_increasing_id() >= 0",
		whyNested: "lists of this length become a subquery, which may run last: write them inline",
	},
}

// Databricks is Spark; COLLATE is there from Runtime 16.1 on.
// https://docs.databricks.com/aws/en/sql/language-manual/functions/collate
var databricks = spark.variant("databricks", func(s *spec) {
	s.names.most, s.names.unit = 255, inCharacters
	s.limits = Limits{Text: 16 << 20, Bound: true}
})

func sparkLiteral(b []byte, s string) []byte {
	if strings.ContainsFunc(s, func(r rune) bool { return r == '$' || r == '\\' || r == '\'' || r < 0x20 || r == 0x7f }) {
		return fmt.Appendf(b, "CAST(X'%X' AS STRING)", s)
	}
	return standardLiteral(b, s)
}
