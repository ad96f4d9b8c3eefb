package accountpull

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/rowsight/rowsight/account"
)

// all reads everything.
func (p *pulling) all(ctx context.Context) error {
	spaces, ok, err := p.list(ctx, "ListNamespaces", "Namespaces", "Name", "namespaces")
	if err != nil && !errors.Is(err, errSkip) {
		return err
	}
	if ok {
		err = p.each(ctx, account.Namespaces, "", spaces, func(_ context.Context, _ string, item json.RawMessage) (members, bool, error) {
			return members{"Namespace": item}, true, nil
		})
		if err != nil {
			return err
		}
	} else {
		spaces = map[string]json.RawMessage{"default": nil}
	}
	for name := range spaces {
		if err := p.people(ctx, name); err != nil && !errors.Is(err, errSkip) {
			return err
		}
	}
	for _, read := range []func(context.Context) error{p.dataSources, p.dataSets, p.dashboards, p.analyses, p.folders, p.singles} {
		if err := read(ctx); err != nil && !errors.Is(err, errSkip) {
			return err
		}
	}
	return nil
}

// people reads the users and groups of a namespace.
func (p *pulling) people(ctx context.Context, ns string) error {
	users, ok, err := p.list(ctx, "ListUsers", "UserList", "UserName", "namespaces", ns, "users")
	if err == nil && ok {
		err = p.each(ctx, account.Users, ns, users, func(_ context.Context, _ string, item json.RawMessage) (members, bool, error) {
			return members{"User": item}, true, nil
		})
	}
	if err != nil && !errors.Is(err, errSkip) {
		return err
	}
	groups, ok, err := p.list(ctx, "ListGroups", "GroupList", "GroupName", "namespaces", ns, "groups")
	if err != nil || !ok {
		return err
	}
	return p.each(ctx, account.Groups, ns, groups, func(ctx context.Context, name string, item json.RawMessage) (members, bool, error) {
		return p.with(ctx, members{"Group": item}, "GroupMemberList", "ListGroupMemberships", "MemberName", "namespaces", ns, "groups", name, "members")
	})
}

// with adds the items of a list to the members of a file.
func (p *pulling) with(ctx context.Context, file members, member, operation, name string, segments ...string) (members, bool, error) {
	items, _, ok, err := p.pages(ctx, operation, member, name, segments...)
	if err != nil {
		return nil, false, err
	}
	if ok {
		if items == nil {
			items = []json.RawMessage{} // null would say that the list is unknown
		}
		if file[member], err = json.Marshal(items); err != nil {
			return nil, false, err
		}
	}
	return file, true, nil
}

// permissions adds the answer of an operation that describes permissions. Those
// that the answer does not have are unknown.
func (p *pulling) permissions(ctx context.Context, file members, operation string, segments ...string) (members, bool, error) {
	answer, ok, err := p.ask(ctx, operation, nil, segments...)
	if err != nil {
		return nil, false, err
	}
	if ok {
		for _, name := range []string{"Permissions", "LinkSharingConfiguration"} {
			if raw := answer[name]; raw != nil && string(raw) != "null" {
				file[name] = raw
			}
		}
	}
	return file, true, nil
}

func (p *pulling) dataSources(ctx context.Context) error {
	items, ok, err := p.list(ctx, "ListDataSources", "DataSources", "DataSourceId", "data-sources")
	if err != nil || !ok {
		return err
	}
	return p.each(ctx, account.DataSources, "", items, func(ctx context.Context, id string, item json.RawMessage) (members, bool, error) {
		return p.permissions(ctx, members{"DataSource": item}, "DescribeDataSourcePermissions", "data-sources", id, "permissions")
	})
}

func (p *pulling) dataSets(ctx context.Context) error {
	items, ok, err := p.list(ctx, "ListDataSets", "DataSetSummaries", "DataSetId", "data-sets")
	if err != nil || !ok {
		return err
	}
	return p.each(ctx, account.DataSets, "", items, func(ctx context.Context, id string, item json.RawMessage) (members, bool, error) {
		file := members{"DataSetSummary": item}
		description, ok, err := p.describe(ctx, "DescribeDataSet", "DataSet", "data-sets", id)
		var api *apiError
		switch {
		case errors.As(err, &api) && api.code == "InvalidParameterValueException":
			// An uploaded file: the API lists it and does not describe it.
		case err != nil:
			return nil, false, err
		case ok:
			file = members{"DataSet": description}
		}
		return p.permissions(ctx, file, "DescribeDataSetPermissions", "data-sets", id, "permissions")
	})
}

// described reads a kind of which each resource has a description and
// permissions.
func (p *pulling) described(ctx context.Context, kind account.Kind, list, member, id, describe, as string) error {
	items, ok, err := p.list(ctx, list, member, id, string(kind))
	if err != nil || !ok {
		return err
	}
	for name, item := range items {
		var status struct{ Status string }
		if json.Unmarshal(item, &status) == nil && status.Status == "DELETED" { // it can be restored, and nobody can open it
			delete(items, name)
		}
	}
	return p.each(ctx, kind, "", items, func(ctx context.Context, name string, item json.RawMessage) (members, bool, error) {
		description, ok, err := p.describe(ctx, describe, as, string(kind), name)
		if err != nil {
			return nil, false, err
		}
		file := members{as: item}
		if ok {
			file[as] = description
		}
		return p.permissions(ctx, file, describe+"Permissions", string(kind), name, "permissions")
	})
}

func (p *pulling) dashboards(ctx context.Context) error {
	return p.described(ctx, account.Dashboards, "ListDashboards", "DashboardSummaryList", "DashboardId", "DescribeDashboard", "Dashboard")
}

func (p *pulling) analyses(ctx context.Context) error {
	return p.described(ctx, account.Analyses, "ListAnalyses", "AnalysisSummaryList", "AnalysisId", "DescribeAnalysis", "Analysis")
}

func (p *pulling) folders(ctx context.Context) error {
	items, ok, err := p.list(ctx, "ListFolders", "FolderSummaryList", "FolderId", "folders")
	if err != nil || !ok {
		return err
	}
	return p.each(ctx, account.Folders, "", items, func(ctx context.Context, id string, item json.RawMessage) (members, bool, error) {
		file := members{"Folder": item}
		description, ok, err := p.describe(ctx, "DescribeFolder", "Folder", "folders", id)
		if err != nil {
			return nil, false, err
		}
		if ok {
			file["Folder"] = description
		}
		// The resolved ones include those of the folders around it. They come in
		// pages, and the principal is in the place of a name.
		if file, _, err = p.with(ctx, file, "Permissions", "DescribeFolderResolvedPermissions", "Principal", "folders", id, "resolved-permissions"); err != nil {
			return nil, false, err
		}
		return p.with(ctx, file, "FolderMemberList", "ListFolderMembers", "MemberArn", "folders", id, "members")
	})
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
		for _, name := range one.keep {
			if raw := answer[name]; raw != nil && string(raw) != "null" {
				file[name] = raw
			}
		}
		if ok && len(file) > 0 {
			if err := p.put(account.Resource{Kind: one.kind}, file); err != nil {
				return err
			}
		}
	}
	return nil
}
