package roster

import (
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
)

// A Roster lists users with their groups and attributes. It is immutable and
// safe for concurrent use. A nil Roster and the zero Roster have no users.
type Roster struct {
	users      []entry // in the order of the file
	groups     []entry // of a roster of groups, which has no users
	attributes []string
	near       similar
}

// An entry is what a roster knows of a user or a group.
type entry struct {
	name   string
	at     rls.Position // where the name was read first
	groups []string     // of a user: increasing, each once
	lines  [][]cell     // attributes of each line, as [Roster.Attributes] orders them
	listed bool         // an answer of the API has its ARN
	whole  bool         // a list of all users has it
	named  bool         // the caller of [ReadJSON] named it
}

// A cell is an attribute as it is written, and where.
type cell struct {
	text string
	at   rls.Position
}

// ErrNames reports that a roster and rules do not fit: one has names, the other
// ARNs.
var ErrNames = errors.New("names and ARNs cannot be combined")

// A User is a user of a roster.
type User struct {
	Name   string       // as written, a name or an ARN
	Groups []string     // increasing, each once
	Pos    rls.Position // of the first cell that names the user
}

// All returns the users in the order of the file.
func (r *Roster) All() iter.Seq[User] {
	return func(yield func(User) bool) {
		if r == nil {
			return
		}
		for _, u := range r.users {
			if !yield(User{u.name, slices.Clone(u.groups), u.at}) {
				return
			}
		}
	}
}

// Len returns the number of users.
func (r *Roster) Len() int {
	if r == nil {
		return 0
	}
	return len(r.users)
}

// ErrNotListed reports a viewer that the roster does not list.
var ErrNotListed = errors.New("the roster does not list the user")

// Join returns the viewer with the groups of the roster added to its own. A
// user that the roster does not list is an [ErrNotListed], which names users
// that look alike: the name may be misspelled, and its groups would be missing.
func (r *Roster) Join(p namespace.Principal, rs *rls.Rules) (namespace.Principal, error) {
	viewers, err := r.Viewers(rs)
	if err != nil {
		return namespace.Principal{}, err
	}
	for _, v := range viewers {
		id := v.Principal.User
		same := id.Name == p.User.Name && id.InNamespace() == p.User.InNamespace()
		if !id.ARN.IsZero() && !p.User.ARN.IsZero() {
			same = id.ARN.Same(p.User.ARN)
		}
		if same && !p.User.IsZero() {
			p.Groups = slices.Concat(p.Groups, v.Principal.Groups)
			return p, nil
		}
	}
	err = fmt.Errorf("%w %q", ErrNotListed, p.User.Name)
	if near := r.Near(p.User.Name); len(near) > 0 {
		err = fmt.Errorf("%w; it lists %q", err, near)
	}
	return namespace.Principal{}, err
}

// Attributes returns the names of the columns that are neither users nor
// groups, in the order of the file.
func (r *Roster) Attributes() []string {
	if r == nil {
		return nil
	}
	return slices.Clone(r.attributes)
}

// Cells returns the different cells of an attribute as they are written, with the
// position of the first of each, in the order of the file.
func (r *Roster) Cells(attribute string) iter.Seq2[string, rls.Position] {
	return func(yield func(string, rls.Position) bool) {
		if r == nil {
			return
		}
		i := slices.Index(r.attributes, attribute)
		seen := make(map[string]bool)
		for _, e := range slices.Concat(r.users, r.groups) {
			for _, line := range e.lines {
				if i < 0 || seen[line[i].text] {
					continue
				}
				seen[line[i].text] = true
				if !yield(line[i].text, line[i].at) {
					return
				}
			}
		}
	}
}

// OfGroups reports whether the roster has groups with attributes, and no users.
func (r *Roster) OfGroups() bool { return r != nil && len(r.users) == 0 && len(r.groups) > 0 }

// Viewers returns the users of the roster with their groups, as rules see them,
// in the order of [Compare]. Names belong to the namespace of the rules. An ARN
// also matches rules with names, because it contains a name and a namespace.
// For rules of version 2 every user and group must be an ARN; every other one
// is an error that wraps [ErrNames].
func (r *Roster) Viewers(rs *rls.Rules) ([]Viewer, error) {
	if r == nil {
		return nil, nil
	}
	var problems []error
	identity := func(kind namespace.Kind, name string) namespace.Identity {
		id := identify(rs, kind, name)
		if a, err := namespace.ParseARN(name); err == nil && a.Kind == kind {
			id = namespace.Identity{Namespace: a.Namespace, Name: a.Name, ARN: a}
		}
		if id.IsZero() {
			problems = append(problems, fmt.Errorf("%w: rules of %s want the ARN of a %s, got %q", ErrNames, rls.Version2, kind, name))
		}
		return id
	}
	viewers := make([]Viewer, 0, len(r.users))
	for _, u := range r.users {
		v := newViewer(namespace.KindUser, u.name, identity(namespace.KindUser, u.name))
		v.Groups = slices.Clone(u.groups)
		for _, g := range u.groups {
			v.Principal.Groups = append(v.Principal.Groups, identity(namespace.KindGroup, g))
		}
		viewers = append(viewers, v)
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	slices.SortStableFunc(viewers, Compare)
	return viewers, nil
}

// Viewers returns everybody that rules can show rows to: the users of the
// roster and, marked as [Viewer.Unlisted], the users that the rules name and
// the roster lacks, and the groups that the rules name and no user of the
// roster is in. A user that the roster lacks can still open the data. Without a
// roster, it returns all users and groups that the rules name.
//
// Rules with names and rules with ARNs may be combined; the roster must then
// have ARNs.
func Viewers(r *Roster, rules ...*rls.Rules) ([]Viewer, error) {
	if r == nil {
		return FromRules(rules...), nil
	}
	var as *rls.Rules
	for _, rs := range rules {
		if as == nil || rs.FormatVersion() == rls.Version2 {
			as = rs
		}
	}
	viewers, err := r.Viewers(as)
	if err != nil {
		return nil, err
	}
	more := unlisted(viewers, rules)
	for i := range more {
		more[i].Unlisted = true
	}
	viewers = append(viewers, more...)
	slices.SortStableFunc(viewers, Compare)
	return viewers, nil
}
