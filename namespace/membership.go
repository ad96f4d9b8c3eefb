package namespace

import (
	"context"
	"fmt"
	"iter"
	"slices"
)

// A GroupMember is a user in a group. It is the API object GroupMember.
type GroupMember struct {
	Arn        ARN // of the user
	MemberName string
}

// A Membership is a user in a group of the same namespace.
type Membership struct {
	Namespace  string `json:",omitempty"` // "" is [Default]
	GroupName  string
	MemberName string
}

func (d *Directory) member(ns string, u *user) GroupMember {
	return GroupMember{d.ARN(KindUser, ns, u.name), u.name}
}

// CreateGroupMembership adds a user to a group of the same namespace. Admins of
// the namespace may call it. Groups cannot contain groups.
func (v View) CreateGroupMembership(ctx context.Context, namespace, group, member string) (GroupMember, error) {
	return write(ctx, v, "CreateGroupMembership", func(c caller) (GroupMember, []change, error) {
		u, joins, err := c.join(Membership{namespace, group, member}, nil)
		if err != nil {
			return GroupMember{}, nil, err
		}
		return c.d.member(joins.NS, u), []change{joins}, nil
	})
}

// CreateGroupMemberships adds all of the users to their groups or none, as
// [View.CreateGroupMembership] does. It reports every problem.
func (v View) CreateGroupMemberships(ctx context.Context, in []Membership) error {
	return alter(ctx, v, "CreateGroupMemberships", func(c caller) ([]change, error) {
		changes := make([]change, 0, len(in))
		seen := make(map[Membership]bool, len(in))
		var problems []error
		for i, m := range in {
			c.item = i + 1
			_, joins, err := c.join(m, seen)
			if err != nil {
				problems = append(problems, err)
			}
			changes = append(changes, joins)
		}
		return changes, join(problems)
	})
}

// join checks one membership to be. seen are those that come before in a list.
func (c caller) join(m Membership, seen map[Membership]bool) (*user, change, error) {
	sp, g, err := c.group(c.manage, m.Namespace, m.GroupName)
	if err != nil {
		return nil, change{}, err
	}
	_, u, err := c.user(c.manage, m.Namespace, m.MemberName)
	if err != nil {
		return nil, change{}, err
	}
	m.Namespace = sp.name
	if g.members.Has(u.name) || seen[m] {
		return nil, change{}, c.fail(KindUser, u.name, fmt.Errorf("%w in group %q", ErrExists, g.name))
	}
	if seen != nil {
		seen[m] = true
	}
	return u, change{Op: opMember, NS: sp.name, Group: g.name, Name: u.name}, nil
}

// DescribeGroupMembership returns a member of a group.
func (v View) DescribeGroupMembership(ctx context.Context, namespace, group, member string) (GroupMember, error) {
	return read(ctx, v, "DescribeGroupMembership", func(c caller) (GroupMember, error) {
		sp, u, err := c.member(c.space, namespace, group, member)
		if err != nil {
			return GroupMember{}, err
		}
		return c.d.member(sp.name, u), nil
	})
}

func (c caller) member(in func(ns string) (*space, error), ns, group, member string) (*space, *user, error) {
	sp, g, err := c.group(in, ns, group)
	if err != nil {
		return nil, nil, err
	}
	u, ok := g.members.Get(member)
	if !ok {
		return nil, nil, c.fail(KindUser, member, fmt.Errorf("%w in group %q", ErrNotFound, group))
	}
	return sp, u, nil
}

// ListGroupMemberships returns the members of a group by name.
func (v View) ListGroupMemberships(ctx context.Context, namespace, group string, page Page) (members []GroupMember, next string, err error) {
	p, err := read(ctx, v, "ListGroupMemberships", func(c caller) (pageOf[GroupMember], error) {
		sp, g, err := c.group(c.space, namespace, group)
		if err != nil {
			return pageOf[GroupMember]{}, err
		}
		l := list[*user]{scope: sp.name + "\x00" + group, from: g.members.From}
		return readPage(c, page, l, func(u *user) GroupMember { return c.d.member(sp.name, u) })
	})
	return p.items, p.next, err
}

// ListUserGroups returns the groups of a user, sorted by name. Every user may
// list their own.
func (v View) ListUserGroups(ctx context.Context, namespace, name string, page Page) (groups []Group, next string, err error) {
	p, err := read(ctx, v, "ListUserGroups", func(c caller) (pageOf[Group], error) {
		sp, u, err := c.user(c.self(name), namespace, name)
		if err != nil {
			return pageOf[Group]{}, err
		}
		from := func(key string) iter.Seq[*group] {
			i, _ := slices.BinarySearchFunc(u.groups, key, byName)
			return slices.Values(u.groups[i:])
		}
		l := list[*group]{scope: sp.name + "\x00" + name, from: from}
		return readPage(c, page, l, func(g *group) Group { return c.d.group(sp.name, g) })
	})
	return p.items, p.next, err
}

// DeleteGroupMembership removes a user from a group.
func (v View) DeleteGroupMembership(ctx context.Context, namespace, group, member string) error {
	return alter(ctx, v, "DeleteGroupMembership", func(c caller) ([]change, error) {
		sp, _, err := c.member(c.manage, namespace, group, member)
		if err != nil {
			return nil, err
		}
		return []change{{Op: opDeleteMember, NS: sp.name, Group: group, Name: member}}, nil
	})
}
