package query

import "fmt"

var postgreSQL = sqlSpec{
	fn: func(name, args string) string { return "pg_catalog." + name + "(" + args + ")" },
	op: postgresOp,
	cast: func(sql string, c Column) string {
		switch c.Kind {
		case Text:
			return `(` + sql + `::pg_catalog.text COLLATE pg_catalog."C")`
		case Time:
			if c.UTC {
				return "(" + sql + "::pg_catalog.timestamptz AT TIME ZONE 'UTC')"
			}
		case Other:
			return ""
		}
		return "(" + sql + "::" + postgresType(c.Kind) + ")"
	},
	bound: func(placeholder string, c Column) string {
		return "(" + placeholder + "::pg_catalog.text::" + postgresType(c.Kind) + ")"
	},
	number: func(digits string, c Column) string { return "('" + digits + "'::pg_catalog.numeric)" },
	operand: func(sql string, c, t Column) string {
		return "(" + sql + "::" + postgresType(t.Kind) + ")"
	},
	arithmetic: true,
	cut: func(sql string, k Kind, c Cut) string {
		sql = "pg_catalog.date_trunc('" + c.String() + "'::pg_catalog.text, " + sql + "::pg_catalog.timestamp)"
		if c == Hour {
			return sql
		}
		return "(" + sql + "::pg_catalog.date)"
	},
	average: func(sum, count string, scale int) string {
		// (2 |sum| 10^scale + count) / (2 count), rounded to zero, with the sign of sum.
		twice := "(" + sum + " OPERATOR(pg_catalog.*) '2e" + fmt.Sprint(scale) + "'::pg_catalog.numeric)"
		n := "(" + count + "::pg_catalog.numeric)"
		half := "(pg_catalog.sign(" + sum + ") OPERATOR(pg_catalog.*) " + n + ")"
		return "pg_catalog.div((" + twice + " OPERATOR(pg_catalog.+) " + half + "), (" + n + " OPERATOR(pg_catalog.*) '2'::pg_catalog.numeric))"
	},
	twice: func(low, high string, c Column) []string {
		if c.Kind == Float {
			return []string{mean(postgresOp, func(digits string) string { return "('" + digits + "'::pg_catalog.float8)" }, low, high)}
		}
		if c.Kind == Int {
			low, high = "("+low+"::pg_catalog.numeric)", "("+high+"::pg_catalog.numeric)"
		}
		return []string{"(" + low + " OPERATOR(pg_catalog.+) " + high + ")"}
	},
	notNaN:  func(sql string) string { return "(" + sql + " OPERATOR(pg_catalog.<>) 'NaN'::pg_catalog.float8)" },
	inexact: "out of range", // a sum of floating-point numbers
}

func postgresOp(a, op, b string) string {
	return "(" + a + " OPERATOR(pg_catalog." + op + ") " + b + ")"
}

func postgresType(k Kind) string {
	return "pg_catalog." + map[Kind]string{Text: "text", Bool: "bool", Int: "int8", Decimal: "numeric", Float: "float8", Date: "date", Time: "timestamp"}[k]
}
