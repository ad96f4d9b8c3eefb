package query

import "math"

// Spark compares text with UTF8_BINARY by code point. NaN is its greatest number,
// and -0 is 0. A sum of decimals that runs over is NULL unless the session says
// spark.sql.ansi.enabled, so NULL of some value is made an error. A product of
// decimals gets one digit more than it needs, and a product or a sum one less after
// the point if there would be 39. date_trunc goes through the time zone of the
// session, so times are cut by their parts. LIMIT and OFFSET have 32 bits, and so has
// the sum of the two.
// https://spark.apache.org/docs/latest/sql-ref-ansi-compliance.html
var spark = sqlSpec{
	fn: plainCall,
	op: plainOp,
	cast: func(sql string, c Column) string {
		switch c.Kind {
		case Text:
			return "(CAST(" + sql + " AS STRING) COLLATE UTF8_BINARY)"
		case Time:
			if c.UTC { // a cast would show the time of the session, in which an hour may be there twice
				return "(TIMESTAMP_NTZ '1970-01-01 00:00:00' + INTERVAL '0.000001' SECOND * unix_micros(" + sql + "))"
			}
		case Other:
			return ""
		}
		return "CAST(" + sql + " AS " + sparkTypes.of(c) + ")"
	},
	bound: func(placeholder string, c Column) string {
		return "CAST(" + placeholder + " AS " + sparkTypes.of(c) + ")"
	},
	number:     castNumber,
	operand:    castOperand("DOUBLE"),
	arithmetic: true,
	computed: func(sql string, c Column) string {
		switch {
		case c.Kind == Float:
			return sql
		case c.Precision == MaxPrecision && c.Scale > 6:
			return ""
		}
		return "CAST(" + sql + " AS " + decimalType(c) + ")"
	},
	sum: func(x string, c Column) string {
		if c.Kind == Float {
			return "sum(" + x + ")"
		}
		x = "CAST(" + x + " AS " + decimalType(c) + ")"
		return "CASE WHEN count(" + x + ") > 0 AND sum(" + x + ") IS NULL THEN CAST(raise_error('" + inexactSum + "') AS " + decimalType(wide(c)) + ") ELSE sum(" + x + ") END"
	},
	cut: func(sql string, k Kind, c Cut) string {
		day := "CAST(" + sql + " AS DATE)"
		switch c {
		case Hour:
			return "(CAST(" + day + " AS TIMESTAMP_NTZ) + INTERVAL '1' HOUR * hour(" + sql + "))"
		case Day:
			return day
		}
		return "trunc(" + day + ", '" + c.String() + "')"
	},
	twice: func(low, high string, c Column) []string {
		if c.Kind == Float {
			return []string{mean(plainOp, castDouble, low, high)}
		}
		if precision, _ := c.digits(); precision == MaxPrecision {
			return nil
		}
		low, high = "CAST("+low+" AS "+decimalType(c)+")", "CAST("+high+" AS "+decimalType(c)+")"
		return []string{"(" + low + " + " + high + ")"}
	},
	notNaN:   func(sql string) string { return "(" + sql + " <> CAST('NaN' AS DOUBLE))" },
	maxLimit: math.MaxInt32,
	inexact:  inexactSum,
}

const inexactSum = "rowsight: a sum with more than 38 digits"

var sparkTypes = typeNames{Text: "STRING", Bool: "BOOLEAN", Int: "BIGINT", Float: "DOUBLE", Date: "DATE", Time: "TIMESTAMP_NTZ"}
