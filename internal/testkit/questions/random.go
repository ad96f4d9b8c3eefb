package questions

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/query"
)

// Can says what questions may ask: engines do not have all of it.
type Can struct {
	Columns    []string // nil is all
	Arithmetic bool
	Ranks      bool // medians and percentiles
	OrderByAvg bool
	Tops       bool
	Wall       bool // times are what a clock shows, and bounds have no zone
}

// All is everything that a question can ask.
func All() Can {
	var names []string
	for _, c := range Columns() {
		names = append(names, c.Name)
	}
	return Can{Columns: names, Arithmetic: true, Ranks: true, OrderByAvg: true, Tops: true}
}

// Random returns a random question that Check accepts.
func Random(rnd *rand.Rand, can Can) query.Query {
	table := Columns()
	for i := range table {
		table[i].UTC = table[i].UTC && !can.Wall
	}
	for {
		q := random(rnd, can)
		if _, err := q.Check(table); err == nil {
			return q
		}
	}
}

func random(rnd *rand.Rand, can Can) (q query.Query) {
	column := func() string { return can.Columns[rnd.IntN(len(can.Columns))] }
	if rnd.IntN(6) == 0 {
		return listing(rnd, can, column)
	}
	cut := func(name string) query.Cut {
		if k := Columns()[place(name)].Kind; k == query.Date || k == query.Time {
			return query.Cut(rnd.IntN(7))
		}
		return query.Whole
	}
	for i := range rnd.IntN(4) {
		name := column()
		q.Dimensions = append(q.Dimensions, query.Dimension{Column: name, Cut: cut(name), As: fmt.Sprint("d", i)})
	}
	for i := range rnd.IntN(4) {
		m := measure(rnd, can, column)
		m.As = fmt.Sprint("m", i)
		q.Measures = append(q.Measures, m)
	}
	for range rnd.IntN(3) {
		q.Filters = append(q.Filters, filter(rnd, can, column))
	}
	for i := range q.Dimensions {
		if rnd.IntN(4) == 0 {
			q.Order = append(q.Order, query.Order{By: fmt.Sprint("d", i), Desc: rnd.IntN(2) == 0})
		}
	}
	for i, m := range q.Measures {
		if rnd.IntN(3) == 0 && (can.OrderByAvg || m.Func != query.Avg) {
			q.Order = append(q.Order, query.Order{By: fmt.Sprint("m", i), Desc: rnd.IntN(2) == 0})
		}
	}
	rnd.Shuffle(len(q.Order), func(i, j int) { q.Order[i], q.Order[j] = q.Order[j], q.Order[i] })
	if rnd.IntN(2) == 0 {
		q.Limit = 1 + rnd.Int64N(8)
	}
	if rnd.IntN(3) == 0 {
		q.Offset = rnd.Int64N(5)
	}
	q.Totals = rnd.IntN(4) == 0 && len(q.Measures) > 0
	return q
}

// listing returns a question for a page of rows. Few columns have many equal rows.
func listing(rnd *rand.Rand, can Can, column func() string) (q query.Query) {
	for range 1 + rnd.IntN(4) {
		if name := column(); !slices.Contains(q.Columns, name) {
			q.Columns = append(q.Columns, name)
		}
	}
	for range rnd.IntN(3) {
		q.Filters = append(q.Filters, filter(rnd, can, column))
	}
	for _, name := range q.Columns {
		if rnd.IntN(3) == 0 {
			q.Order = append(q.Order, query.Order{By: name, Desc: rnd.IntN(2) == 0})
		}
	}
	q.Limit = 1 + rnd.Int64N(30)
	if rnd.IntN(2) == 0 {
		q.Offset = rnd.Int64N(40)
	}
	return q
}

