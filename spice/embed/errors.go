package embed

import (
	"errors"

	"github.com/rowsight/rowsight/internal/jsondoc"
	"github.com/rowsight/rowsight/internal/textpos"
)

// Errors of codes and sessions. [Public] returns the text for the viewer.
var (
	ErrNoCode    = errors.New("no code or session was given")
	ErrTampered  = errors.New("not a code or session of this site")
	ErrExpired   = errors.New("expired")
	ErrUsed      = errors.New("already used")
	ErrRevoked   = errors.New("revoked")
	ErrUnknown   = errors.New("not known any more")
	ErrForeign   = errors.New("of another namespace")
	ErrDomain    = errors.New("not framed by an allowed domain")
	ErrForbidden = errors.New("not for this session")
	ErrCut       = errors.New("cut short")
	ErrSite      = errors.New("not a site")
	ErrExposed   = errors.New("other users may be able to change it")
)

// Errors of requests. [Error] has the position, and [Code] returns the name of
// the error in the API.
var (
	ErrSyntax   = jsondoc.ErrSyntax
	ErrEncoding = jsondoc.ErrEncoding
	ErrTooLarge = jsondoc.ErrTooLarge
	ErrField    = jsondoc.ErrField
	ErrTwice    = jsondoc.ErrTwice
	ErrType     = jsondoc.ErrType
	ErrMissing  = jsondoc.ErrMissing

	ErrLimit      = errors.New("outside the limits")
	ErrValue      = errors.New("not a valid value")
	ErrLifetime   = errors.New("not a session lifetime")
	ErrNotListed  = errors.New("not among AuthorizedResourceArns")
	ErrDenied     = errors.New("not allowed by the caller's policy")
	ErrNoResource = errors.New("not found")
	ErrNoUser     = errors.New("no such user")
)

// An Error is a problem of a request. Pos is the position, zero without a
// document. Field is the field, such as AuthorizedResourceArns[1], or "" for
// the whole request. Err is the reason. It prints as "position: field: reason"
// and contains no tag value (T8).
type Error = textpos.Error

// Names of errors in the API, as [Code] returns them.
const (
	AccessDeniedException                    = "AccessDeniedException"
	InvalidParameterValueException           = "InvalidParameterValueException"
	ResourceNotFoundException                = "ResourceNotFoundException"
	QuickSightUserNotFoundException          = "QuickSightUserNotFoundException"
	SessionLifetimeInMinutesInvalidException = "SessionLifetimeInMinutesInvalidException"
	InternalFailureException                 = "InternalFailureException"
)

// Code returns the name that the API has for an error of
// GenerateEmbedUrlForAnonymousUser and the operations like it, or "" for nil.
// Of several problems it names the first of: parameters, lifetime, access, user,
// existence.
func Code(err error) string {
	invalid := false
	kinds := map[error]bool{}
	for _, e := range textpos.Flat(err) {
		var p *Error
		switch {
		case !errors.As(e, &p):
			return InternalFailureException
		case errors.Is(p, ErrLifetime):
			kinds[ErrLifetime] = true
		case errors.Is(p, ErrDenied):
			kinds[ErrDenied] = true
		case errors.Is(p, ErrNoUser):
			kinds[ErrNoUser] = true
		case errors.Is(p, ErrNoResource):
			kinds[ErrNoResource] = true
		default:
			invalid = true
		}
	}
	switch {
	case err == nil:
		return ""
	case invalid:
		return InvalidParameterValueException
	case kinds[ErrLifetime]:
		return SessionLifetimeInMinutesInvalidException
	case kinds[ErrDenied]:
		return AccessDeniedException
	case kinds[ErrNoUser]:
		return QuickSightUserNotFoundException
	default:
		return ResourceNotFoundException
	}
}
