// Package list reads and writes the list of values in a cell of a permission
// dataset (U3, U4, U5).
package list

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/internal/csvtext"
)

// ErrEmptyItem refuses a quoted item without text. Package rls exports it.
var ErrEmptyItem = errors.New("empty quoted item")

// A List is what a cell says. Without values it is a wildcard.
type List struct {
	Values   []string // increasing, each once
	Empty    int      // items without text, beside values
	Repeated int      // items that an earlier one repeats
}

// Parse reads the text of one cell (U3, U4, U5). The values share memory with text.
// They go into buf, which is returned longer.
//
//	list = item *( "," item )
//	item = *( any character but , and " )            one value; none if empty
//	     / '"' 1*( any character but " / '""' ) '"'   one value
func Parse(text string, buf []string) (l List, rest []string, err error) {
	start := len(buf)
	for item := 1; ; item++ {
		if strings.HasPrefix(text, `"`) {
			value, after, err := parseQuoted(text)
			if err != nil {
				return List{}, buf[:start], fmt.Errorf("%w in item %d of the list", err, item)
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
			return List{}, buf[:start], fmt.Errorf("%w in item %d of the list", csvtext.ErrBareQuote, item)
		}
		if value != "" {
			buf = append(buf, value)
		} else {
			l.Empty++
		}
		if !more {
			break
		}
		text = after
	}
	values := buf[start:]
	if len(values) == 0 {
		return List{}, buf, nil // the items are no mistake: it is a wildcard
	}
	if !increasing(values) {
		slices.Sort(values)
		values = slices.Compact(values)
		l.Repeated = len(buf) - start - len(values)
	}
	l.Values = values[:len(values):len(values)]
	return l, buf[:start+len(values)], nil
}

// Items yields the values of a cell that [Parse] reads in the order in which they
// are written, repeated ones too.
func Items(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for text != "" {
			value, after, _ := strings.Cut(text, ",")
			if strings.HasPrefix(text, `"`) {
				value, after, _ = parseQuoted(text)
				after = strings.TrimPrefix(after, ",")
			}
			if value != "" && !yield(value) {
				return
			}
			text = after
		}
	}
}

// parseQuoted returns the value of the quoted item at the start of text, and
// what follows it: nothing, or a comma and more.
func parseQuoted(text string) (value, after string, err error) {
	rest := text[1:]
	doubled := false
	for i := 0; ; i += 2 {
		n := strings.IndexByte(rest[i:], '"')
		if n < 0 {
			return "", "", csvtext.ErrUnterminated
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
		return "", "", csvtext.ErrAfterQuote
	}
	if value == "" {
		return "", "", ErrEmptyItem
	}
	if doubled {
		value = strings.ReplaceAll(value, `""`, `"`)
	}
	return value, after, nil
}

// Append appends the text of a cell that holds values: the shortest that [Parse]
// reads back.
func Append(b []byte, values []string) []byte {
	for i, v := range values {
		if i > 0 {
			b = append(b, ',')
		}
		b = AppendItem(b, v)
	}
	return b
}

// AppendItem appends one item of a list.
func AppendItem(b []byte, v string) []byte {
	if !strings.ContainsAny(v, `,"`) {
		return append(b, v...)
	}
	b = append(b, '"')
	b = append(b, strings.ReplaceAll(v, `"`, `""`)...)
	return append(b, '"')
}

// Blank reports whether a cell has no value: it is empty, or nothing but
// commas (U3, U6).
func Blank(text string) bool {
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
