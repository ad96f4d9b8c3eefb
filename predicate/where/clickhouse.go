package where

// ClickHouse compares the bytes of a String, and knows no collations here. It
// turns a literal into the type of the column: a column must be String,
// LowCardinality(String) or Nullable of them; a FixedString is padded with NUL
// and equal to no value that is shorter.
//
// Drivers write arguments into the text.
//
// An alias of the same SELECT stands in front of a column: qualify columns, or use
// [Clause.Wrap].
//
// Tried with chDB, ClickHouse as a library. Limits: max_query_size, 262,144 bytes.
// https://clickhouse.com/docs/operations/settings/settings#max_query_size
var clickHouse = spec{
	name:        "clickhouse",
	quote:       [2]byte{'`', '`'},
	names:       nameRules{not: "`\\"}, // a backslash is an escape in names, too
	literal:     backslashed('\'', `\x%02X`),
	placeholder: question,
	hasValue:    "notEmpty(%c)",
	few:         1000,
	fewInline:   1 << 20,
	packed:      func(int) string { return "IN (SELECT arrayJoin(JSONExtract(%s, 'Array(String)')))" },
	pack:        jsonArray,
	limits:      Limits{Text: 262_144, Bound: true},
	temp: &temp{
		create: "CREATE TEMPORARY TABLE %t (k Int32, v String)",
		insert: "INSERT INTO %t SELECT p.1, p.2 FROM (SELECT arrayJoin(JSONExtract(%s, 'Array(Tuple(Int32, String))')) AS p)",
	},
	fence: fence{tail: "LIMIT 18446744073709551615"},
}
