package embed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/rowsight/rowsight/internal/jsondoc"
)

// GenerateHandler answers POST with a [Request] as JSON by a [Response], as the
// API does at /accounts/{AwsAccountId}/embed-url/anonymous-user; mounted under a
// pattern with that wildcard, the account may be left out of the body. Errors
// are those of the API: the name in X-Amzn-Errortype, every problem in Message.
//
// It is for programs on the server side: who reaches it chooses the tags.
// caller must authenticate the request; an error of it is
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
		id := newRequestID()
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
		s.refused(r.Context(), event{name: eventGenerate, caller: who.ARN}, err, Code(err))
		return nil, err
	}
	return s.GenerateEmbedUrlForAnonymousUser(r.Context(), who, req)
}

// Page wraps the page that an embed URL leads to (GET …?code=…). Codes that are
// expired, used, tampered with, revoked or of another namespace are answered
// with a page that says so. For others it sets the headers, among them which
// sites may frame the page (AllowedDomains), and serves the page.
//
// It does not redeem the code: a browser that fetches ahead, or a program that
// previews links, must not use it up. The script of the page does, by a POST to
// [Server.RedeemHandler], and then takes the code out of the address.
func (s *Server) Page(page http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := s.page(w, r); err != nil {
			s.writeError(w, r, err)
			return
		}
		page.ServeHTTP(w, r)
	})
}

func (s *Server) page(w http.ResponseWriter, r *http.Request) error {
	if err := s.ready(); err != nil {
		return err
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return errMethod
	}
	t, _, g, err := s.peek(r.Context(), s.namespaceOf(r), r.URL.Query().Get("code"))
	domains := s.domains
	if err == nil && len(g.Domains) > 0 {
		domains, err = parseDomains(g.Domains)
	}
	if err == nil {
		err = s.framed(r, domains)
	}
	if err != nil {
		s.refused(r.Context(), event{name: eventRedeem, user: s.known(t, g)}, err, Public(err).Code)
		return err
	}
	ancestors := "'self'"
	if len(domains) > 0 {
		texts := make([]string, len(domains))
		for i, d := range domains {
			texts[i] = d.String()
		}
		ancestors = strings.Join(texts, " ")
	}
	secure(w.Header())
	w.Header().Set("Content-Security-Policy", s.opts.Policy+"; frame-ancestors "+ancestors)
	return nil
}

// framed checks what the browser says about the page around this one, if it
// says anything. What a browser does not say, its frame-ancestors check sees.
func (s *Server) framed(r *http.Request, domains []domain) error {
	for _, name := range []string{"Origin", "Referer"} {
		from := r.Header.Get(name)
		if from == "" || len(domains) == 0 && sameOrigin(r, from) {
			continue
		}
		allowed := false
		for _, d := range domains {
			allowed = allowed || d.allows(from)
		}
		if !allowed {
			return ErrDomain
		}
	}
	return nil
}

// Redeemed is the answer of [Server.RedeemHandler].
type Redeemed struct {
	SessionToken     string    // for Authorization: Bearer …
	ExpiresAt        time.Time // of the session
	AnonymousUserArn string
	Namespace        string
	Experience       Experience
}

// RedeemHandler answers POST {"Code": "…"} as JSON, from a page of the same site,
// by a [Redeemed]. A code is redeemed once.
//
// The session is a bearer token, which the script keeps in memory, and no
// cookie: an embedded page is a third party, whose cookies browsers block; two
// dashboards in one page are two sessions; and what a browser does not send by
// itself, another site cannot make it send.
func (s *Server) RedeemHandler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		code, err := s.code(w, r)
		if err != nil {
			s.writeError(w, r, err)
			return
		}
		token, session, err := s.Redeem(r.Context(), s.namespaceOf(r), code)
		if err != nil {
			s.writeError(w, r, err)
			return
		}
		secure(w.Header())
		writeJSON(w, http.StatusOK, Redeemed{token, session.Expires().UTC(), session.User().String(), session.Namespace(), session.Experience()})
	})
}

const maxCode = 4 << 10 // bytes of the body that has a code

func (s *Server) code(w http.ResponseWriter, r *http.Request) (code string, err error) {
	if err := s.ready(); err != nil {
		return "", err
	}
	if err := post(r); err != nil {
		return "", err
	}
	return parseCode(http.MaxBytesReader(w, r.Body, maxCode+1))
}

// parseCode reads {"Code": "…"}.
func parseCode(r io.Reader) (code string, err error) {
	doc, err := jsondoc.Read(r, "", &jsondoc.Options{Max: maxCode})
	if err != nil {
		return "", fmt.Errorf("%w: %w", errBody, err)
	}
	doc.Object(doc.Root, "", []jsondoc.Field{{Name: "Code", Must: true, Decode: func(v *jsondoc.Value, f string) { code = doc.String(v, f) }}})
	if err := doc.Err(); err != nil {
		return "", fmt.Errorf("%w: %w", errBody, err)
	}
	return code, nil
}

// Require lets requests pass that carry a live session, as Authorization: Bearer
// …, and puts it into their context for [FromContext]. Others are answered with
// a constant text.
func (s *Server) Require(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		session, err := s.Session(r.Context(), s.namespaceOf(r), bearer(r))
		if err != nil {
			s.writeError(w, r, err)
			return
		}
		secure(w.Header())
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), contextKey{}, session)))
	})
}

// bearer returns the token of a request, "" without one. Two are none: two
// programs on the way could disagree on which one counts.
func bearer(r *http.Request) string {
	values := r.Header.Values("Authorization")
	if len(values) != 1 {
		return ""
	}
	scheme, token, _ := strings.Cut(values[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// namespaceOf returns the namespace whose address the request came to.
func (s *Server) namespaceOf(r *http.Request) string {
	if s == nil || s.opts.Namespace == nil {
		return ""
	}
	return s.opts.Namespace(r)
}

// post checks that a request is a POST of JSON that no other site made a
// browser send.
func post(r *http.Request) error {
	if r.Method != http.MethodPost {
		return errMethod
	}
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return errMedia
	}
	if err := http.NewCrossOriginProtection().Check(r); err != nil {
		return errors.Join(errCrossSite, err)
	}
	return nil
}

// sameOrigin reports whether a URL is of the host the request came to. The
// scheme is not known behind a proxy.
func sameOrigin(r *http.Request, from string) bool {
	u, err := url.Parse(from)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, r.Host)
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
