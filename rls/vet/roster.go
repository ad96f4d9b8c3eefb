package vet

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/internal/csvtext"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
)

// ErrRoster is why a roster is refused.
var ErrRoster = errors.New("bad roster")

// A Roster says who there is, and who is in which group. It is immutable and
// safe for concurrent use. The zero Roster knows nobody.
type Roster struct{ users []rosterUser }

type rosterUser struct {
	name   string
	pos    rls.Position
	groups []string // increasing, each once
}

// ReadRoster reads a roster in CSV: a column of users and one of groups, in any
// order and among others, one membership a line or several groups in one cell.
//
//	UserName,GroupName        User,Groups
//	al,EMEA-Sales             al,"EMEA-Sales, Managers"
//	al,Managers               bo,
//	bo,
//
// The first is named User, UserName or UserARN, the second Group, Groups,
// GroupName or GroupARN; case does not matter. Both hold names, or ARNs as in
// rules of version 2. A group with a comma in its name is put in quotes inside
// the cell, as in a rule. White space around the groups of a list is dropped.
// A user in no group has an empty cell.
//
// file names the roster in positions; it is not opened. Every problem is
// reported, as an [*rls.Error] that wraps [ErrRoster].
func ReadRoster(r io.Reader, file string) (*Roster, error) {
	in := csvtext.NewReader(r, nil)
	var problems []error
	problem := func(line, column int, field string, err error) {
		problems = append(problems, &rls.Error{Pos: rls.Position{File: file, Line: line, Column: column}, Field: field, Err: fmt.Errorf("%w: %w", ErrRoster, err)})
	}
	user, group, header := -1, -1, false
	roster, known := new(Roster), make(map[string]int)
	for {
		record, err := in.Read()
		var bad *csvtext.Error
		switch {
		case errors.As(err, &bad):
			problem(bad.Line, bad.Column, "", bad.Err)
			header = true // what follows is not the header
			continue
		case err == io.EOF:
			if !header {
				problem(1, 1, "", errors.New("no header"))
			}
			if len(problems) > 0 {
				return nil, errors.Join(problems...)
			}
			return roster, nil
		case err != nil:
			return nil, err
		}
		if !header {
			header = true
			user, group = rosterColumn(record, "user", "username", "userarn"), rosterColumn(record, "group", "groups", "groupname", "grouparn")
			if user < 0 || group < 0 {
				problem(1, 1, "", errors.New("want one column User, UserName or UserARN, and one Group, Groups, GroupName or GroupARN"))
			}
			continue
		}
		if user < 0 || group < 0 {
			continue
		}
		name := strings.Clone(record[user])
		line, at := in.FieldPos(user)
		if strings.TrimSpace(name) == "" {
			problem(line, at, "", errors.New("a line without a user"))
			continue
		}
		groups := parseCell(record[group])
		if groups.bad {
			line, at := in.FieldPos(group)
			problem(line, at, "", errors.New("the quotes in the list of groups do not match"))
			continue
		}
		i, ok := known[name]
		if !ok {
			i = len(roster.users)
			known[name] = i
			roster.users = append(roster.users, rosterUser{name: name, pos: rls.Position{File: file, Line: line, Column: at}})
		}
		u := &roster.users[i]
		for _, g := range groups.values {
			if g = strings.TrimSpace(g); g != "" {
				u.groups = append(u.groups, strings.Clone(g))
			}
		}
		slices.Sort(u.groups)
		u.groups = slices.Compact(u.groups)
	}
}

// rosterColumn returns the only column with one of these names, or -1.
func rosterColumn(header []string, names ...string) int {
	found := -1
	for i, name := range header {
		if slices.Contains(names, strings.ToLower(strings.TrimSpace(name))) {
			if found >= 0 {
				return -1
			}
			found = i
		}
	}
	return found
}

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
	rosterUser
	user   uint32   // in the user column, 0 if no rule names the user
	groups []uint32 // in the group column, without those that no rule names; the one with most rules first
	over   bool     // more applies than may: sees nothing
}

// match looks up everybody of the roster in the rules.
func (r *Roster) match(t *table) *members {
	m := &members{byUser: make(map[uint32]bool), inGroup: make(map[uint32]bool)}
	m.names[0], m.names[1] = make(map[string]bool), make(map[string]bool)
	users, groups := t.lookup(t.user), t.lookup(t.group)
	for _, u := range r.users {
		who := users(u.name)
		v := viewer{rosterUser: u, user: who}
		m.byUser[who] = true
		m.names[0][u.name] = true
		m.users = append(m.users, u.name)
		for _, g := range u.groups {
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
