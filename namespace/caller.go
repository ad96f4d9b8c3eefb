package namespace

import (
	"context"
	"errors"
)

// A caller is a [View] during one call: what may be seen and changed by whom.
type caller struct {
	d     *Directory
	s     *state
	op    string
	admin bool
	who   grantee
	role  Role
	by    []grantee // whose permissions the caller has
	item  int       // of a list of requests, counted from 1
}

// caller looks up in whose hands the view is.
func (v View) caller(op string) (caller, error) {
	c := caller{d: v.d, s: v.d.state, op: op, admin: v.admin, who: v.who}
	if v.admin {
		return c, nil
	}
	u, ok := c.s.user(v.who.ns, v.who.name)
	if !ok {
		return caller{}, &Error{Op: op, Err: ErrAccessDenied}
	}
	c.role, c.by = u.role, c.s.standFor(v.who)
	return c, nil
}

// read answers a question on the state.
func read[T any](ctx context.Context, v View, op string, answer func(c caller) (T, error)) (T, error) {
	var zero T
	if err := v.d.refresh(ctx); err != nil {
		return zero, &Error{Op: op, Err: err}
	}
	v.d.mu.RLock()
	defer v.d.mu.RUnlock()
	c, err := v.caller(op)
	if err != nil {
		return zero, err
	}
	t, err := answer(c)
	if err != nil {
		return zero, err
	}
	return t, nil
}

// write changes the state: plan says how, and what the answer is then. If
// another process was faster, plan is asked again.
func write[T any](ctx context.Context, v View, op string, plan func(c caller) (T, []change, error)) (T, error) {
	var zero T
	if v.d == nil {
		return zero, &Error{Op: op, Err: ErrAccessDenied}
	}
	v.d.writing.Lock()
	defer v.d.writing.Unlock()
	for before := uint64(0); ; {
		var at uint64
		var changes []change
		t, err := read(ctx, v, op, func(c caller) (t T, err error) {
			at = v.d.at
			t, changes, err = plan(c)
			return t, err
		})
		if err != nil {
			return zero, err
		}
		if len(changes) == 0 {
			return t, nil
		}
		err = v.d.append(ctx, at, changes)
		if err == nil {
			return t, nil
		}
		if !errors.Is(err, ErrConflict) || at == before || ctx.Err() != nil {
			return zero, &Error{Op: op, Err: err} // at == before: the log contradicts itself
		}
		before = at
	}
}

// alter is write for calls that have nothing to return.
func alter(ctx context.Context, v View, op string, plan func(c caller) ([]change, error)) error {
	_, err := write(ctx, v, op, func(c caller) (none struct{}, changes []change, err error) {
		changes, err = plan(c)
		return none, changes, err
	})
	return err
}

func (c caller) fail(kind Kind, name string, err error) error {
	return &Error{Op: c.op, Kind: kind, Name: name, Err: err, Item: c.item}
}

// deny refuses in words that do not tell whether what was asked for is there.
func (c caller) deny(kind Kind, name string) error { return c.fail(kind, name, ErrAccessDenied) }

// space returns a namespace that the caller may see into: authors and admins
// see their own, which they share with; the administrator sees all (N4).
func (c caller) space(ns string) (*space, error) {
	return c.spaceIf(ns, c.role.author())
}

// manage returns a namespace in which the caller may change users and groups:
// an admin's own, and any for the administrator.
func (c caller) manage(ns string) (*space, error) {
	return c.spaceIf(ns, c.role.admin())
}

func (c caller) spaceIf(ns string, may bool) (*space, error) {
	ns = orDefault(ns)
	if !c.admin && (!may || ns != c.who.ns) {
		return nil, c.deny(KindNamespace, ns)
	}
	sp, ok := c.s.spaces.Get(ns)
	if !ok {
		return nil, c.fail(KindNamespace, ns, ErrNotFound)
	}
	return sp, nil
}

// self is space for what is about one user: everybody may look at themselves.
func (c caller) self(name string) func(ns string) (*space, error) {
	return func(ns string) (*space, error) { return c.spaceIf(ns, c.role.author() || name == c.who.name) }
}

// mayDo reports whether the caller may do action to an asset.
func (c caller) mayDo(a *asset, action string) bool { return c.admin || c.s.allows(c.by, a, action) }

func (r Role) author() bool {
	return r == RoleAuthor || r == RoleAuthorPro || r.admin()
}

func (r Role) admin() bool { return r == RoleAdmin || r == RoleAdminPro }

func (r Role) valid() bool {
	return r.author() || r == RoleReader || r == RoleReaderPro
}
