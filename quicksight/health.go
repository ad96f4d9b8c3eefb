package quicksight

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/rowsight/rowsight/namespace"
)

// The routes that need no signature and tell nothing about the account.
//
//	GET /healthz      200 while the process answers
//	GET /readyz       200 while the service can read its folder, and otherwise 503
//	GET /invitation   what UserInvitationUrl names: why there is nothing to do there
const (
	healthPath     = "/healthz"
	readyPath      = "/readyz"
	invitationPath = "/invitation"
)

const invitation = "This service has no passwords, and nobody signs in here. Programs sign requests with access keys, and viewers open embed URLs.\n"

// Ready reports whether the service can answer requests: it is open, and its
// directory can be read. The error is for the operator.
func (s *Service) Ready(ctx context.Context) error {
	if s == nil || s.model == nil || s.ctx.Err() != nil {
		return errors.New("the service is closed")
	}
	there, err := s.directory.HasNamespace(ctx, namespace.Default)
	if err == nil && !there {
		err = errors.New("the namespace default is not there")
	}
	if err != nil {
		return fmt.Errorf("the directory cannot be read: %w", err)
	}
	return nil
}

// watched answers these routes.
func (s *Service) watched(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	if r.URL.Path == invitationPath {
		_, _ = io.WriteString(w, invitation)
		return
	}
	if r.URL.Path == readyPath {
		if err := s.Ready(r.Context()); err != nil {
			s.opts.Logger.WarnContext(r.Context(), "quicksight: not ready", "error", err)
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = io.WriteString(w, "not ready\n")
			return
		}
	}
	_, _ = io.WriteString(w, "ok\n")
}
