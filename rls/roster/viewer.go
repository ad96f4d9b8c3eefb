package roster

import (
	"cmp"
	"slices"

	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
)

// A Viewer is a user, with their groups if known, or a group on its own. A
// group on its own stands for a member that no rule names and that is in no
// other group. The zero Viewer is nobody and sees no row.
type Viewer struct {
	Kind      namespace.Kind // [namespace.KindUser] or [namespace.KindGroup]
	Name      string         // name or ARN, as written first
	Groups    []string       // of a user, as they were written
	Principal namespace.Principal

	// Unlisted is set by [Viewers] for a user that rules name and the roster
	// does not list, and for a group that rules name and no user of the roster
	// is in.
	Unlisted bool
}

// String returns "user al" or "group sales", and quotes names with unusual
// characters. It adds a note if the roster does not list the viewer.
func (v Viewer) String() string {
	switch {
	case v.Name == "":
		return "nobody"
	case v.Unlisted && v.Kind == namespace.KindGroup:
		return "group " + plain.Text(v.Name) + " (no member in the roster)"
	case v.Unlisted:
		return string(v.Kind) + " " + plain.Text(v.Name) + " (not in the roster)"
	}
	return string(v.Kind) + " " + plain.Text(v.Name)
}

// Compare orders viewers: users before groups, then by name.
func Compare(a, b Viewer) int {
	return cmp.Or(-cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
}

// FromRules returns every user and every group that the rules name, each once, in
// the order of [Compare]. The users have no groups, because rules do not list
// memberships. ARNs that differ only in the Region are one viewer (U16).
func FromRules(rules ...*rls.Rules) []Viewer {
	type key struct {
		kind namespace.Kind
		id   namespace.Identity
	}
	seen := make(map[key]bool)
	var viewers []Viewer
	add := func(kind namespace.Kind, name string, id namespace.Identity) {
		same := id
		same.ARN.Region = ""
		if !id.IsZero() && !seen[key{kind, same}] {
			seen[key{kind, same}] = true
			viewers = append(viewers, newViewer(kind, name, id))
		}
	}
	for _, rs := range rules {
		for rule := range rs.All() {
			add(namespace.KindUser, rule.User(), rule.UserID())
			add(namespace.KindGroup, rule.Group(), rule.GroupID())
		}
	}
	slices.SortStableFunc(viewers, Compare)
	return viewers
}

// unlisted returns the users and groups that rules name and that none of the
// viewers of a roster is, or is in, in the order of [Compare].
func unlisted(listed []Viewer, rules []*rls.Rules) []Viewer {
	// Rules of version 1 compare the namespace and the name, those of version 2
	// the ARN (U16). An identity of a roster has an ARN where one is written.
	type key struct {
		kind            namespace.Kind
		namespace, name string
		arn             namespace.ARN
	}
	byName := func(kind namespace.Kind, id namespace.Identity) key {
		return key{kind: kind, namespace: id.InNamespace(), name: id.Name}
	}
	byARN := func(kind namespace.Kind, id namespace.Identity) key {
		id.ARN.Region = ""
		return key{kind: kind, arn: id.ARN}
	}
	known := make(map[key]bool)
	for _, v := range listed {
		known[byName(namespace.KindUser, v.Principal.User)] = true
		known[byARN(namespace.KindUser, v.Principal.User)] = true
		for _, g := range v.Principal.Groups {
			known[byName(namespace.KindGroup, g)] = true
			known[byARN(namespace.KindGroup, g)] = true
		}
	}
	return slices.DeleteFunc(FromRules(rules...), func(v Viewer) bool {
		id := v.Principal.User
		if v.Kind == namespace.KindGroup {
			id = v.Principal.Groups[0]
		}
		if id.ARN.IsZero() {
			return known[byName(v.Kind, id)]
		}
		return known[byARN(v.Kind, id)]
	})
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
