package eval

import (
	"fmt"
	"math"
	"math/big"

	"github.com/rowsight/rowsight/query"
)

// compile returns a function that computes an expression of a row of the record
// that is bound.
func (e *evaluation) compile(x query.Expr) reader {
	switch x.Op() {
	case query.ExprColumn:
		return e.reader(x.Text())
	case query.ExprNumber:
		c := constant(x, e.plan.Type(x))
		return func(int) (cell, error) { return c, nil }
	}
	t := e.plan.Type(x)
	var args []reader
	var types []query.Column
	for a := range x.Args() {
		args, types = append(args, e.compile(a)), append(types, e.plan.Type(a))
	}
	if t.Kind == query.Float {
		return floats(x.Op(), args, types)
	}
	return exacts(x.Op(), t.Scale, args, types)
}

// constant returns the cell of a number.
func constant(x query.Expr, t query.Column) cell {
	r, ok := new(big.Rat).SetString(x.Text())
	if !ok { // Check has read it
		return cell{}
	}
	r.Mul(r, new(big.Rat).SetInt(pow10(t.Scale)))
	return cell{ok: true, x: wholeBig(new(big.Int).Set(r.Num()))}
}

// floats computes with floating-point numbers, from left to right. A result that is
// infinite though no operand is, is an error.
func floats(op query.ExprOp, args []reader, types []query.Column) reader {
	return func(row int) (cell, error) {
		var total float64
		finite, null := true, false
		for i, arg := range args {
			c, err := arg(row)
			if err != nil {
				return cell{}, err
			}
			f := c.f
			if types[i].Kind != query.Float {
				f = c.x.float(types[i].Scale)
			}
			null = null || !c.ok
			finite = finite && !math.IsInf(f, 0)
			switch {
			case i == 0:
				total = f
			case op == query.ExprAdd:
				total += f
			case op == query.ExprSubtract:
				total -= f
			default:
				total *= f
			}
		}
		if null {
			return cell{}, nil
		}
		if finite && math.IsInf(total, 0) {
			return cell{}, fmt.Errorf("%w: arithmetic of floating-point numbers", ErrOverflow)
		}
		return cell{ok: true, f: total}, nil
	}
}

// exacts computes with integers and decimals.
func exacts(op query.ExprOp, scale int, args []reader, types []query.Column) reader {
	factors := make([]exact, len(args))
	for i, t := range types {
		factors[i] = whole(1)
		if op != query.ExprMultiply {
			factors[i] = wholeBig(pow10(scale - t.Scale))
		}
	}
	return func(row int) (cell, error) {
		var total exact
		null := false
		for i, arg := range args {
			c, err := arg(row)
			if err != nil {
				return cell{}, err
			}
			null = null || !c.ok
			x := c.x.mul(factors[i])
			switch {
			case i == 0:
				total = x
			case op == query.ExprAdd:
				total = total.add(x)
			case op == query.ExprSubtract:
				total = total.add(x.neg())
			default:
				total = total.mul(x)
			}
		}
		if null {
			return cell{}, nil
		}
		return cell{ok: true, x: total}, nil
	}
}
