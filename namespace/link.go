package namespace

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// A dashboard has a link, which can be shared with whole namespaces. Every
// registered user of such a namespace may view the dashboard by it. Nobody else may:
// no anonymous session in the name of the namespace, and no group of another one.

// linkActions are the actions that the link of a dashboard gives, sorted. A part of
// them is refused, because nothing says what it would give.
var linkActions = []string{"quicksight:DescribeDashboard", "quicksight:ListDashboardVersions", "quicksight:QueryDashboard"}

// maxLinks is how many namespaces one link is shared with: the list of the API has
// no more elements.
const maxLinks = 64

// linked reports whether who asks, the first of by, may do action to a dashboard by
// its link.
func (a *asset) linked(by []grantee, action string) bool {
	if len(by) == 0 || by[0].kind != KindUser {
		return false
	}
	_, ok := slices.BinarySearch(a.links[grantee{kind: KindNamespace, ns: by[0].ns}], action)
	return ok
}

// shareLink returns the changes that an update makes to the link of a dashboard.
func (c caller) shareLink(k assetKind, a *asset, in UpdatePermissionsInput) ([]change, error) {
	grants, revokes := in.GrantLinkPermissions, in.RevokeLinkPermissions
	if len(grants)+len(revokes) == 0 {
		return nil, nil
	}
	var check checker
	if k.kind != KindDashboard {
		check.bad("link permissions of a %s, want a dashboard", k.kind)
		return nil, c.fail(k.kind, a.id, check.err())
	}
	for _, p := range slices.Concat(grants, revokes) {
		if p.Principal.Kind != KindNamespace {
			check.problems = append(check.problems, errPrincipal(p.Principal, "is not a namespace, which the link of a dashboard is shared with"))
		}
	}
	if err := check.err(); err != nil {
		return nil, c.fail(k.kind, a.id, err)
	}
	after, err := c.after(k, a, a.links, grants, revokes)
	if err != nil {
		return nil, err
	}
	all := len(a.links)
	for _, g := range sorted(after) {
		_, now := a.links[g]
		switch {
		case len(after[g]) == 0 && now:
			all--
		case len(after[g]) == 0:
		case !slices.Equal(after[g], linkActions):
			check.problems = append(check.problems, errPrincipal(c.d.arnOf(g), "would have the actions %s by the link, want %s, or none", strings.Join(after[g], ", "), strings.Join(linkActions, ", ")))
		case !now:
			all++
		}
	}
	if err := check.err(); err != nil {
		return nil, c.fail(k.kind, a.id, err)
	}
	if all > maxLinks {
		return nil, c.fail(k.kind, a.id, fmt.Errorf("%w: a link shared with %d namespaces, want at most %d", ErrLimitExceeded, all, maxLinks))
	}
	return a.changes(opLink, a.links, after), nil
}

// DescribeDashboardLinkPermissions returns the namespaces that the link of a
// dashboard is shared with. A user sees only the user's namespace.
func (v View) DescribeDashboardLinkPermissions(ctx context.Context, id string) ([]ResourcePermission, error) {
	return read(ctx, v, "DescribeDashboardPermissions", func(c caller) ([]ResourcePermission, error) {
		a, err := c.asset(KindDashboard, id, "quicksight:DescribeDashboardPermissions")
		if err != nil {
			return nil, err
		}
		return c.permissions(a.links), nil
	})
}
