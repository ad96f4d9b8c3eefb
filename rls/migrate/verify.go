package migrate

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
)

// A Report is the result of [Verify]. The zero Report has not passed.
type Report struct {
	Users, Files, Assets int // the numbers of compared users, files and assets
	Problems             []Problem
	done                 bool
	effort               *predicate.Effort // of comparing what viewers see
}

// A Problem is one difference between old and new.
type Problem struct {
	Who     namespace.ARN // the user who moved, or another user
	Where   string        // the file of rules, the ARN of an asset, or ""
	Problem string        // the difference

	// Witness is a row that only one of the two users sees, by column. Other
	// columns may have any value.
	Witness map[string]string `json:",omitempty"`
}

// String returns the problem in one line.
func (p Problem) String() string {
	s := p.Who.String() + ": " + p.Problem
	if p.Where != "" {
		s = p.Who.String() + ": " + p.Where + ": " + p.Problem
	}
	if p.Witness != nil {
		var row []string
		for _, column := range slices.Sorted(maps.Keys(p.Witness)) {
			row = append(row, fmt.Sprintf("%s=%q", column, p.Witness[column]))
		}
		s += ", such as the row " + strings.Join(row, " ")
		if len(row) == 0 {
			s += "with any values"
		}
	}
	return s
}

// Passed reports whether everything was compared and no difference was found.
func (r *Report) Passed() bool { return r != nil && r.done && len(r.Problems) == 0 }

// String returns the report, one line a problem.
func (r *Report) String() string {
	if r == nil {
		r = new(Report)
	}
	var b strings.Builder
	for _, p := range r.Problems {
		fmt.Fprintln(&b, p)
	}
	verdict := "not verified"
	if r.Passed() {
		verdict = "verified"
	}
	fmt.Fprintf(&b, "%s: %d users, %d files of rules, %d assets, %d problems\n", verdict, r.Users, r.Files, r.Assets, len(r.Problems))
	return b.String()
}

func newReport(p *Plan) *Report {
	return &Report{Users: len(p.Users), done: true, effort: predicate.NewEffort(context.Background(), 0)}
}

func (r *Report) add(who namespace.ARN, where, format string, args ...any) {
	r.Problems = append(r.Problems, Problem{Who: who, Where: where, Problem: fmt.Sprintf(format, args...)})
}

// Verify proves that every user who moves has the rights of the old user:
// exactly the same rows in every file of rules, by comparison of predicates;
// the role and the groups of the plan; and the same actions on every asset,
// plus the gains of the plan. It also proves that the files of rules show
// nobody else more or less.
//
// Old users and their permissions must be as they were when the plan was made.
// An old user who no longer exists is no problem, so you can call Verify while
// [Retire] runs.
//
// On an error the report has not passed.
func Verify(ctx context.Context, d *namespace.Directory, files Files, plan *Plan) (*Report, error) {
	if err := plan.check(); err != nil {
		return new(Report), err
	}
	v := &verifier{ctx: ctx, d: d, v: d.Administrator(), plan: plan, Report: newReport(plan), gone: make(map[string]bool)}
	v.before, v.after = plan.principals()
	for _, step := range []func() error{v.users, v.groups, func() error { return v.rules(files) }, v.permissions} {
		if err := step(); err != nil {
			v.done = false
			return v.Report, err
		}
	}
	return v.Report, nil
}

type verifier struct {
	*Report
	ctx  context.Context
	d    *namespace.Directory
	v    namespace.View
	plan *Plan
	gone map[string]bool // names of old users who are gone

	before, after []namespace.Principal // as planned
	now           []namespace.Principal // as new users are
}

