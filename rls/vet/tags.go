package vet

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/internal/textpos"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/internal/lookalike"
	"github.com/rowsight/rowsight/tagrules"
)

// TagOptions say what to vet a tag configuration with. A nil *TagOptions and
// the zero TagOptions are the default: the configuration alone.
type TagOptions struct {
	// Tags says how the configuration is read: its name, and how tag values
	// are split. nil is the default.
	Tags *tagrules.Options

	// Data is the dataset that the tag rules restrict. It is read to its end,
	// and neither retained nor released. nil vets without data.
	Data array.RecordReader

	// Sessions are session tags to try the configuration with.
	Sessions []Session

	// MaxPerID is how many findings of one id are listed, as in [Options].
	MaxPerID int
}

// A Session is the tags of one session, and how findings name it. Findings hold
// its keys, never its values.
type Session struct {
	Name string
	Tags tagrules.Tags
}

// Tags vets a tag configuration in JSON, alone or inside the description of a
// dataset, as [tagrules.Parse] reads it. It reads r to its end, or to 16 MiB,
// more than a configuration may have. Findings come in order of position, those
// of sessions first, as they have none.
//
// Errors in the configuration are findings, and its readable rest is checked
// too. An error is about r or reading the data.
func Tags(r io.Reader, opts *TagOptions) ([]Finding, error) {
	o := opts.tags()
	text, err := io.ReadAll(io.LimitReader(r, 16<<20+1))
	if err != nil {
		return nil, err
	}
	rep := newReport(o.File, opts.maxPerID())
	config, at, err := tagrules.Inspect(bytes.NewReader(text), &o)
	textpos.Each(err, func(e *tagrules.Error) {
		rep.add("RS101", e.Pos, e.Field, "write it as the API object RowLevelPermissionTagConfiguration", "%v", e.Err)
	})
	if err != nil && len(rep.findings) == 0 {
		return nil, err
	}
	if config == nil {
		return rep.finish(), nil
	}
	if err := rep.tagVet(config, at, o, opts); err != nil {
		return nil, err
	}
	return rep.finish(), nil
}

// TagConfig checks a loaded configuration. Findings have no position;
// [Finding.Thing] names the rule or list.
func TagConfig(c *tagrules.Config, opts *TagOptions) ([]Finding, error) {
	o := opts.tags()
	rep := newReport(o.File, opts.maxPerID())
	textpos.Each(c.Validate(), func(e *tagrules.Error) {
		rep.add("RS101", rls.Position{File: o.File}, e.Field, "", "%v", e.Err)
	})
	if c == nil {
		return rep.finish(), nil
	}
	if err := rep.tagVet(c, func(string) rls.Position { return rls.Position{File: o.File} }, o, opts); err != nil {
		return nil, err
	}
	return rep.finish(), nil
}

func (o *TagOptions) tags() tagrules.Options {
	if o == nil || o.Tags == nil {
		return tagrules.Options{}
	}
	return *o.Tags
}

func (o *TagOptions) maxPerID() int {
	if o == nil {
		return 0
	}
	return o.MaxPerID
}

// A tagVetting is a tag configuration on its way through the checks.
type tagVetting struct {
	*report
	config *tagrules.Config
	at     func(field string) rls.Position // "TagRules[1].ColumnName"
	opts   tagrules.Options
}

func (r *report) tagVet(c *tagrules.Config, at func(string) rls.Position, o tagrules.Options, opts *TagOptions) error {
	v := &tagVetting{report: r, config: c, at: at, opts: o}
	if c.Status == tagrules.Disabled {
		v.add("RS103", at("Status"), "Status", "set it to "+string(tagrules.Enabled), "the tag rules are DISABLED: they restrict nobody")
	}
	v.keys()
	v.delimiters()
	v.matchAlls()
	v.lists()
	if opts == nil {
		return nil
	}
	for _, s := range opts.Sessions {
		v.session(s)
	}
	if opts.Data == nil {
		return nil
	}
	data, err := readData(opts.Data, c.Columns())
	if err != nil {
		return fmt.Errorf("data: %w", err)
	}
	v.tagData(data)
	return nil
}

