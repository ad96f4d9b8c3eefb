package diff

import (
	"slices"

	"github.com/rowsight/rowsight/tagrules"
)

// A TagResult lists what changes between two tag configurations. The zero
// TagResult has no change.
type TagResult struct {
	// Gains and Losses hold one example for each list of tag keys with which a
	// session gains or loses rows.
	Gains, Losses []TagPart

	// Unproven are lists of tag keys, of either side, with so many changed
	// rules that not every combination was tried, and none of the tried ones
	// made a difference. It is empty except for contrived configurations.
	Unproven [][]string
}

// A TagPart is a session that sees a row with one configuration and not with
// the other.
type TagPart struct {
	// Keys is the list of tag keys that admits the row. It is nil if the rules
	// are disabled and every session sees every row.
	Keys []string

	// Tags is a session with these keys. Its values are invented. A match-all
	// value is a secret and is not shown (T8).
	Tags []TagProbe

	// Witness is a row that the session sees with only one of the
	// configurations: the text of each column that matters. Every other column
	// is NULL.
	Witness map[string]string
}

// A TagProbe is one tag of an example.
type TagProbe struct {
	Key      string
	Value    string // invented; "" if Secret
	Secret   bool   // the value holds a match-all value of one of the sides
	MatchAll bool   // the value lifts the restriction on the side that shows the row
}

// HasGain reports whether some session gains a row, or whether that could not
// be ruled out.
func (r *TagResult) HasGain() bool { return len(r.Gains) > 0 || len(r.Unproven) > 0 }

// HasLoss reports whether some session loses a row, or whether that could not
// be ruled out.
func (r *TagResult) HasLoss() bool { return len(r.Losses) > 0 || len(r.Unproven) > 0 }

// Tags compares two tag configurations for all possible sessions.
//
// What a session sees with a list of keys depends only on the tags of these
// keys, and fewer tags never show more rows. So it is enough to check, for each
// list of one side, the sessions with exactly its keys. For a given row, each
// tag can be chosen independently, such that one side admits the row and the
// other does not. Tags tries these values: for each column NULL, a text that no
// rule names, and texts that a delimiter or trimming reads differently; for
// each tag the text of the row, alone or in a list, and the match-all values.
// It reports a part only if the two configurations disagree about that session.
//
// A nil configuration stands for none: with it, no session sees a row. An
// invalid configuration is an error.
func Tags(old, new *tagrules.Config) (*TagResult, error) {
	for _, c := range []**tagrules.Config{&old, &new} {
		if *c == nil {
			*c = none()
		} else if _, err := (*c).For(); err != nil { // no tags, so that only c can be wrong
			return nil, err
		}
	}
	r := &TagResult{}
	if (old.Status == tagrules.Disabled) != (new.Status == tagrules.Disabled) {
		part := []TagPart{{Witness: map[string]string{}}}
		if new.Status == tagrules.Disabled {
			r.Gains = part
		} else {
			r.Losses = part
		}
		return r, nil
	}
	if old.Status == tagrules.Disabled {
		return r, nil
	}
	var unproven [][]string
	r.Gains, unproven = tagMinus(new, old)
	r.Losses, r.Unproven = tagMinus(old, new)
	r.Unproven = append(unproven, r.Unproven...)
	return r, nil
}

// none returns a configuration by which no session sees a row: For refuses it.
func none() *tagrules.Config { return new(tagrules.Config) }

// tagMinus looks for sessions that see a row by p and not by q.
func tagMinus(p, q *tagrules.Config) (parts []TagPart, unproven [][]string) {
	s := newTagSearch(p, q)
	for _, keys := range listsOf(p) {
		part, found, all := s.list(keys)
		switch {
		case found:
			parts = append(parts, part)
		case !all:
			unproven = append(unproven, keys)
		}
	}
	return parts, unproven
}

// listsOf returns the lists of which a session must have one complete (T2).
func listsOf(c *tagrules.Config) [][]string {
	switch {
	case len(c.TagRules) == 0:
		return nil
	case len(c.TagRuleConfigurations) > 0:
		return c.TagRuleConfigurations
	}
	keys := make([]string, len(c.TagRules))
	for i, r := range c.TagRules {
		keys[i] = r.TagKey
	}
	return [][]string{keys}
}

// ruleOf returns the rule of a key.
func ruleOf(c *tagrules.Config, key string) (tagrules.Rule, bool) {
	i := slices.IndexFunc(c.TagRules, func(r tagrules.Rule) bool { return r.TagKey == key })
	if i < 0 {
		return tagrules.Rule{}, false
	}
	return c.TagRules[i], true
}
