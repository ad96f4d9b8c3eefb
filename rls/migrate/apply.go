package migrate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/rowsight/rowsight/namespace"
)

// Options configure [Apply] and [Retire]. A nil *Options and the zero Options
// are the default.
type Options struct {
	// Done is called after every step, in order. If it returns an error, the
	// work stops after that step and the error is returned. A later call begins
	// at step 1 again: completed steps change nothing, and Done is called for
	// them too. So if Done always fails at the same step, the work does not
	// continue past it.
	Done func(Step) error
}

// A Step is a change that happens completely or not at all.
type Step struct {
	Number, Of int
	What       string // such as `register 100 users in namespace "tenant"`
}

// String returns "number/of what".
func (s Step) String() string { return fmt.Sprintf("%d/%d %s", s.Number, s.Of, s.What) }

// batch is how many users or memberships one step adds.
const batch = 1000

// Apply carries out a plan: namespace, users, groups, memberships, permissions,
// rules, in this order, so that each step finds what it refers to. It deletes
// and revokes nothing, and it overwrites no file with other content.
//
// You can stop it at any point and call it again: it does only what is missing.
// If something exists and differs from the plan, the error wraps [ErrOther]. If
// a file of rules has changed since the plan was made, it wraps [ErrOutdated].
func Apply(ctx context.Context, d *namespace.Directory, files Files, plan *Plan, opts *Options) error {
	if err := plan.check(); err != nil {
		return err
	}
	a := &applier{ctx: ctx, v: d.Administrator(), files: files, plan: plan}
	a.list()
	return run(ctx, a.steps, opts)
}

// A step is a Step before it has a number.
type step struct {
	what string
	do   func() error
}

func run(ctx context.Context, steps []step, opts *Options) error {
	for i, s := range steps {
		info := Step{i + 1, len(steps), s.what}
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("before step %s: %w", info, err)
		}
		if err := s.do(); err != nil {
			return fmt.Errorf("step %s: %w", info, err)
		}
		if opts != nil && opts.Done != nil {
			if err := opts.Done(info); err != nil {
				return fmt.Errorf("after step %s: %w", info, err)
			}
		}
	}
	return nil
}

type applier struct {
	ctx   context.Context
	v     namespace.View
	files Files
	plan  *Plan
	steps []step
}

func (a *applier) step(do func() error, what string, args ...any) {
	a.steps = append(a.steps, step{fmt.Sprintf(what, args...), do})
}

func (a *applier) list() {
	p := a.plan
	if p.CreateNamespace {
		a.step(a.namespace, "create namespace %q", p.To)
	}
	for users := range slices.Chunk(p.Users, batch) {
		a.step(func() error { return a.users(users) }, "register %d users in namespace %q", len(users), p.To)
	}
	if len(p.Groups) > 0 {
		a.step(a.groups, "create %d groups in namespace %q", len(p.Groups), p.To)
	}
	var members []namespace.Membership
	for _, g := range p.Groups {
		for _, m := range g.Members {
			members = append(members, namespace.Membership{Namespace: p.To, GroupName: g.New.Name, MemberName: m})
		}
	}
	for list := range slices.Chunk(members, batch) {
		a.step(func() error { return a.members(list) }, "put users into groups, %d times", len(list))
	}
	for _, perm := range p.Permissions {
		if links := perm.GrantLink; len(links) > 0 {
			a.step(func() error {
				return a.update(perm.Asset, namespace.UpdatePermissionsInput{GrantLinkPermissions: links})
			}, "share the link of %s %q", perm.Asset.Kind, perm.Asset.Name)
		}
		for grants := range slices.Chunk(perm.Grant, share) {
			a.step(func() error { return a.update(perm.Asset, namespace.UpdatePermissionsInput{GrantPermissions: grants}) }, "share %s %q with %d principals", perm.Asset.Kind, perm.Asset.Name, len(grants))
		}
	}
	for _, r := range p.Rules {
		if r.Target != r.Source {
			a.step(func() error { return a.rules(r) }, "write rules %q with %d rules for new users", r.Target, r.Copied)
		}
	}
}

func (a *applier) namespace() error {
	_, err := a.v.CreateNamespace(a.ctx, a.plan.To)
	if errors.Is(err, namespace.ErrExists) {
		return nil
	}
	return err
}

// other says that somebody or something is there that the plan did not put there.
func other(what namespace.ARN, got, want any) error {
	return fmt.Errorf("%s: %w: got %v, want %v", what, ErrOther, got, want)
}

func (a *applier) users(users []User) error {
	var missing []namespace.RegisterUserInput
	var problems []error
	for _, u := range users {
		is, err := a.v.DescribeUser(a.ctx, a.plan.To, u.NewArn.Name)
		if errors.Is(err, namespace.ErrNotFound) {
			missing = append(missing, u.New)
			continue
		}
		if err != nil {
			return err
		}
		got := [...]string{is.Email, string(is.Role), string(is.IdentityType), is.IamArn}
		want := [...]string{u.New.Email, string(u.New.UserRole), string(u.New.IdentityType), u.New.IamArn}
		if got != want {
			problems = append(problems, other(u.NewArn, got, want))
		}
	}
	if len(problems) > 0 || len(missing) == 0 {
		return errors.Join(problems...)
	}
	return a.v.RegisterUsers(a.ctx, missing)
}

