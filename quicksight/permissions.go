package quicksight

import (
	"context"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/namespace"
)

// A permission is what a request says of a principal and of its actions on an asset.
type permission struct {
	Principal string
	Actions   []string
}

// linkOf returns what answers say about the link of a dashboard: nil if it is not
// shared, because the list of the API has at least one element.
func (c *call) linkOf(id string) (any, error) {
	all, err := c.s.admin.DescribeDashboardLinkPermissions(c.ctx(), id)
	if len(all) == 0 || err != nil {
		return nil, err
	}
	return map[string]any{"Permissions": all}, nil
}

// parsePermissions reads principals as ARNs.
func parsePermissions(field string, all []permission) ([]namespace.ResourcePermission, error) {
	var out []namespace.ResourcePermission
	for i, p := range all {
		arn, err := namespace.ParseARN(p.Principal)
		switch {
		case strings.HasSuffix(p.Principal, ":quicksight:::publicAnonymousUser/*"):
			return nil, refuse(invalidParameter, "%s[%d].Principal: sharing with everybody on the internet is not supported", field, i)
		case err != nil:
			return nil, refuse(invalidParameter, "%s[%d].Principal: not the ARN of a user, group or namespace", field, i)
		}
		out = append(out, namespace.ResourcePermission{Principal: arn, Actions: p.Actions})
	}
	return out, nil
}

// An assetKind is a kind of asset with its calls in the directory.
type assetKind struct {
	kind     namespace.Kind
	api      string // as in the names of actions
	records  string // kind of the records; "" for data sources, which a catalog has
	get      func(context.Context, string) (namespace.Asset, error)
	create   func(context.Context, namespace.CreateAssetInput) (namespace.Asset, error)
	remove   func(context.Context, string) error
	describe func(context.Context, string) ([]namespace.ResourcePermission, error)
	update   func(context.Context, string, namespace.UpdatePermissionsInput) ([]namespace.ResourcePermission, error)
	list     func(context.Context, namespace.Page) ([]namespace.Asset, string, error)
}

// kinds returns the kinds of assets, in the order in which one is built on the other.
func (s *Service) kinds() []assetKind {
	v := s.admin
	return []assetKind{
		{namespace.KindDataSource, "DataSource", "", v.DescribeDataSource, v.CreateDataSource, v.DeleteDataSource, v.DescribeDataSourcePermissions, v.UpdateDataSourcePermissions, v.ListDataSources},
		{namespace.KindDataset, "DataSet", kindDataSet, v.DescribeDataSet, v.CreateDataSet, v.DeleteDataSet, v.DescribeDataSetPermissions, v.UpdateDataSetPermissions, v.ListDataSets},
		{namespace.KindDashboard, "Dashboard", kindDashboard, v.DescribeDashboard, v.CreateDashboard, v.DeleteDashboard, v.DescribeDashboardPermissions, v.UpdateDashboardPermissions, v.ListDashboards},
		{namespace.KindAnalysis, "Analysis", kindAnalysis, v.DescribeAnalysis, v.CreateAnalysis, v.DeleteAnalysis, v.DescribeAnalysisPermissions, v.UpdateAnalysisPermissions, v.ListAnalyses},
		{namespace.KindFolder, "Folder", kindFolder, v.DescribeFolder, v.CreateFolder, v.DeleteFolder, v.DescribeFolderPermissions, v.UpdateFolderPermissions, v.ListFolders},
	}
}

// kind returns one of the kinds of assets.
func (s *Service) kind(of namespace.Kind) assetKind {
	kinds := s.kinds()
	return kinds[slices.IndexFunc(kinds, func(k assetKind) bool { return k.kind == of })]
}

type permissionsInput struct {
	DataSourceId, DataSetId, DashboardId, AnalysisId, FolderId string

	GrantPermissions, RevokePermissions         []permission
	GrantLinkPermissions, RevokeLinkPermissions []permission
}

func (in *permissionsInput) id() string {
	return in.DataSourceId + in.DataSetId + in.DashboardId + in.AnalysisId + in.FolderId // one of them is there
}

