package vet

import (
	"cmp"
	"slices"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls/roster"
)

// members is a roster in the terms of a table.
type members struct {
	viewers []viewer
	byUser  map[uint32]bool // principals of the user column who are in the roster
	inGroup map[uint32]bool // principals of the group column who have members
	users   []string        // as the roster writes them
	groups  []string
	names   [2]map[string]bool // the same, of users and of groups
}

type viewer struct {
	roster.User
	user   uint32   // in the user column, 0 if no rule names the user
	groups []uint32 // in the group column, without those that no rule names; the one with most rules first
	over   bool     // more applies than may: sees nothing
}

// match looks up everybody of a roster in the rules.
func match(r *roster.Roster, t *table) *members {
	m := &members{byUser: make(map[uint32]bool), inGroup: make(map[uint32]bool)}
	m.names[0], m.names[1] = make(map[string]bool), make(map[string]bool)
	users, groups := t.lookup(t.user), t.lookup(t.group)
	for u := range r.All() {
		who := users(u.Name)
		v := viewer{User: u, user: who}
		m.byUser[who] = true
		m.names[0][u.Name] = true
		m.users = append(m.users, u.Name)
		for _, g := range u.Groups {
			if !m.names[1][g] {
				m.names[1][g] = true
				m.groups = append(m.groups, g)
			}
			if who := groups(g); who != 0 {
				m.inGroup[who] = true
				v.groups = append(v.groups, who)
			}
		}
		slices.SortFunc(v.groups, func(a, b uint32) int {
			return cmp.Or(len(t.group.rulesOf(b))-len(t.group.rulesOf(a)), cmp.Compare(a, b))
		})
		m.viewers = append(m.viewers, v)
	}
	return m
}

// lookup returns a function that finds a user or group of the roster among
// those that a column names; 0 is none. A name stands for the one in the
// namespace default where rules name ARNs, and an ARN for its name where rules
// name names of its namespace.
func (t *table) lookup(c *column) func(name string) uint32 {
	if c == nil {
		return func(string) uint32 { return 0 }
	}
	byKey, byName := make(map[string]uint32), make(map[string]uint32)
	for who, key := range c.keys {
		if who == 0 {
			continue
		}
		byKey[key] = uint32(who)
		if !c.arns {
			continue
		}
		if a, err := namespace.ParseARN(key); err == nil && a.Namespace == namespace.Default {
			byName[a.Name] = uint32(who)
		}
	}
	return func(name string) uint32 {
		if c.arns {
			if who, ok := byKey[arnKey(name)]; ok {
				return who
			}
			return byName[name]
		}
		if who, ok := byKey[name]; ok {
			return who
		}
		if a, err := namespace.ParseARN(name); err == nil && a.Namespace == t.namespace {
			return byKey[a.Name]
		}
		return 0
	}
}

// has reports whether a user that rules name is in the roster.
func (m *members) has(user uint32) bool { return m != nil && m.byUser[user] }

// knows reports whether the roster has a user, or a group, of that name.
func (m *members) knows(group bool, name string) bool {
	if m == nil {
		return false
	}
	if group {
		return m.names[1][name]
	}
	return m.names[0][name]
}
