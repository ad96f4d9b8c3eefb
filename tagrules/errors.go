package tagrules

import (
	"errors"
	"fmt"
	"strings"

	"github.com/rowsight/rowsight/internal/jsondoc"
)

// Reasons why a configuration, a session or a tag is refused. Test for them
// with [errors.Is]; [*Error] adds the position.
var (
	ErrSyntax       = jsondoc.ErrSyntax
	ErrEncoding     = jsondoc.ErrEncoding
	ErrTooLarge     = jsondoc.ErrTooLarge
	ErrNoConfig     = errors.New("no tag configuration")
	ErrNoTags       = errors.New("no session tags")
	ErrAmbiguous    = errors.New("several different tag configurations")
	ErrField        = jsondoc.ErrField
	ErrTwice        = jsondoc.ErrTwice
	ErrType         = jsondoc.ErrType
	ErrMissing      = jsondoc.ErrMissing
	ErrLimit        = errors.New("outside the limits")
	ErrStatus       = errors.New("unknown status")
	ErrDuplicateKey = errors.New("duplicate tag key")
	ErrUnknownKey   = errors.New("no rule has this tag key")
	ErrDelimiter    = errors.New("the delimiter equals the match-all value")
	ErrDuplicateTag = errors.New("duplicate session tag")
	ErrUnsafe       = errors.New("not safe as a value")
	ErrLongValue    = errors.New("a longer list needs a column with one id for all of its values, or several tags for the column, each alone in a list of TagRuleConfigurations")
)

// A Position is a place in a document. Line and Column count from 1, Column in
// bytes, as in encoding/csv. The zero Position is unknown.
type Position struct {
	File         string // as in [Options]
	Line, Column int
}

// String returns file:line:column, without the file if it has no name, and ""
// for the zero Position.
func (p Position) String() string {
	if p.Line == 0 {
		return p.File
	}
	s := fmt.Sprintf("%d:%d", p.Line, p.Column)
	if p.File != "" {
		s = p.File + ":" + s
	}
	return s
}

// An Error is one problem with its position. It never contains the value of a
// tag or a match-all value (T8).
type Error struct {
	Pos   Position // zero if there is no document
	Field string   // TagRules[1].MatchAllValue, or tag "customer"; "" for the whole
	Err   error
}

// Error returns position: field: reason.
func (e *Error) Error() string {
	parts := make([]string, 0, 3)
	for _, s := range []string{e.Pos.String(), e.Field} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(append(parts, e.Err.Error()), ": ")
}

// Unwrap returns the reason, which wraps one of the Err variables.
func (e *Error) Unwrap() error { return e.Err }
