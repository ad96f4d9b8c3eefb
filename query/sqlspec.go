package query

import (
	"fmt"
	"strings"

	"github.com/rowsight/rowsight/predicate/where"
)

// A sqlSpec says how a dialect computes exactly. Names carry their schema wherever
// the engine could otherwise find an object of a user with the same name (S8).
type sqlSpec struct {
	fn func(name, args string) string // a call of a function that is built in
	op func(a, op, b string) string   // an operator that is built in

	// cast returns a column as a value of its kind that is compared exactly; "" if
	// the dialect has no such values.
	cast func(sql string, c Column) string
	// bound returns the placeholder of a bound of a range.
	bound func(placeholder string, c Column) string
	// number returns a constant, and operand an operand of arithmetic of type t.
	number     func(digits string, c Column) string
	operand    func(sql string, c, t Column) string
	arithmetic bool
	// cut returns the beginning of a period.
	cut func(sql string, k Kind, c Cut) string
	// average returns the rounded average in units, to sort by; nil if the dialect
	// has no exact division.
	average func(sum, count string, scale int) string
	// twice returns what to sort by to sort by the mean of two values.
	twice func(low, high string, c Column) []string

	nan     string // as a floating-point number; "" if the engine has none
	noLimit string // the limit that is none, in front of OFFSET; "" if it is not needed
	halves  bool   // sums of integers would overflow 64 bits: they come in two parts
	renames bool   // columns called true and false
}

func specOf(d where.Dialect) *sqlSpec {
	switch d {
	case where.PostgreSQL:
		return &postgreSQL
	case where.DuckDB:
		return &duckDB
	case where.SQLite:
		return &sqlite
	}
	return nil
}

var postgreSQL = sqlSpec{
	fn: func(name, args string) string { return "pg_catalog." + name + "(" + args + ")" },
	op: func(a, op, b string) string { return "(" + a + " OPERATOR(pg_catalog." + op + ") " + b + ")" },
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
		if c.Kind == Int {
			low, high = "("+low+"::pg_catalog.numeric)", "("+high+"::pg_catalog.numeric)"
		}
		return []string{"(" + low + " OPERATOR(pg_catalog.+) " + high + ")"}
	},
	nan: "('NaN'::pg_catalog.float8)",
}

func postgresType(k Kind) string {
	return "pg_catalog." + map[Kind]string{Text: "text", Bool: "bool", Int: "int8", Decimal: "numeric", Float: "float8", Date: "date", Time: "timestamp"}[k]
}

var duckDB = sqlSpec{
	fn: func(name, args string) string {
		if name == "row_number" { // is no function of a schema
			return "row_number()"
		}
		if args == "*" {
			return "system.main.count_star()"
		}
		return "system.main." + name + "(" + args + ")"
	},
	op: func(a, op, b string) string {
		if strings.Contains("+-*", op) {
			return `system.main."` + op + `"(` + a + ", " + b + ")"
		}
		return "(" + a + " " + op + " " + b + ")"
	},
	cast: func(sql string, c Column) string {
		switch c.Kind {
		case Text:
			return "(CAST(" + sql + " AS VARCHAR) COLLATE C)"
		case Time:
			if c.UTC { // a cast would depend on the time zone of the session
				return "system.main.make_timestamp(system.main.epoch_us(" + sql + "))"
			}
		case Other:
			return ""
		}
		return "CAST(" + sql + " AS " + duckType(c) + ")"
	},
	bound: func(placeholder string, c Column) string {
		return "CAST(" + placeholder + "::VARCHAR AS " + duckType(c) + ")"
	},
	number: func(digits string, c Column) string { return "CAST('" + digits + "' AS " + duckType(c) + ")" },
	operand: func(sql string, c, t Column) string {
		if t.Kind == Float {
			return "CAST(" + sql + " AS DOUBLE)"
		}
		precision, scale := c.digits()
		return "CAST(" + sql + " AS " + duckType(Column{Kind: Decimal, Precision: precision, Scale: scale}) + ")"
	},
	arithmetic: true,
	cut: func(sql string, k Kind, c Cut) string {
		sql = "system.main.date_trunc('" + c.String() + "', CAST(" + sql + " AS TIMESTAMP))"
		if c == Hour {
			return sql
		}
		return "CAST(" + sql + " AS DATE)"
	},
	twice: func(low, high string, c Column) []string {
		wide := map[Kind]string{Int: "HUGEINT", Decimal: fmt.Sprintf("DECIMAL(38,%d)", c.Scale), Float: "DOUBLE"}[c.Kind]
		return []string{`system.main."+"(CAST(` + low + " AS " + wide + "), CAST(" + high + " AS " + wide + "))"}
	},
	nan: "CAST('NaN' AS DOUBLE)",
}

func duckType(c Column) string {
	if c.Kind == Decimal {
		return fmt.Sprintf("DECIMAL(%d,%d)", max(c.Precision, 1), c.Scale)
	}
	return map[Kind]string{Text: "VARCHAR", Bool: "BOOLEAN", Int: "BIGINT", Float: "DOUBLE", Date: "DATE", Time: "TIMESTAMP"}[c.Kind]
}

// SQLite has values of five types in every column. What is not of the type of its
// column is an error, which abs makes of the smallest number.
var sqlite = sqlSpec{
	fn: func(name, args string) string { return name + "(" + args + ")" },
	op: func(a, op, b string) string { return "(" + a + " " + op + " " + b + ")" },
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
			return []string{"(" + low + " + " + high + ")"}
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
