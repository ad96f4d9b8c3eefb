package query

import (
	"fmt"
	"math/big"
	"strings"
	"time"
)

// showUnits returns a bound as SQL reads it.
func showUnits(n *big.Int, c Column) string {
	switch c.Kind {
	case Decimal:
		return new(big.Rat).SetFrac(n, pow10(c.Scale)).FloatString(c.Scale)
	case Date:
		return time.Unix(n.Int64()*86400, 0).UTC().Format(time.DateOnly)
	case Time:
		return time.UnixMicro(n.Int64()).UTC().Format("2006-01-02 15:04:05.000000")
	}
	return n.String()
}

// input adds what a measure is applied to to the first expression. It returns ""
// for a count of rows.
func (w *writer) input(m Measure, name string) string {
	if m.Of.Op() == ExprNone {
		return ""
	}
	if m.Func == Count && m.Of.Op() == ExprColumn { // of any type
		return w.add(w.reference(m.Of.Text()), name)
	}
	sql := w.expr(m.Of)
	if w.spec.input != nil && w.err == nil {
		sql = w.spec.input(sql, w.plan.Type(m.Of))
	}
	return w.add(sql, name)
}

// expr writes an expression, each operand with a type that holds the exact result.
func (w *writer) expr(e Expr) string {
	t := w.plan.Type(e)
	switch e.Op() {
	case ExprColumn:
		return w.source(e.Text())
	case ExprNumber:
		return w.spec.number(e.Text(), t)
	}
	if !w.spec.arithmetic {
		w.refuse("arithmetic")
		return ""
	}
	sign := map[ExprOp]string{ExprAdd: "+", ExprSubtract: "-", ExprMultiply: "*"}[e.Op()]
	total := ""
	var so Column // type of total
	for a := range e.Args() {
		u := w.plan.Type(a)
		operand := w.spec.operand(w.expr(a), u, t)
		if total == "" {
			total, so = operand, u
			continue
		}
		total, so = w.spec.op(total, sign, operand), combine(e.Op(), so, u)
		if w.spec.computed != nil && w.err == nil {
			if total = w.spec.computed(total, so); total == "" {
				w.refuse("arithmetic with %s", so.describe())
				return ""
			}
		}
	}
	return total
}

// tops writes the Top filters: the values that each keeps.
func (w *writer) tops() (with []string) {
	for _, f := range w.plan.Query().Filters {
		t, ok := f.(Top)
		if !ok {
			continue
		}
		i := len(with)
		column := w.add(w.source(t.Column), fmt.Sprint("t", i))
		input := w.input(t.By, fmt.Sprint("y", i))
		if t.By.Func >= Median {
			w.refuse("a top list by %s", t.By.Func)
			return with
		}
		_, keys := w.aggregate(t.By, input, 0, false)
		if len(keys) == 0 {
			w.refuse("a top list by an average")
		}
		direction := " DESC"
		if t.Bottom {
			direction = " ASC"
		}
		order := ""
		for _, key := range keys {
			order += w.nullsLast(key, direction) + ", "
		}
		with = append(with, fmt.Sprintf("rowsight_top%d AS (SELECT %s AS v FROM %s GROUP BY %[2]s ORDER BY %[4]s LIMIT %[5]d)",
			i, column, found, order+w.nullsLast(column, " ASC"), t.N))
	}
	return with
}

// windows writes the rank of each value in its group, and the number of values, for
// medians and percentiles.
func (w *writer) windows(dims, inputs []string) string {
	partition := ""
	if len(dims) > 0 {
		partition = "PARTITION BY " + strings.Join(dims, ", ")
	}
	var parts []string
	for i, m := range w.plan.Query().Measures {
		if m.Func < Median {
			continue
		}
		parts = append(parts,
			fmt.Sprintf("%s OVER (%s ORDER BY %s) AS r%d", w.spec.fn("row_number", ""), partition, w.nullsLast(inputs[i], " ASC"), i),
			fmt.Sprintf("%s OVER (%s) AS n%d", w.spec.fn("count", inputs[i]), partition, i))
	}
	return strings.Join(parts, ", ")
}