// users compares who and where people are.
func (v *verifier) users() error {
	for i, u := range v.plan.Users {
		before, after := v.before[i], v.after[i]
		old, err := v.d.Principal(v.ctx, before.User)
		switch {
		case errors.Is(err, namespace.ErrNotFound):
			v.gone[u.Old.Name] = true
		case err != nil:
			return err
		case !slices.Equal(names(old), names(before)):
			v.add(u.Old, "", "is in groups %q, and was in %q when the plan was made", names(old), names(before))
		}
		if !v.gone[u.Old.Name] {
			is, err := v.v.DescribeUser(v.ctx, u.Old.Namespace, u.Old.Name)
			if err != nil {
				return err
			}
			if is.PrincipalId != u.PrincipalId {
				v.add(u.Old, "", "is another user than the one the plan was made for")
			}
		}
		now, err := v.d.Principal(v.ctx, after.User)
		switch {
		case errors.Is(err, namespace.ErrNotFound):
			v.add(u.NewArn, "", "is not registered")
		case err != nil:
			return err
		default:
			if !slices.Equal(names(now), names(after)) {
				v.add(u.NewArn, "", "is in groups %q, want %q", names(now), names(after))
			}
			is, err := v.v.DescribeUser(v.ctx, v.plan.To, u.NewArn.Name)
			if err != nil {
				return err
			}
			if is.Role != u.New.UserRole {
				v.add(u.NewArn, "", "is %s, want %s", is.Role, u.New.UserRole)
			}
		}
		v.now = append(v.now, now)
	}
	return nil
}

// names returns the names of the groups of a principal, sorted.
func names(p namespace.Principal) []string {
	var all []string
	for _, g := range p.Groups {
		all = append(all, g.Name)
	}
	slices.Sort(all)
	return all
}

// groups looks for people in new groups who should not be there.
func (v *verifier) groups() error {
	for _, g := range v.plan.Groups {
		var members []string
		list := func(p namespace.Page) ([]namespace.GroupMember, string, error) {
			return v.v.ListGroupMemberships(v.ctx, g.New.Namespace, g.New.Name, p)
		}
		for m, err := range namespace.All(list) {
			if errors.Is(err, namespace.ErrNotFound) {
				v.add(g.New, "", "is not there")
				break
			}
			if err != nil {
				return err
			}
			members = append(members, m.MemberName)
		}
		for _, m := range members {
			if _, ok := slices.BinarySearch(g.Members, m); !ok {
				v.add(g.New, "", "has member %q, who did not move", m)
			}
		}
	}
	return nil
}

func (v *verifier) rules(files Files) error {
	for _, r := range v.plan.Rules {
		old, new, err := readBoth(v.ctx, files, r)
		if err != nil {
			v.add(v.d.ARN(namespace.KindNamespace, "", v.plan.To), r.Target, "%v", err)
			continue
		}
		v.Files++
		for i, u := range v.plan.Users {
			v.rows(r.Target, u.Old, u.NewArn, old, new, v.before[i], v.now[i])
		}
		if err := v.others(v.ctx, v.d, v.plan, r.Target, old, new); err != nil {
			return err
		}
	}
	return nil
}

// rows compares what two viewers see, in any data there may be.
func (r *Report) rows(file string, oldWho, newWho namespace.ARN, old, new *rls.Rules, before, after namespace.Principal) {
	p, errOld := old.For(before)
	q, errNew := new.For(after)
	if errNew != nil && errOld == nil {
		r.add(newWho, file, "%v", errNew)
		return
	}
	// Beyond a limit nobody sees anything, before as after.
	if p.Equal(q) {
		return
	}
	for _, side := range []struct {
		more, less predicate.Predicate
		text       string
	}{{p, q, "does not see what %s sees"}, {q, p, "sees what %s does not see"}} {
		witness, ok, err := r.effort.Minus(side.more, side.less)
		if err != nil {
			r.add(newWho, file, "cannot be compared with %s: %v", oldWho, err)
			return
		}
		if ok {
			r.Problems = append(r.Problems, Problem{newWho, file, fmt.Sprintf(side.text, oldWho), witness})
		}
	}
}

