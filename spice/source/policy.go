package source

import (
	"io"
	"strings"

	"github.com/rowsight/rowsight/internal/iam"
)

// A Policy is a set of IAM policies. It is immutable and safe for concurrent
// use. The zero Policy allows nothing.
//
// It supports Effect, Action, Resource, and Condition with the common string
// and ARN operators; [ParsePolicy] refuses anything else. A condition on a
// property of a request that is not known counts as false if the Effect is
// Allow, and as true if it is Deny.
type Policy struct{ policy iam.Policy }

// ParsePolicy reads an IAM policy. It reports every problem with
// file:line:column, and the Policy then allows nothing.
func ParsePolicy(r io.Reader, opts *ParseOptions) (Policy, error) {
	if opts == nil {
		opts = new(ParseOptions)
	}
	p, err := iam.Parse(r, &iam.Options{File: opts.File})
	return Policy{p}, err
}

// JoinPolicies combines the policies of one identity.
func JoinPolicies(policies ...Policy) Policy {
	all := make([]iam.Policy, len(policies))
	for i, p := range policies {
		all[i] = p.policy
	}
	return Policy{iam.Join(all...)}
}

// Allows reports whether the policy allows an action on a resource if nothing
// else is known about the request.
func (p Policy) Allows(action, resource string) bool { return p.policy.Allows(action, resource) }

// decide returns nil, or an error that wraps why and says what forbids it.
func (p Policy) decide(why error, action, resource string, context map[string][]string) error {
	d := p.policy.Decide(iam.Request{Action: action, Resource: resource, Context: context})
	if d.Allowed {
		return nil
	}
	return refusal(why, d)
}

func refusal(why error, d iam.Decision) error {
	return &reason{why, strings.TrimPrefix(d.String(), "not allowed: ")}
}

// A reason is a sentinel with its story.
type reason struct {
	why   error
	story string
}

func (r *reason) Error() string { return r.why.Error() + ": " + r.story }
func (r *reason) Unwrap() error { return r.why }

// A TrustPolicy says who may assume a role. The zero TrustPolicy allows nobody.
type TrustPolicy struct{ trust iam.Trust }

// ParseTrustPolicy reads the trust policy of a role, as [ParsePolicy] does.
func ParseTrustPolicy(r io.Reader, opts *ParseOptions) (TrustPolicy, error) {
	if opts == nil {
		opts = new(ParseOptions)
	}
	t, err := iam.ParseTrust(r, &iam.Options{File: opts.File})
	return TrustPolicy{t}, err
}

// Service is the principal that assumes run-as roles.
const Service = "quicksight.amazonaws.com"

// admits returns nil if the service may assume the role for a data source.
func (t TrustPolicy) admits(account, dataSource string) error {
	d := t.trust.Decide(iam.Request{
		Action:    "sts:AssumeRole",
		Principal: iam.Principal{Kind: "Service", ID: Service},
		Context:   map[string][]string{"aws:SourceAccount": {account}, "aws:SourceArn": {dataSource}},
	})
	if d.Allowed {
		return nil
	}
	return refusal(ErrTrust, d)
}
