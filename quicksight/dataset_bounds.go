package quicksight

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/rowsight/rowsight/predicate"
)

// planBounds keep the numbers or times between two bounds, or those that are not.
// NULL is neither.
type planBounds struct {
	Type     string     // of the column: INTEGER, DECIMAL or DATETIME
	Min, Max *planBound `json:",omitempty"`
	Not      bool       `json:",omitempty"`
}

// A planBound is a number, as decimal text: of a time, the seconds since 1970.
type planBound struct {
	Value     string
	Inclusive bool `json:",omitempty"`
}

// The filters of numbers and dates, as the API has them.
type (
	boundsCondition struct {
		ColumnName                string
		ComparisonFilterCondition *struct {
			Operator string
			Value    *boundsValue
		}
		RangeFilterCondition *struct {
			RangeMinimum, RangeMaximum     *boundsValue
			IncludeMinimum, IncludeMaximum bool
		}
	}
	boundsValue struct{ StaticValue json.RawMessage }
)

// number returns the value as decimal text. Times are seconds, or text as in RFC
// 3339.
func (v *boundsValue) number(date bool) (string, error) {
	if v == nil || len(v.StaticValue) == 0 || string(v.StaticValue) == "null" {
		return "", refuseTable("StaticValue: missing")
	}
	text := string(v.StaticValue)
	if date && text[0] == '"' {
		var written string
		if err := json.Unmarshal(v.StaticValue, &written); err != nil {
			return "", refuseTable("StaticValue: want a time")
		}
		t, err := time.Parse(time.RFC3339Nano, written)
		if err != nil {
			return "", refuseTable("StaticValue: want a time such as 2026-01-31T00:00:00Z")
		}
		return strconv.FormatInt(t.Unix(), 10) + fmt.Sprintf(".%09d", t.Nanosecond()), nil
	}
	// A number that no float holds is refused before it is computed with: its
	// exponent may be huge.
	digits, _, _ := strings.Cut(strings.ToLower(text), "e")
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || len(text) > 400 || f > -1e-300 && f < 1e-300 && strings.ContainsAny(digits, "123456789") {
		return "", refuseTable("StaticValue: outside the limits")
	}
	return text, nil
}

// bounds reads a filter of numbers or dates.
func (in *boundsCondition) bounds(date bool) (b planBounds, err error) {
	switch comparison, between := in.ComparisonFilterCondition, in.RangeFilterCondition; {
	case (comparison == nil) == (between == nil):
		return b, refuseTable("want one of ComparisonFilterCondition and RangeFilterCondition")
	case comparison != nil:
		text, err := comparison.Value.number(date)
		if err != nil {
			return b, fmt.Errorf("ComparisonFilterCondition.Value: %w", err)
		}
		switch comparison.Operator {
		case "EQUALS", "DOES_NOT_EQUAL":
			b.Min, b.Max, b.Not = &planBound{text, true}, &planBound{text, true}, comparison.Operator == "DOES_NOT_EQUAL"
		case "GREATER_THAN", "AFTER":
			b.Min = &planBound{Value: text}
		case "GREATER_THAN_OR_EQUALS_TO", "AFTER_OR_EQUALS_TO":
			b.Min = &planBound{text, true}
		case "LESS_THAN", "BEFORE":
			b.Max = &planBound{Value: text}
		case "LESS_THAN_OR_EQUALS_TO", "BEFORE_OR_EQUALS_TO":
			b.Max = &planBound{text, true}
		default:
			return b, refuseTable("ComparisonFilterCondition.Operator: got %s, which is not supported", comparison.Operator)
		}
	default:
		if between.RangeMinimum == nil && between.RangeMaximum == nil {
			return b, refuseTable("RangeFilterCondition: want RangeMinimum, RangeMaximum or both")
		}
		for _, side := range []struct {
			name      string
			value     *boundsValue
			inclusive bool
			to        **planBound
		}{{"RangeMinimum", between.RangeMinimum, between.IncludeMinimum, &b.Min}, {"RangeMaximum", between.RangeMaximum, between.IncludeMaximum, &b.Max}} {
			if side.value == nil {
				continue
			}
			text, err := side.value.number(date)
			if err != nil {
				return b, fmt.Errorf("RangeFilterCondition.%s: %w", side.name, err)
			}
			*side.to = &planBound{text, side.inclusive}
		}
	}
	return b, nil
}

// bounded adds a filter of numbers or dates.
func (p *plan) bounded(in *boundsCondition, date bool) error {
	name, want := "NumericFilterCondition", "INTEGER or DECIMAL"
	if date {
		name, want = "DateFilterCondition", "DATETIME"
	}
	b, err := in.bounds(date)
	if err != nil {
		return fmt.Errorf("FilterOperation.%s: %w", name, err)
	}
	c := p.column(in.ColumnName)
	switch {
	case c == nil:
		return refuseTable("no column of the table has this name")
	case p.Parent != "":
		return refuseTable("FilterOperation: not supported for a data set that is made of another")
	case date != (c.Type == "DATETIME") || c.Type == "STRING":
		return refuseTable("FilterOperation: the column is %s, want %s", c.Type, want)
	}
	b.Type = c.Type
	p.Filter = append(p.Filter, planFilter{From: c.From, Bounds: &b})
	return nil
}

// bounds returns the filters of numbers and dates.
func (p *plan) bounds() (all []planFilter) {
	for _, f := range p.Filter {
		if f.Bounds != nil {
			all = append(all, f)
		}
	}
	return all
}

// rows returns the filters of text as a predicate over the columns of the source.
func (p *plan) rows() predicate.Predicate {
	all := predicate.All()
	for _, f := range p.Filter {
		if f.Bounds == nil {
			all = predicate.And(all, predicate.In(f.From, f.Values...))
		}
	}
	return all
}

// whole returns the least and the largest multiple of 1/unit within the bounds, as
// multiples; nil for no bound.
func (b *planBounds) whole(unit *big.Int) (low, high *big.Int, ok bool) {
	if low, ok = b.Min.whole(unit, true); !ok {
		return nil, nil, false
	}
	high, ok = b.Max.whole(unit, false)
	return low, high, ok
}

func (b *planBound) whole(unit *big.Int, least bool) (n *big.Int, ok bool) {
	if b == nil {
		return nil, true
	}
	exact, ok := new(big.Rat).SetString(b.Value)
	if !ok {
		return nil, false
	}
	exact.Mul(exact, new(big.Rat).SetInt(unit))
	n, rest := new(big.Int).DivMod(exact.Num(), exact.Denom(), new(big.Int)) // n is the floor
	one := big.NewInt(1)
	switch onIt := rest.Sign() == 0; {
	case least && (!onIt || !b.Inclusive):
		n.Add(n, one)
	case !least && onIt && !b.Inclusive:
		n.Sub(n, one)
	}
	return n, true
}
