package embed

import (
	"errors"

	"github.com/rowsight/rowsight/internal/jsondoc"
	"github.com/rowsight/rowsight/internal/textpos"
)

// Why a code or a session is refused. [Public] has the words for the viewer.
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
	ErrExposed   = errors.New("others can change what is kept there")
)

// Why a request is refused. [Error] says where, and [Code] is the name that the
// API has for it.
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

// An Error says what is wrong with a request, and where. Pos is the position, zero
// if there is no document. Field is the field, such as AuthorizedResourceArns[1],
// and "" for the whole. Err is the reason. It prints as "position: field: reason",
// and holds no tag value (T8).
type Error = textpos.Error

// Names of errors of the API, as [Code] returns them.
const (
	AccessDeniedException                    = "AccessDeniedException"
	InvalidParameterValueException           = "InvalidParameterValueException"
	ResourceNotFoundException                = "ResourceNotFoundException"
	QuickSightUserNotFoundException          = "QuickSightUserNotFoundException"
	SessionLifetimeInMinutesInvalidException = "SessionLifetimeInMinutesInvalidException"
	InternalFailureException                 = "InternalFailureException"
)

// Code returns the name that the API has for an error of
// GenerateEmbedUrlForAnonymousUser and its kin. Of several problems the first of
// these counts: parameters, lifetime, access, user, existence. "" is the name of no error.
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
