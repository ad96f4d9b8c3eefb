package namespace

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/rowsight/rowsight/internal/plain"
)

// A User is a registered user, as the API object User. It has no field Active,
// because a directory does not know who has signed in. PrincipalId
// distinguishes a user from an earlier user of the same name.
type User struct {
	Arn          ARN
	UserName     string
	Email        string
	Role         Role
	IdentityType IdentityType
	PrincipalId  string

	IamArn                string         `json:",omitempty"`
	CustomPermissionsName string         `json:",omitempty"`
	ExternalLogin         *ExternalLogin `json:",omitempty"`
}

// An ExternalLogin is the identity provider outside AWS of a federated user.
type ExternalLogin struct {
	FederationProviderType string // COGNITO or CUSTOM_OIDC
	FederationProviderUrl  string `json:",omitempty"`
	Id                     string `json:",omitempty"`
}

// RegisterUserInput describes a new user.
//
// The name of an IAM user is the IAM user name or, for a role, role/session. It
// is derived from IamArn and SessionName. If the IAM ARN is not known, set
// UserName. If both are set, they must agree.
type RegisterUserInput struct {
	Namespace    string `json:",omitempty"` // "" is [Default]
	UserName     string `json:",omitempty"`
	Email        string
	UserRole     Role
	IdentityType IdentityType
	IamArn       string `json:",omitempty"`
	SessionName  string `json:",omitempty"`

	CustomPermissionsName string         `json:",omitempty"`
	ExternalLogin         *ExternalLogin `json:",omitempty"`
}

// UpdateUserInput changes a user. Email and Role are required.
type UpdateUserInput struct {
	Namespace string `json:",omitempty"` // "" is [Default]
	UserName  string
	Email     string
	Role      Role

	CustomPermissionsName    string         `json:",omitempty"` // "" leaves it unchanged
	UnapplyCustomPermissions bool           `json:",omitempty"`
	ExternalLogin            *ExternalLogin `json:",omitempty"` // nil leaves it unchanged, type NONE removes it
}

func (d *Directory) user(ns string, u *user) User {
	out := User{
		Arn: d.ARN(KindUser, ns, u.name), UserName: u.name, Email: u.email, Role: u.role, IdentityType: u.typ,
		PrincipalId: principalID(u.id),
	}
	if m := u.more; m != nil {
		out.IamArn, out.CustomPermissionsName = m.IamArn, m.Custom
		if m.Login != nil {
			login := *m.Login
			out.ExternalLogin = &login
		}
	}
	return out
}

func principalID(id uint64) string { return "principal/" + strconv.FormatUint(id, 10) }

// newMore returns nil if there is nothing to keep.
func newMore(iam, custom string, login *ExternalLogin) *userMore {
	m := userMore{IamArn: iam, Custom: custom}
	if login != nil {
		l := *login
		m.Login = &l
	}
	if m == (userMore{}) {
		return nil
	}
	return &m
}

// RegisterUser adds a user. Names are unique in a namespace. A user of the same
// name in another namespace is another user (N1). A user has one role, and
// namespaces other than [Default] accept IAM users only (N3).
//
// Users of a namespace may be added by its admins.
func (v View) RegisterUser(ctx context.Context, in RegisterUserInput) (User, error) {
	return write(ctx, v, "RegisterUser", func(c caller) (out User, changes []change, err error) {
		sp, change, err := c.register(&in, c.s.last+1, nil)
		if err != nil {
			return User{}, nil, err
		}
		u := &user{name: change.Name, id: change.ID, email: in.Email, role: in.UserRole, typ: in.IdentityType, more: change.More}
		return c.d.user(sp.name, u), append(changes, change), nil
	})
}

// RegisterUsers adds all of the users or none, as [View.RegisterUser] does. It
// reports every problem.
func (v View) RegisterUsers(ctx context.Context, in []RegisterUserInput) error {
	return alter(ctx, v, "RegisterUsers", func(c caller) ([]change, error) {
		changes := make([]change, 0, len(in))
		seen := make(map[grantee]bool, len(in))
		var problems []error
		for i := range in {
			c.item = i + 1
			_, change, err := c.register(&in[i], c.s.last+1+uint64(i), seen)
			if err != nil {
				problems = append(problems, err)
			}
			changes = append(changes, change)
		}
		return changes, join(problems)
	})
}

// register checks one user to be. seen are users who come before in a list.
func (c caller) register(in *RegisterUserInput, id uint64, seen map[grantee]bool) (*space, change, error) {
	sp, err := c.manage(in.Namespace)
	if err != nil {
		return nil, change{}, err
	}
	var k checker
	name := k.user(in)
	if err := k.err(); err != nil {
		return nil, change{}, c.fail(KindUser, name, err)
	}
	if sp.name != Default && in.IdentityType != IdentityIAM {
		return nil, change{}, c.fail(KindUser, name, fmt.Errorf("%w: got %s, want %s in namespace %q", ErrIdentityTypeNotSupported, in.IdentityType, IdentityIAM, sp.name))
	}
	who := grantee{KindUser, sp.name, name}
	if sp.users.Has(name) || seen[who] {
		return nil, change{}, c.fail(KindUser, name, fmt.Errorf("%w in namespace %q", ErrExists, sp.name))
	}
	if seen != nil {
		seen[who] = true
	}
	more := newMore(in.IamArn, in.CustomPermissionsName, in.ExternalLogin)
	return sp, change{Op: opUser, NS: sp.name, Name: name, ID: id, Email: in.Email, Role: in.UserRole, Type: in.IdentityType, More: more}, nil
}

