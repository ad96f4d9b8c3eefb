package query

import (
	"iter"
	"slices"
	"strings"
)

// An Expr is a column, a number, or an arithmetic expression of them. It is
// immutable. The zero Expr is empty.
type Expr struct{ n *exprNode }

type exprNode struct {
	op   ExprOp
	text string // of a column its name, of a number its digits
	args []Expr
}

// An ExprOp is the kind of an [Expr].
type ExprOp uint8

// The operations. Add, Subtract and Multiply have two operands or more.
const (
	ExprNone ExprOp = iota
	ExprColumn
	ExprNumber
	ExprAdd
	ExprSubtract
	ExprMultiply
)

var exprNames = [...]string{"", "column", "number", "add", "subtract", "multiply"}

// String returns the name of op in JSON.
func (op ExprOp) String() string { return named(exprNames[:], int(op), "operation") }

// Col returns the expression of a column.
func Col(name string) Expr { return Expr{&exprNode{op: ExprColumn, text: name}} }

// Num returns the expression of a number in decimal digits, such as "-1.5".
func Num(digits string) Expr { return Expr{&exprNode{op: ExprNumber, text: digits}} }

// Add returns the sum of expressions.
func Add(a Expr, more ...Expr) Expr { return arithmetic(ExprAdd, a, more) }

// Subtract returns a without b and without more.
func Subtract(a, b Expr, more ...Expr) Expr {
	return arithmetic(ExprSubtract, a, slices.Concat([]Expr{b}, more))
}

// Multiply returns the product of expressions.
func Multiply(a Expr, more ...Expr) Expr { return arithmetic(ExprMultiply, a, more) }

func arithmetic(op ExprOp, a Expr, more []Expr) Expr {
	if len(more) == 0 {
		return a
	}
	return Expr{&exprNode{op: op, args: slices.Concat([]Expr{a}, more)}}
}

// Op returns the kind of e.
func (e Expr) Op() ExprOp {
	if e.n == nil {
		return ExprNone
	}
	return e.n.op
}

// Text returns the name of a column or the digits of a number, and "" for any
// other expression.
func (e Expr) Text() string {
	if e.n == nil {
		return ""
	}
	return e.n.text
}

// Args returns the operands of arithmetic.
func (e Expr) Args() iter.Seq[Expr] {
	if e.n == nil {
		return slices.Values[[]Expr](nil)
	}
	return slices.Values(e.n.args)
}

// Equal reports whether e and f are the same expression.
func (e Expr) Equal(f Expr) bool {
	if e.Op() != f.Op() || e.Text() != f.Text() {
		return false
	}
	return e.n == nil || slices.EqualFunc(e.n.args, f.n.args, Expr.Equal)
}

// String returns e as arithmetic: Price * Quantity. It is for names and messages
// and cannot be read back.
func (e Expr) String() string {
	switch e.Op() {
	case ExprNone:
		return ""
	case ExprColumn, ExprNumber:
		return e.n.text
	}
	parts := make([]string, len(e.n.args))
	for i, a := range e.n.args {
		if parts[i] = a.String(); a.Op() > ExprNumber {
			parts[i] = "(" + parts[i] + ")"
		}
	}
	return strings.Join(parts, map[ExprOp]string{ExprAdd: " + ", ExprSubtract: " - ", ExprMultiply: " * "}[e.Op()])
}
