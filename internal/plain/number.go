package plain

import (
	"fmt"
	"strconv"
)

// Number writes 12345 as 12,345.
func Number(n int) string {
	s := strconv.Itoa(n)
	least := 0
	if n < 0 {
		least = 1
	}
	for i := len(s) - 3; i > least; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Count returns "1 row" or "2 rows".
func Count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return strconv.Itoa(n) + " " + what
}

// Percent returns n as a share of total. What is not nothing is never 0%, and
// what is not all never 100%.
func Percent(n, total int) string {
	switch {
	case total == 0 || n == 0:
		return "0%"
	case n == total:
		return "100%"
	case n*1000 < total:
		return "<0.1%"
	case (total-n)*1000 < total:
		return ">99.9%"
	}
	tenths := (n*2000 + total) / (2 * total) // rounded
	return fmt.Sprintf("%d.%d%%", tenths/10, tenths%10)
}
