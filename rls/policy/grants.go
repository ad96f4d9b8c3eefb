package policy

import (
	"errors"
	"fmt"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/roster"
)

// Why no grants are made of rules.
var (
	ErrDisabled = errors.New("the rules are disabled, and restrict nothing")
	ErrLimit    = errors.New("a viewer could pass a limit")
)

// ForRules makes the grants of a permission dataset.
//
// With viewers, which a roster knows, each user gets one grant of the rows that
// the rules show them, through their groups too; groups among the viewers are
// left out. It suits targets without groups, and every limit is checked.
//
// Without viewers, every user and every group that a rule names gets a grant,
// and the target unites those of a user's groups. As it would not count, all
// rules together must be within the limits of one viewer (U14, U15):
// [ErrLimit].
//
// name says what the target calls a viewer; nil takes the name, and of an ARN
// the name in it. Two viewers of one name are [ErrDuplicate]: the rows of one
// would be shown to the other. Every problem is reported, and then there are no
// grants.
func ForRules(rules *rls.Rules, viewers []roster.Viewer, name func(roster.Viewer) string) ([]Grant, error) {
	if !rules.Enforced() {
		return nil, ErrDisabled
	}
	named := viewers == nil
	if named {
		if err := withinLimits(rules); err != nil {
			return nil, err
		}
		viewers = roster.FromRules(rules)
	}
	if name == nil {
		name = plainName
	}
	var grants []Grant
	var errs []error
	seen := make(map[Grant]string) // without rows -> whose
	for _, v := range viewers {
		g := Grant{Kind: User, Name: name(v)}
		if v.Kind == namespace.KindGroup {
			if !named {
				continue
			}
			g.Kind = Group
		}
		if other, ok := seen[g]; ok {
			errs = append(errs, fmt.Errorf("%s and %s are both %s %q: %w", other, v, g.Kind, g.Name, ErrDuplicate))
			continue
		}
		seen[g] = v.String()
		rows, err := rules.For(v.Principal)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if g.Rows = rows; rows.Op() != predicate.OpNone {
			grants = append(grants, g)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return grants, nil
}

// plainName is the name of a viewer, without the rest of an ARN.
func plainName(v roster.Viewer) string {
	id := v.Principal.User
	if v.Kind == namespace.KindGroup && len(v.Principal.Groups) > 0 {
		id = v.Principal.Groups[0]
	}
	if !id.ARN.IsZero() {
		return id.ARN.Name
	}
	return v.Name
}

// withinLimits is an error if some viewer, who might be in all groups, could
// pass a limit.
func withinLimits(rules *rls.Rules) error {
	if n := rules.Len(); n > rls.MaxRules {
		return fmt.Errorf("%w: %d rules, want at most %d, or the viewers and their groups", ErrLimit, n, rls.MaxRules)
	}
	for _, column := range rules.Columns() {
		values := make(map[string]bool)
		for r := range rules.All() {
			for v := range r.Values(column) {
				values[v] = true
			}
		}
		if n := len(values); n > rls.MaxValues {
			return fmt.Errorf("%w: %d values of column %q, want at most %d, or the viewers and their groups", ErrLimit, n, column, rls.MaxValues)
		}
	}
	return nil
}
