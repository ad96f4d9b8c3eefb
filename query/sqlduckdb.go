package query

import (
	"fmt"
	"strings"
)

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
	op: duckOp,
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
		return "CAST(" + sql + " AS " + duckTypes.of(c) + ")"
	},
	bound: func(placeholder string, c Column) string {
		return "CAST(" + placeholder + "::VARCHAR AS " + duckTypes.of(c) + ")"
	},
	number:     castNumber,
	operand:    castOperand("DOUBLE"),
	arithmetic: true,
	cut: func(sql string, k Kind, c Cut) string {
		sql = "system.main.date_trunc('" + c.String() + "', CAST(" + sql + " AS TIMESTAMP))"
		if c == Hour {
			return sql
		}
		return "CAST(" + sql + " AS DATE)"
	},
	twice: func(low, high string, c Column) []string {
		if c.Kind == Float {
			return []string{mean(duckOp, castDouble, low, high)}
		}
		wide := map[Kind]string{Int: "HUGEINT", Decimal: fmt.Sprintf("DECIMAL(38,%d)", c.Scale)}[c.Kind]
		return []string{`system.main."+"(CAST(` + low + " AS " + wide + "), CAST(" + high + " AS " + wide + "))"}
	},
	notNaN: func(sql string) string { return "(" + sql + " <> CAST('NaN' AS DOUBLE))" },
}

func duckOp(a, op, b string) string {
	if strings.Contains("+-*", op) {
		return `system.main."` + op + `"(` + a + ", " + b + ")"
	}
	return plainOp(a, op, b)
}

var duckTypes = typeNames{Text: "VARCHAR", Bool: "BOOLEAN", Int: "BIGINT", Float: "DOUBLE", Date: "DATE", Time: "TIMESTAMP"}
