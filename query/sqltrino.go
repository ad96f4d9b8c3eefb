package query

// Trino compares VARCHAR by code point. A statement may define functions of its own
// (WITH FUNCTION), so functions carry their schema. Sums of decimals keep what runs
// over 38 digits until the end, and are an error then. NaN sorts behind every other
// number, but max passes over it and comparisons do not find it; -0 sorts before 0.
// A driver that does not say that it knows more gets times in milliseconds: times
// are delivered as text.
// https://trino.io/docs/current/functions/aggregate.html
var trino = trinoSpec("system.builtin.", true)

// Athena is Trino without names of schemas in front of functions.
// https://docs.aws.amazon.com/athena/latest/ug/functions-env3.html
var athena = trinoSpec("", false)

func trinoSpec(schema string, spread bool) sqlSpec {
	call := func(name, args string) string { return schema + name + "(" + args + ")" }
	// A time with digits after the microseconds would be rounded.
	micros := func(sql string) string {
		return "CASE WHEN CAST(" + sql + " AS timestamp(6)) <> " + sql + " THEN CAST(" + call("fail", "'"+inexactTime+"'") + " AS timestamp(6)) ELSE CAST(" + sql + " AS timestamp(6)) END"
	}
	return sqlSpec{
		fn: call,
		op: plainOp,
		cast: func(sql string, c Column) string {
			switch c.Kind {
			case Time:
				if c.UTC {
					sql = "(" + sql + " AT TIME ZONE 'UTC')"
					return "(" + micros("CAST("+sql+" AS timestamp(12))") + ")"
				}
				return "(" + micros(sql) + ")"
			case Float:
				return "CAST(" + sql + " AS double)"
			case Other:
				return ""
			}
			return "CAST(" + sql + " AS " + trinoTypes.of(c) + ")"
		},
		bound: func(placeholder string, c Column) string {
			return "CAST(CAST(" + placeholder + " AS varchar) AS " + trinoTypes.of(c) + ")"
		},
		number:     castNumber,
		operand:    castOperand("double"),
		arithmetic: true,
		input:      positiveZero,
		sum: func(x string, c Column) string {
			if c.Kind != Float {
				x = "CAST(" + x + " AS " + decimalType(wide(c)) + ")"
			}
			return call("sum", x)
		},
		max: func(x string, c Column) string {
			if c.Kind != Float {
				return call("max", x)
			}
			return "CASE WHEN " + call("bool_or", call("is_nan", x)) + " THEN " + call("nan", "") + " ELSE " + call("max", x) + " END"
		},
		cut: func(sql string, k Kind, c Cut) string {
			sql = call("date_trunc", "'"+c.String()+"', "+sql)
			if c == Hour {
				return sql
			}
			return "CAST(" + sql + " AS date)"
		},
		twice: func(low, high string, c Column) []string {
			if c.Kind == Float {
				return []string{"(" + mean(plainOp, func(digits string) string { return "DOUBLE '" + digits + "'" }, low, high) + " + 0e0)"}
			}
			low, high = "CAST("+low+" AS "+decimalType(wide(c))+")", "CAST("+high+" AS "+decimalType(wide(c))+")"
			return []string{"(" + low + " + " + high + ")"}
		},
		deliver: func(sql string, c Column) string {
			if c.Kind == Time {
				return "CAST(" + sql + " AS varchar)"
			}
			return sql
		},
		notNaN:      func(sql string) string { return "NOT " + call("is_nan", sql) },
		offsetFirst: true,
		spread:      spread,
		inexact:     inexactTime,
	}
}

const inexactTime = "rowsight: a time that is no whole number of microseconds"

var trinoTypes = typeNames{Text: "varchar", Bool: "boolean", Int: "bigint", Float: "double", Date: "date", Time: "timestamp(6)"}
