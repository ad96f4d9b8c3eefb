package where

import (
	"encoding/hex"
	"fmt"
	"strings"
)

// MySQL compares as the column's collation says: mostly without case and
// accents, and padded with spaces, even in utf8mb4_bin. As bytes of one character
// set, texts are equal only if they are the same.
//
// Between the driver and the comparison a value may be converted to the
// character set of the connection: in latin1 one that is not there becomes a
// question mark, or nothing, and would be equal to what it is not. So everything
// but plain ASCII is sent in hexadecimal, bound, as a literal, and in JSON; no
// sql_mode changes what that means either. The column of the JSON table is as
// wide as the longest value: a wider one makes the server compare row by row.
//
// MySQL would turn a number into a text: a column must be text.
//
// Limits: 65,535 arguments; max_allowed_packet, 64 MB in MySQL and 16 MB in
// MariaDB. A condition on rows is not pushed below LIMIT.
// https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html#sysvar_max_allowed_packet
var mySQL = spec{
	name:        "mysql",
	quote:       [2]byte{'`', '`'},
	literal:     mysqlLiteral,
	placeholder: question,
	names:       nameRules{most: 64, unit: inCharacters, bmp: true, trim: true, folded: true},
	left:        "CAST(CONVERT(",
	right:       " USING utf8mb4) AS BINARY)",
	hasValue:    "OCTET_LENGTH(%c) > 0",
	superset:    superset{on: true, sends: mysqlPlain},
	few:         1000,
	fewInline:   1 << 20,
	packed:      mysqlPacked,
	pack:        hexJSONArray,
	encode:      mysqlEncode,
	limits:      Limits{Args: 65_535, Text: 64 << 20, Arg: 64 << 20, Bound: true},
	fence:       fence{tail: "LIMIT 18446744073709551615"},
}

// MariaDB is MySQL with smaller packets.
// https://mariadb.com/kb/en/server-system-variables/#max_allowed_packet
var mariaDB = mySQL.variant("mariadb", func(s *spec) { s.limits.Text, s.limits.Arg = 16<<20, 16<<20 })

// mysqlPlain reports whether s means the same in every session.
func mysqlPlain(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '}' || r == '\'' || r == '\\' })
}

func mysqlLiteral(b []byte, s string) []byte {
	if mysqlPlain(s) {
		return append(append(append(b, '\''), s...), '\'')
	}
	return append(hex.AppendEncode(append(b, "x'"...), []byte(s)), '\'')
}

func mysqlEncode(v string) (arg, left, right string) {
	if mysqlPlain(v) {
		return v, "", ""
	}
	return hex.EncodeToString([]byte(v)), "UNHEX(", ")"
}

func mysqlPacked(longest int) string {
	typ := "LONGTEXT"
	if longest < 10_000 {
		typ = fmt.Sprintf("VARCHAR(%d)", 2*longest)
	}
	return "IN (SELECT UNHEX(v) FROM JSON_TABLE(%s, '$[*]' COLUMNS (v " + typ + " CHARACTER SET ascii PATH '$' ERROR ON ERROR)) AS u)"
}
