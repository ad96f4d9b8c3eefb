package embed

import (
	"context"
	"net/http"
	"strings"
)

// Require passes on requests with a live session in Authorization: Bearer …,
// and adds the session to their context for [FromContext]. It answers other
// requests with a constant text.
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

type contextKey struct{}

// FromContext returns the session of a request that passed [Server.Require].
// For other requests it returns a session that opens nothing. It never returns
// nil.
func FromContext(ctx context.Context) *Session {
	if s, ok := ctx.Value(contextKey{}).(*Session); ok && s != nil {
		return s
	}
	return new(Session)
}

// namespaceOf returns the namespace whose address the request came to.
func (s *Server) namespaceOf(r *http.Request) string {
	if s == nil || s.opts.Namespace == nil {
		return ""
	}
	return s.opts.Namespace(r)
}
