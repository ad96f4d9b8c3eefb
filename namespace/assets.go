package namespace

import "context"

// What the API has for each kind of asset. The directory keeps who may do what,
// not the assets themselves: Create tells it of one, Delete makes it forget one.
// Users need the permission for the action that has the method's name; to list
// an asset, that to describe it. Create is for the administrator.

// CreateDataSource registers a data source and its permissions in the directory.
func (v View) CreateDataSource(ctx context.Context, in CreateAssetInput) (Asset, error) {
	return v.createAsset(ctx, KindDataSource, in)
}

// DescribeDataSource returns a data source.
func (v View) DescribeDataSource(ctx context.Context, id string) (Asset, error) {
	return v.describeAsset(ctx, KindDataSource, id)
}

// ListDataSources returns the data sources that the caller may describe, sorted by id.
func (v View) ListDataSources(ctx context.Context, page Page) (assets []Asset, next string, err error) {
	return v.listAssets(ctx, KindDataSource, page)
}

// DeleteDataSource removes a data source and its permissions from the directory.
func (v View) DeleteDataSource(ctx context.Context, id string) error {
	return v.deleteAsset(ctx, KindDataSource, id)
}

// DescribeDataSourcePermissions returns the permissions on a data source. A
// user sees only principals of the user's namespace.
func (v View) DescribeDataSourcePermissions(ctx context.Context, id string) ([]ResourcePermission, error) {
	return v.describePermissions(ctx, KindDataSource, id)
}

// UpdateDataSourcePermissions grants and revokes actions on a data source, and
// returns the new permissions. A user may name only principals of the user's
// namespace.
func (v View) UpdateDataSourcePermissions(ctx context.Context, id string, in UpdatePermissionsInput) ([]ResourcePermission, error) {
	return v.updatePermissions(ctx, KindDataSource, id, in)
}

// CreateDataSet registers a dataset and its permissions in the directory.
func (v View) CreateDataSet(ctx context.Context, in CreateAssetInput) (Asset, error) {
	return v.createAsset(ctx, KindDataset, in)
}

// DescribeDataSet returns a dataset.
func (v View) DescribeDataSet(ctx context.Context, id string) (Asset, error) {
	return v.describeAsset(ctx, KindDataset, id)
}

// ListDataSets returns the datasets that the caller may describe, sorted by id.
func (v View) ListDataSets(ctx context.Context, page Page) (assets []Asset, next string, err error) {
	return v.listAssets(ctx, KindDataset, page)
}

// DeleteDataSet removes a dataset and its permissions from the directory.
func (v View) DeleteDataSet(ctx context.Context, id string) error {
	return v.deleteAsset(ctx, KindDataset, id)
}

// DescribeDataSetPermissions returns the permissions on a dataset. A user sees
// only principals of the user's namespace.
func (v View) DescribeDataSetPermissions(ctx context.Context, id string) ([]ResourcePermission, error) {
	return v.describePermissions(ctx, KindDataset, id)
}

// UpdateDataSetPermissions grants and revokes actions on a dataset, and returns
// the new permissions. A user may name only principals of the user's namespace.
func (v View) UpdateDataSetPermissions(ctx context.Context, id string, in UpdatePermissionsInput) ([]ResourcePermission, error) {
	return v.updatePermissions(ctx, KindDataset, id, in)
}

// CreateAnalysis registers an analysis and its permissions in the directory.
func (v View) CreateAnalysis(ctx context.Context, in CreateAssetInput) (Asset, error) {
	return v.createAsset(ctx, KindAnalysis, in)
}

// DescribeAnalysis returns an analysis.
func (v View) DescribeAnalysis(ctx context.Context, id string) (Asset, error) {
	return v.describeAsset(ctx, KindAnalysis, id)
}

// ListAnalyses returns the analyses that the caller may describe, sorted by id.
func (v View) ListAnalyses(ctx context.Context, page Page) (assets []Asset, next string, err error) {
	return v.listAssets(ctx, KindAnalysis, page)
}

