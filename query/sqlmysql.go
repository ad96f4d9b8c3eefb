package query

import "strings"

// MySQL and MariaDB compare the bytes of one character set, and sort by the first
// max_sort_length of them, 1,024 unless the session says otherwise. Up to 4 of them
// are the length of the text in MariaDB. A longer text is made an error, and so are a
// text over max_allowed_packet, of which a cast makes NULL, and a date without a
// year, month or day: an addition to the greatest number, which fails in every
// sql_mode. sql_select_limit would cut a statement without a LIMIT off. Functions
// that are built in stand in front of those of users. There is no NaN, and no
// infinity. -0 is 0.
// https://mariadb.com/kb/en/server-system-variables/#max_sort_length
var mySQL = sqlSpec{
	fn: plainCall,
	op: plainOp,
	cast: func(sql string, c Column) string {
		// x is what the condition and the value are about.
		guarded := func(bad, x, as string) string {
			text := "CAST(CASE WHEN " + bad + " THEN 18446744073709551615 + OCTET_LENGTH(%s) ELSE %s END AS " + as + ")"
			return strings.ReplaceAll(text, "%s", x)
		}
		switch c.Kind {
		case Text:
			x := "CAST(CONVERT(" + sql + " USING utf8mb4) AS BINARY)"
			length := "OCTET_LENGTH(" + x + ")"
			return "CAST(CASE WHEN (" + x + " IS NULL AND " + sql + " IS NOT NULL) OR " + length + " + 4 > @@session.max_sort_length" +
				" THEN 18446744073709551615 + COALESCE(" + length + ", 1) ELSE " + x + " END AS BINARY)"
		case Bool:
			return guarded("%s NOT IN (0, 1)", sql, "SIGNED")
		case Int:
			return "CAST(" + sql + " AS SIGNED)"
		case Decimal:
			if c.Scale > mySQLScale {
				return ""
			}
			return "CAST(" + sql + " AS " + decimalType(c) + ")"
		case Float:
			return "(" + sql + " + 0e0)"
		case Date:
			return guarded("YEAR(%s) = 0 OR MONTH(%s) = 0 OR DAYOFMONTH(%s) = 0", sql, "DATE")
		case Time:
			if !c.UTC { // one in UTC would depend on the time zone of the session
				return guarded("YEAR(%s) = 0 OR MONTH(%s) = 0 OR DAYOFMONTH(%s) = 0", sql, "DATETIME(6)")
			}
		}
		return ""
	},
	bound: func(placeholder string, c Column) string {
		if c.Kind == Float {
			return "(" + placeholder + " + 0e0)"
		}
		return "CAST(" + placeholder + " AS " + mySQLTypes.of(c) + ")"
	},
	number: castNumber,
	operand: func(sql string, c, t Column) string {
		if t.Kind == Float {
			return "(" + sql + " + 0e0)"
		}
		return "CAST(" + sql + " AS " + decimalType(c) + ")"
	},
	arithmetic: true,
	computed: func(sql string, c Column) string {
		if c.Kind != Float && c.Scale > mySQLScale {
			return ""
		}
		return sql
	},
	input: positiveZero,
	sum: func(x string, c Column) string {
		if c.Kind != Float {
			return "sum(" + x + ")"
		}
		return "CASE WHEN max(abs(" + x + ")) * count(" + x + ") >= 0 THEN sum(" + x + ") END" // the product fails if the sum may run over
	},
	cut: func(sql string, k Kind, c Cut) string {
		day := "CAST(" + sql + " AS DATE)"
		month := "(" + day + " - INTERVAL (DAYOFMONTH(" + day + ") - 1) DAY)"
		switch c {
		case Hour:
			return "(CAST(" + day + " AS DATETIME(6)) + INTERVAL HOUR(" + sql + ") HOUR)"
		case Week:
			return "(" + day + " - INTERVAL WEEKDAY(" + day + ") DAY)"
		case Month:
			return month
		case Quarter:
			return "(" + month + " - INTERVAL ((MONTH(" + day + ") - 1) % 3) MONTH)"
		case Year:
			return "(" + day + " - INTERVAL (DAYOFYEAR(" + day + ") - 1) DAY)"
		}
		return day
	},
	twice: func(low, high string, c Column) []string {
		if c.Kind == Float {
			return []string{mean(plainOp, func(digits string) string { return "(" + digits + " + 0e0)" }, low, high)}
		}
		low, high = "CAST("+low+" AS "+decimalType(wide(c))+")", "CAST("+high+" AS "+decimalType(wide(c))+")"
		return []string{"(" + low + " + " + high + ")"}
	},
	nulls:       func(sql, direction string) string { return sql + " IS NULL, " + sql + direction },
	noLimit:     "18446744073709551615",
	alwaysLimit: true,
	inexact:     "is out of range in",
}

// mySQLScale is how many digits after the point MySQL has.
const mySQLScale = 30

var mySQLTypes = typeNames{Bool: "SIGNED", Int: "SIGNED", Date: "DATE", Time: "DATETIME(6)"}
