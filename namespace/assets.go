package namespace

import "context"

// What the API has for each kind of asset. The directory keeps who may do what,
// not the assets themselves: Create tells it of one, Delete makes it forget one.
// Users need the permission for the action that has the method's name; to list
// an asset, that to describe it. Create is for the administrator.

// CreateDataSource tells the directory of a data source and of permissions on it.
func (v View) CreateDataSource(ctx context.Context, in CreateAssetInput) (Asset, error) {
	return v.createAsset(ctx, KindDataSource, in)
}

// DescribeDataSource returns a data source.
func (v View) DescribeDataSource(ctx context.Context, id string) (Asset, error) {
	return v.describeAsset(ctx, KindDataSource, id)
}

// ListDataSources returns, by id, what the caller may describe.
func (v View) ListDataSources(ctx context.Context, page Page) (assets []Asset, next string, err error) {
	return v.listAssets(ctx, KindDataSource, page)
}

// DeleteDataSource makes the directory forget a data source and the permissions on it.
func (v View) DeleteDataSource(ctx context.Context, id string) error {
	return v.deleteAsset(ctx, KindDataSource, id)
}

// DescribeDataSourcePermissions returns who may do what to a data source. A user sees principals
// of the own namespace only.
func (v View) DescribeDataSourcePermissions(ctx context.Context, id string) ([]ResourcePermission, error) {
	return v.describePermissions(ctx, KindDataSource, id)
}

// UpdateDataSourcePermissions grants and revokes, and returns what
// [View.DescribeDataSourcePermissions] returns from then on. A user may name principals
// of the own namespace only.
func (v View) UpdateDataSourcePermissions(ctx context.Context, id string, in UpdatePermissionsInput) ([]ResourcePermission, error) {
	return v.updatePermissions(ctx, KindDataSource, id, in)
}

// CreateDataSet tells the directory of a dataset and of permissions on it.
func (v View) CreateDataSet(ctx context.Context, in CreateAssetInput) (Asset, error) {
	return v.createAsset(ctx, KindDataset, in)
}

// DescribeDataSet returns a dataset.
func (v View) DescribeDataSet(ctx context.Context, id string) (Asset, error) {
	return v.describeAsset(ctx, KindDataset, id)
}

// ListDataSets returns, by id, what the caller may describe.
func (v View) ListDataSets(ctx context.Context, page Page) (assets []Asset, next string, err error) {
	return v.listAssets(ctx, KindDataset, page)
}

// DeleteDataSet makes the directory forget a dataset and the permissions on it.
func (v View) DeleteDataSet(ctx context.Context, id string) error {
	return v.deleteAsset(ctx, KindDataset, id)
}

// DescribeDataSetPermissions returns who may do what to a dataset. A user sees principals
// of the own namespace only.
func (v View) DescribeDataSetPermissions(ctx context.Context, id string) ([]ResourcePermission, error) {
	return v.describePermissions(ctx, KindDataset, id)
}

// UpdateDataSetPermissions grants and revokes, and returns what
// [View.DescribeDataSetPermissions] returns from then on. A user may name principals
// of the own namespace only.
func (v View) UpdateDataSetPermissions(ctx context.Context, id string, in UpdatePermissionsInput) ([]ResourcePermission, error) {
	return v.updatePermissions(ctx, KindDataset, id, in)
}

// CreateAnalysis tells the directory of an analysis and of permissions on it.
func (v View) CreateAnalysis(ctx context.Context, in CreateAssetInput) (Asset, error) {
	return v.createAsset(ctx, KindAnalysis, in)
}

// DescribeAnalysis returns an analysis.
func (v View) DescribeAnalysis(ctx context.Context, id string) (Asset, error) {
	return v.describeAsset(ctx, KindAnalysis, id)
}

// ListAnalyses returns, by id, what the caller may describe.
func (v View) ListAnalyses(ctx context.Context, page Page) (assets []Asset, next string, err error) {
	return v.listAssets(ctx, KindAnalysis, page)
}

// DeleteAnalysis makes the directory forget an analysis and the permissions on it.
func (v View) DeleteAnalysis(ctx context.Context, id string) error {
	return v.deleteAsset(ctx, KindAnalysis, id)
}

// DescribeAnalysisPermissions returns who may do what to an analysis. A user sees principals
// of the own namespace only.
func (v View) DescribeAnalysisPermissions(ctx context.Context, id string) ([]ResourcePermission, error) {
	return v.describePermissions(ctx, KindAnalysis, id)
}

// UpdateAnalysisPermissions grants and revokes, and returns what
// [View.DescribeAnalysisPermissions] returns from then on. A user may name principals
// of the own namespace only.
func (v View) UpdateAnalysisPermissions(ctx context.Context, id string, in UpdatePermissionsInput) ([]ResourcePermission, error) {
	return v.updatePermissions(ctx, KindAnalysis, id, in)
}

// CreateDashboard tells the directory of a dashboard and of permissions on it.
func (v View) CreateDashboard(ctx context.Context, in CreateAssetInput) (Asset, error) {
	return v.createAsset(ctx, KindDashboard, in)
}

// DescribeDashboard returns a dashboard.
func (v View) DescribeDashboard(ctx context.Context, id string) (Asset, error) {
	return v.describeAsset(ctx, KindDashboard, id)
}

// ListDashboards returns, by id, what the caller may describe.
func (v View) ListDashboards(ctx context.Context, page Page) (assets []Asset, next string, err error) {
	return v.listAssets(ctx, KindDashboard, page)
}

// DeleteDashboard makes the directory forget a dashboard and the permissions on it.
func (v View) DeleteDashboard(ctx context.Context, id string) error {
	return v.deleteAsset(ctx, KindDashboard, id)
}

// DescribeDashboardPermissions returns who may do what to a dashboard. A user sees principals
// of the own namespace only.
func (v View) DescribeDashboardPermissions(ctx context.Context, id string) ([]ResourcePermission, error) {
	return v.describePermissions(ctx, KindDashboard, id)
}

// UpdateDashboardPermissions grants and revokes, and returns what
// [View.DescribeDashboardPermissions] returns from then on. A user may name principals
// of the own namespace only.
func (v View) UpdateDashboardPermissions(ctx context.Context, id string, in UpdatePermissionsInput) ([]ResourcePermission, error) {
	return v.updatePermissions(ctx, KindDashboard, id, in)
}
