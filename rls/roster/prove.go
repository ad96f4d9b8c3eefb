package roster

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/internal/boxes"
)

// prove compares what rules grant with the roster: to every user and group whom
// the rules or the roster name, exactly the rows with the values of the
// attributes.
func (g *generator) prove(rs *rls.Rules) error {
	kind := namespace.KindUser
	if g.opts.Groups {
		kind = namespace.KindGroup
	}
	want := make(map[string]predicate.Predicate)
	for _, granted := range g.grants {
		want[identityKey(granted.name)] = g.predicate(granted)
	}
	for _, v := range FromRules(rs) {
		key := identityKey(v.Name)
		if _, ok := want[key]; !ok || v.Kind != kind {
			return fmt.Errorf("%w: they name %s", ErrUnproven, v)
		}
		if err := g.compare(rs, v, want[key]); err != nil {
			return err
		}
		delete(want, key)
	}
	for _, granted := range g.grants {
		if _, ok := want[identityKey(granted.name)]; ok {
			return fmt.Errorf("%w: no rule names the %s %q", ErrUnproven, kind, granted.name)
		}
	}
	if g.opts.Groups {
		return g.proveMembers(rs)
	}
	return nil
}

// proveMembers compares what rules of groups grant each user, by all groups
// together.
func (g *generator) proveMembers(rs *rls.Rules) error {
	quiet := &generator{roster: g.roster, mapping: g.mapping, opts: GenerateOptions{SkipMissing: true}}
	for _, u := range g.roster.users {
		v := Viewer{Kind: namespace.KindUser, Name: u.name, Groups: u.groups}
		for _, group := range u.groups {
			v.Principal.Groups = append(v.Principal.Groups, identify(rs, namespace.KindGroup, group))
		}
		var want predicate.Predicate // no row
		if granted, ok := quiet.of(namespace.KindUser, u); ok && len(u.groups) > 0 {
			want = g.predicate(granted)
		}
		if err := g.compare(rs, v, want); err != nil {
			return err
		}
	}
	return nil
}

// compare compares what rules grant a viewer with what is wanted.
func (g *generator) compare(rs *rls.Rules, v Viewer, want predicate.Predicate) error {
	got, err := rs.For(v.Principal)
	if err != nil {
		return fmt.Errorf("%w: %s: %w", ErrUnproven, v, err)
	}
	switch same, err := boxes.Same(predicate.NewEffort(context.Background(), 0), got, want); {
	case err != nil:
		return fmt.Errorf("%w: %s: %w", ErrUnproven, v, err)
	case !same:
		return fmt.Errorf("%w: for %s", ErrUnproven, v)
	}
	return nil
}

// predicate returns the rows that a grant is for.
func (g *generator) predicate(granted grant) predicate.Predicate {
	var rows []predicate.Predicate
	for _, row := range granted.rows {
		p := predicate.All()
		for i, values := range row {
			if values != nil {
				p = predicate.And(p, predicate.In(g.mapping[i].Field, values...))
			}
		}
		rows = append(rows, p)
	}
	return predicate.Or(rows...)
}

// runes returns how many characters a value takes in a cell.
func runes(value string) int {
	longest := 0
	for _, text := range rls.Cells(slices.Values([]string{value}), rls.MaxRunes) {
		longest = max(longest, utf8.RuneCountInString(text))
	}
	return longest
}

// forAll reports whether a value looks as if it stood for all values.
func forAll(value string) bool {
	s := strings.ToUpper(strings.Trim(value, " \t()[]<>{}\"'"))
	return slices.Contains([]string{"*", "**", "%", "%%", "ALL", "ANY", "EVERYTHING", "ALL VALUES"}, s)
}
