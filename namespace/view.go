package namespace

import "context"

// A View is a [Directory] in the hands of somebody: a user, who sees and changes
// what the user's role and permissions allow inside the user's namespace, or
// the account's administrator. It is a small value, safe for concurrent use. The
// zero View is in nobody's hands and refuses everything.
//
// Errors are of type [*Error]. What a user may not know of is refused in the
// same words whether it is there or not.
type View struct{}

// CreateNamespace creates a namespace, which is ready when it returns.
func (v View) CreateNamespace(ctx context.Context, name string) (NamespaceInfo, error) {
	return NamespaceInfo{}, ErrAccessDenied
}

// DescribeNamespace returns a namespace.
func (v View) DescribeNamespace(ctx context.Context, name string) (NamespaceInfo, error) {
	return NamespaceInfo{}, ErrAccessDenied
}

// ListNamespaces returns the namespaces by name.
func (v View) ListNamespaces(ctx context.Context, page Page) (namespaces []NamespaceInfo, next string, err error) {
	return nil, "", ErrAccessDenied
}

// DeleteNamespace deletes a namespace with its users and groups (N2).
func (v View) DeleteNamespace(ctx context.Context, name string) error { return ErrAccessDenied }

// RegisterUser adds a user.
func (v View) RegisterUser(ctx context.Context, in RegisterUserInput) (User, error) {
	return User{}, ErrAccessDenied
}

// RegisterUsers adds users, all or none.
func (v View) RegisterUsers(ctx context.Context, in []RegisterUserInput) error {
	return ErrAccessDenied
}

// DescribeUser returns a user.
func (v View) DescribeUser(ctx context.Context, namespace, user string) (User, error) {
	return User{}, ErrAccessDenied
}

// ListUsers returns the users of a namespace by name.
func (v View) ListUsers(ctx context.Context, namespace string, page Page) (users []User, next string, err error) {
	return nil, "", ErrAccessDenied
}

// UpdateUser changes a user.
func (v View) UpdateUser(ctx context.Context, in UpdateUserInput) (User, error) {
	return User{}, ErrAccessDenied
}

// DeleteUser deletes a user, the user's memberships and permissions.
func (v View) DeleteUser(ctx context.Context, namespace, user string) error { return ErrAccessDenied }

// CreateGroup adds a group.
func (v View) CreateGroup(ctx context.Context, in CreateGroupInput) (Group, error) {
	return Group{}, ErrAccessDenied
}

// CreateGroups adds groups, all or none.
func (v View) CreateGroups(ctx context.Context, in []CreateGroupInput) error { return ErrAccessDenied }

// DescribeGroup returns a group.
func (v View) DescribeGroup(ctx context.Context, namespace, group string) (Group, error) {
	return Group{}, ErrAccessDenied
}

// ListGroups returns the groups of a namespace by name.
func (v View) ListGroups(ctx context.Context, namespace string, page Page) (groups []Group, next string, err error) {
	return nil, "", ErrAccessDenied
}

// SearchGroups returns the groups of a namespace whose names start with prefix, by name.
func (v View) SearchGroups(ctx context.Context, namespace, prefix string, page Page) (groups []Group, next string, err error) {
	return nil, "", ErrAccessDenied
}

// UpdateGroup changes the description of a group.
func (v View) UpdateGroup(ctx context.Context, in CreateGroupInput) (Group, error) {
	return Group{}, ErrAccessDenied
}

// DeleteGroup deletes a group, its memberships and permissions.
func (v View) DeleteGroup(ctx context.Context, namespace, group string) error { return ErrAccessDenied }

// CreateGroupMembership puts a user into a group.
func (v View) CreateGroupMembership(ctx context.Context, namespace, group, member string) (GroupMember, error) {
	return GroupMember{}, ErrAccessDenied
}

// CreateGroupMemberships puts users into groups, all or none.
func (v View) CreateGroupMemberships(ctx context.Context, in []Membership) error {
	return ErrAccessDenied
}

// DescribeGroupMembership returns a member of a group.
func (v View) DescribeGroupMembership(ctx context.Context, namespace, group, member string) (GroupMember, error) {
	return GroupMember{}, ErrAccessDenied
}

// ListGroupMemberships returns the members of a group by name.
func (v View) ListGroupMemberships(ctx context.Context, namespace, group string, page Page) (members []GroupMember, next string, err error) {
	return nil, "", ErrAccessDenied
}

// ListUserGroups returns the groups a user is in by name.
func (v View) ListUserGroups(ctx context.Context, namespace, user string, page Page) (groups []Group, next string, err error) {
	return nil, "", ErrAccessDenied
}

