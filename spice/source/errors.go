package source

import (
	"errors"

	"github.com/rowsight/rowsight/internal/jsondoc"
	"github.com/rowsight/rowsight/internal/tabular"
	"github.com/rowsight/rowsight/internal/textpos"
)

// Why a request is refused, a data source does not come about, or data cannot
// be read. Test for them with [errors.Is]; [*Error] says where.
var (
	// Of requests and manifests.
	ErrSyntax      = jsondoc.ErrSyntax
	ErrField       = jsondoc.ErrField
	ErrMissing     = jsondoc.ErrMissing
	ErrTwice       = jsondoc.ErrTwice
	ErrType        = jsondoc.ErrType
	ErrLimit       = errors.New("outside the limits")
	ErrValue       = errors.New("not a value there is")
	ErrParameters  = errors.New("the parameters are not those of the data source's type")
	ErrCredentials = errors.New("want exactly one of CredentialPair, SecretArn and CopySourceArn")
	ErrAccount     = errors.New("another account")

	// Of the catalog.
	ErrNotFound   = errors.New("no such data source")
	ErrExists     = errors.New("there is a data source of this id")
	ErrConflict   = errors.New("the data source is being changed")
	ErrNotReady   = errors.New("the data source is not ready")
	ErrClosed     = errors.New("the catalog is closed")
	ErrDenied     = errors.New("not allowed")
	ErrCopySource = errors.New("the credentials cannot be taken from there")

	// Of secrets (K4).
	ErrNoSecret   = errors.New("no such secret")
	ErrSecretForm = errors.New("the secret is not an object with username and password")
	ErrExposed    = errors.New("others can read the secret")

	// Of run-as roles (K5).
	ErrRoleARN     = errors.New("not the ARN of a role")
	ErrRoleAccount = errors.New("the role is in another account")
	ErrPassRole    = errors.New("the caller may not pass the role")
	ErrNoRole      = errors.New("no such role")
	ErrTrust       = errors.New("the role does not let the service assume it")
	ErrServerless  = errors.New("run-as roles do not work with Redshift Serverless")
	ErrManifest    = errors.New("the manifest file cannot be read")
	ErrData        = errors.New("data that the manifest names cannot be read")

	// Of data.
	ErrFormat  = errors.New("unknown format")
	ErrNoData  = tabular.ErrNoData
	ErrColumns = tabular.ErrColumns
)

// An Error says what is wrong and where. Pos is the place in a document or in
// data, zero if there is none. Field is the field of a request, such as
// DataSourceParameters.S3Parameters.RoleArn, and "" for the whole. Err is the
// reason. An Error prints as "file:line:column: field: reason", and never holds a
// credential or a value of the data.
type Error = textpos.Error
