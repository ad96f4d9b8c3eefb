package rls

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"
)

// parseList returns the values of one cell of a restricted column in increasing
// order, each once (U3, U4, U5). No value at all, and no error, is a wildcard.
// The values share memory with text, which goes into buf; buf is returned
// longer.
//
//	list = item *( "," item )
//	item = *( any character but , and " )            one value; none if empty
//	     / '"' 1*( any character but " / '""' ) '"'   one value
func parseList(text string, buf []string) (values, rest []string, err error) {
	start := len(buf)
	for item := 1; ; item++ {
		if strings.HasPrefix(text, `"`) {
			value, after, err := parseQuoted(text)
			if err != nil {
				return nil, buf[:start], fmt.Errorf("%w in item %d of the list", err, item)
			}
			buf = append(buf, value)
			if after == "" {
				break
			}
			text = after[1:] // behind the comma
			continue
		}
		value, after, more := strings.Cut(text, ",")
		if strings.Contains(value, `"`) {
			return nil, buf[:start], fmt.Errorf("%w in item %d of the list", ErrBareQuote, item)
		}
		if value != "" {
			buf = append(buf, value)
		}
		if !more {
			break
		}
		text = after
	}
	values = buf[start:]
	if len(values) > 1 && !increasing(values) {
		slices.Sort(values)
		values = slices.Compact(values)
	}
	end := start + len(values)
	if start == end {
		return nil, buf, nil
	}
	return values[:len(values):len(values)], buf[:end], nil
}

// parseQuoted returns the value of the quoted item at the start of text, and
// what follows it: nothing, or a comma and more.
func parseQuoted(text string) (value, after string, err error) {
	rest := text[1:]
	doubled := false
	for i := 0; ; i += 2 {
		n := strings.IndexByte(rest[i:], '"')
		if n < 0 {
			return "", "", ErrUnterminated
		}
		i += n
		if strings.HasPrefix(rest[i+1:], `"`) {
			doubled = true
			continue
		}
		value, after = rest[:i], rest[i+1:]
		break
	}
	if after != "" && after[0] != ',' {
		return "", "", ErrAfterQuote
	}
	if value == "" {
		return "", "", ErrEmptyItem
	}
	if doubled {
		value = strings.ReplaceAll(value, `""`, `"`)
	}
	return value, after, nil
}

// ParseCell returns the values of one cell of a restricted column in increasing
// order, each once (U3, U4, U5): AWS,INC is two values, and "AWS,INC" in double
// quotes is one. A cell without values is a wildcard.
func ParseCell(text string) ([]string, error) {
	values, _, err := parseList(text, nil)
	return values, err
}

// Cells writes values as cells, which [ParseCell] reads back. most is the
// largest number of characters of a cell. Cells starts a new cell only if the
// next value does not fit. A value that is too long alone gets its own cell.
// Without values there is no cell.
func Cells(values iter.Seq[string], most int) (cells []string) {
	var b []byte
	length := 0
	for value := range values {
		start := len(b)
		if length > 0 {
			b = append(b, ',')
		}
		b = appendItem(b, value)
		n := utf8.RuneCount(b[start:])
		if length > 0 && length+n > most {
			cells = append(cells, string(b[:start]))
			b = append(b[:0], b[start+1:]...)
			length, n = 0, n-1
		}
		length += n
	}
	if len(b) > 0 {
		cells = append(cells, string(b))
	}
	return cells
}

// appendList appends the text of a cell that holds values: the shortest that
// [parseList] reads back.
func appendList(b []byte, values []string) []byte {
	for i, v := range values {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendItem(b, v)
	}
	return b
}

func appendItem(b []byte, v string) []byte {
	if !strings.ContainsAny(v, `,"`) {
		return append(b, v...)
	}
	b = append(b, '"')
	b = append(b, strings.ReplaceAll(v, `"`, `""`)...)
	return append(b, '"')
}

// listText returns the text of a cell so that it is not taken for a null word,
// which would be a wildcard: a comma behind it makes it a list.
func listText(text string, nullWords []string) string {
	if slices.Contains(nullWords, text) {
		return text + ","
	}
	return text
}

// onlyCommas reports whether a cell has no value: it is empty, or nothing but
// commas (U3, U6).
func onlyCommas(text string) bool {
	for i := 0; i < len(text); i++ {
		if text[i] != ',' {
			return false
		}
	}
	return true
}

func increasing(values []string) bool {
	for i := 1; i < len(values); i++ {
		if values[i-1] >= values[i] {
			return false
		}
	}
	return true
}
