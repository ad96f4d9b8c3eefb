package migrate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/namespace"
)

// PlanMigration plans a migration and changes nothing. It proves the plan: in
// every file of rules, every user who moves will see what the old user sees,
// and nobody else will see more or less.
//
// Whatever stands in the way is reported and wraps [ErrInput]: users who are not
// there, names that are taken in the target, for who has them is another person
// (N1), users whom the target does not accept (N3), and if these are all well,
// files of rules that cannot be rewritten.
func PlanMigration(ctx context.Context, d *namespace.Directory, files Files, in Input) (*Plan, error) {
	in.From = cmp.Or(in.From, namespace.Default)
	in.To = cmp.Or(in.To, namespace.Default)
	m := &planner{ctx: ctx, d: d, v: d.Administrator(), in: in, plan: &Plan{From: in.From, To: in.To}, group: make(map[string]int), user: make(map[string]string)}
	for _, stage := range [][]func() error{{m.namespaces}, {m.users, m.groups, m.permissions}} {
		for _, step := range stage {
			if err := step(); err != nil {
				return nil, err
			}
		}
		if len(m.problems) > 0 { // what comes next could not be right
			return nil, errors.Join(m.problems...)
		}
	}
	for _, f := range in.Rules {
		if err := m.rules(files, f); err != nil {
			m.problems = append(m.problems, fmt.Errorf("%w: rules %q: %w", ErrInput, f.Name, err))
		}
	}
	if err := errors.Join(append(m.problems, m.plan.check())...); err != nil {
		return nil, err
	}
	return m.plan, nil
}

type planner struct {
	ctx      context.Context
	d        *namespace.Directory
	v        namespace.View
	in       Input
	plan     *Plan
	user     map[string]string // new name by old name
	group    map[string]int    // place in plan.Groups by old name
	problems []error
}

func (m *planner) bad(format string, args ...any) {
	m.problems = append(m.problems, fmt.Errorf("%w: %s", ErrInput, fmt.Sprintf(format, args...)))
}

func (m *planner) namespaces() error {
	for _, ns := range []string{m.in.From, m.in.To} {
		if err := namespace.CheckNamespace(ns); err != nil {
			m.problems = append(m.problems, fmt.Errorf("%w: %w", ErrInput, err))
		}
	}
	if m.in.From == m.in.To {
		m.bad("from namespace %q to itself", m.in.From)
	}
	there, err := m.d.HasNamespace(m.ctx, m.in.From)
	if err == nil && !there {
		m.bad("there is no namespace %q", m.in.From)
	}
	target, err2 := m.d.HasNamespace(m.ctx, m.in.To)
	m.plan.CreateNamespace = !target
	return errors.Join(err, err2)
}

// users lists who moves (step 1 and 2 of N5).
func (m *planner) users() error {
	names := m.in.Users
	if names == nil {
		all := func(p namespace.Page) ([]namespace.User, string, error) { return m.v.ListUsers(m.ctx, m.in.From, p) }
		for u, err := range namespace.All(all) {
			if err != nil {
				return err
			}
			names = append(names, u.UserName)
		}
	}
	names = slices.Compact(slices.Sorted(slices.Values(names)))
	taken := make(map[string]string)
	for _, name := range names {
		old, err := m.v.DescribeUser(m.ctx, m.in.From, name)
		if errors.Is(err, namespace.ErrNotFound) {
			m.bad("there is no user %q in namespace %q", name, m.in.From)
			continue
		} else if err != nil {
			return err
		}
		register := namespace.RegisterInput
		if m.in.Register != nil {
			register = m.in.Register
		}
		u := User{Old: old.Arn, PrincipalId: old.PrincipalId, New: register(old)}
		u.New.Namespace = m.in.To
		newName, err := u.New.Name()
		if err != nil {
			m.problems = append(m.problems, fmt.Errorf("%w: user %q: %w", ErrInput, name, err))
			continue
		}
		u.NewArn = m.d.ARN(namespace.KindUser, m.in.To, newName)
		if m.in.To != namespace.Default && u.New.IdentityType != namespace.IdentityIAM {
			m.bad("user %q: identity type %s, want %s in namespace %q: Input.Register can make it one", name, u.New.IdentityType, namespace.IdentityIAM, m.in.To)
		}
		if other, ok := taken[newName]; ok {
			m.bad("users %q and %q would both be called %q", other, name, newName)
		}
		taken[newName] = name
		if err := m.free(namespace.KindUser, newName); err != nil {
			return err
		}
		groups := func(p namespace.Page) ([]namespace.Group, string, error) {
			return m.v.ListUserGroups(m.ctx, m.in.From, name, p)
		}
		for g, err := range namespace.All(groups) {
			if err != nil {
				return err
			}
			u.Groups = append(u.Groups, g.GroupName)
			m.member(g, newName)
		}
		m.user[name] = newName
		m.plan.Users = append(m.plan.Users, u)
	}
	return nil
}

