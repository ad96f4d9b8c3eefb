package tagrules

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/rowsight/rowsight/internal/plain"
)

// Validate reports every problem of c (T1): counts and lengths, repeated keys,
// keys without a rule, a delimiter that equals the match-all value, an unknown
// status, and invalid UTF-8. The error joins an [*Error] for each problem, in
// order.
//
// It does not check whether the columns exist and hold text; binding the
// predicate to a schema does (T6).
func (c *Config) Validate() error {
	var errs []error
	c.check(func(field string, err error) { errs = append(errs, &Error{Field: field, Err: err}) })
	return errors.Join(errs...)
}

func (c *Config) check(report func(field string, err error)) {
	if c == nil {
		report("", ErrNoConfig)
		return
	}
	if c.refused != nil {
		report("", c.refused)
	}
	switch c.Status {
	case "", Enabled, Disabled:
	default:
		report("Status", fmt.Errorf("%w %q, want %s or %s", ErrStatus, plain.Abridge(string(c.Status), MaxKey), Enabled, Disabled))
	}
	checkCount(report, "TagRules", len(c.TagRules), 1, MaxRules)
	first := make(map[string]int, len(c.TagRules))
	for i, r := range c.TagRules {
		field := fmt.Sprintf("TagRules[%d]", i)
		r.check(field, report)
		if j, ok := first[r.TagKey]; ok && r.TagKey != "" {
			report(field+".TagKey", fmt.Errorf("%w %q, also in TagRules[%d]", ErrDuplicateKey, plain.Abridge(r.TagKey, MaxKey), j))
		} else {
			first[r.TagKey] = i
		}
	}
	checkCount(report, "TagRuleConfigurations", len(c.TagRuleConfigurations), 0, MaxConfigurations)
	for i, keys := range c.TagRuleConfigurations {
		list := fmt.Sprintf("TagRuleConfigurations[%d]", i)
		checkCount(report, list, len(keys), 1, MaxRules)
		seen := make(map[string]int, len(keys))
		for j, key := range keys {
			field := fmt.Sprintf("%s[%d]", list, j)
			if k, ok := seen[key]; ok {
				report(field, fmt.Errorf("%w %q, also in %s[%d]", ErrDuplicateKey, plain.Abridge(key, MaxKey), list, k))
				continue
			}
			seen[key] = j
			if _, ok := first[key]; !ok || key == "" {
				report(field, fmt.Errorf("%w: %q", ErrUnknownKey, plain.Abridge(key, MaxKey)))
			}
		}
	}
}

func (r Rule) check(field string, report func(field string, err error)) {
	checkText(report, field+".TagKey", r.TagKey, 1, MaxKey)
	checkText(report, field+".ColumnName", r.ColumnName, 1, 0)
	checkText(report, field+".TagMultiValueDelimiter", r.TagMultiValueDelimiter, 0, MaxDelimiter)
	checkText(report, field+".MatchAllValue", r.MatchAllValue, 0, MaxMatchAll)
	if r.MatchAllValue != "" && r.MatchAllValue == r.TagMultiValueDelimiter {
		report(field+".MatchAllValue", ErrDelimiter)
	}
}

func checkCount(report func(field string, err error), field string, got, least, most int) {
	if got < least || got > most {
		report(field, fmt.Errorf("%w: got %d entries, want %d to %d", ErrLimit, got, least, most))
	}
}

// checkText checks the length of s in characters; most 0 means no limit.
func checkText(report func(field string, err error), field, s string, least, most int) {
	switch n := utf8.RuneCountInString(s); {
	case !utf8.ValidString(s):
		report(field, ErrEncoding)
	case most == 0 && n < least:
		report(field, fmt.Errorf("%w: got no character, want at least %d", ErrLimit, least))
	case most > 0 && (n < least || n > most):
		report(field, fmt.Errorf("%w: got %d characters, want %d to %d", ErrLimit, n, least, most))
	}
}
