package migrate

import (
	"context"
	"iter"
	"slices"

	"github.com/rowsight/rowsight/namespace"
)

// An assetKind has the methods of one kind of asset.
type assetKind struct {
	list     func(namespace.View, context.Context, namespace.Page) ([]namespace.Asset, string, error)
	describe func(namespace.View, context.Context, string) ([]namespace.ResourcePermission, error)
	update   func(namespace.View, context.Context, string, namespace.UpdatePermissionsInput) ([]namespace.ResourcePermission, error)
}

var assetKinds = map[namespace.Kind]assetKind{
	namespace.KindDataSource: {namespace.View.ListDataSources, namespace.View.DescribeDataSourcePermissions, namespace.View.UpdateDataSourcePermissions},
	namespace.KindDataset:    {namespace.View.ListDataSets, namespace.View.DescribeDataSetPermissions, namespace.View.UpdateDataSetPermissions},
	namespace.KindAnalysis:   {namespace.View.ListAnalyses, namespace.View.DescribeAnalysisPermissions, namespace.View.UpdateAnalysisPermissions},
	namespace.KindDashboard:  {namespace.View.ListDashboards, namespace.View.DescribeDashboardPermissions, namespace.View.UpdateDashboardPermissions},
	namespace.KindFolder:     {namespace.View.ListFolders, namespace.View.DescribeFolderPermissions, namespace.View.UpdateFolderPermissions},
}

// links returns the permissions of the link of an asset, which dashboards have.
func links(ctx context.Context, v namespace.View, a namespace.Asset) ([]namespace.ResourcePermission, error) {
	if a.Arn.Kind != namespace.KindDashboard {
		return nil, nil
	}
	return v.DescribeDashboardLinkPermissions(ctx, a.Id)
}

// kinds is the order in which assets are gone through.
var kinds = [...]namespace.Kind{namespace.KindDataSource, namespace.KindDataset, namespace.KindAnalysis, namespace.KindDashboard, namespace.KindFolder}

// share is how many principals one call may grant to, for every kind.
const share = 64

// assets walks over all assets with their permissions.
func assets(ctx context.Context, v namespace.View) iter.Seq2[permitted, error] {
	return func(yield func(permitted, error) bool) {
		for _, kind := range kinds {
			k := assetKinds[kind]
			for a, err := range namespace.All(func(p namespace.Page) ([]namespace.Asset, string, error) { return k.list(v, ctx, p) }) {
				var grants, link []namespace.ResourcePermission
				if err == nil {
					grants, err = k.describe(v, ctx, a.Id)
				}
				if err == nil {
					link, err = links(ctx, v, a)
				}
				if !yield(newPermitted(a.Arn, grants, link), err) || err != nil {
					return
				}
			}
		}
	}
}

// A permitted is an asset with who may do what to it.
type permitted struct {
	arn     namespace.ARN
	grants  []namespace.ResourcePermission
	links   []namespace.ResourcePermission // of a dashboard: what its link gives the users of namespaces
	actions map[namespace.ARN][]string     // by principal, without Region
}

func newPermitted(arn namespace.ARN, grants, links []namespace.ResourcePermission) permitted {
	p := permitted{arn, grants, links, make(map[namespace.ARN][]string, len(grants))}
	for _, g := range slices.Concat(grants, links) {
		who := anywhere(g.Principal)
		p.actions[who] = slices.Concat(p.actions[who], g.Actions)
	}
	return p
}

// anywhere returns an ARN without its Region, which does not count (N1).
func anywhere(a namespace.ARN) namespace.ARN {
	a.Region = ""
	return a
}

// may returns the actions that these principals may do together.
func (p permitted) may(by []namespace.ARN) map[string]bool {
	all := make(map[string]bool)
	for _, b := range by {
		for _, action := range p.actions[anywhere(b)] {
			all[action] = true
		}
	}
	return all
}

// namespaceOf returns the ARN of the namespace a user or group is in.
func namespaceOf(a namespace.ARN) namespace.ARN {
	a.Kind, a.Name, a.Namespace = namespace.KindNamespace, a.Namespace, ""
	return a
}
