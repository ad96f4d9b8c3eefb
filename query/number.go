package query

import (
	"math/big"
	"strings"
)

// parseDecimal reads a number in decimal digits: its value without the point, and
// how many digits are after it. It takes no exponent below -38 or above 38.
func parseDecimal(s string) (unscaled *big.Int, scale int, ok bool) {
	exponent := 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		n, rest := 0, s[i+1:]
		negative := strings.HasPrefix(rest, "-")
		rest = strings.TrimLeft(rest, "+-")
		if rest == "" || len(rest) > 2 {
			return nil, 0, false
		}
		for _, c := range []byte(rest) {
			if c < '0' || c > '9' {
				return nil, 0, false
			}
			n = 10*n + int(c-'0')
		}
		if n > MaxPrecision {
			return nil, 0, false
		}
		if exponent = n; negative {
			exponent = -n
		}
		s = s[:i]
	}
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	whole, fraction, point := strings.Cut(s, ".")
	if whole == "" || point && fraction == "" || len(s) > 80 {
		return nil, 0, false
	}
	for _, c := range []byte(whole + fraction) {
		if c < '0' || c > '9' {
			return nil, 0, false
		}
	}
	fraction = strings.TrimRight(fraction, "0")
	n, _ := new(big.Int).SetString(sign+whole+fraction, 10)
	scale = len(fraction) - exponent
	if scale < 0 {
		n.Mul(n, pow10(-scale))
		scale = 0
	}
	return n, scale, true
}

// pow10 returns a power of ten.
func pow10(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

// precisionOf returns the number of digits of n.
func precisionOf(n *big.Int) int { return len(new(big.Int).Abs(n).String()) }

// percentOf returns a percentage as p of d, in whole numbers: 99.9 is 999 of 1000.
func percentOf(s string) (p, d int64, ok bool) {
	n, scale, ok := parseDecimal(s)
	if !ok || scale > 6 || n.Sign() <= 0 || n.Cmp(new(big.Int).Mul(big.NewInt(100), pow10(scale))) > 0 {
		return 0, 0, false
	}
	return n.Int64(), new(big.Int).Mul(big.NewInt(100), pow10(scale)).Int64(), true
}
