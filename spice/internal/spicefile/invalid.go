package spicefile

import (
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// invalid returns which rows hold text that is not valid UTF-8, in any column:
// nil if none does. Such text is in no rule, and has no characters to count.
func invalid(rec arrow.Record) (drop []bool, n int, err error) {
	mark := func(i int) {
		if drop == nil {
			drop = make([]bool, rec.NumRows())
		}
		if !drop[i] {
			drop[i] = true
			n++
		}
	}
	for _, arr := range rec.Columns() {
		if !IsText(arr.DataType()) {
			continue
		}
		values, index := arr, func(i int) int { return i }
		if d, ok := arr.(*array.Dictionary); ok {
			values, index = d.Dictionary(), d.GetValueIndex
		}
		value, err := reader(values)
		if err != nil {
			return nil, 0, err
		}
		bad := make(map[int]bool)
		for i := range values.Len() {
			if values.IsValid(i) && !utf8.ValidString(value(i)) {
				bad[i] = true
			}
		}
		if len(bad) == 0 {
			continue
		}
		for i := range arr.Len() {
			if arr.IsValid(i) && bad[index(i)] {
				mark(i)
			}
		}
	}
	return drop, n, nil
}
