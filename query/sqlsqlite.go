package query

import "strings"

// SQLite has values of five types in every column. What is not of the type of its
// column is an error, which abs makes of the smallest number.
var sqlite = sqlSpec{
	fn: plainCall,
	op: plainOp,
	cast: func(sql string, c Column) string {
		wrong := "abs(CASE typeof(%s) WHEN 'none' THEN 1 ELSE -9223372036854775808 END)"
		switch c.Kind {
		case Text:
			return strings.ReplaceAll("(CASE typeof(%s) WHEN 'text' THEN %s WHEN 'null' THEN NULL ELSE "+wrong+" END COLLATE BINARY)", "%s", sql)
		case Int:
			return strings.ReplaceAll("(CASE typeof(%s) WHEN 'integer' THEN %s WHEN 'null' THEN NULL ELSE "+wrong+" END)", "%s", sql)
		case Float:
			return strings.ReplaceAll("(CASE typeof(%s) WHEN 'real' THEN %s WHEN 'integer' THEN CAST(%s AS REAL) WHEN 'null' THEN NULL ELSE "+wrong+" END)", "%s", sql)
		}
		return ""
	},
	bound: func(placeholder string, c Column) string {
		if c.Kind == Float {
			return "CAST(" + placeholder + " AS REAL)"
		}
		return "CAST(" + placeholder + " AS INTEGER)"
	},
	number:  func(string, Column) string { return "" },
	operand: func(sql string, _, _ Column) string { return sql },
	twice: func(low, high string, c Column) []string {
		if c.Kind == Float {
			return []string{mean(plainOp, func(digits string) string { return digits }, low, high)}
		}
		// The mean rounded down, and then whether it was rounded: the sum may overflow.
		return []string{
			"((" + low + " >> 1) + (" + high + " >> 1) + (" + low + " & " + high + " & 1))",
			"(((" + low + " & 1) + (" + high + " & 1)) & 1)",
		}
	},
	noLimit: "-1",
	halves:  true,
	renames: true,
}
