package roster

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
)

// A Mapping names the attribute of the roster that holds the values of a
// restricted field.
type Mapping struct {
	Field     string // column of the dataset
	Attribute string // column of the roster

	// All is the attribute value that stands for all values, such as "*"; "" is
	// none. It must be the only value of a cell.
	All string
}

// GenerateOptions control the rules that [Generate] writes. A nil
// *GenerateOptions and the zero GenerateOptions are the default.
type GenerateOptions struct {
	// Groups writes a rule for each group instead of each user. All members of
	// a group must have the same attributes: otherwise the rule would show a
	// member the rows of another.
	Groups bool

	// SkipMissing leaves out users and groups that lack an attribute; they then
	// see nothing. By default a missing attribute is an error.
	SkipMissing bool
}

// Reasons why [Generate] cannot make rules from a roster.
var (
	ErrMapping = errors.New("bad mapping")
	ErrMissing = errors.New("no value")
	ErrAll     = errors.New("the match-all value must be the only value")
	ErrDiffer  = errors.New("members of one group differ")
)

// Generate makes rules from a roster: one for each user or group, with the
// attributes as values, and several if a list is too long for a cell (U18).
// Principals that are ARNs give rules of version 2. Either all principals are
// ARNs or none.
//
// An attribute without a value is an [ErrMissing], or leaves the user out. It
// never becomes an empty cell, which would be a wildcard. Every problem is
// reported, and after an error there are no rules.
func Generate(r *Roster, mapping []Mapping, opts *GenerateOptions) (*rls.Rules, error) {
	var o GenerateOptions
	if opts != nil {
		o = *opts
	}
	g := &generator{roster: r, mapping: mapping, opts: o}
	g.check()
	if len(g.errs) == 0 {
		if o.Groups {
			g.byGroup()
		} else {
			g.byUser()
		}
	}
	header := g.header()
	if len(g.errs) > 0 {
		return nil, errors.Join(g.errs...)
	}
	b := rls.NewBuilder(header, nil)
	for _, r := range g.records {
		user, group := r.principal, ""
		if o.Groups {
			user, group = group, user
		}
		b.Add(user, group, r.lists...)
	}
	return b.Rules()
}

type generator struct {
	roster  *Roster
	mapping []Mapping
	opts    GenerateOptions
	records []record
	errs    []error
}

// A record is a principal and the values for each field; none is a wildcard.
type record struct {
	principal string
	lists     [][]string
}

func (g *generator) fail(format string, args ...any) {
	g.errs = append(g.errs, fmt.Errorf(format, args...))
}

func (g *generator) check() {
	if len(g.mapping) == 0 {
		g.fail("%w: no field", ErrMapping)
	}
	fields := make(map[string]bool)
	for _, m := range g.mapping {
		switch {
		case m.Field == "" || fields[m.Field]:
			g.fail("%w: field %q is empty or mapped twice", ErrMapping, m.Field)
		case slices.Contains([]string{"UserName", "GroupName", "UserARN", "GroupARN"}, m.Field):
			g.fail("%w: a field cannot be called %s, which names principals", ErrMapping, m.Field)
		case !slices.Contains(g.roster.Attributes(), m.Attribute):
			g.fail("%w: field %q: the roster has no attribute %q, want one of %s", ErrMapping, m.Field, m.Attribute, strings.Join(g.roster.Attributes(), ", "))
		}
		fields[m.Field] = true
	}
}

// lists returns the values of a user for each field, nil if there can be no rule.
func (g *generator) lists(u user) [][]string {
	lists := make([][]string, len(g.mapping))
	ok := true
	for i, m := range g.mapping {
		values := u.of[m.Attribute]
		switch {
		case len(values) == 0:
			ok = false
			if !g.opts.SkipMissing {
				g.errs = append(g.errs, &rls.Error{Pos: u.pos[m.Attribute], Field: m.Attribute, Err: fmt.Errorf("%w for user %q", ErrMissing, u.name)})
			}
		case m.All != "" && slices.Contains(values, m.All):
			if len(values) > 1 {
				ok = false
				g.errs = append(g.errs, &rls.Error{Pos: u.pos[m.Attribute], Field: m.Attribute, Err: fmt.Errorf("%w, of user %q", ErrAll, u.name)})
			}
		default:
			lists[i] = values
		}
	}
	if !ok {
		return nil
	}
	return lists
}

func (g *generator) byUser() {
	if g.roster == nil {
		return
	}
	for _, u := range g.roster.users {
		g.add(u.name, g.lists(u))
	}
}

func (g *generator) byGroup() {
	if g.roster == nil {
		return
	}
	first := make(map[string][][]string) // lists of the first member, nil if it has no rule
	by := make(map[string]string)        // and who that is
	var groups []string
	for _, u := range g.roster.users {
		if len(u.groups) == 0 {
			continue
		}
		lists := g.lists(u)
		for _, group := range u.groups {
			if _, seen := by[group]; !seen {
				by[group], first[group] = u.name, lists
				groups = append(groups, group)
			} else if !slices.EqualFunc(first[group], lists, slices.Equal[[]string]) {
				g.fail("%w: in group %q user %q has other attributes than %q", ErrDiffer, group, u.name, by[group])
			}
		}
	}
	slices.Sort(groups)
	for _, group := range groups {
		g.add(group, first[group])
	}
}

func (g *generator) add(principal string, lists [][]string) {
	if lists != nil {
		g.records = append(g.records, record{principal, lists})
	}
}

// header names the columns of the rules: ARNs if the principals are.
func (g *generator) header() []string {
	kind, header := namespace.KindUser, []string{"UserName"}
	names := []string{"UserName", "UserARN"}
	if g.opts.Groups {
		kind, names = namespace.KindGroup, []string{"GroupName", "GroupARN"}
		header = []string{"GroupName"}
	}
	arns := 0
	for _, r := range g.records {
		if a, err := namespace.ParseARN(r.principal); err == nil && a.Kind == kind {
			arns++
		}
	}
	if arns == len(g.records) && arns > 0 {
		header = names[1:]
	} else if arns > 0 {
		g.fail("%w: %d of %d principals are ARNs", ErrNames, arns, len(g.records))
	}
	for _, m := range g.mapping {
		header = append(slices.Clip(header), m.Field)
	}
	return header
}
