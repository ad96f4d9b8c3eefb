package namespace

import (
	"context"
	"fmt"
	"iter"
	"strings"
)

// A Group is a set of users of one namespace. It is the API object Group.
type Group struct {
	Arn         ARN
	GroupName   string
	Description string `json:",omitempty"`
	PrincipalId string
}

// CreateGroupInput describes a new group.
type CreateGroupInput struct {
	Namespace   string `json:",omitempty"` // "" is [Default]
	GroupName   string
	Description string `json:",omitempty"`
}

func (d *Directory) group(ns string, g *group) Group {
	return Group{d.ARN(KindGroup, ns, g.name), g.name, g.description, principalID(g.id)}
}

// group returns a group of a namespace, which in returns if the caller may use it.
func (c caller) group(in func(ns string) (*space, error), ns, name string) (*space, *group, error) {
	sp, err := in(ns)
	if err != nil {
		return nil, nil, err
	}
	g, ok := sp.groups.Get(name)
	if !ok {
		return nil, nil, c.fail(KindGroup, name, fmt.Errorf("%w in namespace %q", ErrNotFound, sp.name))
	}
	return sp, g, nil
}

// CreateGroup adds a group to a namespace. Admins of the namespace may call it.
func (v View) CreateGroup(ctx context.Context, in CreateGroupInput) (Group, error) {
	return write(ctx, v, "CreateGroup", func(c caller) (Group, []change, error) {
		changes, err := c.createGroups([]CreateGroupInput{in}, false)
		if err != nil {
			return Group{}, nil, err
		}
		g := &group{name: in.GroupName, description: in.Description, id: changes[0].ID}
		return c.d.group(changes[0].NS, g), changes, nil
	})
}

// CreateGroups adds all of the groups or none, as [View.CreateGroup] does. It
// reports every problem.
func (v View) CreateGroups(ctx context.Context, in []CreateGroupInput) error {
	return alter(ctx, v, "CreateGroups", func(c caller) ([]change, error) {
		return c.createGroups(in, true)
	})
}

func (c caller) createGroups(in []CreateGroupInput, list bool) (changes []change, err error) {
	seen := make(map[grantee]bool, len(in))
	added := make(map[string]int) // by namespace
	var problems []error
	fail := func(in CreateGroupInput, err error) {
		problems = append(problems, c.fail(KindGroup, in.GroupName, err))
	}
	for i, in := range in {
		if list {
			c.item = i + 1
		}
		sp, err := c.manage(in.Namespace)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		var k checker
		k.group(in)
		if err := k.err(); err != nil {
			fail(in, err)
			continue
		}
		who := grantee{KindGroup, sp.name, in.GroupName}
		if sp.groups.Has(in.GroupName) || seen[who] {
			fail(in, fmt.Errorf("%w in namespace %q", ErrExists, sp.name))
			continue
		}
		seen[who] = true
		added[sp.name]++
		if most := c.d.max.MaxGroups; most >= 0 && sp.groups.Len()+added[sp.name] > most {
			fail(in, fmt.Errorf("%w: %d groups in namespace %q", ErrLimitExceeded, most, sp.name))
		}
		changes = append(changes, change{Op: opGroup, NS: sp.name, Name: in.GroupName, Text: in.Description, ID: c.s.last + 1 + uint64(i)})
	}
	return changes, join(problems)
}

// DescribeGroup returns a group.
func (v View) DescribeGroup(ctx context.Context, namespace, name string) (Group, error) {
	return read(ctx, v, "DescribeGroup", func(c caller) (Group, error) {
		sp, g, err := c.group(c.space, namespace, name)
		if err != nil {
			return Group{}, err
		}
		return c.d.group(sp.name, g), nil
	})
}

// ListGroups returns the groups of a namespace by name.
func (v View) ListGroups(ctx context.Context, namespace string, page Page) (groups []Group, next string, err error) {
	return v.searchGroups(ctx, "ListGroups", namespace, "", page)
}

// SearchGroups returns the groups of a namespace whose names start with prefix,
// by name. The API has only this filter: GROUP_NAME StartsWith.
func (v View) SearchGroups(ctx context.Context, namespace, prefix string, page Page) (groups []Group, next string, err error) {
	return v.searchGroups(ctx, "SearchGroups", namespace, prefix, page)
}

func (v View) searchGroups(ctx context.Context, op, namespace, prefix string, page Page) (groups []Group, next string, err error) {
	p, err := read(ctx, v, op, func(c caller) (pageOf[Group], error) {
		sp, err := c.space(namespace)
		if err != nil {
			return pageOf[Group]{}, err
		}
		l := list[*group]{scope: sp.name + "\x00" + prefix, from: func(key string) iter.Seq[*group] {
			return func(yield func(*group) bool) {
				for g := range sp.groups.From(max(key, prefix)) {
					if !strings.HasPrefix(g.name, prefix) || !yield(g) {
						return
					}
				}
			}
		}}
		return readPage(c, page, l, func(g *group) Group { return c.d.group(sp.name, g) })
	})
	return p.items, p.next, err
}

// UpdateGroup changes the description of a group.
func (v View) UpdateGroup(ctx context.Context, namespace, name, description string) (Group, error) {
	return write(ctx, v, "UpdateGroup", func(c caller) (Group, []change, error) {
		sp, g, err := c.group(c.manage, namespace, name)
		if err != nil {
			return Group{}, nil, err
		}
		var k checker
		k.text("Description", description, 0, maxDescription)
		if err := k.err(); err != nil {
			return Group{}, nil, c.fail(KindGroup, name, err)
		}
		changed := &group{name: g.name, description: description, id: g.id}
		return c.d.group(sp.name, changed), []change{changed.change(sp.name)}, nil
	})
}

// DeleteGroup deletes a group with its memberships and permissions. Its members
// stay.
func (v View) DeleteGroup(ctx context.Context, namespace, name string) error {
	return alter(ctx, v, "DeleteGroup", func(c caller) ([]change, error) {
		sp, _, err := c.group(c.manage, namespace, name)
		if err != nil {
			return nil, err
		}
		return []change{{Op: opDeleteGroup, NS: sp.name, Name: name}}, nil
	})
}