// aggregate writes the columns of a measure, and what to sort by to sort by it:
// nothing if the dialect cannot. With raw it adds the types of the columns.
func (w *writer) aggregate(m Measure, x string, i int, raw bool) (columns, keys []string) {
	t := Column{Kind: Int}
	if m.Of.Op() != ExprNone {
		t = w.plan.Type(m.Of)
	}
	result := w.plan.Result(m)
	add := func(sql string, c Column) string {
		columns = append(columns, sql)
		if raw {
			w.raw = append(w.raw, c)
		}
		return sql
	}
	exact := func(scale int) Column { return Column{Kind: Decimal, Precision: MaxPrecision, Scale: scale} }
	switch m.Func {
	case Count:
		if x == "" {
			x = "*"
		}
		return columns, []string{add(w.spec.fn("count", x), result)}
	case CountDistinct:
		return columns, []string{add(w.spec.fn("count", "DISTINCT "+x), result)}
	case Min:
		return columns, []string{add(w.spec.fn("min", x), result)}
	case Max:
		if w.spec.max != nil {
			return columns, []string{add(w.spec.max(x, t), result)}
		}
		return columns, []string{add(w.spec.fn("max", x), result)}
	case Sum, Avg:
		_, scale := t.digits()
		sumType := exact(scale)
		if t.Kind == Float {
			sumType = t
		}
		if w.spec.halves && t.Kind != Float {
			// The sum of 64-bit numbers in two parts, neither of which overflows.
			low := w.spec.fn("sum", "("+x+" & 4294967295)")
			keys = append(keys, add("("+w.spec.fn("sum", "("+x+" >> 32)")+" + ("+low+" >> 32))", Column{Kind: Int}), add("("+low+" & 4294967295)", Column{Kind: Int}))
		} else if w.spec.sum != nil {
			keys = append(keys, add(w.spec.sum(x, t), sumType))
		} else {
			keys = append(keys, add(w.spec.fn("sum", x), sumType))
		}
		if m.Func == Avg {
			sum := keys[0]
			count := add(w.spec.fn("count", x), Column{Kind: Int})
			keys = nil
			switch {
			case t.Kind == Float:
				keys = []string{w.spec.fn("avg", x)}
			case w.spec.average != nil:
				keys = []string{w.spec.average(sum, count, scale+AvgDigits)}
			}
		}
		return columns, keys
	case Median:
		middle := w.spec.op("2", "*", fmt.Sprint("r", i))
		n := fmt.Sprint("n", i)
		at := fmt.Sprintf("(%s OR %s OR %s)", w.spec.op(middle, "=", n), w.spec.op(middle, "=", w.spec.op(n, "+", "1")), w.spec.op(middle, "=", w.spec.op(n, "+", "2")))
		value := fmt.Sprintf("CASE WHEN %s AND %s IS NOT NULL THEN %[2]s END", at, x)
		low := add(w.spec.fn("min", value), t)
		high, _ := w.aggregate(Measure{Func: Max, Of: m.Of}, value, i, false)
		add(high[0], t)
		return columns, w.spec.twice(low, high[0], t)
	}
	percent, of := Percent(m)
	// The smallest rank r with r * of >= percent * n.
	share := w.spec.op(fmt.Sprint(percent), "*", fmt.Sprint("n", i))
	rank := fmt.Sprint("r", i)
	value := fmt.Sprintf("CASE WHEN %s AND %s THEN %s END",
		w.spec.op(w.spec.op(rank, "*", fmt.Sprint(of)), ">=", share),
		w.spec.op(w.spec.op(w.spec.op(rank, "-", "1"), "*", fmt.Sprint(of)), "<", share), x)
	return columns, []string{add(w.spec.fn("min", value), t)}
}
