package tagrules

import "fmt"

// A State describes the tag of a session for one rule.
type State uint8

// The states of a tag. Only the last two complete a list of rules.
const (
	Missing   State = iota // the session has no such tag
	NoValue                // the tag is empty, or a list of nothing
	HasValues              // the tag restricts the column to its values
	MatchAll               // the tag lifts the restriction
)

var states = [...]string{Missing: "missing", NoValue: "no value", HasValues: "has values", MatchAll: "match all"}

// String returns "missing", "no value", "has values" or "match all".
func (s State) String() string {
	if int(s) < len(states) {
		return states[s]
	}
	return fmt.Sprintf("State(%d)", uint8(s))
}
