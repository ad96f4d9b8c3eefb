package eval

import (
	"math"
	"math/big"
)

// An fsum adds floating-point numbers without a rounding error, so that the order
// of the numbers does not matter. It keeps numbers that do not overlap and whose
// sum is the exact sum (Shewchuk's algorithm).
type fsum struct {
	parts   []float64
	special float64  // sum of infinities and NaN
	large   *big.Rat // sum of what the parts could not hold
}

func (s *fsum) add(x float64) {
	if math.IsInf(x, 0) || math.IsNaN(x) {
		s.special += x
		return
	}
	if math.Abs(x) > math.MaxFloat64/4 {
		s.spill(x)
		return
	}
	kept := s.parts[:0]
	for _, y := range s.parts {
		if math.Abs(x) < math.Abs(y) {
			x, y = y, x
		}
		hi := x + y
		lo := y - (hi - x)
		if lo != 0 {
			kept = append(kept, lo)
		}
		x = hi
	}
	s.parts = append(kept, x)
	if math.Abs(x) > math.MaxFloat64/4 {
		for _, y := range s.parts {
			s.spill(y)
		}
		s.parts = s.parts[:0]
	}
}

// spill adds a number to the part that does not overflow.
func (s *fsum) spill(x float64) {
	if s.large == nil {
		s.large = new(big.Rat)
	}
	s.large.Add(s.large, new(big.Rat).SetFloat64(x))
}

func (s *fsum) merge(t *fsum) {
	s.special += t.special
	for _, x := range t.parts {
		s.add(x)
	}
	if t.large != nil {
		s.spill(0)
		s.large.Add(s.large, t.large)
	}
}

// sum returns the sum, rounded once. It is infinite if finite numbers have a sum
// that is too large for a double.
func (s *fsum) sum() float64 {
	if s.special != 0 { // also if it is NaN
		return s.special
	}
	total := new(big.Rat)
	if s.large != nil {
		total.Set(s.large)
	} else if len(s.parts) < 2 {
		for _, x := range s.parts {
			return x
		}
		return 0
	}
	for _, x := range s.parts {
		total.Add(total, new(big.Rat).SetFloat64(x))
	}
	f, _ := total.Float64()
	return f
}

// overflows reports whether sum is infinite and no number was.
func (s *fsum) overflows() bool { return s.special == 0 && math.IsInf(s.sum(), 0) }
