package where

// Snowflake compares as the column's collation says; utf8 compares code points.
// COLLATE refuses what is no text. A backslash is an escape in a literal.
//
// Snowflake may reorder what is inside and outside of a query; it says that only
// a secure view or a row access policy keeps expressions from hidden rows.
//
// Not measured on an account. Limits: 1 MB of text, 16,384 values of a list,
// 16 MB of a value.
// https://docs.snowflake.com/en/user-guide/query-size-limits
var snowflake = spec{
	name:        "snowflake",
	quote:       [2]byte{'"', '"'},
	literal:     backslashed('\'', `\u%04X`),
	placeholder: question,
	names:       nameRules{most: 255, unit: inCharacters},
	superset:    superset{on: true},
	left:        "COLLATE(",
	right:       ", 'utf8')",
	hasValue:    "COLLATE(%c, 'utf8') <> ''",
	few:         1000,
	fewInline:   10_000,
	packed: func(int) string {
		return "IN (SELECT value::varchar FROM TABLE(FLATTEN(INPUT => PARSE_JSON(%s))))"
	},
	pack:   jsonArray,
	limits: Limits{Text: 1 << 20, Arg: 16 << 20, List: 16_384},
	fence:  fence{why: "use a secure view or a row access policy"},
}
