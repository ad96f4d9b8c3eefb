package main

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/explain"
)

// viewerFlags say whose rows of which permission dataset are asked for.
type viewerFlags struct {
	rules         string
	read          ruleFlags
	user, userARN string
	groups        []string
	groupARNs     []string
	namespace     string
	users         rosterFlags
}

func (f *viewerFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.rules, "rules", "", "permission dataset: `FILE` with rules, in CSV, xlsx, Parquet, Arrow or JSON lines")
	flags.StringVar(&f.user, "user", "", "the viewer's user `NAME`")
	flags.StringVar(&f.userARN, "user-arn", "", "the viewer's `ARN`; rules with names are compared with the name and the namespace in it")
	flags.StringArrayVar(&f.groups, "group", nil, "`NAME` of a group of the viewer; may be repeated")
	flags.StringArrayVar(&f.groupARNs, "group-arn", nil, "`ARN` of a group of the viewer; may be repeated")
	flags.StringVar(&f.namespace, "namespace", "", "`NAMESPACE` of the viewer, if there is no --user-arn (default \"default\")")
	f.users.register(flags, "; it gives the viewer's groups")
	f.users.registerAccount(flags)
	f.read.register(flags)
}

// given reports whether any flag but the rules is there.
func (f *viewerFlags) given() bool {
	return f.user != "" || f.userARN != "" || f.groups != nil || f.groupARNs != nil || f.namespace != "" || f.read.given() || f.users.given()
}

func (f *viewerFlags) view(cmd *cobra.Command) (view, error) {
	viewer, err := f.principal()
	if err != nil {
		return view{}, err
	}
	rules, err := f.read.read(cmd, f.rules)
	if err != nil {
		return view{}, err
	}
	if viewer, err = f.users.join(cmd, viewer, rules); err != nil {
		return view{}, err
	}
	p, err := rules.For(viewer)
	if err != nil {
		return view{}, err
	}
	v := view{predicate: p, columns: rules.Columns(), check: rules.Check, who: who(viewer), files: append(f.users.files(), f.rules)}
	v.explain = func() (*explain.Viewer, error) { return explain.For(rules, viewer) }
	if p.Op() == predicate.OpNone {
		v.notes = f.notes(viewer, rules)
	}
	v.notes = append(v.notes, nearNotes(rules, viewer)...)
	return v, nil
}

// principal makes the viewer of the flags. Every problem is reported.
//
// A group that is given by name is a group of the viewer's own namespace and,
// if the viewer's ARN is known, account: no other group can hold that user.
func (f *viewerFlags) principal() (namespace.Principal, error) {
	var errs []error
	var p namespace.Principal
	switch {
	case f.user != "" && f.userARN != "":
		errs = append(errs, errors.New("--user and --user-arn both name the viewer: want one of them"))
	case f.user == "" && f.userARN == "" && f.groups == nil && f.groupARNs == nil:
		errs = append(errs, errors.New("the viewer is missing: want --user NAME or --user-arn ARN, or --group NAME for what a group sees"))
	case f.userARN != "" && f.namespace != "":
		errs = append(errs, errors.New("--namespace: the ARN of --user-arn already has a namespace"))
	}
	if f.namespace != "" {
		if err := namespace.CheckNamespace(f.namespace); err != nil {
			errs = append(errs, fmt.Errorf("--namespace: %w", err))
		}
	}
	in := namespace.Identity{Namespace: f.namespace} // that of the viewer and of groups by name
	if f.user != "" {
		p.User = namespace.Identity{Namespace: f.namespace, Name: f.user}
	}
	if f.userARN != "" {
		a, err := namespace.ParseARN(f.userARN)
		if err == nil && a.Kind != namespace.KindUser {
			err = fmt.Errorf("got the ARN of a %s, want one of a user", a.Kind)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("--user-arn: %w", err))
		} else {
			p.User = namespace.ForARN(a).User
			in = p.User
		}
	}
	for _, name := range f.groups {
		g := namespace.Identity{Namespace: in.Namespace, Name: name}
		if a := p.User.ARN; !a.IsZero() {
			a.Kind, a.Name = namespace.KindGroup, name
			g.ARN = a
		}
		if name == "" {
			errs = append(errs, errors.New("--group: got no name"))
		}
		p.Groups = append(p.Groups, g)
	}
	for _, s := range f.groupARNs {
		a, err := namespace.ParseARN(s)
		switch {
		case err == nil && a.Kind != namespace.KindGroup:
			err = fmt.Errorf("got the ARN of a %s, want one of a group", a.Kind)
		case err == nil && !p.User.IsZero() && a.Namespace != p.User.InNamespace():
			err = fmt.Errorf("the group is in namespace %q and the viewer in %q: users can only be in groups of their namespace", a.Namespace, p.User.InNamespace())
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("--group-arn: %w", err))
			continue
		}
		p.Groups = append(p.Groups, namespace.ForARN(namespace.ARN{}, a).Groups...)
	}
	if errs != nil {
		return namespace.Principal{}, errors.Join(errs...)
	}
	return p, nil
}

// notes says what may be wrong where nothing is visible.
func (f *viewerFlags) notes(viewer namespace.Principal, rules *rls.Rules) []string {
	arns := rules.FormatVersion() == rls.Version2
	theirs := namespace.Identity{Namespace: rules.Namespace()}.InNamespace()
	switch {
	case rules.Len() == 0:
		return []string{"the file has no rules, so nobody sees a row"}
	case arns && viewer.User.ARN.IsZero() && len(f.groupARNs) == 0:
		return []string{"the rules name ARNs: want --user-arn and --group-arn"}
	case !arns && !viewer.User.IsZero() && viewer.User.InNamespace() != theirs:
		return []string{fmt.Sprintf("the rules belong to namespace %q and the viewer to %q, so none applies; see --rules-namespace",
			theirs, viewer.User.InNamespace())}
	}
	return []string{"no rule names this viewer or one of the viewer's groups"}
}

// nearNotes names the users and groups of the rules that look like the viewer or a
// group of the viewer. They matter also where another rule shows some rows.
func nearNotes(rules *rls.Rules, viewer namespace.Principal) (notes []string) {
	misses := explain.Near(rules, viewer)
	for i, miss := range misses {
		if i == maxUnlisted {
			return append(notes, fmt.Sprintf("and %d more names that look like one of the viewer", len(misses)-i))
		}
		notes = append(notes, miss.String())
	}
	return notes
}

// who is the viewer in the summary.
func who(p namespace.Principal) string {
	user, member := p.User, ""
	if user.IsZero() && len(p.Groups) > 0 {
		user, member = p.Groups[0], "a member of "
	}
	if ns := user.InNamespace(); ns != namespace.Default {
		return member + printable(user.Name) + " of namespace " + ns
	}
	return member + printable(user.Name)
}

// printable returns s, in quotes if a terminal could take a part of it for
// something else than text.
func printable(s string) string {
	for _, r := range s {
		if !strconv.IsPrint(r) {
			return strconv.Quote(s)
		}
	}
	return s
}
