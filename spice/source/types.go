package source

// A Type is the type of a data source, named as in the API.
type Type string

// The supported types.
const (
	Athena     Type = "ATHENA"
	Redshift   Type = "REDSHIFT"
	PostgreSQL Type = "POSTGRESQL"
	S3         Type = "S3"
	File       Type = "FILE"
)

// CreateDataSource is the request of that name. Read one with [ParseCreate].
type CreateDataSource struct {
	AwsAccountId            string // "" means the account of the catalog
	DataSourceId            string
	Name                    string
	Type                    Type
	DataSourceParameters    DataSourceParameters
	Credentials             *Credentials             `json:",omitempty"`
	Permissions             []ResourcePermission     `json:",omitempty"`
	VpcConnectionProperties *VpcConnectionProperties `json:",omitempty"`
	SslProperties           *SslProperties           `json:",omitempty"`
	Tags                    []Tag                    `json:",omitempty"`
}

// UpdateDataSource is the request of that name. Read one with [ParseUpdate]. It
// replaces name, parameters, network and SSL. Without Credentials, the data
// source keeps its credentials if they may be used with the parameters; see
// [CredentialPair].
type UpdateDataSource struct {
	AwsAccountId            string
	DataSourceId            string
	Name                    string
	DataSourceParameters    DataSourceParameters
	Credentials             *Credentials             `json:",omitempty"`
	VpcConnectionProperties *VpcConnectionProperties `json:",omitempty"`
	SslProperties           *SslProperties           `json:",omitempty"`
}

// DataSourceParameters locate the data. Exactly one field is set: the one of
// the type of the data source. A FILE may have none.
type DataSourceParameters struct {
	AthenaParameters     *AthenaParameters     `json:",omitempty"`
	RedshiftParameters   *RedshiftParameters   `json:",omitempty"`
	PostgreSqlParameters *PostgreSqlParameters `json:",omitempty"`
	S3Parameters         *S3Parameters         `json:",omitempty"`
	FileParameters       *FileParameters       `json:",omitempty"`
}

// AthenaParameters are those of an [Athena] data source.
type AthenaParameters struct {
	WorkGroup string `json:",omitempty"` // 1 to 128 characters
	RoleArn   string `json:",omitempty"` // the run-as role
}

// RedshiftParameters are those of a [Redshift] data source. Either ClusterId or
// Host with Port is set.
type RedshiftParameters struct {
	Database      string
	Host          string                 `json:",omitempty"`
	Port          int                    `json:",omitempty"`
	ClusterId     string                 `json:",omitempty"`
	IAMParameters *RedshiftIAMParameters `json:",omitempty"` // instead of Credentials
}

// RedshiftIAMParameters let a run-as role log in to Redshift.
type RedshiftIAMParameters struct {
	RoleArn                string
	DatabaseUser           string   `json:",omitempty"`
	DatabaseGroups         []string `json:",omitempty"`
	AutoCreateDatabaseUser bool     `json:",omitempty"`
}

// PostgreSqlParameters are those of a [PostgreSQL] data source.
type PostgreSqlParameters struct {
	Host     string
	Port     int
	Database string
}

// S3Parameters are those of an [S3] data source.
type S3Parameters struct {
	ManifestFileLocation ManifestFileLocation
	RoleArn              string `json:",omitempty"` // the run-as role
}

// ManifestFileLocation is the location of the manifest of an [S3] data source.
type ManifestFileLocation struct{ Bucket, Key string }

// FileParameters name a file in the folder of the catalog. The API has no such
// object, because users upload files there.
type FileParameters struct{ Path string }

// VpcConnectionProperties name the network of the data source.
type VpcConnectionProperties struct{ VpcConnectionArn string }

// SslProperties say whether the connection is encrypted.
type SslProperties struct{ DisableSsl bool }

// A ResourcePermission grants a user or group actions on a data source.
type ResourcePermission struct {
	Principal string
	Actions   []string
}

// A Tag labels a data source. It is not a session tag.
type Tag struct{ Key, Value string }

// RoleArn returns the run-as role, or "" if the account-wide role is used.
func (p DataSourceParameters) RoleARN() string {
	switch {
	case p.AthenaParameters != nil:
		return p.AthenaParameters.RoleArn
	case p.S3Parameters != nil:
		return p.S3Parameters.RoleArn
	case p.RedshiftParameters != nil && p.RedshiftParameters.IAMParameters != nil:
		return p.RedshiftParameters.IAMParameters.RoleArn
	}
	return ""
}

// Type returns the type whose parameters are set, or "" if none or several are
// set.
func (p DataSourceParameters) Type() Type {
	found := Type("")
	for t, set := range map[Type]bool{
		Athena: p.AthenaParameters != nil, Redshift: p.RedshiftParameters != nil, PostgreSQL: p.PostgreSqlParameters != nil,
		S3: p.S3Parameters != nil, File: p.FileParameters != nil,
	} {
		switch {
		case set && found != "":
			return ""
		case set:
			found = t
		}
	}
	return found
}
