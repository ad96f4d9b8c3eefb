package compact

import (
	"slices"

	"github.com/rowsight/rowsight/internal/list"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
)

// A principal is whom rules name together: a user, a group, both or nobody.
// Rules that name both stay apart from those of either, which keeps them right
// whatever a rule that names both means (U9); so do those that name nobody,
// which grant nothing here, but may elsewhere (U7).
type principal struct {
	key
	user, group string // as they were written first
	rules       []rls.Rule
}

// A key tells principals apart: names, or ARNs without their Region (U16).
type key struct{ user, group namespace.Identity }

// principals returns the principals of rules, with the rules that count, in the
// order of the file.
func principals(rs *rls.Rules) []*principal {
	known := make(map[key]*principal)
	var list []*principal
	for rule := range rs.All() {
		if _, again := rule.Repeats(); again || rule.Predicate().Op() == predicate.OpNone {
			continue // repeated (U13) or empty (U6)
		}
		k := key{rule.UserID(), rule.GroupID()}
		k.user.ARN.Region, k.group.ARN.Region = "", ""
		if known[k] == nil {
			known[k] = &principal{key: k, user: rule.User(), group: rule.Group()}
			list = append(list, known[k])
		}
		known[k].rules = append(known[k].rules, rule)
	}
	return list
}

// boxes returns what the rules accept, one by one.
func (p *principal) boxes() []predicate.Predicate {
	rows := make([]predicate.Predicate, len(p.rules))
	for i, rule := range p.rules {
		rows[i] = rule.Predicate()
	}
	return slices.Clip(rows)
}

// order returns the places at which the rules list the values of each column
// first. Values stay in the order in which people wrote them: the cell Acme, Inc
// that lacks its quotes is not " Inc,Acme", in which nobody would see that.
func (p *principal) order(columns []string) []map[string]int {
	order := make([]map[string]int, len(columns))
	for i, column := range columns {
		order[i] = make(map[string]int)
		for _, rule := range p.rules {
			for value := range list.Items(rule.Text(column)) {
				if _, ok := order[i][value]; !ok {
					order[i][value] = len(order[i])
				}
			}
		}
	}
	return order
}
