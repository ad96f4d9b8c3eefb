package eval

import (
	"cmp"
	"encoding/binary"
	"math/big"
	"math/bits"

	"github.com/apache/arrow/go/v15/arrow/decimal128"
)

// An exact is a whole number: units in the last digit of a decimal, days, or
// microseconds. big is nil if n is the number.
type exact struct {
	n   int64
	big *big.Int
}

func whole(n int64) exact { return exact{n: n} }

// wholeBig returns b, which must not be changed afterwards.
func wholeBig(b *big.Int) exact {
	if b.IsInt64() {
		return exact{n: b.Int64()}
	}
	return exact{big: b}
}

func (x exact) value() *big.Int {
	if x.big != nil {
		return x.big
	}
	return big.NewInt(x.n)
}

func (x exact) cmp(y exact) int {
	if x.big == nil && y.big == nil {
		return cmp.Compare(x.n, y.n)
	}
	return x.value().Cmp(y.value())
}

func (x exact) add(y exact) exact {
	if x.big == nil && y.big == nil {
		if sum := x.n + y.n; (sum > x.n) == (y.n > 0) {
			return exact{n: sum}
		}
	}
	return wholeBig(new(big.Int).Add(x.value(), y.value()))
}

func (x exact) neg() exact {
	if x.big == nil && x.n != -1<<63 {
		return exact{n: -x.n}
	}
	return wholeBig(new(big.Int).Neg(x.value()))
}

func (x exact) mul(y exact) exact {
	if x.big == nil && y.big == nil && x.n != -1<<63 && y.n != -1<<63 {
		hi, lo := bits.Mul64(magnitude(x.n), magnitude(y.n))
		if hi == 0 && lo < 1<<63 {
			if (x.n < 0) != (y.n < 0) {
				return exact{n: -int64(lo)}
			}
			return exact{n: int64(lo)}
		}
	}
	return wholeBig(new(big.Int).Mul(x.value(), y.value()))
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return uint64(-n)
	}
	return uint64(n)
}

// appendTo appends bytes that are the same for equal numbers only, and no prefix of
// those of another.
func (x exact) appendTo(b []byte) []byte {
	if x.big != nil {
		return append(x.big.Append(append(b, 2), 36), ';')
	}
	return binary.LittleEndian.AppendUint64(append(b, 1), uint64(x.n))
}

// float returns the double next to x / 10^scale.
func (x exact) float(scale int) float64 {
	if x.big == nil && scale == 0 {
		return float64(x.n)
	}
	f, _ := new(big.Rat).SetFrac(x.value(), pow10(scale)).Float64()
	return f
}

// pow10 returns a power of ten.
func pow10(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

// divide returns x / n, rounded half away from zero.
func divide(x *big.Int, n int64) *big.Int {
	// |q| = (2|x| + n) / 2n, rounded down.
	q := new(big.Int).Abs(x)
	q.Lsh(q, 1).Add(q, big.NewInt(n)).Quo(q, new(big.Int).Lsh(big.NewInt(n), 1))
	if x.Sign() < 0 {
		q.Neg(q)
	}
	return q
}

// decimal returns x as a decimal of Arrow; false if it has more than 38 digits.
func (x exact) decimal() (decimal128.Num, bool) {
	if x.big == nil {
		return decimal128.FromI64(x.n), true
	}
	if len(new(big.Int).Abs(x.big).String()) > 38 {
		return decimal128.Num{}, false
	}
	return decimal128.FromBigInt(x.big), true
}
