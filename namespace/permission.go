package namespace

import (
	"slices"
	"strings"

	"github.com/rowsight/rowsight/internal/plain"
)

// A ResourcePermission allows a principal some actions on one asset, as the API
// object ResourcePermission. A principal is a user or a group. For dashboards
// and analyses it may also be a namespace, which includes all of its users.
type ResourcePermission struct {
	Principal ARN
	Actions   []string // such as "quicksight:DescribeDashboard", sorted when returned
}

// UpdatePermissionsInput changes the permissions of one asset. Granting and
// revoking the same action of a principal in one call is an error. Revoking an
// action that was not granted has no effect.
type UpdatePermissionsInput struct {
	GrantPermissions  []ResourcePermission `json:",omitempty"`
	RevokePermissions []ResourcePermission `json:",omitempty"`

	// Link permissions are for dashboards, and their principals are namespaces. All
	// registered users of such a namespace may view the dashboard: the actions are
	// DescribeDashboard, ListDashboardVersions and QueryDashboard, all three.
	GrantLinkPermissions  []ResourcePermission `json:",omitempty"`
	RevokeLinkPermissions []ResourcePermission `json:",omitempty"`
}

// permissions returns who may do what, as far as the caller may know: a user
// sees principals of the own namespace only (N4).
func (c caller) permissions(grants map[grantee][]string) []ResourcePermission {
	var out []ResourcePermission
	for _, g := range sorted(grants) {
		if len(grants[g]) > 0 && c.mayShareWith(g) {
			out = append(out, ResourcePermission{c.d.arnOf(g), slices.Clone(grants[g])})
		}
	}
	return out
}

func (c caller) mayShareWith(g grantee) bool { return c.admin || g.ns == c.who.ns }

// share returns the changes that an update of permissions comes to: one for
// each principal whose actions are others afterwards.
func (c caller) share(k assetKind, a *asset, in UpdatePermissionsInput) ([]change, error) {
	after, err := c.after(k, a, a.grants, in.GrantPermissions, in.RevokePermissions)
	if err != nil {
		return nil, err
	}
	if k.kind == KindFolder {
		if err := c.checkLevels(a, after); err != nil {
			return nil, err
		}
	}
	links, err := c.shareLink(k, a, in)
	return append(a.changes(opGrant, a.grants, after), links...), err
}

// after returns what the principals that an update names may do afterwards. before
// are the permissions that it changes.
func (c caller) after(k assetKind, a *asset, before map[grantee][]string, grants, revokes []ResourcePermission) (map[grantee][]string, error) {
	for _, list := range [][]ResourcePermission{grants, revokes} {
		if len(list) > k.maxShare {
			var check checker
			check.bad("%d principals in one call, want at most %d", len(list), k.maxShare)
			return nil, c.fail(k.kind, a.id, check.err())
		}
	}
	grant, err := c.byPrincipal(k, a, grants)
	if err != nil {
		return nil, err
	}
	revoke, err := c.byPrincipal(k, a, revokes)
	if err != nil {
		return nil, err
	}
	after := make(map[grantee][]string)
	for g, actions := range grant {
		for _, action := range actions {
			if slices.Contains(revoke[g], action) {
				return nil, c.fail(k.kind, a.id, errPrincipal(c.d.arnOf(g), "is granted and revoked %s", action))
			}
		}
		after[g] = union(before[g], actions)
	}
	for g, actions := range revoke {
		now, ok := after[g]
		if !ok {
			now = before[g]
		}
		after[g] = slices.DeleteFunc(slices.Clone(now), func(action string) bool { return slices.Contains(actions, action) })
	}
	return after, nil
}

// changes returns a change for each principal whose actions are others afterwards.
func (a *asset) changes(op op, before, after map[grantee][]string) (changes []change) {
	for _, g := range sorted(after) {
		if !slices.Equal(after[g], before[g]) {
			changes = append(changes, a.change(op, g, after[g]))
		}
	}
	return changes
}

// byPrincipal checks permissions and sorts them by principal. Whoever is of
// another namespace than the caller is refused before anything is looked up.
func (c caller) byPrincipal(k assetKind, a *asset, in []ResourcePermission) (map[grantee][]string, error) {
	out := make(map[grantee][]string)
	var problems []error
	for _, p := range in {
		g, ok := c.d.granteeOf(p.Principal)
		if ok && !c.mayShareWith(g) {
			return nil, c.deny(k.kind, a.id)
		}
		var check checker
		switch {
		case !ok:
			check.problems = append(check.problems, errPrincipal(p.Principal, "is no user, group or namespace of account %s", c.d.arn.Account))
		case g.kind == KindNamespace && !k.namespaces:
			check.problems = append(check.problems, errPrincipal(p.Principal, "is a namespace, want a user or a group for a %s", k.kind))
		case !c.s.knows(g):
			check.problems = append(check.problems, errPrincipal(p.Principal, "is not in the directory"))
		case len(p.Principal.String()) > maxPrincipal:
			check.problems = append(check.problems, errPrincipal(p.Principal, "is longer than %d characters", maxPrincipal))
		}
		if n := len(p.Actions); n < 1 || n > maxActions {
			check.bad("%d actions, want 1 to %d", n, maxActions)
		}
		for _, action := range p.Actions {
			name, ok := strings.CutPrefix(action, "quicksight:")
			if !ok || name == "" || !charset(name, "") {
				check.bad("action %q, want one such as quicksight:Describe%s", plain.Abridge(action, maxShown), k.api)
			}
		}
		if err := check.err(); err != nil {
			problems = append(problems, c.fail(k.kind, a.id, err))
			continue
		}
		out[g] = union(out[g], p.Actions)
	}
	return out, join(problems)
}

// union returns what is in a or b, sorted, each once.
func union(a, b []string) []string {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Clip(slices.Compact(all))
}