func (a *applier) groups() error {
	var missing []namespace.CreateGroupInput
	var problems []error
	for _, g := range a.plan.Groups {
		is, err := a.v.DescribeGroup(a.ctx, a.plan.To, g.New.Name)
		switch {
		case errors.Is(err, namespace.ErrNotFound):
			missing = append(missing, namespace.CreateGroupInput{Namespace: a.plan.To, GroupName: g.New.Name, Description: g.Description})
		case err != nil:
			return err
		case is.Description != g.Description:
			problems = append(problems, other(g.New, is.Description, g.Description))
		default:
			problems = append(problems, a.strangers(g))
		}
	}
	if err := errors.Join(problems...); err != nil || len(missing) == 0 {
		return err
	}
	return a.v.CreateGroups(a.ctx, missing)
}

// strangers reports members of a new group who did not come with the plan: they
// would get what is about to be granted to the group.
func (a *applier) strangers(g Group) error {
	list := func(p namespace.Page) ([]namespace.GroupMember, string, error) {
		return a.v.ListGroupMemberships(a.ctx, a.plan.To, g.New.Name, p)
	}
	for m, err := range namespace.All(list) {
		if err != nil {
			return err
		}
		if _, ok := slices.BinarySearch(g.Members, m.MemberName); !ok {
			return other(g.New, fmt.Sprintf("member %q", m.MemberName), "members who move")
		}
	}
	return nil
}

func (a *applier) members(list []namespace.Membership) error {
	var missing []namespace.Membership
	for _, m := range list {
		_, err := a.v.DescribeGroupMembership(a.ctx, m.Namespace, m.GroupName, m.MemberName)
		if errors.Is(err, namespace.ErrNotFound) {
			missing = append(missing, m)
		} else if err != nil {
			return err
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return a.v.CreateGroupMemberships(a.ctx, missing)
}

// update shares an asset, or the link of a dashboard. Granting what is granted
// changes nothing, and leaves no record.
func (a *applier) update(asset namespace.ARN, in namespace.UpdatePermissionsInput) error {
	_, err := assetKinds[asset.Kind].update(a.v, a.ctx, asset.Name, in)
	return err
}

func (a *applier) rules(r Rules) error {
	if _, err := readSource(a.ctx, a.files, r); err != nil {
		return err
	}
	is, err := a.files.ReadRules(a.ctx, r.Target)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return a.files.WriteRules(a.ctx, r.Target, []byte(r.Data))
	case err != nil:
		return err
	case string(is) != r.Data:
		return fmt.Errorf("%s: %w: delete it, or plan another target", r.Target, ErrOther)
	}
	return nil
}

// Retire verifies the migration. If the verification passes, it deletes the old
// users, the old groups whose members have all moved, and their permissions.
// Otherwise it deletes nothing, and the error wraps [ErrFailed] and contains
// the report. Like Apply, it can be stopped and called again.
//
// Retire keeps old files of rules, and rules of version 2 that name old users.
// These rules no longer apply to anybody; remove them yourself.
func Retire(ctx context.Context, d *namespace.Directory, files Files, plan *Plan, opts *Options) error {
	report, err := Verify(ctx, d, files, plan)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrFailed, err)
	}
	if !report.Passed() {
		return fmt.Errorf("%w:\n%s", ErrFailed, report)
	}
	v := d.Administrator()
	var steps []step
	for _, u := range plan.Users {
		steps = append(steps, step{fmt.Sprintf("delete user %q of namespace %q", u.Old.Name, plan.From), func() error {
			is, err := v.DescribeUser(ctx, plan.From, u.Old.Name)
			if err != nil {
				return skip(err)
			}
			if is.PrincipalId != u.PrincipalId {
				return fmt.Errorf("%s: %w", u.Old, ErrOutdated)
			}
			return skip(v.DeleteUser(ctx, plan.From, u.Old.Name))
		}})
	}
	for _, g := range plan.Groups {
		if !g.Retire {
			continue
		}
		steps = append(steps, step{fmt.Sprintf("delete group %q of namespace %q", g.Old.Name, plan.From), func() error {
			members, _, err := v.ListGroupMemberships(ctx, plan.From, g.Old.Name, namespace.Page{MaxResults: 1})
			if err != nil {
				return skip(err)
			}
			if len(members) > 0 {
				return fmt.Errorf("%s: %w: %q is in it", g.Old, ErrOutdated, members[0].MemberName)
			}
			return skip(v.DeleteGroup(ctx, plan.From, g.Old.Name))
		}})
	}
	return run(ctx, steps, opts)
}

// skip forgives that what is to be deleted is gone.
func skip(err error) error {
	if errors.Is(err, namespace.ErrNotFound) {
		return nil
	}
	return err
}
