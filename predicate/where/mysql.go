package where

import (
	"encoding/hex"
	"fmt"
)

// MySQL compares as the column's collation says: mostly without case and
// accents, and padded with spaces, even in utf8mb4_bin. As bytes of one character
// set, texts are equal only if they are the same.
//
// A literal of anything but plain ASCII is written in hexadecimal, so that
// neither NO_BACKSLASH_ESCAPES nor the connection's character set matters; for
// the same reason the JSON text of many values is in ASCII. The column of the
// JSON table is as wide as the longest value: a wider one makes the server
// compare row by row.
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
	left:        "CAST(CONVERT(",
	right:       " USING utf8mb4) AS BINARY)",
	hasValue:    [2]string{"OCTET_LENGTH(", ") > 0"},
	few:         1000,
	fewInline:   1 << 20,
	packed: func(longest int) string {
		return fmt.Sprintf("IN (SELECT CAST(v AS BINARY) FROM JSON_TABLE(%%s, '$[*]' COLUMNS (v VARCHAR(%d) CHARACTER SET utf8mb4 PATH '$' ERROR ON ERROR)) AS u)", longest)
	},
	pack:   asciiJSONArray,
	limits: Limits{Args: 65_535, Text: 64 << 20, Arg: 64 << 20, Bound: true},
	fence:  fence{tail: "LIMIT 18446744073709551615"},
}

// MariaDB is MySQL with smaller packets.
// https://mariadb.com/kb/en/server-system-variables/#max_allowed_packet
var mariaDB = spec{
	name:        "mariadb",
	quote:       mySQL.quote,
	literal:     mySQL.literal,
	placeholder: mySQL.placeholder,
	left:        mySQL.left,
	right:       mySQL.right,
	hasValue:    mySQL.hasValue,
	few:         mySQL.few,
	fewInline:   mySQL.fewInline,
	packed:      mySQL.packed,
	pack:        mySQL.pack,
	limits:      Limits{Args: 65_535, Text: 16 << 20, Arg: 16 << 20, Bound: true},
	fence:       mySQL.fence,
}

func mysqlLiteral(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c > 0x7e || c == '\'' || c == '\\' {
			return append(hex.AppendEncode(append(b, "x'"...), []byte(s)), '\'')
		}
	}
	return append(append(append(b, '\''), s...), '\'')
}
