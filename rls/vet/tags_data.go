package vet

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/predicate/batch"
	"github.com/rowsight/rowsight/tagrules"
)

// tagData compares the tag rules with the data they restrict.
func (v *tagVetting) tagData(d *dataset) {
	for i, r := range v.config.TagRules {
		at := v.at(ruleField(i, "ColumnName"))
		if r.ColumnName == "" {
			continue // refused
		}
		if err := bindable(d.schema, r.ColumnName); err != nil {
			thing := ruleThing(r) + ", column " + quote(r.ColumnName)
			if !errors.Is(err, batch.ErrNoColumn) {
				v.add("RS112", at, thing, "restrict a column of text that the data has once", "%v", withoutColumn(err))
				continue
			}
			v.add("RS111", at, thing, cmp.Or(nearColumn(d.names(), r.ColumnName), "name a column of the data"), "the data has no such column, so that no session sees a row")
			continue
		}
		v.tagValues(i, r, d.values(r.ColumnName))
	}
}

// tagValues looks for values of a column that tags cannot name, or that say
// something else in a tag.
func (v *tagVetting) tagValues(i int, r tagrules.Rule, held *values) {
	thing := ruleThing(r) + ", column " + quote(r.ColumnName)
	if all := r.MatchAllValue; all != "" && held.has(all) {
		v.add("RS106", v.at(ruleField(i, "MatchAllValue")), thing, "use one that no value of the column can be",
			"the match-all value is also a value of the column: whose tag has this value sees every row")
	}
	var split, spaced, long []string
	for _, text := range held.texts[1:] {
		switch {
		case r.TagMultiValueDelimiter != "" && strings.Contains(text, r.TagMultiValueDelimiter):
			split = append(split, text)
		case r.TagMultiValueDelimiter != "" && !v.opts.LiteralSpaces && strings.TrimSpace(text) != text:
			spaced = append(spaced, text)
		case utf8.RuneCountInString(text) > tagrules.MaxValue:
			long = append(long, text)
		}
	}
	if len(split) > 0 {
		v.add("RS113", v.at(ruleField(i, "TagMultiValueDelimiter")), thing, "use a delimiter that no value contains",
			"%s of the column %s the delimiter %s, such as %s: a tag names the parts instead", plain.Count(len(split), "value"), verb(len(split), "contains", "contain"), quote(r.TagMultiValueDelimiter), v.example(r, split))
	}
	at := v.at(ruleField(i, "ColumnName"))
	if len(spaced) > 0 {
		v.add("RS114", at, thing, "take the spaces out of the data, or the delimiter out of the rule",
			"%s of the column %s white space around, such as %s: a list of a tag drops it", plain.Count(len(spaced), "value"), verb(len(spaced), "has", "have"), v.example(r, spaced))
	}
	if len(long) > 0 {
		v.add("RS114", at, thing, "restrict a column with shorter values",
			"%s of the column %s longer than %d characters, as long as a tag value may be", plain.Count(len(long), "value"), verb(len(long), "is", "are"), tagrules.MaxValue)
	}
}

// example quotes the first of some values, which is not the match-all value: that
// stays secret wherever it stands.
func (v *tagVetting) example(r tagrules.Rule, texts []string) string {
	slices.Sort(texts)
	for _, text := range texts {
		if r.MatchAllValue == "" || !strings.Contains(text, r.MatchAllValue) {
			return quote(text)
		}
	}
	return "one that is not shown"
}
