package policy

import (
	"errors"
	"fmt"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/roster"
)

// Errors of making grants.
var (
	ErrDisabled = errors.New("the rules are disabled, and restrict nothing")
	ErrLimit    = errors.New("a viewer could pass a limit")
)

// ForRules makes the grants of a permission dataset.
//
// With viewers, for example of a roster, each user gets one grant with all rows
// that the user sees, including rows through groups. Groups among the viewers
// are left out. This form is for targets without groups, and checks every
// limit.
//
// Without viewers, every user and every group of the rules gets a grant, and
// the target combines the grants of a user's groups. Because the target does
// not check limits, all rules together must be within the limits of one viewer
// (U14, U15); otherwise the error is [ErrLimit].
//
// name returns the name of a viewer in the target; nil uses the name, or the
// name in the ARN. Two viewers with the same name are [ErrDuplicate], because
// one would see the rows of the other. ForRules reports every problem, and then
// returns no grants.
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