func ruleThing(r tagrules.Rule) string { return "tag key " + quote(r.TagKey) }

func ruleField(i int, field string) string { return fmt.Sprintf("TagRules[%d].%s", i, field) }

// keys checks the tag keys: those that nobody can tell apart, or nobody uses.
func (v *tagVetting) keys() {
	first := make(map[string]string)
	for i, r := range v.config.TagRules {
		at := v.at(ruleField(i, "TagKey"))
		key := r.TagKey
		switch c, hidden := lookalike.Hidden(key); {
		case key == "":
			continue // refused
		case strings.TrimSpace(key) != key:
			v.add("RS109", at, ruleThing(r), "name it "+quote(strings.TrimSpace(key)), "white space around the key is part of it")
		case hidden:
			v.add("RS109", at, ruleThing(r), "take it out", "the key contains %s", character(c))
		}
		s := lookalike.Skeleton(key)
		if other, ok := first[s]; !ok {
			first[s] = key
		} else if other != key {
			v.add("RS109", at, ruleThing(r), "give the keys names that differ in more", "the key looks like %s and is another: they differ in %s", quote(other), lookalike.Difference(other, key))
		}
		if lists := v.config.TagRuleConfigurations; len(lists) > 0 && !slices.ContainsFunc(lists, func(keys []string) bool { return slices.Contains(keys, key) }) {
			v.add("RS102", at, ruleThing(r), "put it into a list of TagRuleConfigurations, or delete the rule", "no list has the key, so that it restricts nothing")
		}
	}
}

// delimiters checks what splits tag values.
func (v *tagVetting) delimiters() {
	for i, r := range v.config.TagRules {
		d := r.TagMultiValueDelimiter
		at := v.at(ruleField(i, "TagMultiValueDelimiter"))
		switch {
		case d == "":
		case strings.TrimSpace(d) == "":
			v.add("RS107", at, ruleThing(r), `use one such as "|"`, "the delimiter %s is white space: values of several words fall apart", quote(d))
		case strings.TrimSpace(d) != d:
			v.add("RS107", at, ruleThing(r), "use "+quote(strings.TrimSpace(d))+": spaces around items are dropped anyway", "the delimiter %s has white space: values without it are not split", quote(d))
		case strings.ContainsFunc(d, func(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) }):
			v.add("RS107", at, ruleThing(r), `use one such as "|"`, "the delimiter %s has letters or digits, as values do", quote(d))
		}
	}
}

// matchAlls checks the values that lift restrictions, without showing them (T8).
func (v *tagVetting) matchAlls() {
	for i, r := range v.config.TagRules {
		all := r.MatchAllValue
		if all == "" {
			continue
		}
		why := ""
		_, hidden := lookalike.Hidden(all)
		switch {
		case strings.TrimSpace(all) != all:
			why = "begins or ends with white space"
		case hidden:
			why = "contains a character that cannot be seen"
		case r.TagMultiValueDelimiter != "" && strings.Contains(all, r.TagMultiValueDelimiter):
			why = "contains the delimiter, and so is also a list of values"
		case ordinary(all):
			why = "is a word or a number, and could be an ordinary value of the column"
		default:
			continue
		}
		v.add("RS105", v.at(ruleField(i, "MatchAllValue")), ruleThing(r), "use one that no value of the column can be, and nobody can guess", "the match-all value %s", why)
	}
}

// ordinary reports whether a match-all value could be the name of somebody: it
// is one short word or number. Long ones of letters and digits are secrets.
func ordinary(s string) bool {
	return len(s) < 12 && !strings.ContainsFunc(s, func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != ' ' && c != '-' && c != '_'
	}) && strings.ContainsFunc(s, func(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) })
}

