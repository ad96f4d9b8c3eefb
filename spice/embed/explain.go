package embed

import (
	"context"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/tagrules"
)

// Explain tells the operator why a session sees what it sees under a tag
// configuration: which tags it lacks, and which are one blank or one capital
// letter away from a rule (T7). It holds no tag value, and works for a session
// that has ended. Tag rules do not judge a registered user: its session is
// [ErrForbidden].
func (s *Server) Explain(session *Session, config *tagrules.Config) (tagrules.Explanation, error) {
	if session == nil || session.server == nil || session.server != s || session.grant.registered() {
		return tagrules.Explanation{}, ErrForbidden
	}
	return config.Explain(session.grant.Tags...)
}

// Predicate returns which rows of a dataset a session sees, for the operator. It
// holds tag values: never show it to a viewer (T8).
func (s *Server) Predicate(ctx context.Context, session *Session, dataset namespace.ARN) (predicate.Predicate, error) {
	if session == nil || session.server == nil || session.server != s {
		return predicate.Predicate{}, ErrForbidden
	}
	if err := session.Check(ctx); err != nil {
		return predicate.Predicate{}, err
	}
	d, err := session.open(ctx, dataset)
	if err != nil {
		return predicate.Predicate{}, err
	}
	viewer, err := session.viewer(ctx)
	if err != nil {
		return predicate.Predicate{}, err
	}
	return d.dataset.Predicate(viewer)
}
