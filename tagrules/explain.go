package tagrules

import (
	"fmt"
	"slices"
	"strings"
)

// An Explanation says for the operator why a session sees its rows. It names
// tag keys and columns and counts values, and contains no value (T8). The zero
// Explanation describes a session that sees no row.
type Explanation struct {
	Disabled bool     // the rules do not restrict (T10)
	Lists    []List   // one complete list is needed
	Unlisted []string // keys of rules that are in no list and so restrict nothing (T2)
	Unused   []string // keys of the session that no rule has (T7)
	Misses   []NearMiss
}

// A List explains one of TagRuleConfigurations, or all rules without any.
type List struct{ Tags []TagState }

// A TagState explains one rule of a list.
type TagState struct {
	Key, Column string
	State       State
	Values      int  // how many, for HasValues
	Trimmed     bool // white space around a value was dropped (T4)
}

// A NearMiss is a session key that probably stands for another key: the two
// differ only in case or surrounding white space. Keys are compared exactly
// (T7).
type NearMiss struct{ Session, Rule string }

// Complete reports whether the session has a value for every tag of l.
func (l List) Complete() bool {
	return len(l.Tags) > 0 && !slices.ContainsFunc(l.Tags, func(t TagState) bool {
		return t.State != HasValues && t.State != MatchAll
	})
}

// Restricted reports whether any row is hidden. It is false only if the rules
// are disabled or every tag of a list matches all.
func (e Explanation) Restricted() bool {
	return !e.Disabled && !slices.ContainsFunc(e.Lists, func(l List) bool {
		return len(l.Tags) > 0 && !slices.ContainsFunc(l.Tags, func(t TagState) bool { return t.State != MatchAll })
	})
}

// Explain says for every list of rules which tags a session has and which are
// missing. It returns the errors of [Config.For].
func (c *Config) Explain(tags ...Tag) (Explanation, error) {
	return c.ExplainOptions(c.Options(), tags...)
}

// ExplainOptions is [Config.Explain] with other options than those of [Parse].
func (c *Config) ExplainOptions(opts *Options, tags ...Tag) (Explanation, error) {
	values, err := c.session(tags)
	if err != nil {
		return Explanation{}, err
	}
	e := Explanation{Disabled: c.Status == Disabled}
	listed := make(map[string]bool)
	for _, keys := range c.lists() {
		var l List
		for _, key := range keys {
			listed[key] = true
			r, _ := c.rule(key)
			value, ok := values[key]
			l.Tags = append(l.Tags, r.explain(value, ok, opts))
		}
		e.Lists = append(e.Lists, l)
	}
	for _, r := range c.TagRules {
		if !listed[r.TagKey] {
			e.Unlisted = append(e.Unlisted, r.TagKey)
		}
	}
	for _, t := range tags {
		if _, ok := c.rule(t.Key); ok {
			continue
		}
		e.Unused = append(e.Unused, t.Key)
		for _, r := range c.TagRules {
			if near(t.Key, r.TagKey) {
				e.Misses = append(e.Misses, NearMiss{t.Key, r.TagKey})
			}
		}
	}
	return e, nil
}

func (r Rule) explain(value string, ok bool, opts *Options) TagState {
	t := TagState{Key: r.TagKey, Column: r.ColumnName}
	if !ok {
		return t
	}
	var items []string
	t.State, items = r.read(value, opts)
	t.Values = len(items)
	if r.TagMultiValueDelimiter != "" && t.State == HasValues {
		literal := strings.Split(value, r.TagMultiValueDelimiter)
		t.Trimmed = slices.ContainsFunc(items, func(s string) bool { return !slices.Contains(literal, s) })
	}
	return t
}

func near(session, rule string) bool {
	return strings.EqualFold(strings.TrimSpace(session), strings.TrimSpace(rule))
}

// String returns the explanation as lines of text.
func (e Explanation) String() string {
	var b strings.Builder
	switch {
	case e.Disabled:
		b.WriteString("tag rules are disabled: they hide no row\n")
	case !slices.ContainsFunc(e.Lists, List.Complete):
		b.WriteString("no row: the session has not all tags of any list\n")
	case !e.Restricted():
		b.WriteString("every row: the session matches all\n")
	default:
		b.WriteString("the rows that satisfy one complete list\n")
	}
	for i, l := range e.Lists {
		state := "incomplete"
		if l.Complete() {
			state = "complete"
		}
		fmt.Fprintf(&b, "list %d: %s\n", i+1, state)
		for _, t := range l.Tags {
			fmt.Fprintf(&b, "  %q restricts %q: %s", t.Key, t.Column, t.State)
			if t.State == HasValues {
				fmt.Fprintf(&b, " (%d)", t.Values)
			}
			if t.Trimmed {
				b.WriteString(", white space trimmed")
			}
			b.WriteByte('\n')
		}
	}
	for _, key := range e.Unlisted {
		fmt.Fprintf(&b, "rule %q is in no list and does nothing\n", key)
	}
	for _, key := range e.Unused {
		fmt.Fprintf(&b, "session tag %q has no rule\n", key)
	}
	for _, m := range e.Misses {
		fmt.Fprintf(&b, "session tag %q is not %q: case and white space count\n", m.Session, m.Rule)
	}
	return b.String()
}
