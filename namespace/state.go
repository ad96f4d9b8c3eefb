package namespace

import (
	"cmp"
	"maps"
	"slices"

	"github.com/rowsight/rowsight/internal/ordered"
)

// A state is what a directory knows. It is changed by [state.apply] alone, so
// that what is read from a log and what was done in memory come out the same.
type state struct {
	account string
	spaces  ordered.Index[*space]
	assets  map[Kind]*ordered.Index[*asset]
	last    uint64 // number of the last user, group or namespace ever added
	size    int    // how many changes a snapshot has
}

// A space is a namespace with whom it holds.
type space struct {
	name   string
	id     uint64 // as that of a user; 0 for Default, and where older versions wrote the log
	users  ordered.Index[*user]
	groups ordered.Index[*group]
}

// A user is a registered user. Fields that few users have stand apart.
type user struct {
	name, email string
	id          uint64 // its own, even if another user had the name before
	role        Role
	typ         IdentityType
	more        *userMore
	groups      []*group // by name
}

type userMore struct {
	IamArn string         `json:"iam,omitempty"`
	Custom string         `json:"custom,omitempty"`
	Login  *ExternalLogin `json:"login,omitempty"`
}

type group struct {
	name, description string
	id                uint64
	members           ordered.Index[*user]
}

// An asset is a resource with who may do what to it.
type asset struct {
	kind     Kind
	id, name string
	grants   map[grantee][]string // actions, sorted
	links    map[grantee][]string // of a dashboard: actions by its link, sorted
	in       []*asset             // the folders that hold it, by id; of a folder at most one
	holds    ordered.Index[held]  // of a folder: its assets
	folders  int                  // of a folder: how many folders it holds
}

// A held is an asset in a folder.
type held struct{ asset *asset }

func (h held) Key() string { return string(h.asset.kind) + "/" + h.asset.id }

// A grantee is a principal without what all principals here share. The Region
// of its ARN does not count (N1).
type grantee struct {
	kind     Kind
	ns, name string // name is "" for a namespace
}

func (s *space) Key() string { return s.name }
func (u *user) Key() string  { return u.name }
func (g *group) Key() string { return g.name }
func (a *asset) Key() string { return a.id }

func newState() *state {
	s := &state{assets: make(map[Kind]*ordered.Index[*asset])}
	for _, k := range assetKinds {
		s.assets[k.kind] = new(ordered.Index[*asset])
	}
	return s
}

func (s *state) user(ns, name string) (*user, bool) {
	sp, ok := s.spaces.Get(ns)
	if !ok {
		return nil, false
	}
	return sp.users.Get(name)
}

func (s *state) group(ns, name string) (*group, bool) {
	sp, ok := s.spaces.Get(ns)
	if !ok {
		return nil, false
	}
	return sp.groups.Get(name)
}

// knows reports whether a grantee is there.
func (s *state) knows(g grantee) bool {
	ok := false
	switch g.kind {
	case KindNamespace:
		ok = s.spaces.Has(g.ns)
	case KindUser:
		_, ok = s.user(g.ns, g.name)
	case KindGroup:
		_, ok = s.group(g.ns, g.name)
	}
	return ok
}

// standFor returns the principals whose permissions g has: its own, those of
// the groups of a user, and those of the namespace. None for whom the state does
// not know.
func (s *state) standFor(g grantee) []grantee {
	if !s.knows(g) {
		return nil
	}
	all := []grantee{g}
	if g.kind == KindNamespace {
		return all
	}
	all = append(all, grantee{kind: KindNamespace, ns: g.ns})
	if u, ok := s.user(g.ns, g.name); ok && g.kind == KindUser {
		for _, group := range u.groups {
			all = append(all, grantee{KindGroup, g.ns, group.name})
		}
	}
	return all
}

// allows reports whether one of the principals may do action to the asset.
func (a *asset) allows(by []grantee, action string) bool {
	return slices.ContainsFunc(by, func(g grantee) bool {
		_, ok := slices.BinarySearch(a.grants[g], action)
		return ok
	})
}

// sorted returns who has permissions, in order.
func sorted(grants map[grantee][]string) []grantee {
	return slices.SortedFunc(maps.Keys(grants), func(x, y grantee) int {
		return cmp.Or(cmp.Compare(x.kind, y.kind), cmp.Compare(x.ns, y.ns), cmp.Compare(x.name, y.name))
	})
}

// revokeAll takes every permission from the principals that gone names.
func (s *state) revokeAll(gone func(grantee) bool) {
	for _, assets := range s.assets {
		for a := range assets.All() {
			for _, grants := range []map[grantee][]string{a.grants, a.links} {
				for g := range grants {
					if gone(g) {
						delete(grants, g)
						s.size--
					}
				}
			}
		}
	}
}
