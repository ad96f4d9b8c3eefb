package eval

import (
	"fmt"
	"math"
	"math/big"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/rowsight/rowsight/query"
)

// Finish converts the rows of a [query.Statement] to rows of the answer. rec
// has the columns of the statement, in the Arrow types of [Schema]. totals is
// true for the statement of the totals. The caller releases both records.
func Finish(plan query.Plan, rec arrow.Record, totals bool, opts *Options) (arrow.Record, error) {
	if plan.IsZero() || rec == nil {
		return nil, ErrPlan
	}
	e := newEvaluation(plan, opts)
	q, out := plan.Query(), plan.Output()
	dims := len(plan.Keys())
	if totals {
		dims, out = 0, out[dims:]
	}
	f := finisher{rec: rec}
	groups := make([]*group, rec.NumRows())
	for row := range groups {
		f.at, f.row = 0, row
		g := &group{}
		for range dims {
			g.out = append(g.out, f.next())
		}
		for _, m := range q.Measures {
			g.out = append(g.out, f.measure(plan, m))
		}
		if f.err == nil && f.at != int(rec.NumCols()) {
			f.err = fmt.Errorf("%w: %d columns, want %d", ErrSchema, rec.NumCols(), f.at)
		}
		if f.err != nil {
			return nil, f.err
		}
		groups[row] = g
	}
	return e.build(groups, out)
}

// A finisher reads the columns of a row one after the other.
type finisher struct {
	rec     arrow.Record
	readers []reader
	row, at int
	err     error
}

func (f *finisher) next() cell {
	if f.readers == nil {
		for _, c := range f.rec.Columns() {
			f.readers = append(f.readers, readerOf(c))
		}
	}
	if f.at >= len(f.readers) || f.err != nil {
		if f.err == nil {
			f.err = fmt.Errorf("%w: %d columns, want more", ErrSchema, len(f.readers))
		}
		return cell{}
	}
	c, err := f.readers[f.at](f.row)
	f.at++
	f.err = err
	c.f += 0 // -0 is 0
	return c
}

func (f *finisher) measure(plan query.Plan, m query.Measure) cell {
	t := query.Column{}
	if m.Of.Op() != query.ExprNone {
		t = plan.Type(m.Of)
	}
	switch m.Func {
	case query.Sum, query.Avg:
		sum := f.sum(t.Kind)
		if m.Func == query.Sum {
			return sum
		}
		n := f.next()
		switch {
		case !sum.ok || n.x.cmp(whole(1)) < 0:
			return cell{}
		case t.Kind == query.Float:
			return cell{ok: true, f: sum.f / float64(n.x.n)}
		}
		return cell{ok: true, x: wholeBig(divide(new(big.Int).Mul(sum.x.value(), pow10(query.AvgDigits)), n.x.n))}
	case query.Median:
		a, b := f.next(), f.next()
		if !a.ok || !b.ok {
			return cell{}
		}
		return middle(a, b, t.Kind)
	}
	return f.next()
}

// sum reads a sum. Halves of 64-bit integers come in two columns.
func (f *finisher) sum(k query.Kind) cell {
	c := f.next()
	if k == query.Float && f.err == nil && (math.IsInf(c.f, 0) || math.IsNaN(c.f)) {
		// Of infinite numbers, or of finite ones that ran over: only eval can tell.
		f.err = fmt.Errorf("%w: a sum that is not finite", query.ErrDialect)
	}
	if k == query.Float || f.err != nil || f.rec.Column(f.at-1).DataType().ID() != arrow.INT64 {
		return c
	}
	low := f.next()
	if !c.ok || !low.ok {
		return cell{}
	}
	return cell{ok: true, x: c.x.mul(whole(1 << 32)).add(low.x)}
}
