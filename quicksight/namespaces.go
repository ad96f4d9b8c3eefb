package quicksight

import (
	"github.com/rowsight/rowsight/namespace"
)

// A namespaceInfo is a namespace as the API describes it.
type namespaceInfo struct {
	Name           string
	Arn            string
	CapacityRegion string
	CreationStatus string
	IdentityStore  string
}

func namespaceOf(n namespace.NamespaceInfo) namespaceInfo {
	return namespaceInfo{n.Name, n.Arn.String(), n.CapacityRegion, string(n.CreationStatus), n.IdentityStore}
}

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
func createNamespace(c *call, in *namespaceInput) (int, any, error) {
	if err := checkTags(in.Tags); err != nil {
		return 0, nil, err
	}
	n, err := c.s.admin.CreateNamespace(c.ctx(), in.Namespace)
	if err != nil {
		return 0, nil, err
	}
	if err := c.s.newTags(c.ctx(), n.Arn.String(), in.Tags); err != nil {
		return 0, nil, err
	}
	return 202, namespaceOf(n), nil
}

func describeNamespace(c *call, in *namespaceInput) (int, any, error) {
	n, err := c.s.admin.DescribeNamespace(c.ctx(), in.Namespace)
	return 200, struct{ Namespace namespaceInfo }{namespaceOf(n)}, err
}

func listNamespaces(c *call, in *namespaceInput) (int, any, error) {
	return listed(c, in.page, "Namespaces", func(p namespace.Page) ([]namespace.NamespaceInfo, string, error) {
		return c.s.admin.ListNamespaces(c.ctx(), p)
	}, namespaceOf)
}

func deleteNamespace(c *call, in *namespaceInput) (int, any, error) {
	err := c.s.admin.DeleteNamespace(c.ctx(), in.Namespace)
	if err == nil {
		err = c.s.forgetTags(c.ctx(), in.resource(c.s))
	}
	return 202, struct{}{}, err
}
