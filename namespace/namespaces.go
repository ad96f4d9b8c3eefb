package namespace

import (
	"context"
	"fmt"
	"iter"
)

// A NamespaceStatus is the state of a namespace.
type NamespaceStatus string

// StatusCreated is the status of a namespace that is ready to use. QuickSight
// creates namespaces in the background and has more statuses. Here a namespace
// is ready when [View.CreateNamespace] returns, so this is the only status.
const StatusCreated NamespaceStatus = "CREATED"

// A NamespaceInfo describes a namespace, as the API object NamespaceInfoV2.
type NamespaceInfo struct {
	Arn            ARN
	Name           string
	CapacityRegion string
	CreationStatus NamespaceStatus
	IdentityStore  string // QUICKSIGHT
}

func (d *Directory) namespace(sp *space) NamespaceInfo {
	return NamespaceInfo{d.ARN(KindNamespace, "", sp.name), sp.name, d.arn.Region, StatusCreated, string(IdentityQuickSight)}
}

// CreateNamespace creates a namespace, which is ready when it returns. It is for
// the administrator.
func (v View) CreateNamespace(ctx context.Context, name string) (NamespaceInfo, error) {
	return write(ctx, v, "CreateNamespace", func(c caller) (info NamespaceInfo, changes []change, err error) {
		if !c.admin {
			return info, nil, c.deny(KindNamespace, name)
		}
		if err := CheckNamespace(name); err != nil {
			return info, nil, c.fail(KindNamespace, name, fmt.Errorf("%w: %w", ErrInvalidParameterValue, err))
		}
		if c.s.spaces.Has(name) {
			return info, nil, c.fail(KindNamespace, name, ErrExists)
		}
		if most := c.d.max.MaxNamespaces; most >= 0 && c.s.spaces.Len() > most { // default does not count
			return info, nil, c.fail(KindNamespace, name, fmt.Errorf("%w: %d namespaces besides %s", ErrLimitExceeded, most, Default))
		}
		return c.d.namespace(&space{name: name}), []change{{Op: opNamespace, Name: name, ID: c.s.last + 1}}, nil
	})
}

// DescribeNamespace returns a namespace. Users can describe only their own
// namespace.
func (v View) DescribeNamespace(ctx context.Context, name string) (NamespaceInfo, error) {
	return read(ctx, v, "DescribeNamespace", func(c caller) (NamespaceInfo, error) {
		sp, err := c.spaceIf(name, true)
		if err != nil {
			return NamespaceInfo{}, err
		}
		return c.d.namespace(sp), nil
	})
}

// ListNamespaces returns the namespaces, sorted by name. Users see only their
// own namespace.
func (v View) ListNamespaces(ctx context.Context, page Page) (namespaces []NamespaceInfo, next string, err error) {
	p, err := read(ctx, v, "ListNamespaces", func(c caller) (pageOf[NamespaceInfo], error) {
		l := list[*space]{from: c.s.spaces.From}
		if !c.admin {
			own, _ := c.s.spaces.Get(c.who.ns)
			l.from = func(key string) iter.Seq[*space] {
				return func(yield func(*space) bool) {
					if own != nil && own.name >= key {
						yield(own)
					}
				}
			}
		}
		return readPage(c, page, l, c.d.namespace)
	})
	return p.items, p.next, err
}

// DeleteNamespace deletes a namespace with its users and groups and all their
// permissions. Assets stay (N2). The namespace [Default] cannot be deleted. It
// is for the administrator.
func (v View) DeleteNamespace(ctx context.Context, name string) error {
	return alter(ctx, v, "DeleteNamespace", func(c caller) ([]change, error) {
		switch {
		case !c.admin:
			return nil, c.deny(KindNamespace, orDefault(name))
		case orDefault(name) == Default:
			return nil, c.fail(KindNamespace, Default, fmt.Errorf("%w: it cannot be deleted", ErrPreconditionNotMet))
		case !c.s.spaces.Has(name):
			return nil, c.fail(KindNamespace, name, ErrNotFound)
		}
		return []change{{Op: opDeleteNamespace, Name: name}}, nil
	})
}
