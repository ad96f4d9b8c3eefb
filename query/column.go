package query

import "fmt"

// A Kind is the type of a column in questions. The zero Kind is Other.
type Kind uint8

// The kinds.
const (
	Other   Kind = iota // can only be counted and tested for NULL
	Text                //
	Bool                //
	Int                 // a whole number of at most 64 bits with a sign
	Decimal             // a number with a fixed number of digits after the point
	Float               // a floating-point number of at most 64 bits
	Date                // a day
	Time                // a moment, in microseconds
)

var kindNames = [...]string{"other", "text", "bool", "int", "decimal", "float", "date", "time"}

// String returns the name of k.
func (k Kind) String() string { return named(kindNames[:], int(k), "kind") }

// A Column describes a column of a table or of an answer.
type Column struct {
	Name string
	Kind Kind
	// Precision and Scale are the digits of a Decimal, and those after the point.
	Precision, Scale int
	// UTC is true for a Time in UTC, and false for a local time without a zone.
	UTC bool
}

// MaxPrecision is the largest number of digits of a decimal.
const MaxPrecision = 38

// numeric reports whether columns of a kind can be added.
func (k Kind) numeric() bool { return k == Int || k == Decimal || k == Float }

// ordered reports whether values of a kind have an order that all engines share.
func (k Kind) ordered() bool { return k != Other && k != Bool }

// describe returns the kind with its digits.
func (c Column) describe() string {
	if c.Kind == Decimal {
		return fmt.Sprintf("decimal(%d,%d)", c.Precision, c.Scale)
	}
	return c.Kind.String()
}

// digits returns the precision and scale of an exact number.
func (c Column) digits() (precision, scale int) {
	if c.Kind == Int {
		return 19, 0
	}
	return c.Precision, c.Scale
}