// lists checks the lists of keys that a session must have all of.
func (v *tagVetting) lists() {
	lists := v.config.TagRuleConfigurations
	explicit := len(lists) > 0
	if !explicit {
		var all []string
		for _, r := range v.config.TagRules {
			all = append(all, r.TagKey)
		}
		lists = [][]string{all}
	}
	for i, keys := range lists {
		at, thing := v.at("TagRules"), "TagRules"
		if explicit {
			thing = fmt.Sprintf("TagRuleConfigurations[%d]", i)
			at = v.at(thing)
		}
		column := make(map[string]string) // key that restricts it
		liftable := len(keys) > 0
		for _, key := range keys {
			r, ok := v.rule(key)
			liftable = liftable && ok && r.MatchAllValue != ""
			if !ok {
				continue
			}
			if other, ok := column[r.ColumnName]; ok && other != key {
				v.add("RS110", at, thing, "make them keys of two lists if either should do: sessions then see more rows", "the keys %s and %s both restrict column %s: a session sees only what satisfies both", quote(other), quote(key), quote(r.ColumnName))
			} else {
				column[r.ColumnName] = key
			}
		}
		if liftable {
			v.add("RS104", at, thing, "leave MatchAllValue out of the rule that keeps tenants apart", "every key has a match-all value: a session that has them all sees every row")
		}
		for j, other := range lists {
			if i == j || len(other) == 0 || !contains(keys, other) || contains(other, keys) && i < j {
				continue
			}
			v.add("RS108", at, thing, "take the shorter list out, or this one",
				"a session that has all its keys also has those of TagRuleConfigurations[%d], which admits the same rows or more", j)
			break
		}
	}
}

// contains reports whether all of some are among keys.
func contains(keys, some []string) bool {
	return !slices.ContainsFunc(some, func(key string) bool { return !slices.Contains(keys, key) })
}

func (v *tagVetting) rule(key string) (tagrules.Rule, bool) {
	i := slices.IndexFunc(v.config.TagRules, func(r tagrules.Rule) bool { return r.TagKey == key })
	if i < 0 {
		return tagrules.Rule{}, false
	}
	return v.config.TagRules[i], true
}

// session tries the configuration with the tags of a session.
func (v *tagVetting) session(s Session) {
	at := rls.Position{File: v.opts.File}
	thing := "session"
	if s.Name != "" {
		thing = "session " + quote(s.Name)
	}
	for _, t := range s.Tags {
		if _, ok := v.rule(t.Key); ok {
			continue
		}
		for _, r := range v.config.TagRules {
			if lookalike.Skeleton(t.Key) == lookalike.Skeleton(r.TagKey) ||
				lookalike.Distance(t.Key, r.TagKey, 2) <= min(2, len(r.TagKey)/4) {
				v.add("RS115", at, thing, "name it "+quote(r.TagKey), "the tag %s is not the key %s: no rule knows it", quote(t.Key), quote(r.TagKey))
				break
			}
		}
	}
	e, err := v.config.ExplainOptions(&v.opts, s.Tags...)
	if err != nil {
		if v.config.Validate() != nil {
			return // told as RS101
		}
		textpos.Each(err, func(e *tagrules.Error) {
			v.add("RS117", at, thing, "send 1 to 50 tags of different keys", "%v", e)
		})
		return
	}
	if e.Disabled || slices.ContainsFunc(e.Lists, tagrules.List.Complete) {
		return
	}
	v.add("RS116", at, thing, "send a value for every key of one list", "it has not all tags of any list, and sees no row%s", missing(e.Lists))
}

// missing names what the list that lacks least lacks.
func missing(lists []tagrules.List) string {
	var best []string
	for i, l := range lists {
		var lacks []string
		for _, t := range l.Tags {
			if t.State == tagrules.Missing || t.State == tagrules.NoValue {
				lacks = append(lacks, quote(t.Key))
			}
		}
		if i == 0 || len(lacks) < len(best) {
			best = lacks
		}
	}
	if len(best) == 0 {
		return ""
	}
	return ": it lacks " + strings.Join(best, ", ")
}
