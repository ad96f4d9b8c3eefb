package namespace

// An Asset is a data source, dataset, analysis or dashboard. Assets stand
// outside namespaces; resource permissions alone say who may do what (N4).
type Asset struct {
	Arn  ARN
	Id   string
	Name string
}

// CreateAssetInput tells the directory of an asset.
type CreateAssetInput struct {
	Id          string
	Name        string
	Permissions []ResourcePermission `json:",omitempty"`
}

// A ResourcePermission allows a principal some actions on one asset, as the API
// object ResourcePermission. A principal is a user or a group; for dashboards
// and analyses it may be a namespace, which stands for everybody in it.
type ResourcePermission struct {
	Principal ARN
	Actions   []string // such as "quicksight:DescribeDashboard", sorted when returned
}

// UpdatePermissionsInput changes the permissions of one asset. An action that
// is both granted to and revoked from one principal is an error.
type UpdatePermissionsInput struct {
	GrantPermissions  []ResourcePermission `json:",omitempty"`
	RevokePermissions []ResourcePermission `json:",omitempty"`
}
