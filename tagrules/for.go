package tagrules

import (
	"errors"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/predicate"
)

// For returns the rows that a session with these tags may see.
//
// A list of TagRuleConfigurations (or, without any, all rules) is complete if
// the session has a value for each of its keys. It then admits the rows that
// satisfy every one of its rules; a row is visible if one complete list admits
// it (T2). A tag that is missing or has no value admits nothing (T3), so a
// session without tags sees no row. Tags that no rule names are ignored (T7):
// [Config.Explain] tells of them.
//
// Rules that are [Disabled] do not restrict (T10). A configuration that is not
// valid, and tags that break T7, are errors even then, and every error comes
// with the zero Predicate.
func (c *Config) For(tags ...Tag) (predicate.Predicate, error) {
	if c == nil {
		return c.ForOptions(nil, tags...)
	}
	return c.ForOptions(&c.opts, tags...)
}

// ForOptions is [Config.For] with options other than those given to [Parse].
func (c *Config) ForOptions(opts *Options, tags ...Tag) (predicate.Predicate, error) {
	values, err := c.session(tags)
	if err != nil {
		return predicate.Predicate{}, err
	}
	if c.Status == Disabled {
		return predicate.All(), nil
	}
	var lists []predicate.Predicate
	for _, keys := range c.lists() {
		lists = append(lists, c.list(keys, values, opts))
	}
	return predicate.Or(lists...), nil
}

// session checks configuration and tags and returns the tag values by key.
func (c *Config) session(tags []Tag) (map[string]string, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	var errs []error
	checkTags(tags, func(i int, err error) { errs = append(errs, &Error{Field: tagField(tags, i), Err: err}) })
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	values := make(map[string]string, len(tags))
	for _, t := range tags {
		values[t.Key] = t.Value
	}
	return values, nil
}

// list returns the rows one list of keys admits.
func (c *Config) list(keys []string, values map[string]string, opts *Options) predicate.Predicate {
	var all []predicate.Predicate
	for _, key := range keys {
		rule, _ := c.rule(key) // a valid configuration has it; the zero Rule admits no row
		all = append(all, rule.rows(values[key], opts))
	}
	if len(all) == 0 {
		return predicate.Predicate{}
	}
	return predicate.And(all[0], all[1:]...)
}

// rows returns the rows a rule admits for a tag value; a missing tag has the
// value "".
func (r Rule) rows(value string, opts *Options) predicate.Predicate {
	state, items := r.read(value, opts)
	switch state {
	case MatchAll:
		return predicate.All()
	case HasValues:
		return predicate.In(r.ColumnName, items...)
	default:
		return predicate.Predicate{}
	}
}

// read takes a tag value apart (T3, T4, T5). Items are returned for HasValues
// only.
func (r Rule) read(value string, opts *Options) (State, []string) {
	if opts == nil {
		opts = new(Options)
	}
	switch {
	case r.TagKey == "" || value == "":
		return NoValue, nil
	case value == r.MatchAllValue:
		return MatchAll, nil
	case r.TagMultiValueDelimiter == "":
		return HasValues, []string{value}
	}
	items := strings.Split(value, r.TagMultiValueDelimiter)
	if !opts.LiteralSpaces {
		for i, item := range items {
			items[i] = strings.TrimSpace(item)
		}
	}
	items = slices.DeleteFunc(items, func(s string) bool { return s == "" })
	switch {
	case len(items) == 0:
		return NoValue, nil
	case opts.MatchAllInList && slices.Contains(items, r.MatchAllValue):
		return MatchAll, nil
	default:
		return HasValues, items
	}
}
