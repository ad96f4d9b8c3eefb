package namespace

import (
	"errors"
	"strconv"

	"github.com/rowsight/rowsight/internal/plain"
)

// Reasons why a [View] refuses a call, named after the exceptions of the
// QuickSight API. [Error] names the resource, and [Error.Code] the exception.
var (
	ErrAccessDenied             = errors.New("access denied")
	ErrNotFound                 = errors.New("not found")
	ErrExists                   = errors.New("exists already")
	ErrInvalidParameterValue    = errors.New("invalid value")
	ErrInvalidNextToken         = errors.New("invalid next token")
	ErrLimitExceeded            = errors.New("limit exceeded")
	ErrPreconditionNotMet       = errors.New("precondition not met")
	ErrIdentityTypeNotSupported = errors.New("identity type not supported")
	ErrConflict                 = errors.New("changed by somebody else")
	ErrUnavailable              = errors.New("storage is unavailable")
)

// An Error is one refused call: the method, the resource and the reason.
type Error struct {
	Op   string // the method, such as "DescribeUser"
	Kind Kind   // of the resource, "" if the request as a whole is wrong
	Name string // of the resource
	Err  error
	Item int // which of a list it is, counted from 1; 0 if there was no list
}

// Error returns `op: kind "name": reason`.
func (e *Error) Error() string {
	s := e.Op + ": "
	if e.Kind != "" {
		s += string(e.Kind) + " " + strconv.Quote(plain.Abridge(e.Name, maxShown)) + ": "
	}
	return s + e.Err.Error()
}

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Err }

// Code returns the name that the QuickSight API has for the reason, such as
// "ResourceNotFoundException".
func (e *Error) Code() string {
	for _, c := range []struct {
		err  error
		name string
	}{
		{ErrAccessDenied, "AccessDeniedException"},
		{ErrNotFound, "ResourceNotFoundException"},
		{ErrExists, "ResourceExistsException"},
		{ErrLimitExceeded, "LimitExceededException"},
		{ErrInvalidNextToken, "InvalidNextTokenException"},
		{ErrPreconditionNotMet, "PreconditionNotMetException"},
		{ErrIdentityTypeNotSupported, "IdentityTypeNotSupportedException"},
		{ErrConflict, "ConflictException"},
		{ErrUnavailable, "ResourceUnavailableException"},
		{ErrInvalidParameterValue, "InvalidParameterValueException"},
	} {
		if errors.Is(e.Err, c.err) {
			return c.name
		}
	}
	return "InternalFailureException"
}
