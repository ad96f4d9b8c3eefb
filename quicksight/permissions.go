package quicksight

import (
	"context"
	"strings"

	"github.com/rowsight/rowsight/namespace"
)

// A permission allows a principal some actions on an asset.
type permission struct {
	Principal string
	Actions   []string
}

func permissionsOf(all []namespace.ResourcePermission) []permission {
	out := []permission{}
	for _, p := range all {
		out = append(out, permission{p.Principal.String(), p.Actions})
	}
	return out
}

// linkOf returns what answers say about the link of a dashboard: nil if it is not
// shared, because the list of the API has at least one element.
func (c *call) linkOf(id string) (any, error) {
	all, err := c.s.admin.DescribeDashboardLinkPermissions(c.ctx(), id)
	if len(all) == 0 || err != nil {
		return nil, err
	}
	return map[string]any{"Permissions": permissionsOf(all)}, nil
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
	create   func(context.Context, namespace.CreateAssetInput) (namespace.Asset, error)
	remove   func(context.Context, string) error
	describe func(context.Context, string) ([]namespace.ResourcePermission, error)
	update   func(context.Context, string, namespace.UpdatePermissionsInput) ([]namespace.ResourcePermission, error)
	list     func(context.Context, namespace.Page) ([]namespace.Asset, string, error)
}

func (s *Service) dataSources() assetKind {
	v := s.admin
	return assetKind{namespace.KindDataSource, "DataSource", v.CreateDataSource, v.DeleteDataSource, v.DescribeDataSourcePermissions, v.UpdateDataSourcePermissions, v.ListDataSources}
}

func (s *Service) dataSets() assetKind {
	v := s.admin
	return assetKind{namespace.KindDataset, "DataSet", v.CreateDataSet, v.DeleteDataSet, v.DescribeDataSetPermissions, v.UpdateDataSetPermissions, v.ListDataSets}
}

func (s *Service) dashboards() assetKind {
	v := s.admin
	return assetKind{namespace.KindDashboard, "Dashboard", v.CreateDashboard, v.DeleteDashboard, v.DescribeDashboardPermissions, v.UpdateDashboardPermissions, v.ListDashboards}
}

func (s *Service) analyses() assetKind {
	v := s.admin
	return assetKind{namespace.KindAnalysis, "Analysis", v.CreateAnalysis, v.DeleteAnalysis, v.DescribeAnalysisPermissions, v.UpdateAnalysisPermissions, v.ListAnalyses}
}

func (s *Service) folders() assetKind {
	v := s.admin
	return assetKind{namespace.KindFolder, "Folder", v.CreateFolder, v.DeleteFolder, v.DescribeFolderPermissions, v.UpdateFolderPermissions, v.ListFolders}
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
	resource := func(s *Service, in *permissionsInput) string { return s.arn(k.kind, in.id()) }
	answer := func(c *call, in *permissionsInput, all []namespace.ResourcePermission, withList bool) (map[string]any, error) {
		out := map[string]any{k.arnField(): s.arn(k.kind, in.id()), k.api + "Id": in.id()}
		if withList {
			out["Permissions"] = permissionsOf(all)
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
	describe = serve(resource, func(c *call, in *permissionsInput) (int, any, error) {
		all, err := k.describe(c.ctx(), in.id())
		if err != nil {
			return 0, nil, err
		}
		out, err := answer(c, in, all, true)
		return 200, out, err
	})
	update = serve(resource, func(c *call, in *permissionsInput) (int, any, error) {
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
				return 0, nil, err
			}
			*list.to = parsed
		}
		all, err := k.update(c.ctx(), in.id(), change)
		if err != nil {
			return 0, nil, err
		}
		// The API tells the result for these only.
		out, err := answer(c, in, all, k.kind == namespace.KindDashboard || k.kind == namespace.KindAnalysis || k.kind == namespace.KindFolder)
		if k.kind == namespace.KindFolder {
			out["Status"] = 200 // which this answer has in its body
		}
		return 200, out, err
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
