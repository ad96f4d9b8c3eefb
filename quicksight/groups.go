package quicksight

import (
	"github.com/rowsight/rowsight/namespace"
)

type filter struct{ Operator, Name, Value string }

type groupInput struct {
	Namespace   string
	GroupName   string
	Description string
	MemberName  string
	Filters     []filter
	page
}

func (in *groupInput) resource(s *Service) string {
	return s.arnIn(namespace.KindGroup, in.Namespace, in.GroupName)
}

func createGroup(c *call, in *groupInput) (any, error) {
	g, err := c.s.admin.CreateGroup(c.ctx(), namespace.CreateGroupInput{Namespace: in.Namespace, GroupName: in.GroupName, Description: in.Description})
	return struct{ Group namespace.Group }{g}, err
}

func describeGroup(c *call, in *groupInput) (any, error) {
	g, err := c.s.admin.DescribeGroup(c.ctx(), in.Namespace, in.GroupName)
	return struct{ Group namespace.Group }{g}, err
}

func updateGroup(c *call, in *groupInput) (any, error) {
	g, err := c.s.admin.UpdateGroup(c.ctx(), in.Namespace, in.GroupName, in.Description)
	return struct{ Group namespace.Group }{g}, err
}

func deleteGroup(c *call, in *groupInput) (any, error) {
	err := c.s.admin.DeleteGroup(c.ctx(), in.Namespace, in.GroupName)
	if err == nil {
		err = c.s.forgetTags(c.ctx(), in.resource(c.s))
	}
	return struct{}{}, err
}

func listGroups(c *call, in *groupInput) (any, error) {
	return listed(c, in.page, "GroupList", func(p namespace.Page) ([]namespace.Group, string, error) {
		return c.s.admin.ListGroups(c.ctx(), in.Namespace, p)
	})
}

// searchGroups knows the one filter that the API has: names that start with a
// text.
func searchGroups(c *call, in *groupInput) (any, error) {
	if len(in.Filters) != 1 {
		return nil, refuse(invalidParameter, "Filters: got %d, want exactly one", len(in.Filters))
	}
	return listed(c, in.page, "GroupList", func(p namespace.Page) ([]namespace.Group, string, error) {
		return c.s.admin.SearchGroups(c.ctx(), in.Namespace, in.Filters[0].Value, p)
	})
}

func createGroupMembership(c *call, in *groupInput) (any, error) {
	m, err := c.s.admin.CreateGroupMembership(c.ctx(), in.Namespace, in.GroupName, in.MemberName)
	return struct{ GroupMember namespace.GroupMember }{m}, err
}

func describeGroupMembership(c *call, in *groupInput) (any, error) {
	m, err := c.s.admin.DescribeGroupMembership(c.ctx(), in.Namespace, in.GroupName, in.MemberName)
	return struct{ GroupMember namespace.GroupMember }{m}, err
}

func deleteGroupMembership(c *call, in *groupInput) (any, error) {
	return struct{}{}, c.s.admin.DeleteGroupMembership(c.ctx(), in.Namespace, in.GroupName, in.MemberName)
}

func listGroupMemberships(c *call, in *groupInput) (any, error) {
	return listed(c, in.page, "GroupMemberList", func(p namespace.Page) ([]namespace.GroupMember, string, error) {
		return c.s.admin.ListGroupMemberships(c.ctx(), in.Namespace, in.GroupName, p)
	})
}
