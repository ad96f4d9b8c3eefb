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
		err = p.each(ctx, account.Namespaces, "", spaces, func(_ context.Context, _ string, item json.RawMessage) (members, error) {
			return members{"Namespace": item}, nil
		})
		if err != nil {
			return err
		}
	} else {
		spaces = map[string]json.RawMessage{"default": nil}
	}
	reads := make([]func(context.Context) error, 0, 2*len(spaces)+6)
	for ns := range spaces {
		reads = append(reads,
			func(ctx context.Context) error { return p.users(ctx, ns) },
			func(ctx context.Context) error { return p.groups(ctx, ns) },
		)
	}
	reads = append(reads, p.dataSources, p.dataSets, p.dashboards, p.analyses, p.folders, p.singles)
	for _, read := range reads {
		if err := read(ctx); err != nil && !errors.Is(err, errSkip) {
			return err
		}
	}
	return nil
}

func (p *pulling) users(ctx context.Context, ns string) error {
	items, ok, err := p.list(ctx, "ListUsers", "UserList", "UserName", "namespaces", ns, "users")
	if err != nil || !ok {
		return err
	}
	return p.each(ctx, account.Users, ns, items, func(_ context.Context, _ string, item json.RawMessage) (members, error) {
		return members{"User": item}, nil
	})
}

func (p *pulling) groups(ctx context.Context, ns string) error {
	items, ok, err := p.list(ctx, "ListGroups", "GroupList", "GroupName", "namespaces", ns, "groups")
	if err != nil || !ok {
		return err
	}
	return p.each(ctx, account.Groups, ns, items, func(ctx context.Context, name string, item json.RawMessage) (members, error) {
		file := members{"Group": item}
		return file, p.with(ctx, file, "GroupMemberList", "ListGroupMemberships", "MemberName", "namespaces", ns, "groups", name, "members")
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

// permissions adds the answer of an operation that describes permissions. Those
// that the answer does not have are unknown.
func (p *pulling) permissions(ctx context.Context, file members, operation string, segments ...string) error {
	answer, _, err := p.ask(ctx, operation, nil, segments...)
	if err == nil {
		file.take(answer, "Permissions", "LinkSharingConfiguration")
	}
	return err
}

// take adds members of an answer, as far as it has them.
func (file members) take(answer members, names ...string) {
	for _, name := range names {
		if raw := answer[name]; raw != nil && string(raw) != "null" {
			file[name] = raw
		}
	}
}

func (p *pulling) dataSources(ctx context.Context) error {
	items, ok, err := p.list(ctx, "ListDataSources", "DataSources", "DataSourceId", "data-sources")
	if err != nil || !ok {
		return err
	}
	return p.each(ctx, account.DataSources, "", items, func(ctx context.Context, id string, item json.RawMessage) (members, error) {
		file := members{"DataSource": item}
		return file, p.permissions(ctx, file, "DescribeDataSourcePermissions", "data-sources", id, "permissions")
	})
}

func (p *pulling) dataSets(ctx context.Context) error {
	items, ok, err := p.list(ctx, "ListDataSets", "DataSetSummaries", "DataSetId", "data-sets")
	if err != nil || !ok {
		return err
	}
	return p.each(ctx, account.DataSets, "", items, func(ctx context.Context, id string, item json.RawMessage) (members, error) {
		file := members{"DataSetSummary": item}
		description, ok, err := p.describe(ctx, "DescribeDataSet", "DataSet", "data-sets", id)
		var api *apiError
		switch {
		case errors.As(err, &api) && api.code == "InvalidParameterValueException":
			// An uploaded file: the API lists it and does not describe it.
		case err != nil:
			return nil, err
		case ok:
			file = members{"DataSet": description}
		}
		return file, p.permissions(ctx, file, "DescribeDataSetPermissions", "data-sets", id, "permissions")
	})
}

// described reads a kind of which each resource has a description. more adds the rest
// of its file.
func (p *pulling) described(ctx context.Context, kind account.Kind, list, member, id, as string, more func(ctx context.Context, file members, id string) error) error {
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
	return p.each(ctx, kind, "", items, func(ctx context.Context, name string, item json.RawMessage) (members, error) {
		description, ok, err := p.describe(ctx, "Describe"+as, as, string(kind), name)
		if err != nil {
			return nil, err
		}
		file := members{as: item}
		if ok {
			file[as] = description
		}
		return file, more(ctx, file, name)
	})
}

func (p *pulling) dashboards(ctx context.Context) error {
	return p.described(ctx, account.Dashboards, "ListDashboards", "DashboardSummaryList", "DashboardId", "Dashboard", func(ctx context.Context, file members, id string) error {
		return p.permissions(ctx, file, "DescribeDashboardPermissions", "dashboards", id, "permissions")
	})
}

func (p *pulling) analyses(ctx context.Context) error {
	return p.described(ctx, account.Analyses, "ListAnalyses", "AnalysisSummaryList", "AnalysisId", "Analysis", func(ctx context.Context, file members, id string) error {
		return p.permissions(ctx, file, "DescribeAnalysisPermissions", "analyses", id, "permissions")
	})
}

func (p *pulling) folders(ctx context.Context) error {
	return p.described(ctx, account.Folders, "ListFolders", "FolderSummaryList", "FolderId", "Folder", func(ctx context.Context, file members, id string) error {
		// The resolved permissions include those of the folders around it. They come in
		// pages, and the principal is in the place of a name.
		err := p.with(ctx, file, "Permissions", "DescribeFolderResolvedPermissions", "Principal", "folders", id, "resolved-permissions")
		if err != nil {
			return err
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
		file.take(answer, one.keep...)
		if ok && len(file) > 0 {
			if err := p.put(account.Resource{Kind: one.kind}, file); err != nil {
				return err
			}
		}
	}
	return nil
}
