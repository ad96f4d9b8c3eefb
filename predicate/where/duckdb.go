package where

// DuckDB compares bytes unless the column or default_collation says otherwise;
// COLLATE BINARY compares bytes always.
//
// Limits: none that are documented; 65,536 arguments were measured to work.
// https://duckdb.org/docs/stable/sql/expressions/collations
var duckDB = spec{
	name:        "duckdb",
	quote:       [2]byte{'"', '"'},
	literal:     standardLiteral,
	placeholder: dollar,
	reuse:       true,
	right:       " COLLATE BINARY",
	argRight:    "::VARCHAR",
	hasValue:    [2]string{"", " COLLATE BINARY <> ''"},
	few:         16,
	fewInline:   1000,
	packed:      func(int) string { return "IN (SELECT unnest(from_json(%s::JSON, '[\"VARCHAR\"]')))" },
	pack:        jsonArray,
	limits:      Limits{Args: 65_535, Text: 1 << 30, Arg: 1 << 30},
	fence:       fence{tail: "LIMIT 9223372036854775807"},
}
