package where

import "strings"

// Redshift ignores spaces at the end of a text when it compares, in VARCHAR
// too, so both sides end in a dot; and COLLATE takes away what a
// case-insensitive column or database asks for.
//
// A backslash in a literal may be an escape, so it is written as CHR(92), which
// is right in every setting.
//
// Not measured on an Amazon Redshift cluster. Sources: "Character types" and
// "COLLATE function" in the Database Developer Guide; the drivers' protocol
// counts arguments in 15 bits; a statement has at most 16 MB.
// https://docs.aws.amazon.com/redshift/latest/dg/c_redshift-sql.html
var redshift = spec{
	name:        "redshift",
	quote:       [2]byte{'"', '"'},
	literal:     redshiftLiteral,
	placeholder: dollar,
	reuse:       true,
	names:       nameRules{most: 127, folded: true},
	left:        "COLLATE(",
	right:       " || '.', 'case_sensitive')",
	argRight:    "::varchar(65535) || '.'",
	hasValue:    "COLLATE(%c || '.', 'case_sensitive') <> '.'",
	constants:   [2]string{"FALSE", "TRUE"},
	superset:    superset{on: true, right: "::varchar(65535)"},
	few:         32_767,
	fewInline:   1 << 20,
	limits:      Limits{Args: 32_767, Text: 16 << 20, Arg: 65_535},
	temp: &temp{
		create: "CREATE TEMPORARY TABLE %t (k integer NOT NULL, v varchar(65535) NOT NULL)",
		rows:   10_000,
	},
	fence: fence{tail: "LIMIT 9223372036854775807"},
}

func redshiftLiteral(b []byte, s string) []byte {
	if !strings.Contains(s, `\`) {
		return standardLiteral(b, s)
	}
	b = append(b, '(')
	for i, part := range strings.Split(s, `\`) {
		if i > 0 {
			b = append(b, " || CHR(92) || "...)
		}
		b = standardLiteral(b, part)
	}
	return append(b, ')')
}
