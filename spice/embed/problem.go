package embed

import (
	"encoding/json"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"strings"

	"github.com/rowsight/rowsight/spice"
)

// A Problem is an error as a viewer may see it: one of a few constant texts. It
// describes the state of the code or the session, and never the data (S7).
// Handlers send it as JSON to scripts.
type Problem struct {
	Status  int `json:"-"` // of HTTP
	Code    string
	Title   string
	Message string
}

// Public returns the problem of err for the viewer. A missing resource and a
// forbidden resource have the same text.
func Public(err error) Problem {
	switch {
	case err == nil:
		return Problem{Status: http.StatusOK}
	case errors.Is(err, ErrNoCode):
		return Problem{http.StatusUnauthorized, "missing", "No session", "This page opens through a link that your application makes for you. Go back to the application and open the dashboard from there."}
	case errors.Is(err, ErrUsed):
		return Problem{http.StatusGone, "used", "This link was already used", "A link to a dashboard works once. Go back to your application and open the dashboard again."}
	case errors.Is(err, ErrExpired), errors.Is(err, spice.ErrExpired):
		return Problem{http.StatusUnauthorized, "expired", "This link or session has expired", "A link works for five minutes, and a session ends after some hours. Go back to your application and open the dashboard again."}
	case errors.Is(err, ErrRevoked):
		return Problem{http.StatusForbidden, "revoked", "This session was ended", "Somebody who runs this site ended the session. Ask them if you did not expect that."}
	case errors.Is(err, ErrTampered), errors.Is(err, ErrUnknown):
		return Problem{http.StatusUnauthorized, "tampered", "This link or session is not valid", "It was changed on its way, or was never made by this site. Go back to your application and open the dashboard again."}
	case errors.Is(err, ErrForeign):
		return Problem{http.StatusForbidden, "foreign-namespace", "This link or session belongs to another namespace", "It was made for the users of another organisation and does not work here."}
	case errors.Is(err, ErrDomain):
		return Problem{http.StatusForbidden, "domain", "This page may not show the dashboard", "The dashboard can be shown inside some sites only, and this is not one of them."}
	case errors.Is(err, ErrForbidden):
		return Problem{http.StatusForbidden, "forbidden", "No access", "This session has no access to what was asked for. It may belong to another namespace, or not be shared with yours."}
	case errors.Is(err, errMethod):
		return Problem{http.StatusMethodNotAllowed, "method", "Not possible", "This address does not take such a request."}
	case errors.Is(err, errMedia):
		return Problem{http.StatusUnsupportedMediaType, "media-type", "Not possible", "This address takes JSON only."}
	case errors.Is(err, errCrossSite):
		return Problem{http.StatusForbidden, "cross-site", "Not possible", "This address does not take requests from other sites."}
	case errors.Is(err, errBody), errors.Is(err, spice.ErrInput):
		return Problem{http.StatusBadRequest, "bad-request", "Not possible", "The request could not be understood."}
	default:
		return Problem{http.StatusServiceUnavailable, "unavailable", "The data is not available now", "Something kept us from showing the data. Try again later, and tell those who run this site if it lasts."}
	}
}

// Why handlers refuse a request before looking for a code or a session.
var (
	errMethod    = errors.New("method not allowed")
	errMedia     = errors.New("the body is not application/json")
	errCrossSite = errors.New("a request from another site")
	errBody      = errors.New("the body has another form than requested")
)

// WriteError answers a request with the words for err: a page for who accepts
// HTML, and otherwise the JSON of a [Problem]. Nothing else of err gets out. The full
// error is logged by the server of the session of the request, and without a session
// by slog.Default; see [Server.WriteError].
func WriteError(w http.ResponseWriter, r *http.Request, err error) {
	FromContext(r.Context()).server.WriteError(w, r, err)
}

// WriteError is the function of this name for a request without a session: it logs to
// Options.Logger and writes Options.ErrorPage.
//
// The log has the full error, the method, the pattern of the route and the user of
// the session. It has no address and no header, because they hold codes and tokens.
// The errors of this module contain no value of a row or a tag; those of your handlers
// must not either. A viewer who went away is not logged.
func (s *Server) WriteError(w http.ResponseWriter, r *http.Request, err error) {
	if err != nil && !gone(err) {
		p, level, logger := Public(err), slog.LevelInfo, slog.Default()
		if p.Status >= http.StatusInternalServerError {
			level = slog.LevelWarn
		}
		if s != nil && s.opts.Logger != nil {
			logger = s.opts.Logger
		}
		logger.LogAttrs(r.Context(), level, "embed: a request failed", slog.String("code", p.Code), slog.String("method", r.Method),
			slog.String("route", r.Pattern), slog.String("user", FromContext(r.Context()).User().String()), slog.Any("error", err))
	}
	s.writeError(w, r, err)
}

// writeError is [Server.WriteError] for errors that have been logged.
func (s *Server) writeError(w http.ResponseWriter, r *http.Request, err error) {
	if s == nil {
		writeError(w, r, err, nil)
		return
	}
	writeError(w, r, err, s.opts.ErrorPage)
}

// errorPolicy is the Content-Security-Policy of an error page.
const errorPolicy = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"

func writeError(w http.ResponseWriter, r *http.Request, err error, page func(http.ResponseWriter, *http.Request, Problem)) {
	p := Public(err)
	h := w.Header()
	secure(h)
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
	if !strings.Contains(r.Header.Get("Accept"), "text/html") {
		h.Set("Content-Type", "application/json")
		w.WriteHeader(p.Status)
		_ = json.NewEncoder(w).Encode(p)
		return
	}
	// No frame-ancestors: a page that says why there is no dashboard has to be
	// seen where the dashboard would be, and there is nothing on it to click.
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", errorPolicy)
	w.WriteHeader(p.Status)
	if page != nil {
		page(w, r, p)
		return
	}
	_ = errorPage.Execute(w, p)
}

var errorPage = template.Must(template.New("error").Parse(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{{.Title}}</title>
</head>
<body>
<main role="alert" data-code="{{.Code}}">
<h1>{{.Title}}</h1>
<p>{{.Message}}</p>
</main>
</body>
</html>
`))
