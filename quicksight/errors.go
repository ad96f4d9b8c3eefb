package quicksight

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/rowsight/rowsight/internal/jsondoc"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/quicksight/internal/model"
	"github.com/rowsight/rowsight/quicksight/internal/sigv4"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/embed"
	"github.com/rowsight/rowsight/spice/source"
)

// The errors of the API that the service answers with.
const (
	accessDenied       = "AccessDeniedException"
	conflict           = "ConflictException"
	exists             = "ResourceExistsException"
	internalFailure    = "InternalFailureException"
	invalidNextToken   = "InvalidNextTokenException"
	invalidParameter   = "InvalidParameterValueException"
	limitExceeded      = "LimitExceededException"
	preconditionNotMet = "PreconditionNotMetException"
	notFound           = "ResourceNotFoundException"
	notImplemented     = "NotImplementedException"
	unknownOperation   = "UnknownOperationException"
	keyUnavailable     = "CustomerManagedKeyUnavailableException"
	unavailable        = "ResourceUnavailableException"
	errInternalAnswer  = "the request could not be answered; the log of the service has the reason"
)

// An apiError is an answer that is no success.
type apiError struct {
	code    string
	message string
}

func (e *apiError) Error() string { return e.code + ": " + e.message }

// refuse returns an error of the API.
func refuse(code, format string, args ...any) error {
	return &apiError{code, fmt.Sprintf(format, args...)}
}

// answer turns an error into a status, a code and a message for the caller. An
// error that is not known is internal: its text is for the log only.
func (s *Service) answer(err error) (status int, code, message string) {
	var api *apiError
	var signature *sigv4.Error
	switch {
	case errors.As(err, &signature):
		return signature.Status, signature.Code, signature.Message
	case errors.As(err, &api):
		code, message = api.code, api.message
	default:
		code, message = classify(err)
	}
	switch code {
	case notImplemented:
		return http.StatusNotImplemented, code, message
	case unknownOperation:
		return http.StatusNotFound, code, message
	}
	status, ok := s.model.Status(code)
	if !ok || code == internalFailure {
		return http.StatusInternalServerError, internalFailure, errInternalAnswer
	}
	return status, code, message
}

// classify finds the code of an error of the packages below.
func classify(err error) (code, message string) {
	var directory *namespace.Error
	if errors.As(err, &directory) {
		return directory.Code(), err.Error()
	}
	for _, c := range []struct {
		err  error
		code string
	}{
		{spice.ErrNoDataset, notFound}, {spice.ErrExists, exists}, {spice.ErrInput, invalidParameter}, {spice.ErrRules, invalidParameter},
		{spice.ErrNoColumn, invalidParameter}, {spice.ErrNotText, invalidParameter}, {spice.ErrDepth, invalidParameter}, {spice.ErrSpiceChild, invalidParameter},
		{spice.ErrNoRules, invalidParameter}, {spice.ErrKey, keyUnavailable}, {spice.ErrNoKey, keyUnavailable}, {spice.ErrAccess, accessDenied}, {spice.ErrNotVisible, accessDenied},
		{spice.ErrNotIngested, conflict},
		{source.ErrNotFound, notFound}, {source.ErrExists, exists}, {source.ErrConflict, conflict}, {source.ErrNotReady, conflict}, {source.ErrPassRole, accessDenied},
		{source.ErrDenied, accessDenied}, {source.ErrAccount, invalidParameter}, {source.ErrCopySource, invalidParameter}, {source.ErrLimit, invalidParameter},
		{model.ErrRefused, invalidParameter},
	} {
		if errors.Is(err, c.err) {
			code = c.code
			break
		}
	}
	if code == "" {
		var located *jsondoc.Error // of a document or a request
		switch code = embed.Code(err); {
		case code != internalFailure:
		case errors.As(err, &located):
			code = invalidParameter
		default:
			return internalFailure, errInternalAnswer
		}
	}
	return code, strings.TrimSpace(err.Error())
}
