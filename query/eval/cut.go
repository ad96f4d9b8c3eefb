package eval

import (
	"time"

	"github.com/rowsight/rowsight/query"
)

const microsPerDay = 24 * 60 * 60 * 1_000_000

// floorDiv divides and rounds down.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

// cut returns the first day of a period as days since 1970, or of an hour the
// microseconds.
func cut(n int64, kind query.Kind, c query.Cut) int64 {
	if c == query.Hour {
		return floorDiv(n, microsPerDay/24) * (microsPerDay / 24)
	}
	days := n
	if kind == query.Time {
		days = floorDiv(n, microsPerDay)
	}
	switch c {
	case query.Day:
		return days
	case query.Week: // day 0 was a Thursday
		return floorDiv(days+3, 7)*7 - 3
	}
	t := time.Unix(days*86400, 0).UTC()
	year, month := t.Year(), t.Month()
	switch c {
	case query.Year:
		month = time.January
	case query.Quarter:
		month = (month-1)/3*3 + 1
	}
	return floorDiv(time.Date(year, month, 1, 0, 0, 0, 0, time.UTC).Unix(), 86400)
}
