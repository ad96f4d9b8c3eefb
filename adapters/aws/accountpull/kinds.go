package accountpull

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/rowsight/rowsight/account"
)

// A kind is a kind of resources of which an account, or a namespace of it, has many.
type kind struct {
	of        account.Kind
	namespace string
	list      string // the operation
	member    string // of its answer
	id        string // member of an item that is its name
	as        string // member of a file that has the item
	described bool   // an operation describes each resource, and says more than the item

	// more adds the rest of a file; nil adds nothing.
	more func(ctx context.Context, file members, name string) error
}

// all reads everything.
func (p *pulling) all(ctx context.Context) error {
	spaces, err := p.resources(ctx, kind{of: account.Namespaces, list: "ListNamespaces", member: "Namespaces", id: "Name", as: "Namespace"})
	if err != nil && !errors.Is(err, errSkip) {
		return err
	}
	if spaces == nil {
		spaces = map[string]json.RawMessage{"default": nil}
	}
	var kinds []kind
	for ns := range spaces {
		kinds = append(kinds,
			kind{of: account.Users, namespace: ns, list: "ListUsers", member: "UserList", id: "UserName", as: "User"},
			kind{of: account.Groups, namespace: ns, list: "ListGroups", member: "GroupList", id: "GroupName", as: "Group", more: func(ctx context.Context, file members, name string) error {
				return p.with(ctx, file, "GroupMemberList", "ListGroupMemberships", "MemberName", "namespaces", ns, "groups", name, "members")
			}},
		)
	}
	kinds = append(kinds,
		kind{of: account.DataSources, list: "ListDataSources", member: "DataSources", id: "DataSourceId", as: "DataSource", more: p.permissions(account.DataSources, "DescribeDataSourcePermissions")},
		kind{of: account.DataSets, list: "ListDataSets", member: "DataSetSummaries", id: "DataSetId", as: "DataSetSummary", more: p.dataSet},
		kind{of: account.Dashboards, list: "ListDashboards", member: "DashboardSummaryList", id: "DashboardId", as: "Dashboard", described: true, more: p.permissions(account.Dashboards, "DescribeDashboardPermissions")},
		kind{of: account.Analyses, list: "ListAnalyses", member: "AnalysisSummaryList", id: "AnalysisId", as: "Analysis", described: true, more: p.permissions(account.Analyses, "DescribeAnalysisPermissions")},
		kind{of: account.Folders, list: "ListFolders", member: "FolderSummaryList", id: "FolderId", as: "Folder", described: true, more: p.folder},
	)
	for _, k := range kinds {
		if _, err := p.resources(ctx, k); err != nil && !errors.Is(err, errSkip) {
			return err
		}
	}
	return p.singles(ctx)
}

// resources reads the resources of a kind, and returns the items of its list; nil if the
// service does not have the operation.
func (p *pulling) resources(ctx context.Context, k kind) (map[string]json.RawMessage, error) {
	path := []string{string(k.of)}
	if k.namespace != "" {
		path = []string{"namespaces", k.namespace, string(k.of)}
	}
	all, names, ok, err := p.pages(ctx, k.list, k.member, k.id, path...)
	if err != nil || !ok {
		return nil, err
	}
	items := make(map[string]json.RawMessage)
	for i, item := range all {
		var state struct{ Status string }
		if k.described && json.Unmarshal(item, &state) == nil && state.Status == "DELETED" {
			continue // it can be restored, and nobody can open it
		}
		items[names[i]] = item
	}
	return items, p.each(ctx, k.of, k.namespace, items, func(ctx context.Context, name string, item json.RawMessage) (members, error) {
		file := members{k.as: item}
		if k.described {
			description, ok, err := p.describe(ctx, "Describe"+k.as, k.as, string(k.of), name)
			if err != nil {
				return nil, err
			}
			if ok {
				file[k.as] = description
			}
		}
		if k.more == nil {
			return file, nil
		}
		return file, k.more(ctx, file, name)
	})
}

// with adds the items of a list to the members of a file.
func (p *pulling) with(ctx context.Context, file members, member, operation, name string, segments ...string) error {
	items, _, ok, err := p.pages(ctx, operation, member, name, segments...)
	if err != nil || !ok {
		return err
	}
	if items == nil {
		items = []json.RawMessage{} // null would say that the list is unknown
	}
	file[member], err = json.Marshal(items)
	return err
}

// permissions returns how to add the answer of an operation that describes permissions.
// Those that the answer does not have are unknown.
func (p *pulling) permissions(of account.Kind, operation string) func(context.Context, members, string) error {
	return func(ctx context.Context, file members, name string) error {
		answer, _, err := p.ask(ctx, operation, nil, string(of), name, "permissions")
		if err == nil {
			file.take(answer, "Permissions", "LinkSharingConfiguration")
		}
		return err
	}
}

// take adds members of an answer, as far as it has them.
func (file members) take(answer members, names ...string) {
	for _, name := range names {
		if raw := answer[name]; raw != nil && string(raw) != "null" {
			file[name] = raw
		}
	}
}

func (p *pulling) dataSet(ctx context.Context, file members, id string) error {
	description, ok, err := p.describe(ctx, "DescribeDataSet", "DataSet", "data-sets", id)
	var api *apiError
	switch {
	case errors.As(err, &api) && api.code == "InvalidParameterValueException":
		// An uploaded file: the API lists it and does not describe it.
	case err != nil:
		return err
	case ok:
		delete(file, "DataSetSummary")
		file["DataSet"] = description
	}
	return p.permissions(account.DataSets, "DescribeDataSetPermissions")(ctx, file, id)
}

func (p *pulling) folder(ctx context.Context, file members, id string) error {
	// The resolved permissions include those of the folders around it. They come in
	// pages, and the principal is in the place of a name.
	err := p.with(ctx, file, "Permissions", "DescribeFolderResolvedPermissions", "Principal", "folders", id, "resolved-permissions")
	if err != nil {
		return err
	}
	return p.with(ctx, file, "FolderMemberList", "ListFolderMembers", "MemberArn", "folders", id, "members")
}

// singles reads what an account has one of.
func (p *pulling) singles(ctx context.Context) error {
	for _, one := range []struct {
		kind      account.Kind
		operation string
		segment   string
		keep      []string
	}{
		{account.KeyRegistration, "DescribeKeyRegistration", "key-registration", []string{"KeyRegistration"}},
		{account.AccountSettings, "DescribeAccountSettings", "settings", []string{"AccountSettings"}},
		{account.IPRestriction, "DescribeIpRestriction", "ip-restriction", []string{"Enabled", "IpRestrictionRuleMap", "VpcIdRestrictionRuleMap", "VpcEndpointIdRestrictionRuleMap"}},
	} {
		answer, ok, err := p.ask(ctx, one.operation, nil, one.segment)
		if errors.Is(err, errSkip) {
			continue
		}
		if err != nil {
			return err
		}
		file := make(members)
		file.take(answer, one.keep...)
		if ok && len(file) > 0 {
			if err := p.put(account.Resource{Kind: one.kind}, file); err != nil {
				return err
			}
		}
	}
	return nil
}
