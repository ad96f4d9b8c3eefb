package rlstest

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/tagrules"
)

// coverage tells which rules the cases exercise. A case that ends in an error
// exercises none.
func (s *Suite) coverage(runs []run, results []Result) Coverage {
	var c Coverage
	if s.rules != nil {
		s.coverRules(&c, runs)
	}
	if s.config != nil {
		s.coverTags(&c, runs, results)
	}
	return c
}

func (s *Suite) coverRules(c *Coverage, runs []run) {
	t := newRuleTable(s.rules)
	applied := make([]bool, len(t.all))
	for _, v := range s.viewers(t, func(i int) bool { return runs[i].err == nil }) {
		for _, i := range v.rules {
			applied[i] = true
		}
	}
	for i, r := range t.all {
		if !t.effective(i) {
			continue
		}
		c.Rules++
		why := ""
		switch {
		case !applied[i]:
			why = "no case has a viewer it applies to"
		case !s.admits(r):
			why = "it admits no row of the data"
		default:
			c.Exercised++
			continue
		}
		c.Missing = append(c.Missing, Uncovered{Pos: r.Pos(), Rule: whom(r), Reason: why})
	}
}

// whom names the principals of a rule.
func whom(r rls.Rule) string {
	switch {
	case r.Group() == "":
		return "user " + strconv.Quote(r.User())
	case r.User() == "":
		return "group " + strconv.Quote(r.Group())
	default:
		return fmt.Sprintf("user %q and group %q", r.User(), r.Group())
	}
}

// admits reports whether a rule accepts a row of the data. The values of the
// rule find candidates; its predicate decides.
func (s *Suite) admits(r rls.Rule) bool {
	var c condition
	for _, name := range s.rules.Columns() {
		if r.Wildcard(name) {
			continue
		}
		k := s.data.column(name)
		var values []text
		for v := range r.Values(name) {
			values = append(values, text{s: v})
		}
		c.tests = append(c.tests, test{column: k, numbers: s.data.columns[k].numbers(values)})
	}
	p := r.Predicate()
	for row := range c.rows(s.data) {
		if p.Match(func(column string) (string, bool) {
			v := s.data.columns[s.data.column(column)].text(row)
			return v.s, !v.null
		}) {
			return true
		}
	}
	return false
}

// coverTags tells which tag rules the cases exercise: those of a list that a
// session completes and sees a row through.
func (s *Suite) coverTags(c *Coverage, runs []run, results []Result) {
	applied, sees := make(map[string]bool), make(map[string]bool)
	for i, tc := range s.cases {
		if tc.who != nil || runs[i].err != nil {
			continue
		}
		e, err := s.config.ExplainOptions(s.tagOpt, tc.tags...)
		if err != nil {
			continue
		}
		for _, list := range e.Lists {
			if !list.Complete() {
				continue
			}
			for _, state := range list.Tags {
				applied[state.Key] = true
				sees[state.Key] = sees[state.Key] || results[i].Visible > 0
			}
		}
	}
	for i, rule := range s.config.TagRules {
		if !s.listed(rule) {
			continue
		}
		c.Rules++
		why := ""
		switch {
		case !applied[rule.TagKey]:
			why = "no case has a session that completes a list with it"
		case !sees[rule.TagKey]:
			why = "no case has a session that sees a row through it"
		default:
			c.Exercised++
			continue
		}
		c.Missing = append(c.Missing, Uncovered{
			Pos: rls.Position{File: s.tagOpt.File}, Rule: fmt.Sprintf("TagRules[%d] %q", i, rule.TagKey), Reason: why,
		})
	}
}

// listed reports whether a tag rule is in a list, or there are no lists (T2).
func (s *Suite) listed(rule tagrules.Rule) bool {
	lists := s.config.TagRuleConfigurations
	return len(lists) == 0 || slices.ContainsFunc(lists, func(list []string) bool { return slices.Contains(list, rule.TagKey) })
}
