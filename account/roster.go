package account

import (
	"iter"
	"path"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls/roster"
)

// UsersOf returns the users that a principal of a permission stands for: a user,
// the members of a group, or everybody in a namespace. Do not change them.
func (a *Account) UsersOf(principal string) []*User {
	arn, err := namespace.ParseARN(principal)
	if a == nil || err != nil || arn.Account != a.ID {
		return nil
	}
	switch arn.Kind {
	case namespace.KindNamespace:
		return slices.Clip(a.index.everybody[arn.Name])
	case namespace.KindGroup:
		return slices.Clip(a.index.members[Key(principal)])
	case namespace.KindUser:
		if u, ok := a.FindUser(principal); ok {
			return []*User{u}
		}
	}
	return nil
}

// UsersThrough returns the users that can open something in one way: those that its
// principal stands for, without readers where it is for authors. Do not change them.
func (a *Account) UsersThrough(w Way) []*User {
	users := a.UsersOf(w.Principal)
	if w.Authors {
		users = slices.DeleteFunc(slices.Clone(users), func(u *User) bool { return u.Reads() })
	}
	return users
}

// Roster returns the users of the account with their groups, by their ARNs, which
// match rules with names too.
func (a *Account) Roster() (*roster.Roster, error) {
	var text strings.Builder
	file := ""
	if a != nil && len(a.Users) > 0 {
		file = path.Dir(path.Dir(a.Users[0].At.File))
	}
	text.WriteString("user,groups\n")
	quote := func(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
	if a != nil {
		for _, u := range a.Users {
			var groups []string
			for _, g := range a.GroupsOf(u) {
				groups = append(groups, quote(g.ARN))
			}
			text.WriteString(quote(u.ARN) + "," + quote(strings.Join(groups, ",")) + "\n")
		}
	}
	return roster.ReadCSV(strings.NewReader(text.String()), &roster.Options{File: file})
}

// Openers returns the users that can open a data set, by namespace and name, with
// the ways in which each can.
func (a *Account) Openers(s *DataSet) map[[2]string][]Way { return a.openers(a.Shares(s)) }

// DashboardOpeners returns the users that can open a dashboard, as
// [Account.Openers] does for a data set.
func (a *Account) DashboardOpeners(d Dashboard) map[[2]string][]Way {
	return a.openers(a.DashboardShares(d))
}

func (a *Account) openers(ways iter.Seq[Way]) map[[2]string][]Way {
	openers := make(map[[2]string][]Way)
	for w := range ways {
		for _, u := range a.UsersThrough(w) {
			name := [2]string{u.Namespace, u.Name}
			openers[name] = append(openers[name], w)
		}
	}
	return openers
}
