package questions

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/query"
)

// Answer computes the answer of a question over the rows that a predicate selects:
// the rows, and the totals if the question asks for them, as [Read] returns them.
func Answer(q query.Query, rows []Row, visible predicate.Predicate) (answer [][]string, totals []string) {
	var left []Row
	for _, row := range rows {
		if visible.Match(row.text) && passes(q, row) {
			left = append(left, row)
		}
	}
	var kept []Row
	chosen := tops(q, left)
	for _, row := range left {
		if !slices.ContainsFunc(chosen, func(t chosenTop) bool { return !t.values[show(row[t.at], Columns()[t.at])] }) {
			kept = append(kept, row)
		}
	}
	if len(q.Columns) > 0 {
		return list(q, kept), nil
	}
	groups := make(map[string][]Row)
	keys := make(map[string][]any)
	for _, row := range kept {
		key := make([]any, len(q.Dimensions))
		for i, d := range q.Dimensions {
			key[i] = cutValue(row[place(d.Column)], Columns()[place(d.Column)].Kind, d.Cut)
		}
		text := fmt.Sprintf("%#v", key)
		groups[text], keys[text] = append(groups[text], row), key
	}
	if len(q.Dimensions) == 0 && len(groups) == 0 {
		groups[""] = nil
	}
	var all [][]any
	for text, rows := range groups {
		values := slices.Clone(keys[text])
		for _, m := range q.Measures {
			values = append(values, compute(m, rows))
		}
		all = append(all, values)
	}
	answer = page(q, all, len(q.Dimensions))
	if q.Totals {
		out := output(q)
		for i, m := range q.Measures {
			totals = append(totals, show(compute(m, kept), out[len(q.Dimensions)+i]))
		}
	}
	return answer, totals
}

// list returns the page of a question that lists rows.
func list(q query.Query, rows []Row) [][]string {
	all := make([][]any, len(rows))
	for i, row := range rows {
		for _, name := range q.Columns {
			all[i] = append(all[i], row[place(name)])
		}
	}
	return page(q, all, len(q.Columns))
}

// page sorts rows of an answer, by the order of the question and then by the first
// columns, and returns those that the question asks for.
func page(q query.Query, all [][]any, columns int) [][]string {
	out := output(q)
	slices.SortStableFunc(all, func(a, b []any) int {
		for _, o := range q.Order {
			at := slices.IndexFunc(out, func(c query.Column) bool { return c.Name == o.By })
			if n := order(a[at], b[at], o.Desc); n != 0 {
				return n
			}
		}
		for i := range columns {
			if n := order(a[i], b[i], false); n != 0 {
				return n
			}
		}
		return 0
	})
	all = all[min(int(q.Offset), len(all)):]
	if q.Limit > 0 {
		all = all[:min(int(q.Limit), len(all))]
	}
	answer := [][]string{}
	for _, values := range all {
		texts := make([]string, len(values))
		for i, v := range values {
			texts[i] = show(v, out[i])
		}
		answer = append(answer, texts)
	}
	return answer
}

func output(q query.Query) []query.Column {
	plan, err := q.Check(Columns())
	if err != nil { // of a question whose times have no zone
		table := Columns()
		for i := range table {
			table[i].UTC = false
		}
		if plan, err = q.Check(table); err != nil {
			return nil
		}
	}
	return plan.Output()
}

func (row Row) text(column string) (string, bool) {
	s, ok := row[place(column)].(string)
	return s, ok
}

// passes applies the filters that look at one row.
func passes(q query.Query, row Row) bool {
	for _, f := range q.Filters {
		ok := true
		switch f := f.(type) {
		case query.Where:
			ok = f.Predicate.Match(row.text)
		case query.Null:
			ok = (row[place(f.Column)] != nil) == f.Not
		case query.Range:
			ok = within(f, row[place(f.Column)], Columns()[place(f.Column)])
		}
		if !ok {
			return false
		}
	}
	return true
}

