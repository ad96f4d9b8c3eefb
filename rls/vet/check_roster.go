package vet

import (
	"slices"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls/internal/lookalike"
)

// rosterChecks compares the rules with the roster.
func (v *vetting) rosterChecks() {
	if v.roster == nil || len(v.table.principals()) == 0 {
		return
	}
	maybe := v.maybeNamed()
	for i := range v.roster.viewers {
		m := &v.roster.viewers[i]
		if len(v.applied(m)) > 0 || slices.ContainsFunc(append(slices.Clone(m.Groups), m.Name), maybe) {
			continue // or only the header does not say that a rule names them
		}
		reason := "no rule names the user, who is in no group: they see no row"
		if len(m.Groups) > 0 {
			reason = "no rule names the user, nor any group of theirs: they see no row"
		}
		v.add("RS050", m.Pos, "user "+quote(m.Name), "add a rule for the user or a group of theirs, unless they should see nothing",
			"%s", reason)
	}
	v.unknown(v.user, "RS052", v.roster.users, func(who uint32) bool { return v.roster.byUser[who] },
		"the roster does not know the user", "add the user to the roster, or delete the rule")
	v.unknown(v.group, "RS051", v.roster.groups, func(who uint32) bool { return v.roster.inGroup[who] },
		"nobody of the roster is in the group", "put somebody in the group, or delete the rule")
}

// maybeNamed returns whether a column that is almost named like a principal column
// holds a name.
func (v *vetting) maybeNamed() func(name string) bool {
	texts := make(map[string]bool)
	for _, c := range v.misnamed {
		for _, text := range c.texts {
			texts[text] = true
		}
	}
	return func(name string) bool {
		if a, err := namespace.ParseARN(name); err == nil && !texts[name] {
			name = a.Name
		}
		return name != "" && texts[name]
	}
}

// unknown reports the principals of a column that the roster does not know,
// each where a rule names it first.
func (v *vetting) unknown(c *column, id string, names []string, known func(who uint32) bool, reason, suggestion string) {
	if c == nil {
		return
	}
	if !c.arns { // a roster of ARNs knows the names of rules
		names = slices.Clone(names)
		for i, name := range names {
			if a, err := namespace.ParseARN(name); err == nil {
				names[i] = a.Name
			}
		}
	}
	near := lookalike.NewNearest(names)
	said := make([]bool, len(c.names))
	for row := range v.lines {
		who := c.named(row)
		if who == 0 || said[who] || known(who) {
			continue
		}
		said[who] = true
		advice := suggestion
		if name, ok := near.Slip(c.names[who]); ok {
			advice = "is it " + quote(name) + "? The rule then shows its rows to that " + c.kind + ". Else " + suggestion
		}
		v.add(id, v.pos(row, c), c.kind+" "+quote(c.names[who]), advice, "%s", reason)
	}
}
