package where

// Trino compares VARCHAR by code point, knows no collations, and refuses to
// compare a number with a text. Literals are those of standard SQL. Drivers
// write arguments into the text.
//
// A statement may define functions of its own (WITH FUNCTION), and they stand in
// front of those that are built in: so functions are named with their schema (S8).
// Functions of the session's path come behind those that are built in.
//
// Limits: query.max-length, 1,000,000 characters. More values go to a table of a
// catalog that can be written, such as memory; Trino has none of a session.
// https://trino.io/docs/current/admin/properties-query-management.html
var trino = spec{
	name:        "trino",
	aliases:     []string{"presto", "starburst"},
	quote:       [2]byte{'"', '"'},
	names:       nameRules{folded: true},
	literal:     standardLiteral,
	placeholder: question,
	hasValue:    "%c <> ''",
	few:         1000,
	fewInline:   1000,
	packed:      func(int) string { return trinoPacked(trinoBuiltin) },
	pack:        jsonArray,
	scanned:     trinoScanned(trinoBuiltin),
	isolate:     trinoBuiltin + anyMatch,
	limits:      Limits{Text: 1_000_000, Bound: true},
	temp: &temp{
		create: "CREATE TABLE %t (k integer, v varchar)",
		insert: "INSERT INTO %t SELECT k, v FROM UNNEST(CAST(" + trinoBuiltin + "json_parse(%s) AS array(row(k integer, v varchar)))) AS u (k, v)",
		lists:  100, // each is a join: a condition of 2,000 was still being planned after minutes
	},
	fence: fence{
		tail: "LIMIT 9223372036854775807",
		// Conditions move below a projection of deterministic expressions only.
		each: "CASE WHEN " + trinoBuiltin + "random() >= 0e0 THEN %c END",
	},
}

// trinoBuiltin is the schema of the functions that are built in.
const trinoBuiltin = "system.builtin."

func trinoPacked(schema string) string {
	return "IN (SELECT v FROM UNNEST(CAST(" + schema + "json_parse(%s) AS array(varchar))) AS u (v))"
}

func trinoScanned(schema string) string {
	return schema + "contains(CAST(" + schema + "json_parse(%s) AS array(varchar)), %c)"
}

// Trino compiles a condition to one method of the Java machine, which ends at 64
// KB: some hundred rules. A lambda is a method of its own.
const anyMatch = "any_match(ARRAY[TRUE], rowsight_rules -> "

// Athena is Trino with 262,144 bytes for a query, which cannot be raised. It has
// no tables to put values into that would not stay in S3.
// https://docs.aws.amazon.com/athena/latest/ug/service-limits.html
var athena = trino.variant("athena", func(s *spec) {
	s.names = nameRules{most: 255, unit: inCharacters, folded: true}
	s.packed = func(int) string { return trinoPacked("") }
	s.scanned, s.isolate = trinoScanned(""), anyMatch
	s.limits = Limits{Text: 262_144, Bound: true}
	s.temp, s.fence.each = nil, ""
})

func question(b []byte, _ int) []byte { return append(b, '?') }