func within(r query.Range, v any, c query.Column) bool {
	if v == nil {
		return false
	}
	x := fraction(v, c)
	bound := func(text string) *big.Rat {
		switch c.Kind {
		case query.Date, query.Time:
			layout, unit := time.DateOnly, int64(86400)
			if c.Kind == query.Time {
				layout, unit = time.RFC3339Nano, 1
			}
			t, err := time.Parse(layout, text)
			if err != nil {
				t, _ = time.Parse("2006-01-02T15:04:05", text)
			}
			n := big.NewRat(t.Unix(), unit)
			if c.Kind == query.Time {
				n = big.NewRat(t.UnixMicro(), 1)
			}
			return n
		}
		n, _ := new(big.Rat).SetString(text)
		if c.Kind == query.Float {
			f, _ := n.Float64()
			n = new(big.Rat).SetFloat64(f)
		}
		return n
	}
	return (r.From == "" || x.Cmp(bound(r.From)) >= 0) && (r.Above == "" || x.Cmp(bound(r.Above)) > 0) &&
		(r.To == "" || x.Cmp(bound(r.To)) <= 0) && (r.Below == "" || x.Cmp(bound(r.Below)) < 0)
}

// fraction returns a number.
func fraction(v any, c query.Column) *big.Rat {
	switch v := v.(type) {
	case float64:
		return new(big.Rat).SetFloat64(v)
	case int64:
		return new(big.Rat).SetFrac(big.NewInt(v), pow10(c.Scale))
	}
	return new(big.Rat)
}

type chosenTop struct {
	at     int
	values map[string]bool
}

func tops(q query.Query, rows []Row) (all []chosenTop) {
	for _, f := range q.Filters {
		t, ok := f.(query.Top)
		if !ok {
			continue
		}
		at := place(t.Column)
		groups := make(map[string][]Row)
		for _, row := range rows {
			key := show(row[at], Columns()[at])
			groups[key] = append(groups[key], row)
		}
		type ranked struct{ by, value any }
		var list []ranked
		for _, rows := range groups {
			list = append(list, ranked{compute(t.By, rows), rows[0][at]})
		}
		slices.SortFunc(list, func(a, b ranked) int {
			return cmp.Or(order(a.by, b.by, !t.Bottom), order(a.value, b.value, false))
		})
		c := chosenTop{at, make(map[string]bool)}
		for _, r := range list[:min(int(t.N), len(list))] {
			c.values[show(r.value, Columns()[at])] = true
		}
		all = append(all, c)
	}
	return all
}

