package where

import "strconv"

// BigQuery compares code points unless the column has a collation, which
// COLLATE with an empty name takes away. It refuses what is no text. Arguments are named
// p1, p2 and so on. A backslash is an escape in a literal and in a name.
//
// BigQuery documents no barrier but row access policies and authorized views.
//
// Not measured on a project. Limits: 1 MB of text, 10,000 arguments, 10 MB of a
// request.
// https://cloud.google.com/bigquery/quotas#query_jobs
var bigQuery = spec{
	name:        "bigquery",
	aliases:     []string{"googlesql"},
	quote:       [2]byte{'`', '`'},
	names:       nameRules{most: 300, unit: inCharacters, not: "`\\", folded: true}, // a backslash is an escape in names, too
	superset:    superset{on: true},
	literal:     backslashed('\'', `\x%02X`),
	placeholder: func(b []byte, n int) []byte { return strconv.AppendInt(append(b, "@p"...), int64(n), 10) },
	reuse:       true,
	left:        "COLLATE(",
	right:       ", '')",
	hasValue:    "COLLATE(%c, '') <> ''",
	few:         1000,
	fewInline:   10_000,
	packed:      func(int) string { return "IN UNNEST(JSON_VALUE_ARRAY(%s))" },
	pack:        jsonArray,
	limits:      Limits{Args: 10_000, Text: 1 << 20, Arg: 8 << 20},
	fence:       fence{why: "use a row access policy or an authorized view"},
}