// DeleteGroupMembership takes a user out of a group.
func (v View) DeleteGroupMembership(ctx context.Context, namespace, group, member string) error {
	return ErrAccessDenied
}

// CreateDataSource tells the directory of a data source and its permissions.
func (v View) CreateDataSource(ctx context.Context, in CreateAssetInput) (Asset, error) {
	return Asset{}, ErrAccessDenied
}

// ListDataSources returns a list by id.
func (v View) ListDataSources(ctx context.Context, page Page) (assets []Asset, next string, err error) {
	return nil, "", ErrAccessDenied
}

// DeleteDataSource makes the directory forget a data source and its permissions.
func (v View) DeleteDataSource(ctx context.Context, id string) error { return ErrAccessDenied }

// DescribeDataSourcePermissions returns who may do what to a data source, by principal.
func (v View) DescribeDataSourcePermissions(ctx context.Context, id string) ([]ResourcePermission, error) {
	return nil, ErrAccessDenied
}

// UpdateDataSourcePermissions grants and revokes actions on a data source, and returns who may do what then.
func (v View) UpdateDataSourcePermissions(ctx context.Context, id string, in UpdatePermissionsInput) ([]ResourcePermission, error) {
	return nil, ErrAccessDenied
}

// CreateDataSet tells the directory of a dataset and its permissions.
func (v View) CreateDataSet(ctx context.Context, in CreateAssetInput) (Asset, error) {
	return Asset{}, ErrAccessDenied
}

// ListDataSets returns a list by id.
func (v View) ListDataSets(ctx context.Context, page Page) (assets []Asset, next string, err error) {
	return nil, "", ErrAccessDenied
}

// DeleteDataSet makes the directory forget a dataset and its permissions.
func (v View) DeleteDataSet(ctx context.Context, id string) error { return ErrAccessDenied }

// DescribeDataSetPermissions returns who may do what to a dataset, by principal.
func (v View) DescribeDataSetPermissions(ctx context.Context, id string) ([]ResourcePermission, error) {
	return nil, ErrAccessDenied
}

// UpdateDataSetPermissions grants and revokes actions on a dataset, and returns who may do what then.
func (v View) UpdateDataSetPermissions(ctx context.Context, id string, in UpdatePermissionsInput) ([]ResourcePermission, error) {
	return nil, ErrAccessDenied
}

// CreateAnalysis tells the directory of an analysis and its permissions.
func (v View) CreateAnalysis(ctx context.Context, in CreateAssetInput) (Asset, error) {
	return Asset{}, ErrAccessDenied
}

// ListAnalyses returns an list by id.
func (v View) ListAnalyses(ctx context.Context, page Page) (assets []Asset, next string, err error) {
	return nil, "", ErrAccessDenied
}

// DeleteAnalysis makes the directory forget an analysis and its permissions.
func (v View) DeleteAnalysis(ctx context.Context, id string) error { return ErrAccessDenied }

// DescribeAnalysisPermissions returns who may do what to an analysis, by principal.
func (v View) DescribeAnalysisPermissions(ctx context.Context, id string) ([]ResourcePermission, error) {
	return nil, ErrAccessDenied
}

// UpdateAnalysisPermissions grants and revokes actions on an analysis, and returns who may do what then.
func (v View) UpdateAnalysisPermissions(ctx context.Context, id string, in UpdatePermissionsInput) ([]ResourcePermission, error) {
	return nil, ErrAccessDenied
}

// CreateDashboard tells the directory of a dashboard and its permissions.
func (v View) CreateDashboard(ctx context.Context, in CreateAssetInput) (Asset, error) {
	return Asset{}, ErrAccessDenied
}

// ListDashboards returns a list by id.
func (v View) ListDashboards(ctx context.Context, page Page) (assets []Asset, next string, err error) {
	return nil, "", ErrAccessDenied
}

// DeleteDashboard makes the directory forget a dashboard and its permissions.
func (v View) DeleteDashboard(ctx context.Context, id string) error { return ErrAccessDenied }

// DescribeDashboardPermissions returns who may do what to a dashboard, by principal.
func (v View) DescribeDashboardPermissions(ctx context.Context, id string) ([]ResourcePermission, error) {
	return nil, ErrAccessDenied
}

// UpdateDashboardPermissions grants and revokes actions on a dashboard, and returns who may do what then.
func (v View) UpdateDashboardPermissions(ctx context.Context, id string, in UpdatePermissionsInput) ([]ResourcePermission, error) {
	return nil, ErrAccessDenied
}