func cutValue(v any, k query.Kind, c query.Cut) any {
	n, ok := v.(int64)
	if !ok || c == query.Whole {
		return v
	}
	t := time.Unix(n*86400, 0).UTC()
	if k == query.Time {
		t = time.UnixMicro(n).UTC()
	}
	day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	switch c {
	case query.Hour:
		return t.Truncate(time.Hour).UnixMicro()
	case query.Year:
		day = time.Date(t.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
	case query.Quarter:
		day = time.Date(t.Year(), []time.Month{1, 1, 1, 4, 4, 4, 7, 7, 7, 10, 10, 10}[t.Month()-1], 1, 0, 0, 0, 0, time.UTC)
	case query.Month:
		day = time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
	case query.Week:
		for day.Weekday() != time.Monday {
			day = day.AddDate(0, 0, -1)
		}
	}
	return day.Unix() / 86400
}

// value computes an expression of a row: nil, a text, a bool, or a fraction.
// Floating-point numbers are fractions here, too.
func value(e query.Expr, row Row) any {
	switch e.Op() {
	case query.ExprColumn:
		c := Columns()[place(e.Text())]
		v := row[place(e.Text())]
		switch v.(type) {
		case int64, float64:
			return fraction(v, c)
		}
		return v
	case query.ExprNumber:
		n, _ := new(big.Rat).SetString(e.Text())
		return n
	}
	var total *big.Rat
	for a := range e.Args() {
		v, ok := value(a, row).(*big.Rat)
		switch {
		case !ok:
			return nil
		case total == nil:
			total = new(big.Rat).Set(v)
		case e.Op() == query.ExprAdd:
			total.Add(total, v)
		case e.Op() == query.ExprSubtract:
			total.Sub(total, v)
		default:
			total.Mul(total, v)
		}
	}
	return total
}

// compute returns a measure of rows: nil, a text, or a fraction.
func compute(m query.Measure, rows []Row) any {
	var values []any
	for _, row := range rows {
		if m.Of.Op() == query.ExprNone {
			values = append(values, true)
		} else if v := value(m.Of, row); v != nil {
			values = append(values, v)
		}
	}
	n := int64(len(values))
	sum := func() *big.Rat {
		total := new(big.Rat)
		for _, v := range values {
			total.Add(total, v.(*big.Rat))
		}
		return total
	}
	switch m.Func {
	case query.Count:
		return big.NewRat(n, 1)
	case query.CountDistinct:
		seen := make(map[string]bool)
		for _, v := range values {
			seen[fmt.Sprintf("%T %v", v, v)] = true
		}
		return big.NewRat(int64(len(seen)), 1)
	}
	if n == 0 {
		return nil
	}
	slices.SortFunc(values, func(a, b any) int { return order(a, b, false) })
	switch m.Func {
	case query.Sum:
		return sum()
	case query.Avg:
		avg := sum()
		avg.Quo(avg, big.NewRat(n, 1))
		if scale := measureType(m); scale.Kind == query.Decimal { // what is shown is what is sorted by
			avg.SetString(avg.FloatString(scale.Scale))
		}
		return avg
	case query.Min:
		return values[0]
	case query.Max:
		return values[n-1]
	case query.Median:
		two := new(big.Rat).Add(values[(n-1)/2].(*big.Rat), values[n/2].(*big.Rat))
		return two.Quo(two, big.NewRat(2, 1))
	}
	percent, _ := new(big.Rat).SetString(m.Percent)
	for k := int64(1); ; k++ {
		if big.NewRat(100*k, n).Cmp(percent) >= 0 {
			return values[k-1]
		}
	}
}

func measureType(m query.Measure) query.Column {
	return output(query.Query{Measures: []query.Measure{m}})[0]
}

// order compares two values, NULL last.
func order(a, b any, desc bool) int {
	if a == nil || b == nil {
		switch {
		case a == b:
			return 0
		case a == nil:
			return 1
		}
		return -1
	}
	var n int
	switch a := a.(type) {
	case string:
		n = strings.Compare(a, b.(string))
	case *big.Rat:
		n = a.Cmp(b.(*big.Rat))
	case int64:
		n = cmp.Compare(a, b.(int64))
	case float64:
		n = cmp.Compare(a, b.(float64))
	case bool:
		n = cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)) // false before true
	}
	if desc {
		n = -n
	}
	return n
}

// show returns a value as [Read] shows it.
func show(v any, c query.Column) string {
	switch v := v.(type) {
	case nil:
		return "NULL"
	case string:
		return fmt.Sprintf("%q", v)
	case bool:
		return fmt.Sprint(v)
	case float64:
		return floatText(v)
	case int64:
		switch c.Kind {
		case query.Date:
			return dayText(v)
		case query.Time:
			return timeText(v)
		case query.Decimal:
			return fraction(v, c).FloatString(c.Scale)
		}
		return fmt.Sprint(v)
	}
	r := v.(*big.Rat)
	switch c.Kind {
	case query.Float:
		f, _ := r.Float64()
		return floatText(f)
	case query.Date:
		return dayText(r.Num().Int64())
	case query.Time:
		return timeText(r.Num().Int64())
	}
	return r.FloatString(c.Scale)
}
