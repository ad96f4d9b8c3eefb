package explain

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/tagrules"
)

// A Reason is why a row is visible or not.
type Reason uint8

// Reasons. Only the last two show a row.
const (
	NoRule      Reason = iota // no rule applies to the viewer
	Denied                    // rules apply, and none admits the row
	Admitted                  // at least one rule admits the row
	NotEnforced               // the rules are disabled: everybody sees every row (U17, T10)
)

// String returns "no rule", "denied", "admitted" or "not enforced".
func (r Reason) String() string {
	switch r {
	case NoRule:
		return "no rule"
	case Denied:
		return "denied"
	case Admitted:
		return "admitted"
	case NotEnforced:
		return "not enforced"
	default:
		return fmt.Sprintf("Reason(%d)", uint8(r))
	}
}

// MarshalText is [Reason.String].
func (r Reason) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// An Answer tells of one row. The zero Answer is that of a row nobody sees.
type Answer struct {
	Who     string // the viewer
	Row     int    // number of the row, from 1; 0 if it is not known
	Visible bool
	Reason  Reason
	Rules   int    // how many rules apply to the viewer, or lists of tag keys to the session
	By      []Rule // those that admit the row
	Nearest []Miss // of a Denied row: the rule that fails on fewest fields, and those that do on as few
	More    int    // how many more fail on as few fields; they are not in Nearest
}

// A Rule names one rule of a file, or one list of tag keys of a configuration.
type Rule struct {
	Pos         rls.Position // zero for a list of tag keys
	User, Group string       // whom the rule names, as it is written
	List        int          // number of the list of tag keys, from 1; 0 for a rule of a file
}

// String returns "rules.csv:4 for user al", or "list 2".
func (r Rule) String() string {
	if r.List > 0 {
		return "list " + strconv.Itoa(r.List)
	}
	pos := r.Pos
	pos.Column = 0
	s := pos.String()
	if pos.File == "" {
		s = "line " + s
	}
	var who []string
	if r.User != "" {
		who = append(who, "user "+plain.Text(r.User))
	}
	if r.Group != "" {
		who = append(who, "group "+plain.Text(r.Group))
	}
	return s + " for " + strings.Join(who, " and ")
}

// A Miss is a rule that does not admit a row, and why.
type Miss struct {
	Rule   Rule
	Fields []Failure // in the order of the columns of the file, or of the list; at least one
}

// A Failure is one field that keeps a rule from admitting a row.
type Failure struct {
	Column string
	Has    string // what the row has
	Null   bool   // it has NULL or "", which are no value (S2)

	// What the rule wants: one of Values values, of which Want has the first
	// ones, shortened; or any value, if Values is 0. Of a session Want is empty.
	Want   []string
	Values int

	// Unquoted says that the cell of the rule is what the row has, but for the
	// double quotes that would keep the commas in it (U5).
	Unquoted bool

	// Of a session: the tag that restricts the column. A tag that is missing
	// or has no value admits nothing, whatever the row has.
	Key   string
	State tagrules.State
}

// maxWant is how many wanted values a [Failure] has, and maxText how many
// characters of each.
const (
	maxWant = 5
	maxText = 60
)
