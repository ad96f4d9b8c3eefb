package tagrules

import (
	"errors"

	"github.com/rowsight/rowsight/internal/jsondoc"
	"github.com/rowsight/rowsight/internal/textpos"
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

// A Position is a place in a document: File as in [Options], Line and Column. Line
// and Column count from 1, Column in bytes, as in encoding/csv. The zero Position
// is unknown. It prints as "file:line:column", without unknown parts.
type Position = textpos.Position

// An Error is one problem. Pos is its position, zero if there is no document.
// Field is where in the configuration, such as TagRules[1].MatchAllValue or
// tag "customer", and "" for the whole. Err is the reason, which wraps one of the
// Err variables. An Error prints as "position: field: reason", and never contains
// the value of a tag or a match-all value (T8).
type Error = textpos.Error
