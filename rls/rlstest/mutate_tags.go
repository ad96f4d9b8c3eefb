package rlstest

import (
	"fmt"
	"slices"

	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/tagrules"
)

// mutateTags returns the mutants of the tag configuration. What nobody sees
// cannot be found out for all sessions there could be, so that none counts as
// equivalent; no mutant is made of a rule that is in no list. Descriptions hold
// tag keys and columns and no value (T8).
func (s *Suite) mutateTags(runs []run, use func(i int) bool) (all []attempt) {
	var sessions []int
	for i, c := range s.cases {
		if c.who == nil && use(i) {
			sessions = append(sessions, i)
		}
	}
	add := func(kind MutantKind, what string, change func(c *tagrules.Config)) {
		c := &tagrules.Config{Status: s.config.Status, TagRules: slices.Clone(s.config.TagRules)}
		for _, list := range s.config.TagRuleConfigurations {
			c.TagRuleConfigurations = append(c.TagRuleConfigurations, slices.Clone(list))
		}
		change(c)
		if c.Validate() == nil {
			m := Mutant{Pos: rls.Position{File: s.tagOpt.File}, Kind: kind, What: what}
			all = append(all, attempt{m, func() verdict { return s.tryTags(c, runs, sessions) }})
		}
	}
	rules, lists := s.config.TagRules, s.config.TagRuleConfigurations
	for k, list := range lists {
		for i, key := range list {
			if len(list) > 1 {
				add(DropKey, fmt.Sprintf("drop %q from list %d of TagRuleConfigurations", key, k+1), func(c *tagrules.Config) {
					c.TagRuleConfigurations[k] = slices.Delete(c.TagRuleConfigurations[k], i, i+1)
				})
			}
		}
		if len(lists) > 1 {
			add(DropList, fmt.Sprintf("drop list %d of TagRuleConfigurations", k+1), func(c *tagrules.Config) {
				c.TagRuleConfigurations = slices.Delete(c.TagRuleConfigurations, k, k+1)
			})
		}
	}
	for i, rule := range rules {
		if !s.listed(rule) {
			continue
		}
		if len(lists) == 0 && len(rules) > 1 {
			add(DropRule, fmt.Sprintf("drop the rule of %q", rule.TagKey), func(c *tagrules.Config) {
				c.TagRules = slices.Delete(c.TagRules, i, i+1)
			})
		}
		if rule.MatchAllValue != "" {
			add(DropMatchAll, fmt.Sprintf("%q has no match-all value", rule.TagKey), func(c *tagrules.Config) {
				c.TagRules[i].MatchAllValue = ""
			})
		}
		if rule.TagMultiValueDelimiter != "" {
			add(DropDelimiter, fmt.Sprintf("%q has no delimiter", rule.TagKey), func(c *tagrules.Config) {
				c.TagRules[i].TagMultiValueDelimiter = ""
			})
		}
		other := slices.IndexFunc(rules, func(r tagrules.Rule) bool { return r.ColumnName != rule.ColumnName })
		if other >= 0 {
			add(ChangeColumn, fmt.Sprintf("%q restricts %s", rule.TagKey, rules[other].ColumnName), func(c *tagrules.Config) {
				c.TagRules[i].ColumnName = rules[other].ColumnName
			})
		}
	}
	return all
}

// tryTags finds out whether a session notices that the configuration changed.
func (s *Suite) tryTags(config *tagrules.Config, runs []run, sessions []int) verdict {
	known := make(map[string]seen)
	for _, i := range sessions {
		now := newRun(config.ForOptions(s.tagOpt, s.cases[i].tags...))
		if now.key == runs[i].key {
			continue
		}
		saw, ok := known[now.key]
		if !ok && now.err == nil {
			var err error
			if saw, err = now.see(s.data); err != nil {
				now.err = err
			} else {
				known[now.key] = saw
			}
		}
		if !s.cases[i].holds(s.data, saw, now.err) {
			return killed
		}
	}
	return survived
}
