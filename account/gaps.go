package account

import (
	"fmt"
	"slices"

	"github.com/rowsight/rowsight/namespace"
)

// Gaps returns, in words and in order, what the folder lacks to say who can open
// the data sets and dashboards of the account: lists that are incomplete,
// permissions and members that nobody has looked at, and principals that are no
// users of the folder. Without any, [Account.Openers] has everybody.
func (a *Account) Gaps() []string {
	if a == nil || a.ID == "" {
		return nil // it is empty
	}
	g := a.gaps()
	g.lists(DataSets, Dashboards)
	for i := range a.DataSets {
		g.dataSet(&a.DataSets[i])
	}
	for _, d := range a.Dashboards {
		g.dashboard(d)
	}
	return g.sorted()
}

// GapsOf returns what the folder lacks to say who can open one data set, as
// [Account.Gaps] does for all.
func (a *Account) GapsOf(s *DataSet) []string {
	if a == nil || s == nil {
		return nil
	}
	g := a.gaps()
	g.dataSet(s)
	return g.sorted()
}

// DashboardGaps returns what the folder lacks to say who can open one dashboard,
// as [Account.Gaps] does for all.
func (a *Account) DashboardGaps(d Dashboard) []string {
	if a == nil {
		return nil
	}
	g := a.gaps()
	g.dashboard(d)
	return g.sorted()
}

// RosterGaps returns what the folder lacks to say who is in the account, and in
// which groups. Without any, [Account.Roster] has everybody.
func (a *Account) RosterGaps() []string {
	if a == nil || a.ID == "" {
		return nil
	}
	g := a.gaps()
	g.lists(Namespaces)
	spaces := map[string]bool{namespace.Default: true}
	for _, n := range a.Namespaces {
		spaces[n.Name] = true
	}
	for _, u := range a.Users {
		spaces[u.Namespace] = true
	}
	for _, group := range a.Groups {
		spaces[group.Namespace] = true
		g.members(group)
	}
	for ns := range spaces {
		g.people(Users, ns)
		g.people(Groups, ns)
	}
	return g.sorted()
}

// A gapSearch collects gaps, each once.
type gapSearch struct {
	*Account
	texts      map[string]bool
	principals map[string]bool // that are looked at
}

func (a *Account) gaps() *gapSearch {
	return &gapSearch{Account: a, texts: make(map[string]bool), principals: make(map[string]bool)}
}

func (g *gapSearch) sorted() (all []string) {
	for text := range g.texts {
		all = append(all, text)
	}
	slices.Sort(all)
	return all
}

func (g *gapSearch) add(ok bool, format string, args ...any) {
	if !ok {
		g.texts[fmt.Sprintf(format, args...)] = true
	}
}

func (g *gapSearch) lists(kinds ...Kind) {
	for _, kind := range kinds {
		g.add(g.Lists(kind, ""), "the list of %s is incomplete", kind)
	}
}

func (g *gapSearch) dataSet(s *DataSet) {
	g.lists(Dashboards, Analyses)
	g.asset(DataSets, "DATASET", s.ID, s.Permissions)
	for _, d := range g.Dashboards {
		g.add(d.Version.DataSets != nil, "the data sets of dashboard %q are unknown", d.ID)
	}
	for _, d := range g.Analyses {
		g.add(d.DataSets != nil, "the data sets of analysis %q are unknown", d.ID)
	}
	for _, i := range g.index.dashboardsOver[Key(s.ARN)] {
		g.dashboard(g.Dashboards[i])
	}
	for _, i := range g.index.analysesOver[Key(s.ARN)] {
		g.asset(Analyses, "ANALYSIS", g.Analyses[i].ID, g.Analyses[i].Permissions)
	}
	for w := range g.Shares(s) {
		g.principal(w.Principal)
	}
}

func (g *gapSearch) dashboard(d Dashboard) {
	g.asset(Dashboards, "DASHBOARD", d.ID, d.Permissions)
	for w := range g.DashboardShares(d) {
		g.principal(w.Principal)
	}
}

// asset looks at the permissions of an asset, and of the folders that have it.
func (g *gapSearch) asset(kind Kind, member, id string, of Permissions) {
	g.add(of.Known, "the permissions of %s %q are unknown", kind.one(), id)
	g.lists(Folders)
	for _, f := range g.Folders {
		g.add(f.MembersKnown, "the members of folder %q are unknown", f.ID)
	}
	for _, i := range g.index.folders[member+"/"+id] {
		for _, f := range g.around(i) {
			g.add(f.Permissions.Known, "the permissions of folder %q are unknown", f.ID)
			for _, arn := range f.above() {
				_, ok := g.index.folderARNs[Key(arn)]
				g.add(ok, "%q, which is around folder %q, is unknown", arn, f.ID)
			}
		}
	}
}

// principal looks at the principal of a permission: [Account.UsersOf] may lack
// users for whom it stands.
func (g *gapSearch) principal(principal string) {
	if g.principals[principal] {
		return
	}
	g.principals[principal] = true
	arn, err := namespace.ParseARN(principal)
	if err != nil || arn.Account != g.ID {
		g.add(false, "%q may stand for users who are not in the folder", principal)
		return
	}
	switch arn.Kind {
	case namespace.KindNamespace:
		g.people(Users, arn.Name)
	case namespace.KindUser:
		if _, ok := g.User(arn.Namespace, arn.Name); !ok {
			g.people(Users, arn.Namespace)
		}
	case namespace.KindGroup:
		group, ok := g.Group(arn.Namespace, arn.Name)
		if !ok {
			g.people(Groups, arn.Namespace)
			return
		}
		g.members(group)
	default:
		g.add(false, "%q may stand for users who are not in the folder", principal)
	}
}

// people looks at the list of users or groups of a namespace.
func (g *gapSearch) people(kind Kind, ns string) {
	g.add(g.Lists(kind, ns), "the list of %s of namespace %s is incomplete", kind, ns)
}

// members looks at the members of a group.
func (g *gapSearch) members(group Group) {
	g.add(group.MembersKnown, "the members of group %q of namespace %s are unknown", group.Name, group.Namespace)
	for _, m := range group.Members {
		if _, ok := g.User(group.Namespace, m.Name); !ok {
			g.people(Users, group.Namespace)
		}
	}
}
