package embed

import (
	"context"
	"fmt"
	"strings"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/audit"
	"github.com/rowsight/rowsight/spice/observe"
)

// Names of events in audit records. The first is that of the API; the others
// happen inside QuickSight, which has no public names for them.
const (
	eventGenerate   = "GenerateEmbedUrlForAnonymousUser"
	eventRegistered = "GenerateEmbedUrlForRegisteredUser"
	eventIdentity   = "GenerateEmbedUrlForRegisteredUserWithIdentity"
	eventRedeem     = "RedeemEmbedUrl"
	eventSession    = "AuthenticateAnonymousSession" // recorded when it is refused
	eventOpen       = "OpenDataSet"
	eventRevoke     = "RevokeAnonymousSession"
)

// An event is something to be recorded. It has no place for a tag value or a
// code.
type event struct {
	name    string
	caller  string        // ARN of the program that asked; "" is the viewer
	user    namespace.ARN // the viewer; zero if that is not known
	label   string        // of the session
	dataset namespace.ARN
	request *Request
	board   namespace.ARN // of a registered user's session
	id      string        // of the request
}

// happened records an event. Without its record it must not happen.
func (s *Server) happened(ctx context.Context, e event) error {
	if s.opts.Audit == nil {
		return nil
	}
	if err := s.opts.Audit.Append(ctx, s.record(e, "")); err != nil {
		return fmt.Errorf("no audit record: %w", err)
	}
	return nil
}

// refused records that an event was refused, and logs the full reason for the
// operator. It was refused whether that can be recorded or not.
func (s *Server) refused(ctx context.Context, e event, reason error, code string) {
	s.opts.Logger.WarnContext(ctx, "embed: refused", "event", e.name, "user", e.user.String(), "code", code, "error", reason)
	if s.opts.Audit == nil {
		return
	}
	if err := s.opts.Audit.Append(context.WithoutCancel(ctx), s.record(e, code)); err != nil {
		s.opts.Logger.ErrorContext(ctx, "embed: a refusal was not recorded", "event", e.name, "error", err)
	}
}

// recordable returns the label of a caller, and "" for one that is refused.
func recordable(label string, req *Request) string {
	s := spice.Session{Label: label}
	if req != nil {
		s.Tags = req.SessionTags
	}
	if s.CheckLabel() != nil {
		return ""
	}
	return label
}

// record writes an event in the shape of QuickSight's own. The records of
// package audit know datasets; what an embedding is about are dashboards.
func (s *Server) record(e event, code string) audit.Record {
	r := audit.Use{Name: e.name, DataSet: s.arn(namespace.KindNamespace, namespace.Default).String(), Code: code}.Record()
	r.ServiceEventDetails, r.Resources = nil, nil
	add := func(kind string, arn namespace.ARN) {
		r.Resources = append(r.Resources, audit.Resource{AccountID: s.site.Account, Type: "AWS::QuickSight::" + kind, ARN: arn.String()})
	}
	kind := "AnonymousUser"
	if e.user.Kind == namespace.KindUser {
		kind = "QuickSightUser"
	}
	r.UserIdentity = audit.Identity{Type: kind, ARN: e.user.String(), AccountID: s.site.Account}
	switch e.name {
	case eventGenerate, eventRegistered, eventIdentity, eventRevoke:
		r.UserIdentity = audit.Identity{Type: "AssumedRole", ARN: e.caller, AccountID: s.site.Account}
		if !e.user.IsZero() {
			add(strings.TrimPrefix(kind, "QuickSight"), e.user)
		}
	}
	if !e.board.IsZero() {
		add("Dashboard", e.board)
	}
	r.UserIdentity.Label = e.label
	if !e.dataset.IsZero() {
		add("DataSet", e.dataset)
	}
	if e.request != nil {
		if namespace.CheckNamespace(e.request.Namespace) == nil {
			add("Namespace", s.arn(namespace.KindNamespace, e.request.Namespace))
		}
		for i, text := range e.request.AuthorizedResourceArns {
			if arn, err := namespace.ParseARN(text); err == nil && i < MaxResources && len(text) < 2048 {
				add("Dashboard", arn)
			}
		}
	}
	r.EventType, r.ReadOnly, r.RequestID = "AwsApiCall", e.name == eventOpen || e.name == eventSession, e.id
	return r
}

// observed begins an operation for the observer. The function that ends it gives
// the observer the code that a viewer or caller sees.
func (s *Server) observed(ctx context.Context, kind observe.Kind, name string) (context.Context, func(error)) {
	ctx, ended := observe.Start(ctx, s.opts.Observer, observe.Operation{Kind: kind, Name: name})
	return ctx, func(err error) {
		code := ""
		switch {
		case err == nil:
		case kind == observe.Generate:
			code = Code(err)
		default:
			code = Public(err).Code
		}
		ended(observe.Ended(err, code))
	}
}
