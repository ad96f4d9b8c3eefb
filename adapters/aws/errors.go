package aws

import (
	"errors"

	"github.com/aws/smithy-go"
)

// errZero is why a zero value refuses.
var errZero = errors.New("no client: build it with its New function")

// errorCode returns the name AWS gave an error, "" if it is none of AWS.
func errorCode(err error) string {
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		return api.ErrorCode()
	}
	return ""
}

// A because is an error of rowsight with the SDK's below it.
type because struct{ why, sdk error }

func (b *because) Error() string   { return b.why.Error() + ": " + b.sdk.Error() }
func (b *because) Unwrap() []error { return []error{b.why, b.sdk} }

// translate puts the error of a table of codes above err.
func translate(err error, table map[string]error) error {
	if why, ok := table[errorCode(err)]; ok {
		return &because{why, err}
	}
	return err
}