// DeleteAnalysis removes an analysis and its permissions from the directory.
func (v View) DeleteAnalysis(ctx context.Context, id string) error {
	return v.deleteAsset(ctx, KindAnalysis, id)
}

// DescribeAnalysisPermissions returns the permissions on an analysis. A user
// sees only principals of the user's namespace.
func (v View) DescribeAnalysisPermissions(ctx context.Context, id string) ([]ResourcePermission, error) {
	return v.describePermissions(ctx, KindAnalysis, id)
}

// UpdateAnalysisPermissions grants and revokes actions on an analysis, and
// returns the new permissions. A user may name only principals of the user's
// namespace.
func (v View) UpdateAnalysisPermissions(ctx context.Context, id string, in UpdatePermissionsInput) ([]ResourcePermission, error) {
	return v.updatePermissions(ctx, KindAnalysis, id, in)
}

// CreateDashboard registers a dashboard and its permissions in the directory.
func (v View) CreateDashboard(ctx context.Context, in CreateAssetInput) (Asset, error) {
	return v.createAsset(ctx, KindDashboard, in)
}

// DescribeDashboard returns a dashboard.
func (v View) DescribeDashboard(ctx context.Context, id string) (Asset, error) {
	return v.describeAsset(ctx, KindDashboard, id)
}

// ListDashboards returns the dashboards that the caller may describe, sorted by id.
func (v View) ListDashboards(ctx context.Context, page Page) (assets []Asset, next string, err error) {
	return v.listAssets(ctx, KindDashboard, page)
}

// DeleteDashboard removes a dashboard and its permissions from the directory.
func (v View) DeleteDashboard(ctx context.Context, id string) error {
	return v.deleteAsset(ctx, KindDashboard, id)
}

// DescribeDashboardPermissions returns the permissions on a dashboard. A user
// sees only principals of the user's namespace.
func (v View) DescribeDashboardPermissions(ctx context.Context, id string) ([]ResourcePermission, error) {
	return v.describePermissions(ctx, KindDashboard, id)
}

// UpdateDashboardPermissions grants and revokes actions on a dashboard, and on its
// link, and returns the new permissions without those of the link:
// [View.DescribeDashboardLinkPermissions] has these. A user may name only principals of the user's
// namespace.
func (v View) UpdateDashboardPermissions(ctx context.Context, id string, in UpdatePermissionsInput) ([]ResourcePermission, error) {
	return v.updatePermissions(ctx, KindDashboard, id, in)
}

// CreateFolder registers a folder and its permissions in the directory. The
// permissions hold for the assets in the folder and in the folders in it.
func (v View) CreateFolder(ctx context.Context, in CreateAssetInput) (Asset, error) {
	return v.createAsset(ctx, KindFolder, in)
}

// DescribeFolder returns a folder.
func (v View) DescribeFolder(ctx context.Context, id string) (Asset, error) {
	return v.describeAsset(ctx, KindFolder, id)
}

// ListFolders returns the folders that the caller may describe, sorted by id.
func (v View) ListFolders(ctx context.Context, page Page) (assets []Asset, next string, err error) {
	return v.listAssets(ctx, KindFolder, page)
}

// DeleteFolder removes an empty folder and its permissions from the directory.
func (v View) DeleteFolder(ctx context.Context, id string) error {
	return v.deleteAsset(ctx, KindFolder, id)
}

// DescribeFolderPermissions returns the permissions on a folder itself. A user
// sees only principals of the user's namespace.
func (v View) DescribeFolderPermissions(ctx context.Context, id string) ([]ResourcePermission, error) {
	return v.describePermissions(ctx, KindFolder, id)
}

// UpdateFolderPermissions grants and revokes actions on a folder, and returns
// the new permissions. What a principal may do then must be what a viewer, a
// contributor or an owner of the folder may do. A user may name only principals
// of the user's namespace.
func (v View) UpdateFolderPermissions(ctx context.Context, id string, in UpdatePermissionsInput) ([]ResourcePermission, error) {
	return v.updatePermissions(ctx, KindFolder, id, in)
}
