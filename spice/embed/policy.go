package embed

import (
	"io"

	"github.com/rowsight/rowsight/internal/iam"
	"github.com/rowsight/rowsight/namespace"
)

// Action is what the policy of a caller must allow, on the ARN of the namespace
// and on that of each authorized resource (E4).
const Action = "quicksight:GenerateEmbedUrlForAnonymousUser"

// The actions that the policy of a caller must allow on the ARN of the user, for
// a session of a registered user.
const (
	ActionRegistered   = "quicksight:GenerateEmbedUrlForRegisteredUser"
	ActionWithIdentity = "quicksight:GenerateEmbedUrlForRegisteredUserWithIdentity"
)

// DomainsKey is the condition key that holds AllowedDomains.
const DomainsKey = "quicksight:AllowedEmbeddingDomains"

// A Policy is what the IAM identity policy of a caller allows (E4). It is
// immutable and safe for concurrent use. The zero Policy allows nothing.
type Policy struct{ policy iam.Policy }

// PolicyOptions say how a policy is read. A nil *PolicyOptions is the default.
type PolicyOptions struct {
	File string // in messages

	// Placeholders are filled in for {{name}} in resources, for a policy that is
	// made for each tenant: {{tenant-id}}. A value may hold letters, digits, '.',
	// '_' and '-' only, so that a tenant called * does not become all tenants. A
	// placeholder without a value is an error.
	Placeholders map[string]string
}

// ParsePolicy reads the JSON of an IAM identity policy. Wildcards * and ? are
// understood, conditions by the usual operators, and comments are passed over;
// anything that is not understood is an error. Every problem is reported, in
// order of position, and the Policy then allows nothing.
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
// request that names these domains, and why, in words for the operator.
func (p Policy) Decide(resource namespace.ARN, domains ...string) (allowed bool, why string) {
	return p.decide(Action, resource, domains)
}

func (p Policy) decide(action string, resource namespace.ARN, domains []string) (allowed bool, why string) {
	d := p.policy.Decide(iam.Request{
		Action: action, Resource: resource.String(), Context: map[string][]string{DomainsKey: domains},
	})
	return d.Allowed, d.String()
}
