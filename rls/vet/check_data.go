package vet

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/internal/csvtext"
	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/predicate/batch"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/internal/lookalike"
)

// dataChecks compares the rules with the data they restrict.
func (v *vetting) dataChecks(over map[*column]map[uint32]bool) {
	if v.data == nil {
		return
	}
	bound := true
	for _, c := range v.fields {
		if slices.Contains(v.misnamed, c) {
			bound = false
			continue
		}
		if err := bindable(v.data.schema, c.name); err != nil {
			bound = false
			v.unbound(c, err)
			continue
		}
		v.valuesOf(c, v.data.values(c.name))
	}
	if bound && v.enforced {
		v.rowsForNobody(over)
	}
}

// unbound reports a field that the data cannot restrict.
func (v *vetting) unbound(c *column, err *batch.BindError) {
	if !errors.Is(err, batch.ErrNoColumn) {
		v.add("RS041", v.headPos(c), c.thing(), "restrict a column of text that the data has once", "%v", withoutColumn(err))
		return
	}
	names := v.data.names()
	suggestion := "name it like a column of the data"
	if name := nearColumn(names, c.name); name != "" {
		suggestion = name
	} else if len(names) > 0 {
		suggestion += ": " + some(names)
	}
	v.add("RS040", v.headPos(c), c.thing(), suggestion, "the data has no such column, so that nobody sees a row")
}

// nearColumn asks what may be meant by a name that is none of the names of the data;
// "" for nothing.
func nearColumn(names []string, name string) string {
	if near, ok := lookalike.NewNearest(names).Find(name); ok {
		return "is it " + quote(near) + "?"
	}
	if csvtext.OneColumn(names) {
		return "its only column is " + quote(names[0]) + ": does the data use another delimiter?"
	}
	return ""
}

// withoutColumn is the message of err without the column, which the finding
// names.
func withoutColumn(err *batch.BindError) string {
	s := err.Err.Error()
	if err.Type != nil {
		s += ": type is " + err.Type.String()
	}
	return s
}

// valuesOf compares the values that rules name in a column with those it holds.
func (v *vetting) valuesOf(c *column, held *values) {
	rules := make(map[string]int) // rules that name a value
	count := make([]int, len(c.texts))
	for _, id := range c.of {
		count[id]++
	}
	for id, cell := range c.cells {
		for _, value := range cell.Values {
			rules[value] += count[id]
		}
	}
	var near *lookalike.Nearest
	said := make(map[string]bool)
	alike := v.alike(held, rules)
	v.unquoted(c, held, said)
	v.eachValue(c, func(row int, value string) {
		if said[value] {
			return
		}
		said[value] = true
		if n := held.cut[value]; n > 1 {
			v.add("RS045", v.pos(row, c), c.thing(), "tell the values apart in their first 2,047 characters",
				"the value %s is what SPICE makes of %s that differ only behind %d characters: the rule admits the rows of all of them", quote(value), plain.Count(n, "value"), rls.MaxRunes)
		} else if longer(value, rls.MaxRunes) > 0 && held.cut[cutText(value)] > 1 {
			v.add("RS045", v.pos(row, c), c.thing(), "tell the values apart in their first 2,047 characters",
				"SPICE cuts the value %s at %d characters, as it does %s", quote(value), rls.MaxRunes, plain.Count(held.cut[cutText(value)]-1, "other value"))
		}
		if held.has(value) {
			for _, other := range alike[lookalike.Skeleton(value)] {
				v.add("RS043", v.pos(row, c), c.thing(), "name both, or make the data one",
					"the data holds %s, and also %s, which no rule names: they differ in %s", quote(value), quote(other), lookalike.Difference(value, other))
			}
			return
		}
		if _, ok := noSyntax(value); ok {
			return // RS028 says it
		}
		if near == nil {
			near = lookalike.NewNearest(held.texts)
		}
		v.add("RS042", v.pos(row, c), c.thing(), v.advice(held, near, value), "the data does not hold the value %s, which %s", quote(value), named(rules[value]))
	})
}

// unquoted reports lists that are a value of the data with a comma, written
// without quotes. It marks their parts as said: each of them is another value,
// and advice on one alone would lead to somebody else's rows.
func (v *vetting) unquoted(c *column, held *values, said map[string]bool) {
	done := make([]bool, len(c.texts))
	for row, id := range c.of {
		if done[id] || len(c.cells[id].Values) == 0 {
			continue
		}
		done[id] = true
		text, ok := held.unsplit(c.texts[id])
		if !ok {
			continue
		}
		item, cell := written(text)
		suggestion := "write " + item + " in the list"
		if text == strings.TrimSpace(c.texts[id]) {
			suggestion = "write the cell as " + cell + " in the file"
		}
		var shown []string
		for _, part := range c.cells[id].Values {
			if held.has(part) {
				shown = append(shown, part)
			} else {
				said[part] = true
			}
		}
		so := "matches none of it"
		if len(shown) > 0 {
			so = "shows the rows of " + some(shown)
		}
		v.add("RS046", v.pos(row, c), c.thing(), suggestion, "the data holds the one value %s, and the list %s, which is split at its commas, %s",
			quote(text), quote(c.texts[id]), so)
	}
}

// some quotes the first of names and counts the rest.
func some(names []string) string {
	const most = 8
	var quoted []string
	for _, name := range names[:min(len(names), most)] {
		quoted = append(quoted, quote(name))
	}
	if more := len(names) - most; more > 0 {
		quoted = append(quoted, fmt.Sprintf("%d more", more))
	}
	return strings.Join(quoted, ", ")
}

func named(n int) string {
	if n == 1 {
		return "a rule names"
	}
	return plain.Count(n, "rule") + " name"
}

// alike returns the values of the data that no rule names and that look like one
// that a rule names, by skeleton.
func (v *vetting) alike(held *values, named map[string]int) map[string][]string {
	skeletons := make(map[string]bool, len(named))
	for value := range named {
		skeletons[lookalike.Skeleton(value)] = true
	}
	alike := make(map[string][]string)
	for _, text := range held.texts[1:] {
		if named[text] > 0 {
			continue
		}
		if s := lookalike.Skeleton(text); skeletons[s] {
			alike[s] = append(alike[s], text)
		}
	}
	return alike
}
