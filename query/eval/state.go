package eval

import (
	"fmt"
	"math"
	"math/big"
	"slices"

	"github.com/rowsight/rowsight/query"
)

// A state is a measure of a group while rows arrive.
type state interface {
	// add adds a value. It reports how many more bytes the state keeps.
	add(c cell) (bytes int64)
	merge(s state)
	result() (cell, error)
}

// newState returns a function that makes the states of a measure.
func newState(plan query.Plan, m query.Measure) func() state {
	t := query.Column{}
	if m.Of.Op() != query.ExprNone {
		t = plan.Type(m.Of)
	}
	switch m.Func {
	case query.Count:
		rows := m.Of.Op() == query.ExprNone
		return func() state { return &count{rows: rows} }
	case query.CountDistinct:
		return func() state { return &distinct{kind: t.Kind} }
	case query.Sum, query.Avg:
		avg := m.Func == query.Avg
		if t.Kind == query.Float {
			return func() state { return &floatSum{avg: avg} }
		}
		return func() state { return &exactSum{avg: avg} }
	case query.Min, query.Max:
		sign := 1
		if m.Func == query.Max {
			sign = -1
		}
		return func() state { return &extreme{kind: t.Kind, sign: sign} }
	default:
		s := sorted{kind: t.Kind, median: m.Func == query.Median}
		s.percent, s.of = query.Percent(m)
		return func() state { fresh := s; return &fresh }
	}
}

type count struct {
	rows bool
	n    int64
}

func (s *count) add(c cell) int64 {
	if s.rows || c.ok {
		s.n++
	}
	return 0
}
func (s *count) merge(t state)         { s.n += t.(*count).n }
func (s *count) result() (cell, error) { return cell{ok: true, x: whole(s.n)}, nil }

type distinct struct {
	kind query.Kind
	seen map[string]struct{}
	key  []byte
}

func (s *distinct) add(c cell) int64 {
	if !c.ok {
		return 0
	}
	s.key = c.appendTo(s.key[:0], s.kind)
	if _, ok := s.seen[string(s.key)]; ok {
		return 0
	}
	if s.seen == nil {
		s.seen = make(map[string]struct{})
	}
	s.seen[string(s.key)] = struct{}{}
	return int64(len(s.key)) + 48
}

func (s *distinct) merge(t state) {
	if s.seen == nil {
		s.seen = make(map[string]struct{})
	}
	for key := range t.(*distinct).seen {
		s.seen[key] = struct{}{}
	}
}
func (s *distinct) result() (cell, error) {
	return cell{ok: true, x: whole(int64(len(s.seen)))}, nil
}

// exactSum is the sum or the average of integers or decimals.
type exactSum struct {
	avg bool
	n   int64
	sum exact
}

func (s *exactSum) add(c cell) int64 {
	if c.ok {
		s.n++
		s.sum = s.sum.add(c.x)
	}
	return 0
}

func (s *exactSum) merge(t state) {
	u := t.(*exactSum)
	s.n += u.n
	s.sum = s.sum.add(u.sum)
}

func (s *exactSum) result() (cell, error) {
	switch {
	case s.n == 0:
		return cell{}, nil
	case s.avg:
		return cell{ok: true, x: wholeBig(divide(new(big.Int).Mul(s.sum.value(), pow10(query.AvgDigits)), s.n))}, nil
	}
	return cell{ok: true, x: s.sum}, nil
}

// floatSum is the sum or the average of floating-point numbers.
type floatSum struct {
	avg bool
	n   int64
	sum fsum
}

func (s *floatSum) add(c cell) int64 {
	if c.ok {
		s.n++
		s.sum.add(c.f)
	}
	return 0
}

func (s *floatSum) merge(t state) {
	u := t.(*floatSum)
	s.n += u.n
	s.sum.merge(&u.sum)
}

func (s *floatSum) result() (cell, error) {
	switch {
	case s.n == 0:
		return cell{}, nil
	case s.sum.overflows():
		return cell{}, fmt.Errorf("%w: a sum of floating-point numbers", ErrOverflow)
	}
	f := s.sum.sum()
	if s.avg {
		f /= float64(s.n)
	}
	return cell{ok: true, f: f + 0}, nil
}

// extreme is the smallest value, or with a sign of -1 the greatest.
type extreme struct {
	kind query.Kind
	sign int
	best cell
}

func (s *extreme) add(c cell) int64 {
	if !c.ok || s.best.ok && s.sign*c.compare(s.best, s.kind) >= 0 {
		return 0
	}
	before := len(s.best.s)
	s.best = c.kept()
	s.best.f += 0 // -0 is 0
	return int64(len(c.s) - before)
}
func (s *extreme) merge(t state)         { s.add(t.(*extreme).best) }
func (s *extreme) result() (cell, error) { return s.best, nil }

// sorted is the median or a percentile. It keeps all values.
type sorted struct {
	kind        query.Kind
	median      bool
	percent, of int64
	values      []cell
}

func (s *sorted) add(c cell) int64 {
	if !c.ok {
		return 0
	}
	c = c.kept()
	c.f += 0 // -0 is 0
	s.values = append(s.values, c)
	return 2 * c.size()
}

func (s *sorted) merge(t state) { s.values = append(s.values, t.(*sorted).values...) }

func (s *sorted) result() (cell, error) {
	n := len(s.values)
	if n == 0 {
		return cell{}, nil
	}
	slices.SortFunc(s.values, func(a, b cell) int { return a.compare(b, s.kind) })
	if !s.median {
		// The smallest rank k with k/n >= percent/of.
		k := new(big.Int).Mul(big.NewInt(s.percent), big.NewInt(int64(n)))
		k.Add(k, big.NewInt(s.of-1)).Quo(k, big.NewInt(s.of))
		return s.values[k.Int64()-1], nil
	}
	return middle(s.values[(n-1)/2], s.values[n/2], s.kind), nil
}

// middle returns the mean of two values.
func middle(a, b cell, k query.Kind) cell {
	if k == query.Float {
		mean := a.f/2 + b.f/2
		if a.f == b.f {
			mean = a.f
		}
		if math.Abs(a.f) < math.MaxFloat64/4 && math.Abs(b.f) < math.MaxFloat64/4 {
			mean = (a.f + b.f) / 2
		}
		return cell{ok: true, f: mean + 0}
	}
	// (a + b) / 2 with one more digit is (a + b) * 5.
	return cell{ok: true, x: a.x.add(b.x).mul(whole(5))}
}
