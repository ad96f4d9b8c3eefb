package vet

import (
	"slices"

	"github.com/rowsight/rowsight/rls"
)

// rules checks each rule as a whole.
func (v *vetting) rules() {
	grants := false
	nobody := len(v.table.principals()) == 0 // the header is to blame, not each rule
	for row := range v.lines {
		user, group := v.user.named(row), v.group.named(row)
		empty := v.empty(row)
		switch {
		case nobody, user == 0 && group == 0 && v.meansSomebody(row):
			continue
		case user == 0 && group == 0 && empty:
			v.add("RS011", v.rowPos(row), "rule", "delete it", "no column has a value: the rule is skipped")
			continue
		case user == 0 && group == 0:
			v.add("RS010", v.rowPos(row), "rule", "name a user or a group, or delete it", "it has values and names nobody: it applies to no viewer here, and QuickSight may take it for a grant to everybody")
			continue
		}
		grants = true
		if user != 0 && group != 0 {
			v.twoPrincipals(row)
		}
		if v.first[row] != row {
			v.add("RS013", v.rowPos(row), v.thing(row), "delete it", "it repeats line %d", v.lines[v.first[row]])
			continue
		}
		if empty {
			v.add("RS015", v.rowPos(row), v.thing(row), "name values; if the rule should admit every row, silence this finding for it alone, with thing: "+v.thing(row), "no field has a value: the rule admits every row of the data")
		}
	}
	if !grants && !nobody && !v.refused {
		v.add("RS007", rls.Position{File: v.file, Line: 1, Column: 1}, "", "add a rule that names a user or a group", "no rule applies to anybody: nobody sees a row")
	}
	if len(v.columns) == 0 {
		v.add("RS007", rls.Position{File: v.file}, "", "read the rules first", "there are no rules: nobody sees a row")
	}
}

// meansSomebody reports whether a rule names somebody in a column that is almost
// named like a principal column: the header is to blame, not the rule.
func (v *vetting) meansSomebody(row int) bool {
	return slices.ContainsFunc(v.misnamed, func(c *column) bool { return c.texts[c.of[row]] != "" })
}

func (v *vetting) twoPrincipals(row int) {
	thing := v.thing(row)
	const split = "write two rules, one for the user and one for the group"
	switch v.dual {
	case rls.UserFirst:
		v.add("RS012", v.pos(row, v.group), thing, split, "the rule names a user and a group: it is read as one for the user only")
	case rls.Reject:
		v.add("RS012", v.pos(row, v.group), thing, split, "the rule names a user and a group, which is refused")
	default:
		v.add("RS012", v.pos(row, v.group), thing, split, "the rule names a user and a group: it applies to the user, and to every member of the group")
	}
}

// thing names the principals of a rule.
func (v *vetting) thing(row int) string {
	s := ""
	for _, c := range v.table.principals() {
		if v := c.named(row); v != 0 {
			if s != "" {
				s += " and "
			}
			s += c.kind + " " + quote(c.names[v])
		}
	}
	if s == "" {
		return "rule"
	}
	return "rule of " + s
}
