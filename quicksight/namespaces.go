package quicksight

import (
	"github.com/rowsight/rowsight/namespace"
)

type namespaceInput struct {
	Namespace     string
	IdentityStore string
	Tags          []resourceTag
	page
}

func (in *namespaceInput) resource(s *Service) string {
	return s.arn(namespace.KindNamespace, in.Namespace)
}

// createNamespace creates a namespace, which is ready at once. The API answers
// that it is being created; a client waits for CREATED.
func createNamespace(c *call, in *namespaceInput) (any, error) {
	if err := checkTags(in.Tags); err != nil {
		return nil, err
	}
	n, err := c.s.admin.CreateNamespace(c.ctx(), in.Namespace)
	if err != nil {
		return nil, err
	}
	if err := c.s.newTags(c.ctx(), n.Arn.String(), in.Tags); err != nil {
		return nil, err
	}
	return n, nil
}

func describeNamespace(c *call, in *namespaceInput) (any, error) {
	n, err := c.s.admin.DescribeNamespace(c.ctx(), in.Namespace)
	return struct{ Namespace namespace.NamespaceInfo }{n}, err
}

func listNamespaces(c *call, in *namespaceInput) (any, error) {
	return listed(c, in.page, "Namespaces", func(p namespace.Page) ([]namespace.NamespaceInfo, string, error) {
		return c.s.admin.ListNamespaces(c.ctx(), p)
	})
}

func deleteNamespace(c *call, in *namespaceInput) (any, error) {
	err := c.s.admin.DeleteNamespace(c.ctx(), in.Namespace)
	if err == nil {
		err = c.s.forgetTags(c.ctx(), in.resource(c.s))
	}
	return struct{}{}, err
}
