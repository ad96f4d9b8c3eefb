package input

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// errNotUTF8 is why a binary column is not read as text.
var errNotUTF8 = errors.New("not text: the bytes are not UTF-8")

// cast returns a column as another kind of text. Bytes must be UTF-8. The caller
// releases it.
func cast(a arrow.Array, to arrow.DataType) (arrow.Array, error) {
	if arrow.TypeEqual(a.DataType(), to) {
		a.Retain()
		return a, nil
	}
	if a.DataType().ID() == arrow.NULL {
		return array.MakeArrayOfNull(memory.DefaultAllocator, to, a.Len()), nil
	}
	value, err := bytesOf(a)
	if err != nil {
		return nil, err
	}
	b := array.NewBuilder(memory.DefaultAllocator, to)
	defer b.Release()
	b.Reserve(a.Len())
	for row := range a.Len() {
		text, ok := value(row)
		if !ok {
			b.AppendNull()
			continue
		}
		if !utf8.ValidString(text) {
			return nil, errNotUTF8
		}
		switch b := b.(type) {
		case *array.BinaryDictionaryBuilder:
			err = b.AppendString(text)
		case interface{ Append(string) }:
			b.Append(text)
		default:
			err = fmt.Errorf("%w: type %s", ErrSchema, to)
		}
		if err != nil {
			return nil, err
		}
	}
	return b.NewArray(), nil
}

// bytesOf returns the texts or bytes of a column; false stands for NULL.
func bytesOf(a arrow.Array) (func(row int) (string, bool), error) {
	var value func(row int) string
	switch a := a.(type) {
	case *array.Dictionary:
		of, err := bytesOf(a.Dictionary())
		return func(row int) (string, bool) {
			if a.IsNull(row) {
				return "", false
			}
			return of(a.GetValueIndex(row))
		}, err
	case *array.RunEndEncoded:
		of, err := bytesOf(a.Values())
		return func(row int) (string, bool) { return of(a.GetPhysicalIndex(row)) }, err
	case interface{ Value(int) string }:
		value = a.Value
	case interface{ Value(int) []byte }:
		value = func(row int) string { return string(a.Value(row)) }
	default:
		return nil, fmt.Errorf("%w: type %s", ErrSchema, a.DataType())
	}
	return func(row int) (string, bool) {
		if a.IsNull(row) {
			return "", false
		}
		return value(row), true
	}, nil
}
