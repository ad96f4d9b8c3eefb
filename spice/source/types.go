package source

// A Type is the kind of a data source, by the name the API has for it.
type Type string

// The types that can be read.
const (
	Athena     Type = "ATHENA"
	Redshift   Type = "REDSHIFT"
	PostgreSQL Type = "POSTGRESQL"
	S3         Type = "S3"
	File       Type = "FILE"
)

// CreateDataSource is the request of that name. Read one with [ParseCreate].
type CreateDataSource struct {
	AwsAccountId            string // "" means that of the catalog
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

// UpdateDataSource is the request of that name. Read one with [ParseUpdate].
// Name, parameters, network and SSL are those of the data source from then on.
// Without Credentials it keeps those it has, if these may be used with the
// parameters; see [CredentialPair].
type UpdateDataSource struct {
	AwsAccountId            string
	DataSourceId            string
	Name                    string
	DataSourceParameters    DataSourceParameters
	Credentials             *Credentials             `json:",omitempty"`
	VpcConnectionProperties *VpcConnectionProperties `json:",omitempty"`
	SslProperties           *SslProperties           `json:",omitempty"`
}

// DataSourceParameters say where the data are: exactly one is set, that of the
// data source's type. A FILE may have none.
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

// RedshiftParameters are those of a [Redshift] data source. One of ClusterId
// and Host with Port is there.
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

// ManifestFileLocation is where the manifest of an [S3] data source is.
type ManifestFileLocation struct{ Bucket, Key string }

// FileParameters name a file of the folder that the program gives the catalog.
// The API has no such object: files are uploaded there.
type FileParameters struct{ Path string }

// VpcConnectionProperties name the network the data source is reached through.
type VpcConnectionProperties struct{ VpcConnectionArn string }

// SslProperties say whether the connection is encrypted.
type SslProperties struct{ DisableSsl bool }

// A ResourcePermission lets a user or group do something with a data source.
type ResourcePermission struct {
	Principal string
	Actions   []string
}

// A Tag labels a data source. It has nothing to do with session tags.
type Tag struct{ Key, Value string }

// RoleArn returns the run-as role, "" if the account-wide role is used.
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

// Type returns the type whose parameters are set, "" if none or several are.
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
