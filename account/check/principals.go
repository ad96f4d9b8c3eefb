package check

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/account"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/vet"
)

// A principal is what the rules of one data set say of a user or a group.
type principal struct {
	kind  namespace.Kind
	id    namespace.Identity
	name  string // as the rules write it
	at    account.Position
	rules int
	all   bool // a rule admits every row
}

// principals checks whom the rules of a data set name, and who sees nothing or
// everything.
func (c *checking) principals(s *account.DataSet, rules *rls.Rules) {
	named := make(map[string]*principal)
	values := 0
	for rule := range rules.All() {
		all := true
		for _, column := range rules.Columns() {
			if !rule.Wildcard(column) {
				all = false
				for range rule.Values(column) {
					values++
				}
			}
		}
		for _, p := range []principal{{namespace.KindUser, rule.UserID(), rule.User(), rule.Pos(), 0, false}, {namespace.KindGroup, rule.GroupID(), rule.Group(), rule.Pos(), 0, false}} {
			if p.id.IsZero() {
				continue
			}
			k := c.identityKey(p.kind, p.id)
			if named[k] == nil {
				named[k] = &p
			}
			named[k].rules++
			named[k].all = named[k].all || all
		}
	}
	for _, k := range slices.Sorted(maps.Keys(named)) {
		c.known(s, k, *named[k])
	}
	c.seen(s, named)
	// Data sets that share a permission dataset share its limits.
	shared := account.Key(s.UserRules().ARN) + string(rules.FormatVersion()) + rules.Namespace()
	if (rules.Len() >= near(rls.MaxRules) || values >= near(rls.MaxValues)) && !c.limited[shared] {
		c.limited[shared] = true
		c.limits(s, rules)
	}
}

// near is 90 % of a limit.
func near(limit int) int { return (limit*9 + 9) / 10 }

// known checks that whom a rule names is in the account.
func (c *checking) known(s *account.DataSet, k string, p principal) {
	ns, name := p.id.InNamespace(), p.id.Name
	id, nearID, kind := "RA020", "RA022", account.Users
	if p.kind == namespace.KindGroup {
		id, nearID, kind = "RA021", "RA023", account.Groups
	}
	_, user := c.FindUser(k)
	g, group := c.FindGroup(k)
	if user || group {
		if group && g.MembersKnown && len(g.Members) == 0 {
			c.add("RA024", p.at, fmt.Sprintf("group %q", name), "add members, or remove the rule", "nobody is in the group, so its rules in data set %q apply to nobody", s.ID)
		}
		return
	}
	other := !p.id.ARN.IsZero() && p.id.ARN.Account != c.ID
	if !other && !c.Lists(kind, ns) && !c.namespaceGone(ns) {
		return
	}
	what := fmt.Sprintf("%s %q", p.kind, name)
	switch alike := c.folded[foldKey(p.kind, ns, name)]; {
	case other:
		c.add(id, p.at, what, "name a "+string(p.kind)+" of this account", "a rule of data set %q names it in account %s, and the account is %s", s.ID, p.id.ARN.Account, c.ID)
	case len(alike) > 0 && !c.namespaceGone(ns):
		c.add(nearID, p.at, what, fmt.Sprintf("is it %s? names compare letter by letter", quotedList(alike)), "no such %s is in namespace %s, and the rules of data set %q name it", p.kind, ns, s.ID)
	default:
		c.add(id, p.at, what, "remove the rule, or correct the name: whoever gets the name later would see its rows", "no such %s is in namespace %s, and the rules of data set %q name it", p.kind, ns, s.ID)
	}
}

func quotedList(names []string) string {
	var all []string
	for _, name := range names[:min(len(names), 3)] {
		all = append(all, quoted(name))
	}
	return strings.Join(all, " or ")
}

// membershipsKnown reports whether the account has the members of all groups of
// the namespaces that rules name: without them, who sees nothing is unknown.
func (c *checking) membershipsKnown() bool {
	for _, g := range c.Groups {
		if !g.MembersKnown {
			return false
		}
	}
	for _, u := range c.Users {
		if !c.Lists(account.Groups, u.Namespace) {
			return false
		}
	}
	return true
}

// seen checks who can open a data set and sees nothing, or everything.
func (c *checking) seen(s *account.DataSet, named map[string]*principal) {
	if !c.membershipsKnown() {
		return
	}
	const nothing, some, all = 0, 1, 2
	sees := make(map[*account.User]int)
	for k, p := range named {
		level := some
		if p.all {
			level = all
		}
		for _, u := range c.UsersOf(k) {
			sees[u] = max(sees[u], level)
		}
	}
	owners, opens := make(map[*account.User]bool), make(map[*account.User]bool)
	var blind []account.Way // of groups whose members see nothing
	inBlind := make(map[*account.User]bool)
	for w := range c.Shares(s) {
		users := c.UsersThrough(w)
		for _, u := range users {
			opens[u] = true
			owners[u] = owners[u] || w.OwnedBy(*u)
		}
		if a, err := namespace.ParseARN(w.Principal); err == nil && a.Kind == namespace.KindGroup && slices.ContainsFunc(users, guest(w)) &&
			!slices.ContainsFunc(users, func(u *account.User) bool { return sees[u] != nothing }) {
			blind = append(blind, w)
			for _, u := range users {
				inBlind[u] = true
			}
		}
	}
	for _, w := range blind {
		if users := c.UsersThrough(w); slices.ContainsFunc(users, func(u *account.User) bool { return !owners[u] }) {
			c.add("RA027", w.At, thing(s), "add a rule for the group, or do not share it with them", "%s can open it through %s, and no rule shows its members a row", say(w.Principal), w.String())
		}
	}
	var dark, bright []*account.User
	for _, u := range slices.SortedFunc(maps.Keys(opens), func(a, b *account.User) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	}) {
		name := account.Key(u.ARN)
		switch {
		case sees[u] == nothing && !owners[u] && !inBlind[u]:
			dark = append(dark, u)
		case sees[u] == all && named[name] != nil && named[name].all:
			bright = append(bright, u)
		}
	}
	settings := s.UserRules()
	if len(dark) > 0 {
		c.add("RA025", settings.At, thing(s), "add rules for them or for one of their groups; silence this if they should see nothing", "%s can open it, and no rule shows them a row", listed(dark))
	}
	if len(bright) > 0 {
		c.add("RA026", settings.At, thing(s), "silence this if they should see everything", "%s can open it and see every row", listed(bright))
	}
	for _, k := range slices.Sorted(maps.Keys(named)) {
		if p := named[k]; p.all && p.kind == namespace.KindGroup && slices.ContainsFunc(c.UsersOf(k), func(u *account.User) bool { return opens[u] }) {
			c.add("RA028", p.at, fmt.Sprintf("group %q", p.id.Name), "silence this if they should see everything", "its %d members see every row of data set %q", len(c.UsersOf(k)), s.ID)
		}
	}
}

// limits checks the limits of rules and values of each viewer (U14, U15).
func (c *checking) limits(s *account.DataSet, rules *rls.Rules) {
	users, err := c.Roster()
	if err != nil {
		return
	}
	findings, err := vet.Rules(rules, &vet.Options{Rules: rules.Options(), Roster: users})
	if err != nil {
		return
	}
	ids := map[string]string{"RS016": "RA030", "RS017": "RA031", "RS018": "RA032", "RS019": "RA033"}
	for _, f := range findings {
		if id := ids[f.ID]; id != "" {
			c.add(id, f.Pos, thing(s), f.Suggestion, "%s: %s", f.Thing, f.Reason)
		}
	}
}
