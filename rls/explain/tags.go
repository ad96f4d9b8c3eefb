package explain

import (
	"slices"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/tagrules"
)

// ForTags returns a Viewer that explains what a session sees under tag rules.
// Its errors are those of [tagrules.Config.For] and come with a Viewer that
// sees no row.
//
// Answers refer to the lists of TagRuleConfigurations, or to the one list of
// all keys, instead of rules. [tagrules.Config.Explain] explains the session
// itself.
func ForTags(c *tagrules.Config, tags ...tagrules.Tag) (*Viewer, error) {
	v := &Viewer{who: "the session"}
	seen, err := c.For(tags...)
	if err != nil {
		return v, err
	}
	about, err := c.Explain(tags...)
	if err != nil {
		return v, err
	}
	v.seen, v.all = seen, about.Disabled
	for i, list := range about.Lists {
		r := rule{Rule: Rule{List: i + 1}}
		for _, t := range list.Tags {
			only, err := rows(c, t.Key, tags)
			if err != nil {
				return &Viewer{who: v.who}, err
			}
			if !slices.Contains(v.columns, t.Column) {
				v.columns = append(v.columns, t.Column)
			}
			if t.State != tagrules.MatchAll {
				r.tests = append(r.tests, test{only: only, fail: Failure{Column: t.Column, Values: t.Values, Key: t.Key, State: t.State}})
			}
		}
		v.rules = append(v.rules, r)
	}
	return v, nil
}

// rows returns the rows that one tag admits: those of a configuration that has
// no other rule.
func rows(c *tagrules.Config, key string, tags []tagrules.Tag) (predicate.Predicate, error) {
	alone := *c // with the way it reads tag values
	alone.Status = tagrules.Enabled
	alone.TagRules = slices.DeleteFunc(slices.Clone(c.TagRules), func(r tagrules.Rule) bool { return r.TagKey != key })
	alone.TagRuleConfigurations = nil
	return alone.For(tags...)
}
