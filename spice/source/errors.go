package source

import (
	"errors"

	"github.com/rowsight/rowsight/internal/jsondoc"
	"github.com/rowsight/rowsight/internal/tabular"
	"github.com/rowsight/rowsight/internal/textpos"
)

// Errors of requests, data sources and reads. Test for them with [errors.Is].
// An [*Error] has the position.
var (
	// Errors of requests and manifests.
	ErrSyntax      = jsondoc.ErrSyntax
	ErrField       = jsondoc.ErrField
	ErrMissing     = jsondoc.ErrMissing
	ErrTwice       = jsondoc.ErrTwice
	ErrType        = jsondoc.ErrType
	ErrLimit       = errors.New("outside the limits")
	ErrValue       = errors.New("invalid value")
	ErrParameters  = errors.New("the parameters are not those of the data source's type")
	ErrCredentials = errors.New("want exactly one of CredentialPair, SecretArn and CopySourceArn")
	ErrAccount     = errors.New("another account")

	// Errors of the catalog.
	ErrNotFound   = errors.New("no such data source")
	ErrExists     = errors.New("a data source with this id exists")
	ErrConflict   = errors.New("the data source is being changed")
	ErrNotReady   = errors.New("the data source is not ready")
	ErrClosed     = errors.New("the catalog is closed")
	ErrDenied     = errors.New("not allowed")
	ErrCopySource = errors.New("credentials cannot be copied from this data source")

	// Errors of secrets (K4).
	ErrNoSecret   = errors.New("no such secret")
	ErrSecretForm = errors.New("the secret is not an object with username and password")
	ErrExposed    = errors.New("other users may be able to read or change the secret")

	// Errors of run-as roles (K5).
	ErrRoleARN     = errors.New("not the ARN of a role")
	ErrRoleAccount = errors.New("the role is in another account")
	ErrPassRole    = errors.New("the caller may not pass the role")
	ErrNoRole      = errors.New("no such role")
	ErrTrust       = errors.New("the service cannot assume the role")
	ErrServerless  = errors.New("run-as roles do not work with Redshift Serverless")
	ErrManifest    = errors.New("the manifest file cannot be read")
	ErrData        = errors.New("the data of the manifest cannot be read")

	// Errors of data.
	ErrFormat  = errors.New("unknown format")
	ErrNoData  = tabular.ErrNoData
	ErrColumns = tabular.ErrColumns
)

// An Error is a problem with its position. Pos is the position in a document or
// in data, or zero. Field is the field of a request, such as
// DataSourceParameters.S3Parameters.RoleArn, or "" for the whole request. Err
// is the reason. An Error prints as "file:line:column: field: reason". It never
// contains a credential or a value of the data.
type Error = textpos.Error
