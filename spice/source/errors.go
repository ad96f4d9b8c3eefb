package source

import (
	"errors"
	"fmt"
	"strings"
)

// Why a request is refused, a data source does not come about, or data cannot
// be read. Test for them with [errors.Is]; [*Error] says where.
var (
	// Of requests and manifests.
	ErrSyntax      = errors.New("not JSON from here on")
	ErrField       = errors.New("unknown field")
	ErrMissing     = errors.New("field missing")
	ErrTwice       = errors.New("field given twice")
	ErrType        = errors.New("wrong type")
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
	ErrNoData  = errors.New("no data")
	ErrColumns = errors.New("the columns differ from those of the first file")
)

// An Error says what is wrong and where. It never holds a credential or a value
// of the data.
type Error struct {
	File         string // of a document or of data; "" for none
	Line, Column int    // from 1, Column in bytes; 0 for none
	Field        string // DataSourceParameters.S3Parameters.RoleArn; "" for the whole
	Err          error
}

// Error returns file:line:column: field: reason, without what there is not.
func (e *Error) Error() string {
	place := e.File
	if e.Line > 0 {
		place = strings.TrimPrefix(fmt.Sprintf("%s:%d", e.File, e.Line), ":")
		if e.Column > 0 {
			place += fmt.Sprintf(":%d", e.Column)
		}
	}
	var parts []string
	for _, s := range []string{place, e.Field} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(append(parts, e.Err.Error()), ": ")
}

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Err }