// others compares what everybody else of both namespaces sees. Old users stay in
// the old file if rules of version 1 were copied to one for the target.
func (r *Report) others(ctx context.Context, d *namespace.Directory, p *Plan, file string, old, new *rls.Rules) error {
	moved := make(map[string]bool, 2*len(p.Users))
	for _, u := range p.Users {
		moved[u.NewArn.Name] = true
	}
	namespaces := []string{p.To}
	if new.FormatVersion() == rls.Version2 {
		namespaces = append(namespaces, p.From)
	}
	for _, ns := range namespaces {
		users := func(page namespace.Page) ([]namespace.User, string, error) {
			return d.Administrator().ListUsers(ctx, ns, page)
		}
		for u, err := range namespace.All(users) {
			if errors.Is(err, namespace.ErrNotFound) {
				break // the target is yet to be created
			}
			if err != nil {
				return err
			}
			if ns == p.To && moved[u.UserName] {
				continue
			}
			who, err := d.Principal(ctx, namespace.Identity{ARN: u.Arn})
			if errors.Is(err, namespace.ErrNotFound) {
				continue // deleted this moment
			}
			if err != nil {
				return err
			}
			r.rows(file, u.Arn, u.Arn, old, new, who, who)
		}
	}
	return nil
}

// permissions compares what may be done to every asset.
func (v *verifier) permissions() error {
	planned := make(map[namespace.ARN]Permission)
	for _, p := range v.plan.Permissions {
		planned[p.Asset] = p
	}
	gains := make(map[namespace.ARN][]string)
	for _, g := range v.plan.Gains {
		gains[g.Asset] = append(gains[g.Asset], g.Actions...)
	}
	for a, err := range assets(v.ctx, v.v) {
		if err != nil {
			return err
		}
		v.Assets++
		was := newPermitted(a.arn, planned[a.arn].Old, planned[a.arn].OldLink)
		delete(planned, a.arn)
		if !v.concerns(a) && len(was.actions) == 0 {
			continue
		}
		for i, u := range v.plan.Users {
			before := standsFor(v.before[i])
			want := was.may(before)
			if !v.gone[u.Old.Name] {
				if is := a.may(before); !maps.Equal(is, want) {
					v.add(u.Old, a.arn.String(), "may %s, and could %s when the plan was made", say(is), say(want))
				}
			}
			for _, action := range gains[a.arn] {
				want[action] = true
			}
			if v.now[i].IsZero() {
				continue // said before
			}
			if is := a.may(standsFor(v.now[i])); !maps.Equal(is, want) {
				v.add(u.NewArn, a.arn.String(), "may %s, want %s", say(is), say(want))
			}
		}
	}
	for _, arn := range slices.SortedFunc(maps.Keys(planned), func(a, b namespace.ARN) int { return strings.Compare(a.String(), b.String()) }) {
		v.add(arn, "", "is gone")
	}
	return nil
}

// concerns reports whether anybody of both namespaces may do anything to it.
func (v *verifier) concerns(a permitted) bool {
	return slices.ContainsFunc(slices.Concat(a.grants, a.links), func(g namespace.ResourcePermission) bool {
		ns := g.Principal.Namespace
		if g.Principal.Kind == namespace.KindNamespace {
			ns = g.Principal.Name
		}
		return ns == v.plan.From || ns == v.plan.To
	})
}

// standsFor returns whose permissions a principal has.
func standsFor(p namespace.Principal) []namespace.ARN {
	by := []namespace.ARN{p.User.ARN, namespaceOf(p.User.ARN)}
	for _, g := range p.Groups {
		by = append(by, g.ARN)
	}
	return by
}

func say(actions map[string]bool) string {
	if len(actions) == 0 {
		return "nothing"
	}
	return strings.ReplaceAll(strings.Join(slices.Sorted(maps.Keys(actions)), " "), "quicksight:", "")
}