// arnField is what answers about permissions call the ARN.
func (k assetKind) arnField() string {
	if k.kind == namespace.KindFolder {
		return "Arn"
	}
	return k.api + "Arn"
}

// permissionOperations returns the two operations of a kind of asset.
func (s *Service) permissionOperations(k assetKind) (describe, update operation) {
	resource := func(in *permissionsInput, s *Service) string { return s.arn(k.kind, in.id()) }
	answer := func(c *call, in *permissionsInput, all []namespace.ResourcePermission, withList bool) (map[string]any, error) {
		out := map[string]any{k.arnField(): s.arn(k.kind, in.id()), k.api + "Id": in.id()}
		if withList {
			out["Permissions"] = append([]namespace.ResourcePermission{}, all...) // a list, also without one
		}
		if k.kind != namespace.KindDashboard {
			return out, nil
		}
		link, err := c.linkOf(in.id())
		if link != nil {
			out["LinkSharingConfiguration"] = link
		}
		return out, err
	}
	describe = serveOn(resource, func(c *call, in *permissionsInput) (any, error) {
		all, err := k.describe(c.ctx(), in.id())
		if err != nil {
			return nil, err
		}
		out, err := answer(c, in, all, true)
		return out, err
	})
	update = serveOn(resource, func(c *call, in *permissionsInput) (any, error) {
		var change namespace.UpdatePermissionsInput
		for _, list := range []struct {
			name string
			from []permission
			to   *[]namespace.ResourcePermission
		}{
			{"GrantPermissions", in.GrantPermissions, &change.GrantPermissions}, {"RevokePermissions", in.RevokePermissions, &change.RevokePermissions},
			{"GrantLinkPermissions", in.GrantLinkPermissions, &change.GrantLinkPermissions}, {"RevokeLinkPermissions", in.RevokeLinkPermissions, &change.RevokeLinkPermissions},
		} {
			parsed, err := parsePermissions(list.name, list.from)
			if err != nil {
				return nil, err
			}
			*list.to = parsed
		}
		all, err := k.update(c.ctx(), in.id(), change)
		if err != nil {
			return nil, err
		}
		// The API tells the result for these only.
		out, err := answer(c, in, all, k.kind == namespace.KindDashboard || k.kind == namespace.KindAnalysis || k.kind == namespace.KindFolder)
		if k.kind == namespace.KindFolder {
			out["Status"] = 200 // which this answer has in its body
		}
		return out, err
	})
	return describe, update
}

// matches reports whether an asset is found by every filter of a search.
func (c *call) matches(k assetKind, id, name string, filters []filter) (bool, error) {
	for _, f := range filters {
		ok, err := c.match(k, id, name, f)
		if !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

func (c *call) match(k assetKind, id, name string, f filter) (bool, error) {
	if strings.HasSuffix(f.Name, "_NAME") {
		if f.Operator == "StringLike" {
			return strings.Contains(strings.ToLower(name), strings.ToLower(f.Value)), nil
		}
		return name == f.Value, nil
	}
	if f.Operator != "StringEquals" {
		return false, refuse(invalidParameter, "Filters: %s wants StringEquals", f.Name)
	}
	who, err := namespace.ParseARN(f.Value)
	if err != nil {
		return false, refuse(invalidParameter, "Filters: %s wants the ARN of a user or group", f.Name)
	}
	asset := c.s.directory.ARN(k.kind, "", id)
	action := "quicksight:Update" + k.api
	if strings.HasSuffix(f.Name, "VIEWER_OR_OWNER") {
		action = "quicksight:Describe" + k.api
	}
	if !strings.HasPrefix(f.Name, "DIRECT_") {
		return c.s.directory.Allows(c.ctx(), who, action, asset)
	}
	all, err := k.describe(c.ctx(), id)
	if err != nil {
		return false, err
	}
	direct, owners := false, 0
	for _, p := range all {
		for _, a := range p.Actions {
			if a == "quicksight:Update"+k.api {
				owners++
			}
			direct = direct || a == action && p.Principal.Same(who)
		}
	}
	return direct && (f.Name != "DIRECT_QUICKSIGHT_SOLE_OWNER" || owners == 1), nil
}
