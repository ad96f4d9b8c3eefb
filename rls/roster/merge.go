package roster

import (
	"errors"
	"fmt"
	"slices"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
)

// Merge returns a roster with the users of all rosters, each once, in the groups
// that any of them gives. A user that one roster names and another knows by its
// ARN is an [ErrNames]: the two might be two people. If one roster lists the users
// of a namespace, a user that only the caller of [ReadJSON] named is an
// [ErrSubject]. Attributes must be the same in all rosters that have users with
// lines of attributes.
func Merge(rosters ...*Roster) (*Roster, error) {
	b := newBuilder("")
	var errs []error
	for _, r := range rosters {
		if r == nil {
			continue
		}
		switch {
		case len(b.roster.attributes) == 0:
			b.roster.attributes = slices.Clone(r.attributes)
		case len(r.attributes) > 0 && !slices.Equal(b.roster.attributes, r.attributes):
			errs = append(errs, fmt.Errorf("%w: the attributes are %q and %q", ErrHeader, b.roster.attributes, r.attributes))
			continue
		}
		for _, side := range []struct {
			from []entry
			to   func(string, rls.Position) *entry
		}{{r.users, b.user}, {r.groups, b.group}} {
			for _, e := range side.from {
				to := side.to(e.name, e.at)
				to.groups = append(to.groups, e.groups...)
				to.listed, to.named, to.whole = to.listed || e.listed, to.named || e.named, to.whole || e.whole
				if len(r.attributes) > 0 {
					to.lines = append(to.lines, e.lines...)
				}
			}
		}
	}
	byName := make(map[string]bool)
	lists := make(map[[2]string]bool) // of accounts and namespaces
	for _, u := range b.roster.users {
		if a, err := namespace.ParseARN(u.name); err == nil {
			byName[a.Name] = true
			lists[[2]string{a.Account, a.Namespace}] = lists[[2]string{a.Account, a.Namespace}] || u.whole
		}
	}
	for _, u := range b.roster.users {
		if byName[u.name] {
			errs = append(errs, &rls.Error{Pos: u.at, Err: fmt.Errorf("%w: user %q is also listed by an ARN", ErrNames, u.name)})
		}
		if a, err := namespace.ParseARN(u.name); err == nil && u.named && !u.listed && lists[[2]string{a.Account, a.Namespace}] {
			errs = append(errs, &rls.Error{Pos: u.at, Err: fmt.Errorf("%w: %q is not among the users of list-users; want the user of list-user-groups. The answer of list-groups names no user", ErrSubject, a.Name)})
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return b.sorted(), nil
}
