package embed

import (
	"io"

	"github.com/rowsight/rowsight/internal/iam"
	"github.com/rowsight/rowsight/namespace"
)

// Action is the action that the policy of a caller must allow on the namespace
// and on each authorized resource (E4).
const Action = "quicksight:GenerateEmbedUrlForAnonymousUser"

// The actions that the policy of a caller must allow on the ARN of the user, for
// a session of a registered user.
const (
	ActionRegistered   = "quicksight:GenerateEmbedUrlForRegisteredUser"
	ActionWithIdentity = "quicksight:GenerateEmbedUrlForRegisteredUserWithIdentity"
)

// DomainsKey is the condition key that holds AllowedDomains.
const DomainsKey = "quicksight:AllowedEmbeddingDomains"

// A Policy is the IAM identity policy of a caller (E4). It is immutable and
// safe for concurrent use. The zero Policy allows nothing.
type Policy struct{ policy iam.Policy }

// PolicyOptions configure [ParsePolicy]. A nil *PolicyOptions is the default.
type PolicyOptions struct {
	File string // in messages

	// Placeholders replace {{name}} in resources, for a policy that is the same
	// for each tenant but for {{tenant-id}}. A value may contain only letters,
	// digits, '.', '_' and '-', so that a tenant called * does not become all
	// tenants. A placeholder without a value is an error.
	Placeholders map[string]string
}

// ParsePolicy reads the JSON of an IAM identity policy. It supports the
// wildcards * and ?, conditions with the common operators, and comments.
// Anything else is an error. It reports every problem, in order of position,
// and the Policy then allows nothing.
//
// A condition on a property of a request that is not known counts as false if
// the Effect is Allow, and as true if it is Deny.
func ParsePolicy(r io.Reader, opts *PolicyOptions) (Policy, error) {
	if opts == nil {
		opts = new(PolicyOptions)
	}
	p, err := iam.Parse(r, &iam.Options{File: opts.File, Comments: true, Placeholders: opts.Placeholders})
	if err != nil {
		return Policy{}, err
	}
	return Policy{p}, nil
}

// Decide reports whether the policy allows the action on a resource for a
// request with these domains, and the reason for operators.
func (p Policy) Decide(resource namespace.ARN, domains ...string) (allowed bool, why string) {
	return p.decide(Action, resource, domains)
}

func (p Policy) decide(action string, resource namespace.ARN, domains []string) (allowed bool, why string) {
	d := p.policy.Decide(iam.Request{
		Action: action, Resource: resource.String(), Context: map[string][]string{DomainsKey: domains},
	})
	return d.Allowed, d.String()
}