// DescribeUser returns a user.
func (v View) DescribeUser(ctx context.Context, namespace, name string) (User, error) {
	return read(ctx, v, "DescribeUser", func(c caller) (User, error) {
		sp, u, err := c.user(c.self(name), namespace, name)
		if err != nil {
			return User{}, err
		}
		return c.d.user(sp.name, u), nil
	})
}

// user returns a user of a namespace, which in returns if the caller may use it.
func (c caller) user(in func(ns string) (*space, error), ns, name string) (*space, *user, error) {
	sp, err := in(ns)
	if err != nil {
		return nil, nil, err
	}
	u, ok := sp.users.Get(name)
	if !ok {
		return nil, nil, c.fail(KindUser, name, fmt.Errorf("%w in namespace %q", ErrNotFound, sp.name))
	}
	return sp, u, nil
}

// ListUsers returns the users of a namespace by name.
func (v View) ListUsers(ctx context.Context, namespace string, page Page) (users []User, next string, err error) {
	p, err := read(ctx, v, "ListUsers", func(c caller) (pageOf[User], error) {
		sp, err := c.space(namespace)
		if err != nil {
			return pageOf[User]{}, err
		}
		return readPage(c, page, list[*user]{scope: sp.name, from: sp.users.From}, func(u *user) User { return c.d.user(sp.name, u) })
	})
	return p.items, p.next, err
}

// UpdateUser changes a user.
func (v View) UpdateUser(ctx context.Context, in UpdateUserInput) (User, error) {
	return write(ctx, v, "UpdateUser", func(c caller) (out User, changes []change, err error) {
		sp, u, err := c.user(c.manage, in.Namespace, in.UserName)
		if err != nil {
			return out, nil, err
		}
		var k checker
		k.text("Email", in.Email, 1, maxEmail)
		k.role("Role", in.Role)
		k.custom(in.CustomPermissionsName)
		k.login(in.ExternalLogin, true)
		if in.UnapplyCustomPermissions && in.CustomPermissionsName != "" {
			k.bad("CustomPermissionsName %q together with UnapplyCustomPermissions", plain.Abridge(in.CustomPermissionsName, maxShown))
		}
		if err := k.err(); err != nil {
			return out, nil, c.fail(KindUser, in.UserName, err)
		}
		var m userMore
		if u.more != nil {
			m = *u.more
		}
		if in.UnapplyCustomPermissions || in.CustomPermissionsName != "" {
			m.Custom = in.CustomPermissionsName
		}
		if l := in.ExternalLogin; l != nil {
			m.Login = l
			if l.FederationProviderType == "NONE" {
				m.Login = nil
			}
		}
		changed := &user{name: u.name, id: u.id, email: in.Email, role: in.Role, typ: u.typ, more: newMore(m.IamArn, m.Custom, m.Login)}
		return c.d.user(sp.name, changed), append(changes, changed.change(sp.name)), nil
	})
}

// DeleteUser deletes a user with all memberships and permissions. A user who is
// registered under the name later has none of them.
func (v View) DeleteUser(ctx context.Context, namespace, name string) error {
	return alter(ctx, v, "DeleteUser", func(c caller) ([]change, error) {
		sp, _, err := c.user(c.manage, namespace, name)
		if err != nil {
			return nil, err
		}
		return []change{{Op: opDeleteUser, NS: sp.name, Name: name}}, nil
	})
}

// Name returns the name of the new user, or an error with all problems of the
// request that do not depend on the directory. The error wraps
// [ErrInvalidParameterValue].
func (in RegisterUserInput) Name() (string, error) {
	var k checker
	name := k.user(&in)
	if err := k.err(); err != nil {
		return "", err
	}
	return name, nil
}

// RegisterInput returns the input that registers a user like u: in the same namespace, with the same
// name, role and identity.
func RegisterInput(u User) RegisterUserInput {
	in := RegisterUserInput{
		Namespace: u.Arn.Namespace, UserName: u.UserName, Email: u.Email, UserRole: u.Role, IdentityType: u.IdentityType,
		IamArn: u.IamArn, CustomPermissionsName: u.CustomPermissionsName, ExternalLogin: u.ExternalLogin,
	}
	if strings.Contains(u.IamArn, ":role/") {
		_, in.SessionName, _ = strings.Cut(u.UserName, "/") // role/session
	}
	return in
}
