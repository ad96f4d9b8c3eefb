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
// match all of its rules. A row is visible if one complete list admits it (T2).
// A missing tag, or a tag without a value, leaves its list incomplete (T3), so
// a session without tags sees no row. Tags that no rule names are ignored (T7);
// [Config.Explain] lists them.
//
// Rules that are [Disabled] do not restrict (T10). Even then, an invalid
// configuration and tags beyond the limits (T7) are errors. Every error comes
// with the zero Predicate.
func (c *Config) For(tags ...Tag) (predicate.Predicate, error) {
	return c.ForOptions(c.Options(), tags...)
}

// ForOptions is [Config.For] with other options than those of [Parse].
func (c *Config) ForOptions(opts *Options, tags ...Tag) (predicate.Predicate, error) {
	values, err := c.session(tags)
	if err != nil {
		return predicate.Predicate{}, err
	}
	if c.Status == Disabled {
		return predicate.All().Restrict(c.Columns()...), nil
	}
	var lists []predicate.Predicate
	for _, keys := range c.lists() {
		if rows, complete := c.list(keys, values, opts); complete {
			lists = append(lists, rows.Restrict(c.Columns()...))
		}
	}
	return predicate.Or(lists...), nil
}

// Options returns a copy of the options of [Parse], with which [Config.For] reads
// tag values. A Config that was not parsed has the zero Options.
func (c *Config) Options() *Options {
	if c == nil {
		return &Options{}
	}
	opts := c.opts
	return &opts
}

// Columns returns the columns that the tag rules restrict, sorted, each once.
func (c *Config) Columns() []string {
	if c == nil {
		return nil
	}
	names := make([]string, len(c.TagRules))
	for i, r := range c.TagRules {
		names[i] = r.ColumnName
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Check reports which restricted columns a table does not have once and as text
// (T6), each as a [*predicate.ColumnError]. Check tag rules against the tables
// they restrict when they are loaded.
func (c *Config) Check(table []predicate.Column) error {
	return predicate.CheckColumns(table, c.Columns()...)
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

// list returns the rows one list of keys admits, and whether the session has a
// value for each of its keys.
func (c *Config) list(keys []string, values map[string]string, opts *Options) (rows predicate.Predicate, complete bool) {
	all := make([]predicate.Predicate, len(keys))
	for i, key := range keys {
		rule, _ := c.rule(key) // a valid configuration has it; the zero Rule has no value
		state, items := rule.read(values[key], opts)
		switch state {
		case MatchAll:
			all[i] = predicate.All()
		case HasValues:
			all[i] = predicate.In(rule.ColumnName, items...)
		default:
			return predicate.Predicate{}, false
		}
	}
	if len(all) == 0 {
		return predicate.Predicate{}, false
	}
	return predicate.And(all[0], all[1:]...), true
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
