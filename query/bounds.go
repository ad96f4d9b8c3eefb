package query

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"time"
)

// Bounds are the bounds of a [Range] as values of the type of its column. The
// zero Bounds have no bounds.
type Bounds struct {
	// Empty is true if no value is in the range.
	Empty bool
	// Lo and Hi are the smallest and the greatest value in the range; nil is no
	// bound. They count units in the last digit of a Decimal, days of a Date and
	// microseconds of a Time since 1970.
	Lo, Hi *big.Int
	// Low and High are the bounds of a Float; nil is no bound. An open bound is
	// not part of the range.
	Low, High         *float64
	LowOpen, HighOpen bool
}

// boundsOf reads the bounds of a range for a column.
func boundsOf(r Range, c Column) (Bounds, error) {
	var errs []error
	if r.From != "" && r.Above != "" {
		errs = append(errs, fmt.Errorf("%w: from and above: want one of them", ErrValue))
	}
	if r.To != "" && r.Below != "" {
		errs = append(errs, fmt.Errorf("%w: to and below: want one of them", ErrValue))
	}
	if r == (Range{Column: r.Column}) {
		errs = append(errs, fmt.Errorf("%w: want from, above, to or below", ErrValue))
	}
	if errs != nil {
		return Bounds{Empty: true}, errors.Join(errs...)
	}
	var b Bounds
	for _, side := range []struct {
		name, text  string
		upper, open bool
	}{{"from", r.From, false, false}, {"above", r.Above, false, true}, {"to", r.To, true, false}, {"below", r.Below, true, true}} {
		if side.text == "" {
			continue
		}
		if err := b.set(side.text, c, side.upper, side.open); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", side.name, err))
		}
	}
	if errs != nil {
		return Bounds{Empty: true}, errors.Join(errs...)
	}
	b.clamp(c)
	return b, nil
}

// set reads one bound.
func (b *Bounds) set(text string, c Column, upper, open bool) error {
	if c.Kind == Float {
		if _, _, ok := parseDecimal(text); !ok {
			return fmt.Errorf("%w: want a number", ErrValue)
		}
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return fmt.Errorf("%w: want a number", ErrValue)
		}
		if upper {
			b.High, b.HighOpen = &f, open
		} else {
			b.Low, b.LowOpen = &f, open
		}
		return nil
	}
	n, exact, err := unitsOf(text, c)
	if err != nil {
		return err
	}
	// n is rounded down. What is between two values of the column bounds like the
	// next one inside the range.
	one := big.NewInt(1)
	switch {
	case !upper && (open || !exact):
		n.Add(n, one)
	case upper && open && exact:
		n.Sub(n, one)
	}
	if upper {
		b.Hi = n
	} else {
		b.Lo = n
	}
	return nil
}

// unitsOf returns a bound in units of the column, rounded down, and whether it is
// exactly that.
func unitsOf(text string, c Column) (n *big.Int, exact bool, err error) {
	switch c.Kind {
	case Int, Decimal:
		n, scale, ok := parseDecimal(text)
		if !ok {
			return nil, false, fmt.Errorf("%w: want a number", ErrValue)
		}
		_, want := c.digits()
		if scale <= want {
			return n.Mul(n, pow10(want-scale)), true, nil
		}
		var rest big.Int
		n.DivMod(n, pow10(scale-want), &rest) // rounds down
		return n, rest.Sign() == 0, nil
	case Date:
		t, err := time.Parse(time.DateOnly, text)
		if err != nil {
			return nil, false, fmt.Errorf("%w: want a date such as 2026-05-01", ErrValue)
		}
		if t.Year() < 1 {
			return nil, false, fmt.Errorf("%w: want a year from 1 to 9999", ErrValue)
		}
		return big.NewInt(t.Unix() / 86400), true, nil
	case Time:
		layouts := []string{time.DateOnly, "2006-01-02T15:04:05", "2006-01-02 15:04:05"}
		if c.UTC {
			layouts = append(layouts, time.RFC3339)
		}
		for _, layout := range layouts {
			if t, err := time.Parse(layout, text); err == nil {
				if y := t.UTC().Year(); y < 1 || y > 9999 {
					return nil, false, fmt.Errorf("%w: want a year from 1 to 9999", ErrValue)
				}
				return big.NewInt(t.UnixMicro()), t.Nanosecond()%1000 == 0, nil
			}
		}
		if c.UTC {
			return nil, false, fmt.Errorf("%w: want a time such as 2026-05-01T08:00:00Z", ErrValue)
		}
		return nil, false, fmt.Errorf("%w: want a time without a zone such as 2026-05-01T08:00:00", ErrValue)
	}
	return nil, false, fmt.Errorf("%w: column of type %s, want a number, a date or a time", ErrType, c.describe())
}

// clamp leaves out bounds that every value of the type keeps, and finds ranges
// without a value.
func (b *Bounds) clamp(c Column) {
	var least, most *big.Int
	switch c.Kind {
	case Int:
		most = new(big.Int).SetInt64(1<<63 - 1)
		least = new(big.Int).SetInt64(-1 << 63)
	case Decimal:
		most = new(big.Int).Sub(pow10(c.Precision), big.NewInt(1))
		least = new(big.Int).Neg(most)
	}
	if most != nil {
		switch {
		case b.Lo != nil && b.Lo.Cmp(most) > 0, b.Hi != nil && b.Hi.Cmp(least) < 0:
			b.Empty = true
		}
		if b.Lo != nil && b.Lo.Cmp(least) <= 0 {
			b.Lo = nil
		}
		if b.Hi != nil && b.Hi.Cmp(most) >= 0 {
			b.Hi = nil
		}
	}
	if b.Lo != nil && b.Hi != nil && b.Lo.Cmp(b.Hi) > 0 {
		b.Empty = true
	}
	if b.Low != nil && b.High != nil && (*b.Low > *b.High || *b.Low == *b.High && (b.LowOpen || b.HighOpen)) {
		b.Empty = true
	}
	if b.Empty {
		*b = Bounds{Empty: true}
	}
}
