package source

import (
	"context"
	"fmt"

	"github.com/rowsight/rowsight/namespace"
)

// A Role is an IAM role for run-as rules (K5).
type Role struct {
	Arn    string
	Trust  TrustPolicy // who may assume it
	Policy Policy      // what it may do
}

// Roles looks up roles. Implementations are safe for concurrent use.
type Roles interface {
	// Role returns a role. If it does not exist, the error wraps ErrNoRole.
	Role(ctx context.Context, arn string) (Role, error)
}

// RoleList is a list of roles in memory. It must not be changed while in use.
type RoleList []Role

// Role returns the role with an ARN.
func (l RoleList) Role(ctx context.Context, arn string) (Role, error) {
	for _, r := range l {
		if r.Arn == arn {
			return r, ctx.Err()
		}
	}
	return Role{}, fmt.Errorf("%w: %s", ErrNoRole, arn)
}

// Access holds the limits of a query of a data source, in addition to the rules
// of the dataset (K5). The zero Access denies everything.
type Access struct {
	RoleArn       string // the assumed role: the run-as role or the account-wide role
	RunAs         bool   // it is the run-as role of the data source
	ScopeDown     bool   // the scope-down policy of the viewer also applies
	LakeFormation bool   // Lake Formation permissions also apply; always true for Athena

	policy    Policy
	scopeDown *Policy
}

// May returns nil if an action on a resource is allowed. Otherwise the error
// wraps [ErrDenied].
func (a Access) May(action, resource string) error {
	return a.may(action, resource, nil)
}

func (a Access) may(action, resource string, context map[string][]string) error {
	if err := a.policy.decide(ErrDenied, action, resource, context); err != nil {
		return err
	}
	if a.scopeDown != nil {
		if err := a.scopeDown.decide(ErrDenied, action, resource, context); err != nil {
			return fmt.Errorf("scope-down policy: %w", err)
		}
	}
	return nil
}

// access returns what limits a query on behalf of a viewer. With a run-as role
// the account-wide role and scope-down policies do not count; without one both
// do (K5). No viewer has no scope-down policy: the catalog looks on its own.
func (c *Catalog) access(ctx context.Context, p DataSourceParameters, t Type, arn string, viewer *namespace.Principal) (Access, error) {
	a := Access{RoleArn: p.RoleARN(), LakeFormation: t == Athena}
	a.RunAs = a.RoleArn != ""
	if !a.RunAs {
		a.RoleArn = c.opts.AccountRole
	}
	if a.RoleArn == "" {
		return Access{}, fmt.Errorf("%w: the data source has no run-as role and the catalog no account-wide role", ErrNoRole)
	}
	if c.opts.Roles == nil {
		return Access{}, fmt.Errorf("%w: %s: the catalog was given no Roles", ErrNoRole, a.RoleArn)
	}
	role, err := c.opts.Roles.Role(ctx, a.RoleArn)
	if err != nil {
		return Access{}, err
	}
	if err := role.Trust.admits(c.opts.Account, arn); err != nil {
		return Access{}, err
	}
	a.policy = role.Policy
	if !a.RunAs && viewer != nil && c.opts.ScopeDown != nil {
		if a.scopeDown, err = c.opts.ScopeDown(ctx, *viewer); err != nil {
			return Access{}, err
		}
		a.ScopeDown = a.scopeDown != nil
	}
	return a, nil
}

// checkRole holds the rules of setting a run-as role that need no look at the
// role itself.
func (c *Catalog) checkRole(caller Caller, p DataSourceParameters) error {
	arn := p.RoleARN()
	if arn == "" {
		return nil // and then the caller need not be allowed to pass one
	}
	role, err := parseRole(arn)
	if err != nil {
		return &Error{Field: "RoleArn", Err: err}
	}
	if role.Account != c.opts.Account || role.Partition != c.opts.Partition {
		return &Error{Field: "RoleArn", Err: fmt.Errorf("%w: %s, want account %s", ErrRoleAccount, arn, c.opts.Account)}
	}
	if r := p.RedshiftParameters; r != nil && serverless(r.Host) {
		return &Error{Field: "RoleArn", Err: ErrServerless}
	}
	return caller.Policy.decide(ErrPassRole, "iam:PassRole", arn, map[string][]string{"iam:PassedToService": {Service}})
}
