package output

import "github.com/apache/arrow/go/v15/arrow"

// Texts returns how the values of a column print: as in CSV, so that NULL is
// the empty text.
func Texts(arr arrow.Array, field arrow.Field) (func(row int) (string, error), error) {
	value, err := csvCell(arr, field)
	if err != nil {
		return nil, err
	}
	var buf []byte
	return func(row int) (string, error) {
		var err error
		buf, err = value(buf[:0], row)
		return string(buf), err
	}, nil
}
