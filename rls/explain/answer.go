package explain

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/tagrules"
)

// A Reason says why a row is visible or hidden.
type Reason uint8

// Reasons. Only with the last two is the row visible.
const (
	NoRule      Reason = iota // no rule applies to the viewer
	Denied                    // rules apply, and none admits the row
	Admitted                  // at least one rule admits the row
	NotEnforced               // the rules are disabled: everybody sees every row (U17, T10)
)

var reasons = [...]string{NoRule: "no rule", Denied: "denied", Admitted: "admitted", NotEnforced: "not enforced"}

// String returns "no rule", "denied", "admitted" or "not enforced".
func (r Reason) String() string {
	if int(r) < len(reasons) {
		return reasons[r]
	}
	return fmt.Sprintf("Reason(%d)", uint8(r))
}

// MarshalText is [Reason.String].
func (r Reason) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// An Answer explains one row. The zero Answer describes a hidden row.
type Answer struct {
	Who     string // the viewer
	Row     int    // number of the row, from 1; 0 if it is not known
	Visible bool
	Reason  Reason
	Rules   int    // number of rules that apply to the viewer, or of lists of tag keys that apply to the session
	By      []Rule // the rules that admit the row
	Nearest []Miss // for a Denied row: the rules that fail on the fewest fields
	More    int    // how many more rules fail on as few fields; they are not in Nearest
}

// A Rule names one rule of a file, or one list of tag keys of a configuration.
type Rule struct {
	Pos         rls.Position // zero for a list of tag keys
	User, Group string       // the principals of the rule, as written
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

// A Miss is a rule that does not admit a row, with the reasons.
type Miss struct {
	Rule   Rule
	Fields []Failure // in the order of the columns of the file, or of the list; at least one
}

// A Failure is one field because of which a rule does not admit a row.
type Failure struct {
	Column string
	Has    string // the text of the row
	Null   bool   // it has NULL or "", which are no value (S2)

	// The values that the rule admits: Values is their number, and Want has the
	// first ones, shortened. If Values is 0, the rule admits any value. For a
	// session, Want is empty.
	Want   []string
	Values int

	// Unquoted says that the cell of the rule is the text of the row without
	// the double quotes that would keep its commas (U5).
	Unquoted bool

	// For a session: the tag that restricts the column. A tag that is missing
	// or has no value admits no row.
	Key   string
	State tagrules.State
}

// maxWant is how many wanted values a [Failure] has, and maxText how many
// characters of each.
const (
	maxWant = 5
	maxText = 60
)
