package roster

import (
	"cmp"
	"slices"

	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
)

// A Viewer is a user, with groups if they are known, or a group on its own:
// what a member sees whom no rule names and who is in no other group. The zero
// Viewer is nobody and sees no row.
type Viewer struct {
	Kind      namespace.Kind // [namespace.KindUser] or [namespace.KindGroup]
	Name      string         // name or ARN, as it was written first
	Groups    []string       // of a user, as they were written
	Principal namespace.Principal
}

// String returns "user al" or "group sales"; a name that does not print well is
// quoted.
func (v Viewer) String() string {
	if v.Name == "" {
		return "nobody"
	}
	return string(v.Kind) + " " + plain.Text(v.Name)
}

// Compare orders viewers: users before groups, then by name.
func Compare(a, b Viewer) int {
	return cmp.Or(-cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
}

// Named returns every user and every group that a rule of any of rules names,
// each once, in the order of [Compare]. Users are in no group, for rules do not
// say in which. ARNs that differ in the Region only are one viewer (U16).
func Named(rules ...*rls.Rules) []Viewer {
	type key struct {
		kind namespace.Kind
		id   namespace.Identity
	}
	seen := make(map[key]bool)
	var viewers []Viewer
	add := func(rs *rls.Rules, kind namespace.Kind, name string) {
		id := identify(rs, kind, name)
		same := id
		same.ARN.Region = ""
		if !id.IsZero() && !seen[key{kind, same}] {
			seen[key{kind, same}] = true
			viewers = append(viewers, newViewer(kind, name, id))
		}
	}
	for _, rs := range rules {
		for rule := range rs.All() {
			add(rs, namespace.KindUser, rule.User())
			add(rs, namespace.KindGroup, rule.Group())
		}
	}
	slices.SortStableFunc(viewers, Compare)
	return viewers
}

func newViewer(kind namespace.Kind, name string, id namespace.Identity) Viewer {
	v := Viewer{Kind: kind, Name: name}
	if kind == namespace.KindGroup {
		v.Principal.Groups = []namespace.Identity{id}
	} else {
		v.Principal.User = id
	}
	return v
}

// identify returns whom rules mean by a name or an ARN; nobody if it is neither.
func identify(rs *rls.Rules, kind namespace.Kind, name string) namespace.Identity {
	if rs.FormatVersion() != rls.Version2 {
		return namespace.Identity{Namespace: rs.Namespace(), Name: name}
	}
	a, err := namespace.ParseARN(name)
	if err != nil || a.Kind != kind {
		return namespace.Identity{}
	}
	return namespace.Identity{Namespace: a.Namespace, Name: a.Name, ARN: a}
}