// free reports a name that somebody has in the target: that is somebody else.
func (m *planner) free(kind namespace.Kind, name string) error {
	if m.plan.CreateNamespace {
		return nil
	}
	var err error
	if kind == namespace.KindUser {
		_, err = m.v.DescribeUser(m.ctx, m.in.To, name)
	} else {
		_, err = m.v.DescribeGroup(m.ctx, m.in.To, name)
	}
	switch {
	case err == nil:
		m.bad("%s %q is there in namespace %q already, and is another one", kind, name, m.in.To)
	case !errors.Is(err, namespace.ErrNotFound):
		return err
	}
	return nil
}

// member notes that somebody who moves is in a group.
func (m *planner) member(g namespace.Group, newName string) {
	i, ok := m.group[g.GroupName]
	if !ok {
		i = len(m.plan.Groups)
		m.group[g.GroupName] = i
		name := g.GroupName
		if m.in.GroupName != nil {
			name = m.in.GroupName(name)
		}
		m.plan.Groups = append(m.plan.Groups, Group{Old: g.Arn, New: m.d.ARN(namespace.KindGroup, m.in.To, name), Description: g.Description})
	}
	m.plan.Groups[i].Members = append(m.plan.Groups[i].Members, newName)
}

// groups completes what [planner.member] noted: groups are re-created with those
// members who move.
func (m *planner) groups() error {
	taken := make(map[string]string)
	for i := range m.plan.Groups {
		g := &m.plan.Groups[i]
		if g.New.Name == "" {
			m.bad("group %q would have no name", g.Old.Name)
			continue
		}
		if other, ok := taken[g.New.Name]; ok {
			m.bad("groups %q and %q would both be called %q", other, g.Old.Name, g.New.Name)
		}
		taken[g.New.Name] = g.Old.Name
		if err := m.free(namespace.KindGroup, g.New.Name); err != nil {
			return err
		}
		slices.Sort(g.Members)
		all, members := 0, func(p namespace.Page) ([]namespace.GroupMember, string, error) {
			return m.v.ListGroupMemberships(m.ctx, m.in.From, g.Old.Name, p)
		}
		for _, err := range namespace.All(members) {
			if err != nil {
				return err
			}
			all++
		}
		g.Retire = all == len(g.Members)
	}
	slices.SortFunc(m.plan.Groups, func(a, b Group) int { return strings.Compare(a.Old.Name, b.Old.Name) })
	for i, g := range m.plan.Groups {
		m.group[g.Old.Name] = i
	}
	return nil
}

// permissions copies what principals who move may do (step 3 and 4 of N5).
func (m *planner) permissions() error {
	to := m.d.ARN(namespace.KindNamespace, "", m.in.To)
	for a, err := range assets(m.ctx, m.v) {
		if err != nil {
			return err
		}
		p := Permission{Asset: a.arn}
		for _, g := range a.grants {
			old := g.Principal
			switch {
			case old.Same(to):
				m.plan.Gains = append(m.plan.Gains, Gain{a.arn, g.Actions})
				continue
			case old.Kind == namespace.KindNamespace && old.Name == m.in.From && m.in.ShareNamespace:
				p.Grant = append(p.Grant, namespace.ResourcePermission{Principal: to, Actions: g.Actions})
			case old.Kind == namespace.KindNamespace && old.Name == m.in.From:
				for _, u := range m.plan.Users {
					p.Grant = append(p.Grant, namespace.ResourcePermission{Principal: u.NewArn, Actions: g.Actions})
				}
			case old.Kind == namespace.KindUser && old.Namespace == m.in.From && m.user[old.Name] != "":
				p.Grant = append(p.Grant, namespace.ResourcePermission{Principal: m.d.ARN(namespace.KindUser, m.in.To, m.user[old.Name]), Actions: g.Actions})
			case old.Kind == namespace.KindGroup && old.Namespace == m.in.From:
				i, ok := m.group[old.Name]
				if !ok {
					continue
				}
				p.Grant = append(p.Grant, namespace.ResourcePermission{Principal: m.plan.Groups[i].New, Actions: g.Actions})
			default:
				continue
			}
			p.Old = append(p.Old, g)
		}
		for _, g := range a.links {
			switch {
			case g.Principal.Same(to):
				m.plan.Gains = append(m.plan.Gains, Gain{a.arn, g.Actions})
				continue
			case g.Principal.Name != m.in.From:
				continue
			case m.in.ShareNamespace:
				p.GrantLink = append(p.GrantLink, namespace.ResourcePermission{Principal: to, Actions: g.Actions})
			default:
				for _, u := range m.plan.Users {
					p.Grant = append(p.Grant, namespace.ResourcePermission{Principal: u.NewArn, Actions: g.Actions})
				}
			}
			p.OldLink = append(p.OldLink, g)
		}
		if len(p.Old)+len(p.OldLink) > 0 {
			m.plan.Permissions = append(m.plan.Permissions, p)
		}
	}
	return nil
}
