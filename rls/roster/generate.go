package roster

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
)

// A Mapping names the attribute of the roster that holds the values of a
// restricted column.
type Mapping struct {
	Field     string // column of the dataset
	Attribute string // column of the roster

	// Separator divides the values of a cell: "," as in a permission dataset,
	// with double quotes around a value that contains a comma (U5); any other
	// separator splits the cell wherever it occurs. With "", a cell is one value:
	// the company "Acme, Inc" is not the two companies Acme and Inc.
	Separator string

	// All is the attribute value that stands for all values, such as "*"; "" is
	// none. It must be the only value of a cell.
	All string

	// Literal lists ordinary values that look as if they stood for all values,
	// such as "*", "%" or "ALL". Any other such value, unless it is All, is an
	// [ErrUnclear].
	Literal []string
}

// GenerateOptions control the rules that [Generate] writes. A nil
// *GenerateOptions and the zero GenerateOptions are the default.
type GenerateOptions struct {
	// Groups writes a rule for each group instead of each user. All members of
	// a group must have the same attributes: otherwise the rule would show a
	// member the rows of another. A roster of groups, see [Options.OfGroups],
	// always gives rules for groups.
	Groups bool

	// SkipMissing leaves out lines that lack an attribute; users and groups
	// without another line then see nothing. By default a missing attribute is
	// an error.
	SkipMissing bool
}

// Reasons why [Generate] cannot make rules from a roster.
var (
	ErrMapping  = errors.New("bad mapping")
	ErrMissing  = errors.New("no value")
	ErrAll      = errors.New("the match-all value must be the only value")
	ErrUnclear  = errors.New("unclear value")
	ErrDiffer   = errors.New("members of one group differ")
	ErrUnproven = errors.New("the rules do not grant what the roster says")
)

// Generate makes rules from a roster: one for each user or group, with the
// attributes as values, and several if a list is too long for a cell (U18).
// Principals that are ARNs give rules of version 2. Either all principals are
// ARNs or none.
//
// Every line of the roster grants the rows that have its attributes. Several
// lines of one user grant the rows of each line. Lines that differ in one
// attribute become one rule. An attribute without a value is an [ErrMissing], or
// leaves the line out. It never becomes an empty cell, which would be a wildcard.
// A line without any attribute is skipped if another line of the user has them.
// Every problem is reported, and after an error there are no rules.
//
// Generate proves its result: it writes the rules, reads them back and compares what they
// grant each user with the roster. If they grant more or less, it returns an
// [ErrUnproven] and no rules.
func Generate(r *Roster, mapping []Mapping, opts *GenerateOptions) (*rls.Rules, error) {
	o := *cmp.Or(opts, new(GenerateOptions))
	o.Groups = o.Groups || r.OfGroups()
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
	for _, granted := range g.grants {
		user, group := granted.name, ""
		if o.Groups {
			user, group = group, user
		}
		for _, row := range granted.rows {
			b.Add(user, group, row...)
		}
	}
	built, err := b.Rules()
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	if err := built.WriteCSV(&text); err != nil {
		return nil, err
	}
	rules, err := rls.ReadCSV(&text, nil)
	if err != nil {
		return nil, err
	}
	if err := g.prove(rules); err != nil {
		return nil, err
	}
	return rules, nil
}

type generator struct {
	roster  *Roster
	mapping []Mapping
	opts    GenerateOptions
	grants  []grant // in the order of the rules
	errs    []error
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
		case slices.Contains(rls.StandardColumns(), m.Field):
			g.fail("%w: a field cannot be called %s, which names principals", ErrMapping, m.Field)
		case len(g.roster.Attributes()) == 0:
			g.fail("%w: field %q: the roster has no attribute %q: it has only columns of users and groups", ErrMapping, m.Field, m.Attribute)
		case !slices.Contains(g.roster.Attributes(), m.Attribute):
			g.fail("%w: field %q: the roster has no attribute %q, want one of %s", ErrMapping, m.Field, m.Attribute, strings.Join(g.roster.Attributes(), ", "))
		case m.All != "" && slices.Contains(m.Literal, m.All):
			g.fail("%w: field %q: %q cannot stand for all values and be a value", ErrMapping, m.Field, m.All)
		}
		fields[m.Field] = true
	}
}

func (g *generator) byUser() {
	for _, u := range g.roster.users {
		if granted, ok := g.of(namespace.KindUser, u); ok {
			g.grants = append(g.grants, granted)
		}
	}
}

func (g *generator) byGroup() {
	for _, e := range g.roster.groups {
		if granted, ok := g.of(namespace.KindGroup, e); ok {
			g.grants = append(g.grants, granted)
		}
	}
	type member struct {
		name    string
		granted grant
		ok      bool
	}
	first := make(map[string]member)
	var groups []string
	for _, u := range g.roster.users {
		if len(u.groups) == 0 {
			continue
		}
		granted, ok := g.of(namespace.KindUser, u)
		for _, group := range u.groups {
			if by, seen := first[group]; !seen {
				first[group] = member{u.name, granted, ok}
				groups = append(groups, group)
			} else if ok != by.ok || ok && !granted.same(by.granted) {
				g.fail("%w: in group %q user %q has other attributes than %q", ErrDiffer, group, u.name, by.name)
			}
		}
	}
	slices.Sort(groups)
	for _, group := range groups {
		if by := first[group]; by.ok {
			g.grants = append(g.grants, grant{group, by.granted.rows})
		}
	}
}

// header names the columns of the rules: ARNs if the principals are.
func (g *generator) header() []string {
	kind, name, arn := namespace.KindUser, "UserName", "UserARN"
	if g.opts.Groups {
		kind, name, arn = namespace.KindGroup, "GroupName", "GroupARN"
	}
	header := []string{name}
	arns := 0
	for _, granted := range g.grants {
		if a, err := namespace.ParseARN(granted.name); err == nil && a.Kind == kind {
			arns++
		}
	}
	if arns == len(g.grants) && arns > 0 {
		header[0] = arn
	} else if arns > 0 {
		g.fail("%w: %d of %d principals are ARNs", ErrNames, arns, len(g.grants))
	}
	for _, m := range g.mapping {
		header = append(header, m.Field)
	}
	return header
}