func measure(rnd *rand.Rand, can Can, column func() string) query.Measure {
	m := query.Measure{Func: query.Func(1 + rnd.IntN(8)), Of: query.Col(column())}
	if !can.Ranks && m.Func >= query.Median {
		m.Func = query.Sum
	}
	switch {
	case m.Func == query.Count && rnd.IntN(2) == 0:
		m.Of = query.Expr{}
	case m.Func == query.Percentile:
		m.Percent = []string{"1", "25", "50", "99.9", "100"}[rnd.IntN(5)]
	case can.Arithmetic && rnd.IntN(3) == 0:
		// rate stays away from price: their sums would not be exact in every order.
		numbers := []query.Expr{query.Col("qty"), query.Num("1.5"), query.Num("-2"), query.Col("price"), query.Col("big")}
		if rnd.IntN(3) == 0 {
			numbers = append(numbers[:3], query.Col("rate"))
		}
		pick := func() query.Expr { return numbers[rnd.IntN(len(numbers))] }
		m.Of = []func() query.Expr{
			func() query.Expr { return query.Add(pick(), pick()) },
			func() query.Expr { return query.Subtract(pick(), pick(), pick()) },
			func() query.Expr { return query.Multiply(pick(), pick()) },
			func() query.Expr { return query.Multiply(pick(), query.Subtract(query.Num("1"), pick())) },
		}[rnd.IntN(4)]()
	}
	return m
}

func filter(rnd *rand.Rand, can Can, column func() string) query.Filter {
	name := column()
	switch k := rnd.IntN(5); {
	case k == 0:
		return query.Null{Column: name, Not: rnd.IntN(3) > 0}
	case k == 1 && can.Tops:
		by := measure(rnd, can, column)
		if by.Func == query.Avg && !can.OrderByAvg {
			by.Func = query.Sum
		}
		return query.Top{Column: name, N: 1 + rnd.Int64N(4), By: by, Bottom: rnd.IntN(3) == 0}
	case k < 4:
		return bounds(rnd, can, name)
	}
	return query.Where{Predicate: where(rnd, 1)}
}

// bounds returns a range with one or two bounds.
func bounds(rnd *rand.Rand, can Can, name string) query.Range {
	text := func() string {
		switch Columns()[place(name)].Kind {
		case query.Int:
			return []string{"-1", "0", "0.5", "2", "1000", "99999999999999999999"}[rnd.IntN(6)]
		case query.Decimal:
			return []string{"-2.505", "0", "1.5", "3.999", "1e3"}[rnd.IntN(5)]
		case query.Float:
			return []string{"-2.5", "0", "0.1", "3.75"}[rnd.IntN(4)]
		case query.Date:
			return dayText(19_000 + rnd.Int64N(800))
		case query.Time:
			text := timeText((19_000*86400 + rnd.Int64N(800*86400)) * 1_000_000)
			if !can.Wall {
				text += "Z"
			}
			return text
		}
		return "x"
	}
	r := query.Range{Column: name}
	if rnd.IntN(3) > 0 {
		*[]*string{&r.From, &r.Above}[rnd.IntN(2)] = text()
	}
	if rnd.IntN(3) > 0 {
		*[]*string{&r.To, &r.Below}[rnd.IntN(2)] = text()
	}
	return r
}

// where returns a random predicate of the text columns.
func where(rnd *rand.Rand, depth int) predicate.Predicate {
	name := []string{"tenant", "Region", "name'\"; --"}[rnd.IntN(3)]
	switch k := rnd.IntN(5); {
	case k == 0:
		return predicate.HasValue(name)
	case k == 1 && depth > 0:
		return predicate.Or(where(rnd, depth-1), where(rnd, depth-1))
	case k == 2 && depth > 0:
		return predicate.And(where(rnd, depth-1), where(rnd, depth-1))
	}
	values := make([]string, 1+rnd.IntN(4))
	for i := range values {
		values[i] = append([]string{"t1", "T1"}, Texts...)[rnd.IntN(2+len(Texts))]
	}
	return predicate.In(name, values...)
}
