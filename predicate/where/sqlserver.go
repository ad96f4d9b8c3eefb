package where

import "strconv"

// SQL Server compares as the column's collation says, mostly without case, and
// pads with spaces always. In a binary collation texts are compared by code
// unit, and the dot that both sides end in makes spaces at the end count. As
// nvarchar(max), texts of every code page are Unicode.
//
// A number would be turned into a text: a column must be text.
//
// Not measured on a server. Limits: 2,100 arguments, 65,536 packets of 4 KB;
// lists of many thousands of values run out of resources.
// https://learn.microsoft.com/sql/sql-server/maximum-capacity-specifications-for-sql-server
var sqlServer = spec{
	name:        "sqlserver",
	aliases:     []string{"mssql", "azuresql"},
	quote:       [2]byte{'[', ']'},
	brackets:    doubledBrackets,
	literal:     func(b []byte, s string) []byte { return standardLiteral(append(b, 'N'), s) },
	placeholder: func(b []byte, n int) []byte { return strconv.AppendInt(append(b, "@p"...), int64(n), 10) },
	reuse:       true,
	left:        "(CAST(",
	right:       " AS nvarchar(max)) + N'.') COLLATE Latin1_General_100_BIN2",
	argLeft:     "(CAST(",
	argRight:    " AS nvarchar(max)) + N'.')",
	names:       nameRules{most: 128, unit: inUTF16, folded: true},
	superset:    superset{on: true},
	hasValue:    "DATALENGTH(%c) > 0",
	few:         100,
	fewInline:   1000,
	packed:      func(int) string { return "IN (SELECT u.v + N'.' FROM OPENJSON(%s) WITH (v nvarchar(max) '$') AS u)" },
	pack:        jsonArray,
	limits:      Limits{Args: 2_090, Text: 128 << 20, Arg: 1 << 30},
	fence:       fence{head: "TOP (9223372036854775807) "},
}
