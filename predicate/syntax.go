package predicate

import (
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"
)

// Reasons why a text or a JSON document is not a predicate, or why a predicate
// cannot be written. Test for them with [errors.Is].
var (
	ErrSyntax   = errors.New("syntax error")
	ErrTooDeep  = fmt.Errorf("nested more than %d deep", maxDepth)
	ErrEncoding = errors.New("not valid UTF-8")
)

// maxDepth bounds how deep a text or a JSON document may nest. Rules nest three
// deep; the bound keeps hostile input off the stack.
const maxDepth = 100

// A SyntaxError is the position of a syntax error in a text or a JSON document.
// It names the kind of the token and never its content, which may be a value
// (S7).
type SyntaxError struct {
	Offset       int // in bytes, from 0
	Line, Column int // from 1; Column counts bytes
	Err          error
}

// Error returns line:column: reason.
func (e *SyntaxError) Error() string { return fmt.Sprintf("%d:%d: %v", e.Line, e.Column, e.Err) }

// Unwrap returns the reason: [ErrTooDeep], [ErrEncoding], or an error that
// wraps [ErrSyntax].
func (e *SyntaxError) Unwrap() error { return e.Err }

// syntaxError returns a SyntaxError for what stands at offset in text.
func syntaxError(text string, offset int, err error) *SyntaxError {
	return newLines(text[:offset]).error(offset, err)
}

// lines are the offsets at which the lines of a text start, increasing. A document
// of many problems asks for many positions.
type lines []int

func newLines(text string) lines {
	starts := lines{0}
	for i := range len(text) {
		if text[i] == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

// error returns a SyntaxError for what stands at offset.
func (l lines) error(offset int, err error) *SyntaxError {
	line, found := slices.BinarySearch(l, offset)
	if !found {
		line--
	}
	return &SyntaxError{Offset: offset, Line: 1 + line, Column: 1 + offset - l[line], Err: err}
}

// mismatch is the reason most errors have.
func mismatch(found, want string) error {
	return fmt.Errorf("%w: found %s, want %s", ErrSyntax, found, want)
}

// invalidAt returns the offset of the first byte of s that is not UTF-8, or -1.
func invalidAt(s string) int {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}
