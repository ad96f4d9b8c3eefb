package embed

import (
	"fmt"
	"net/http"

	"github.com/rowsight/rowsight/internal/arn"
)

// GenerateHandler handles POST with a [Request] as JSON and responds with a
// [Response], as the API does at
// /accounts/{AwsAccountId}/embed-url/anonymous-user. If its pattern has that
// wildcard, the body need not contain the account. Errors have the form of the
// API: the name in X-Amzn-Errortype, every problem in Message.
//
// Only programs on the server side may reach it, because they choose the tags.
// caller must authenticate the request; an error of caller becomes
// AccessDeniedException.
func (s *Server) GenerateHandler(caller func(r *http.Request) (Caller, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		secure(w.Header())
		res, err := s.answerGenerate(w, r, caller)
		if err == nil {
			w.Header().Set("X-Amzn-Requestid", res.RequestId)
			writeJSON(w, res.Status, res)
			return
		}
		code, message := Code(err), err.Error()
		status := http.StatusBadRequest
		switch code {
		case AccessDeniedException:
			status = http.StatusUnauthorized // as the API has it
		case ResourceNotFoundException:
			status = http.StatusNotFound
		case InternalFailureException:
			status, message = http.StatusInternalServerError, "the request could not be answered"
		}
		id := arn.NewUUID()
		w.Header().Set("X-Amzn-Errortype", code)
		w.Header().Set("X-Amzn-Requestid", id)
		writeJSON(w, status, struct{ Message, RequestId string }{message, id})
	})
}

func (s *Server) answerGenerate(w http.ResponseWriter, r *http.Request, caller func(r *http.Request) (Caller, error)) (*Response, error) {
	if err := s.ready(); err != nil {
		return nil, err
	}
	if err := post(r); err != nil {
		return nil, &Error{Err: fmt.Errorf("%w: %w", ErrValue, err)}
	}
	if caller == nil {
		return nil, &Error{Err: fmt.Errorf("%w: nobody is allowed", ErrDenied)}
	}
	who, err := caller(r)
	if err != nil {
		err = fmt.Errorf("%w: the caller is not known", ErrDenied) // why is for who wrote caller
		s.refused(r.Context(), event{name: eventGenerate}, err, AccessDeniedException)
		return nil, &Error{Err: err}
	}
	account := r.PathValue("AwsAccountId")
	req, err := parseRequest(http.MaxBytesReader(w, r.Body, maxRequest+1), "", account)
	if err == nil && account != "" && req.AwsAccountId != account {
		err = &Error{Field: "AwsAccountId", Err: fmt.Errorf("%w: the URL has another one", ErrValue)}
	}
	if err != nil {
		s.refused(r.Context(), event{name: eventGenerate, caller: who.ARN, label: recordable(who.Label, nil)}, err, Code(err))
		return nil, err
	}
	return s.GenerateEmbedUrlForAnonymousUser(r.Context(), who, req)
}
