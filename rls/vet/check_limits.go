package vet

import (
	"slices"

	"github.com/rowsight/rowsight/rls"
)

// nearPercent of a limit is near it.
const nearPercent = 90

// limits checks how many rules and values apply to each user, to each group,
// and to each user of the roster with their groups. It returns the rules of
// those who see nothing because of it: for a principal over a limit they count
// for nothing.
func (v *vetting) limits() (over map[*column]map[uint32]bool) {
	over = make(map[*column]map[uint32]bool)
	for _, c := range v.table.principals() {
		over[c] = make(map[uint32]bool)
		for who := uint32(1); int(who) < len(c.names); who++ {
			rules := c.rulesOf(who)
			if len(rules) == 0 || c == v.user && v.roster.has(who) {
				continue // the roster knows the groups, too
			}
			at := v.pos(int(rules[0]), c)
			if v.limit(at, c.kind+" "+quote(c.names[who]), rules) {
				over[c][who] = true
			}
		}
	}
	if v.roster == nil {
		return over
	}
	for i := range v.roster.viewers {
		m := &v.roster.viewers[i]
		if slices.ContainsFunc(m.groups, func(g uint32) bool { return over[v.group][g] }) {
			m.over = true // reported for the group
			continue
		}
		rules := v.applied(m)
		if len(m.groups) > 0 && len(rules) == len(v.group.rulesOf(m.groups[0])) {
			continue // there is only one group, and it was reported
		}
		m.over = v.limit(m.Pos, "user "+quote(m.Name), rules)
	}
	return over
}

// applied returns the rules that apply to a viewer of the roster, own ones and
// those of all groups, each once.
func (v *vetting) applied(m *viewer) []uint32 {
	rules := slices.Clone(v.user.rulesOf(m.user))
	for _, g := range m.groups {
		rules = append(rules, v.group.rulesOf(g)...)
	}
	slices.Sort(rules)
	return slices.Compact(rules)
}

// limit checks the rules that apply to one viewer, and reports whether they are
// too many.
func (v *vetting) limit(at rls.Position, who string, rules []uint32) (over bool) {
	const fewer = "merge rules that differ in one field, and delete those that others cover"
	switch n := len(rules); {
	case n > rls.MaxRules:
		v.add("RS017", at, who, fewer, "%d rules apply, the limit is %d: the viewer sees nothing", n, rls.MaxRules)
		over = true
	case n*100 >= rls.MaxRules*nearPercent:
		v.add("RS016", at, who, fewer, "%d rules apply, the limit is %d", n, rls.MaxRules)
	}
	most := v.opts.MaxValues
	if most < 0 {
		return over
	}
	near := (most*nearPercent + 99) / 100
	for _, c := range v.fields {
		const shorter = "leave the cell empty where every value is meant, or restrict a column with fewer values"
		switch n := c.distinct(rules, near); {
		case n > most:
			v.add("RS019", at, who, shorter, "%d values of %s apply, the limit is %d: the viewer sees nothing", n, c.thing(), most)
			over = true
		case n >= near && near > 0:
			v.add("RS018", at, who, shorter, "%d values of %s apply, the limit is %d", n, c.thing(), most)
		}
	}
	return over
}

// distinct returns how many different values of a field rules accept, or any
// number below near if they are fewer than that.
func (c *column) distinct(rules []uint32, near int) int {
	total := 0
	for _, row := range rules {
		total += len(c.cells[c.of[row]].Values)
	}
	if total < near {
		return 0
	}
	values := make(map[string]struct{})
	done := make(map[uint32]bool)
	for _, row := range rules {
		if id := c.of[row]; !done[id] {
			done[id] = true
			for _, value := range c.cells[id].Values {
				values[value] = struct{}{}
			}
		}
	}
	return len(values)
}
