package query

import (
	"fmt"
	"math"
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
	// computed returns the result of an arithmetic operator of type c in the form
	// that the next operator needs; "" if it is not exact. Nil needs no other form.
	computed func(sql string, c Column) string
	// input returns what a measure is applied to in the form in which it is compared
	// and added exactly; nil needs no other form.
	input func(sql string, c Column) string
	// sum and max return an aggregate; nil is the function of that name.
	sum, max func(x string, c Column) string
	// cut returns the beginning of a period.
	cut func(sql string, k Kind, c Cut) string
	// average returns the rounded average in units, to sort by; nil if the dialect
	// has no exact division.
	average func(sum, count string, scale int) string
	// twice returns what to sort by to sort by the mean of two values; nil if the
	// dialect cannot add them exactly.
	twice func(low, high string, c Column) []string
	// deliver returns a result in the form that every driver reads exactly; nil needs
	// no other form.
	deliver func(sql string, c Column) string

	// notNaN returns the condition that a floating-point number is not NaN; nil if
	// the engine has no NaN.
	notNaN func(sql string) string
	// nulls returns keys to sort by with NULL last; nil is NULLS LAST.
	nulls func(sql, direction string) string

	noLimit     string // the limit that is none, in front of OFFSET; "" if it is not needed
	alwaysLimit bool   // a statement without a limit needs noLimit, too
	maxLimit    int64  // the most that limit and offset may be together; 0 is no limit
	offsetFirst bool   // OFFSET stands in front of LIMIT
	halves      bool   // sums of integers would overflow 64 bits: they come in two parts
	renames     bool   // columns called true and false
	spread      bool   // the barrier of all columns would gather the rows at one worker
	inexact     string // in errors of the engine about values that it cannot compare exactly
}

// Dialects returns the dialects that [Plan.SQL] writes.
func Dialects() []where.Dialect {
	var all []where.Dialect
	for _, d := range where.Dialects() {
		if specOf(d) != nil {
			all = append(all, d)
		}
	}
	return all
}

func specOf(d where.Dialect) *sqlSpec {
	switch d {
	case where.PostgreSQL:
		return &postgreSQL
	case where.DuckDB:
		return &duckDB
	case where.SQLite:
		return &sqlite
	case where.Trino:
		return &trino
	case where.Athena:
		return &athena
	case where.Spark, where.Databricks:
		return &spark
	case where.MySQL, where.MariaDB:
		return &mySQL
	}
	return nil
}

// unwritten is the error of a dialect that no question is written in.
func unwritten(d where.Dialect) error {
	var names []string
	for _, d := range Dialects() {
		names = append(names, d.String())
	}
	return fmt.Errorf("%w: got %s, want %s", ErrDialect, d, strings.Join(names, ", "))
}

// plainCall and plainOp are for engines in which nobody stands in front of what is
// built in.
func plainCall(name, args string) string { return name + "(" + args + ")" }
func plainOp(a, op, b string) string     { return "(" + a + " " + op + " " + b + ")" }

// mean writes the mean of two floating-point numbers in the steps in which
// query/eval computes it: the sum may overflow. number writes a constant.
func mean(op func(a, op, b string) string, number func(digits string) string, low, high string) string {
	most, half := number(fmt.Sprint(math.MaxFloat64/4)), number("0.5")
	least := number(fmt.Sprint(-math.MaxFloat64 / 4))
	return "CASE WHEN " + op(low, "<", most) + " AND " + op(low, ">", least) + " AND " + op(high, "<", most) + " AND " + op(high, ">", least) +
		" THEN " + op(op(low, "+", high), "*", half) + " ELSE " + op(op(low, "*", half), "+", op(high, "*", half)) + " END"
}

// decimalType returns the type of an exact number, as most engines write it.
func decimalType(c Column) string {
	precision, scale := c.digits()
	return fmt.Sprintf("DECIMAL(%d,%d)", max(precision, 1), scale)
}

// typeNames are the names of types in a dialect that writes decimals as [decimalType] does.
type typeNames map[Kind]string

func (n typeNames) of(c Column) string {
	if c.Kind == Decimal {
		return decimalType(c)
	}
	return n[c.Kind]
}

// castNumber and castOperand are for dialects with casts to exact types.
func castNumber(digits string, c Column) string {
	return "CAST('" + digits + "' AS " + decimalType(c) + ")"
}

func castOperand(float string) func(sql string, c, t Column) string {
	return func(sql string, c, t Column) string {
		if t.Kind == Float {
			return "CAST(" + sql + " AS " + float + ")"
		}
		return "CAST(" + sql + " AS " + decimalType(c) + ")"
	}
}

// positiveZero makes 0 of -0.
func positiveZero(sql string, c Column) string {
	if c.Kind == Float {
		return "(" + sql + " + 0e0)"
	}
	return sql
}

// castDouble writes a floating-point constant.
func castDouble(digits string) string { return "CAST('" + digits + "' AS DOUBLE)" }

// wide is the widest decimal with the digits after the point of c.
func wide(c Column) Column {
	_, scale := c.digits()
	return Column{Kind: Decimal, Precision: MaxPrecision, Scale: scale}
}
