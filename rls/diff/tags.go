package diff

import (
	"slices"

	"github.com/rowsight/rowsight/tagrules"
)

// A TagResult is what changes between two tag configurations. The zero
// TagResult is that nothing does.
type TagResult struct {
	// Gains and Losses hold one example for each list of tag keys by which a
	// session sees more, or less.
	Gains, Losses []TagPart

	// Unproven are lists of tag keys, of either side, with so many changed
	// rules that not every combination was tried and none tried made a
	// difference. It is empty for all but contrived configurations.
	Unproven [][]string
}

// A TagPart is a session that sees a row by one configuration and not by the
// other.
type TagPart struct {
	// Keys is the list of tag keys by which it sees the row; nil if the rules
	// are disabled, and every session sees every row.
	Keys []string

	// Tags is a session of these keys. Values are made up, and no value of any
	// customer; one that is a match-all value, a secret (T8), is not shown.
	Tags []TagProbe

	// Witness is a row that it sees by the one configuration only: the text in
	// each column that matters, every other column being NULL.
	Witness map[string]string
}

// A TagProbe is one tag of an example.
type TagProbe struct {
	Key      string
	Value    string // made up; "" if Secret
	Secret   bool   // the value holds a match-all value of one of the sides
	MatchAll bool   // the value lifts the restriction on the side that shows the row
}

// HasGain reports whether some session sees a row that it did not, or that
// could not be ruled out.
func (r *TagResult) HasGain() bool { return len(r.Gains) > 0 || len(r.Unproven) > 0 }

// HasLoss reports whether some session no longer sees a row that it did, or
// that could not be ruled out.
func (r *TagResult) HasLoss() bool { return len(r.Losses) > 0 || len(r.Unproven) > 0 }

// Tags compares two tag configurations for all sessions there can be.
//
// What a session sees by a list of keys depends on the tags of these keys only,
// and having fewer tags never shows a row. So it is enough to look, for each
// list of the one side, at sessions of just its keys; and given a row, each tag
// can be chosen by itself, such that the one side accepts the row and the other
// does not. What is tried is, for each column, NULL, a text that nobody names,
// and texts that a delimiter or trimming reads differently; and for each tag
// the text of the row, alone or in a list, and the match-all values. A part is
// only reported if the configurations themselves, asked for the session, say
// so.
//
// A nil configuration stands for none: no session sees a row. One that is not
// valid is an error.
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
	s := newProber(p, q)
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
