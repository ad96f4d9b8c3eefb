package spice

import (
	"context"
	"errors"
	"fmt"

	"github.com/rowsight/rowsight/spice/audit"
	"github.com/rowsight/rowsight/spice/keys"
)

// record appends to the audit trail. The operation must not happen if it
// fails.
func (s *Store) record(ctx context.Context, u audit.Use) error {
	// A record of something that was called off is a record all the same.
	if err := s.opts.Audit.Append(context.WithoutCancel(ctx), u.Record()); err != nil {
		return fmt.Errorf("%w: %w", ErrAudit, err)
	}
	return nil
}

// operator is who changes datasets.
func (s *Store) operator() audit.Identity {
	if s.opts.Operator.IsZero() {
		return audit.Service()
	}
	return audit.Viewer(s.opts.Operator)
}

// who is the viewer in audit records, with the label if it is one. Tags are not
// recorded (T8).
func (s Session) who() audit.Identity {
	id := s.identity()
	if s.CheckLabel() == nil {
		id.Label = s.Label
	}
	return id
}

func (s Session) identity() audit.Identity {
	switch k, _ := s.kind(); {
	case k == anonymous:
		return audit.Anonymous(s.Anonymous.String())
	case k == registered && !s.Principal.User.IsZero():
		return audit.Viewer(s.Principal.User)
	case k == registered:
		id := audit.Viewer(s.Principal.Groups[0])
		id.Type = "QuickSightGroup"
		return id
	default:
		return audit.Identity{Type: "Unknown"}
	}
}

// code is why something was refused, in the words of the API.
func code(err error) string {
	for _, c := range []struct {
		err  error
		code string
	}{
		{keys.ErrDisabled, "DisabledException"},
		{ErrKey, "CustomerManagedKeyUnavailableException"},
		{ErrNoDataset, "ResourceNotFoundException"},
		{ErrNoParent, "ResourceNotFoundException"},
		{ErrCorrupt, "InternalFailureException"},
		{ErrRollback, "InternalFailureException"},
		{ErrWitness, "InternalFailureException"},
		{ErrSchema, "InvalidParameterValueException"},
		{ErrInput, "InvalidParameterValueException"},
	} {
		if errors.Is(err, c.err) {
			return c.code
		}
	}
	return denied
}

const denied = "AccessDeniedException"

// ingestionCode is why a refresh failed. Nobody is denied anything by that: what
// [code] has no other word for is the fault of the source, of what was asked
// for, or our own.
func ingestionCode(err error) string {
	if c := code(err); c != denied {
		return c
	}
	switch {
	case errors.Is(err, context.Canceled):
		return "INGESTION_CANCELED"
	case errors.Is(err, ErrSource):
		return "CUSTOMER_ERROR"
	}
	for _, asked := range []error{
		ErrImportMode, ErrNotIngested, ErrNoKey, ErrType, ErrEncoding, ErrTooLong, ErrNoColumn, ErrNotText, ErrRules, ErrDepth, ErrSpiceChild,
	} {
		if errors.Is(err, asked) {
			return "InvalidParameterValueException"
		}
	}
	return "InternalFailureException"
}
