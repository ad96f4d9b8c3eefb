package where

// DuckDB compares bytes unless the column or default_collation says otherwise;
// the collation C compares bytes always, and refuses what is no text.
//
// Functions are named with their schema: a macro of a user stands in front of a
// function that is built in, operators such as ->> included, and a type called
// JSON in front of that type. No user can make a type called VARCHAR (S8).
//
// The table of json_each is made once: unnest of a list that is as long was
// measured to be made again for every row.
//
// The optimizer takes time that grows with the square of the condition's size:
// 38 s for 100 rules of 190 values for two columns. It looks into an OR and into
// a list, but not into a CASE, and hardly into a list that is one argument.
//
// Limits: none that are documented; 65,536 arguments were measured to work.
// https://duckdb.org/docs/stable/sql/expressions/collations
var duckDB = spec{
	name:        "duckdb",
	quote:       [2]byte{'"', '"'},
	literal:     standardLiteral,
	placeholder: dollar,
	reuse:       true,
	right:       " COLLATE C",
	argRight:    "::VARCHAR",
	names:       nameRules{folded: true},
	superset:    superset{on: true, right: "::VARCHAR"},
	hasValue:    "%c COLLATE C <> ''",
	few:         1000,
	fewInline:   200,
	packed: func(int) string {
		return "IN (SELECT system.main.json_extract_string(u.value, '$') FROM system.main.json_each(%s::VARCHAR) AS u)"
	},
	pack:    jsonArray,
	scanned: "system.main.list_contains(system.main.from_json(%s::VARCHAR, '[\"VARCHAR\"]'), %c)",
	cases:   true,
	limits:  Limits{Args: 65_535, Text: 1 << 30, Arg: 1 << 30},
	fence:   fence{tail: "LIMIT 9223372036854775807"},
}
