package embed

import (
	"context"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/tagrules"
)

// Explain explains to an operator what a session sees under a tag
// configuration: the tags that it lacks, and the tags that differ from a rule
// only in blanks or case (T7). The text contains no tag value. Explain also
// works for a session that has ended. Tag rules do not apply to registered
// users, so for their sessions the error is [ErrForbidden].
func (s *Server) Explain(session *Session, config *tagrules.Config) (tagrules.Explanation, error) {
	if session == nil || session.server == nil || session.server != s || session.grant.registered() {
		return tagrules.Explanation{}, ErrForbidden
	}
	return config.Explain(session.grant.Tags...)
}

// Predicate returns the rows of a dataset that a session sees, for operators.
// It contains tag values, so never show it to a viewer (T8).
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
