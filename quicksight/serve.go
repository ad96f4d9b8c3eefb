package quicksight

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"

	"github.com/rowsight/rowsight/internal/arn"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/quicksight/internal/model"
	"github.com/rowsight/rowsight/quicksight/internal/sigv4"
	"github.com/rowsight/rowsight/spice/embed"
	"github.com/rowsight/rowsight/spice/observe"
)

const serviceName = "quicksight"

// ServeHTTP implements [http.Handler].
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s == nil || s.model == nil || s.ctx.Err() != nil {
		http.Error(w, "the service is closed", http.StatusServiceUnavailable)
		return
	}
	if strings.HasPrefix(r.URL.Path, embedPath+"/") {
		s.pages.ServeHTTP(w, r)
		return
	}
	if r.URL.Path == healthPath || r.URL.Path == readyPath || r.URL.Path == invitationPath {
		s.watched(w, r)
		return
	}
	if set, ok := asked(r); ok && bearer(r) {
		s.restricted(s.embed.Require(embed.Questions(s.directory.ARN(namespace.KindDataset, "", set)))).ServeHTTP(w, r)
		return
	}
	id := arn.NewUUID()
	w.Header().Set("X-Amzn-Requestid", id)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	ctx, end := observe.Start(r.Context(), s.opts.Observer, observe.Operation{Kind: observe.Call, Name: s.nameOf(r)})
	r = r.WithContext(ctx)
	status, answer, err := s.do(w, r, id)
	if err == nil {
		err = writeAnswer(w, status, id, answer)
	}
	result := observe.Result{Status: cmp.Or(status, http.StatusOK)}
	if err != nil {
		status, code := s.writeError(w, r, id, err)
		result = observe.Ended(err, code)
		result.Status = status
	}
	end(result)
}

// nameOf returns the name of the operation that a request asks for, whoever sent it.
// It is one of the names of the API or of this service, or "".
func (s *Service) nameOf(r *http.Request) string {
	if _, ok := asked(r); ok {
		return "AskDataSet"
	}
	if strings.HasPrefix(r.URL.Path, rowsPath+"/") {
		return "ReadDataSet"
	}
	op, _, ok := s.model.Find(r.Method, r.URL.EscapedPath())
	if !ok {
		return ""
	}
	return op.Name
}

// do answers one request of the API.
func (s *Service) do(w http.ResponseWriter, r *http.Request, id string) (int, any, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, model.MaxBody))
	if err != nil {
		return 0, nil, refuse(invalidParameter, "the body cannot be read: want at most %d bytes", model.MaxBody)
	}
	who, err := s.authenticate(r, body)
	if err != nil {
		return 0, nil, err
	}
	if set, ok := asked(r); ok {
		return 0, nil, s.question(w, &call{s: s, r: r, who: who, id: id}, set, body)
	}
	if r.Method != http.MethodGet { // a caller who goes away leaves no half of a change
		r = r.WithContext(context.WithoutCancel(r.Context()))
	}
	c := &call{s: s, r: r, who: who, id: id}
	if strings.HasPrefix(r.URL.Path, rowsPath+"/") {
		return 0, nil, s.rows(w, c)
	}
	op, path, ok := s.model.Find(r.Method, r.URL.EscapedPath())
	if !ok {
		return 0, nil, refuse(unknownOperation, "no operation of the API has this method and path")
	}
	run, ok := s.operations[op.Name]
	if !ok {
		return 0, nil, refuse(notImplemented, "%s is not implemented by this service", op.Name)
	}
	c.op = op
	if account, ok := path["AwsAccountId"]; ok && account != s.opts.Account {
		return 0, nil, refuse(accessDenied, "the account of the path is not the account of the caller")
	}
	if c.input, err = s.model.Decode(op, path, r.URL.Query(), body); err != nil {
		return 0, nil, err
	}
	resource, err := run.resource(c)
	if err != nil {
		return 0, nil, err
	}
	if resource != "" {
		if err := c.authorize("quicksight:"+op.Name, resource); err != nil {
			return 0, nil, err
		}
	}
	answer, err := run.run(c)
	return run.status, answer, err
}

// authenticate returns who signed a request.
func (s *Service) authenticate(r *http.Request, body []byte) (*caller, error) {
	if s.opts.Unauthenticated {
		return s.root, sameMachine(r)
	}
	id, err := sigv4.Verify(r, body, sigv4.Scope{Region: s.opts.Region, Service: serviceName, Now: s.opts.Now()}, s.opts.Credentials.lookup)
	if err != nil {
		return nil, err
	}
	who := s.opts.Credentials.keys[id]
	if who.account() != s.opts.Account {
		return nil, refuse(accessDenied, "the credentials are of another account")
	}
	return who, nil
}

// sameMachine refuses what a page of another site can make a browser send: a
// service without signatures would do it.
func sameMachine(r *http.Request) error {
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	if ip := net.ParseIP(strings.Trim(host, "[]")); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return refuse(accessDenied, "a service without signatures answers requests to localhost only")
	}
	if err := http.NewCrossOriginProtection().Check(r); err != nil {
		return refuse(accessDenied, "a page of another site sent the request")
	}
	return nil
}

// writeAnswer writes an answer as a JSON object with RequestId.
func writeAnswer(w http.ResponseWriter, status int, id string, answer any) error {
	if status == 0 {
		return nil // written already
	}
	text, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, `{"RequestId":%q`, id)
	if len(text) > 2 {
		b.WriteString("," + string(text[1:]))
	} else {
		b.WriteString("}")
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, b.String())
	return nil
}

// writeError answers with an error, and returns its status and code.
func (s *Service) writeError(w http.ResponseWriter, r *http.Request, id string, err error) (status int, code string) {
	status, code, message := s.answer(err)
	if status == http.StatusInternalServerError && !errors.Is(err, r.Context().Err()) {
		s.opts.Logger.ErrorContext(r.Context(), "quicksight: a request failed", "request", id, "method", r.Method, "error", err)
	}
	w.Header().Set("X-Amzn-Errortype", code)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(struct{ Message, RequestId string }{message, id})
	return status, code
}
