package spice

import (
	"errors"
	"fmt"
	"slices"

	"github.com/rowsight/rowsight/namespace"
)

// checkColumnRules reports every rule that names nothing, or nobody.
func checkColumnRules(rules []ColumnRule) error {
	var errs []error
	for i, r := range rules {
		bad := func(format string, args ...any) {
			errs = append(errs, fmt.Errorf("%w: ColumnRules[%d]: %s", ErrInput, i, fmt.Sprintf(format, args...)))
		}
		if len(r.ColumnNames) == 0 {
			bad("no columns")
		}
		if len(r.Principals) == 0 || len(r.Principals) > maxPrincipals {
			bad("got %d principals, want 1 to %d", len(r.Principals), maxPrincipals)
		}
		for _, p := range r.Principals {
			if p.Kind != namespace.KindUser && p.Kind != namespace.KindGroup {
				bad("got %q, want the ARN of a user or a group", p)
			}
		}
	}
	return errors.Join(errs...)
}

// hasNamed reports which columns that column rules name the level lacks.
func (l *level) hasNamed(rules []ColumnRule) error {
	var errs []error
	for _, r := range rules {
		for _, name := range r.ColumnNames {
			if _, ok := l.column(name); !ok {
				errs = append(errs, fmt.Errorf("column rule: column %q: %w", name, ErrNoColumn))
			}
		}
	}
	return errors.Join(errs...)
}

const maxPrincipals = 100 // of one rule, as in the API

// hidden reports whether column rules keep a column from s (V6): a column that
// any rule names is for the principals of a rule for it. An anonymous session
// is no principal.
func hidden(rules []ColumnRule, column string, s Session) bool {
	restricted := false
	for _, r := range rules {
		if !slices.Contains(r.ColumnNames, column) {
			continue
		}
		if slices.ContainsFunc(r.Principals, s.is) {
			return false
		}
		restricted = true
	}
	return restricted
}

// is reports whether s is a user, or a member of a group. Regions are not
// compared.
func (s Session) is(arn namespace.ARN) bool {
	switch arn.Kind {
	case namespace.KindUser:
		return arn.Same(s.Principal.User.ARN)
	case namespace.KindGroup:
		return slices.ContainsFunc(s.Principal.Groups, func(g namespace.Identity) bool { return arn.Same(g.ARN) })
	default:
		return false
	}
}
