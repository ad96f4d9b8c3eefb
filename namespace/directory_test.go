package namespace_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
)

const account = "123456789012"

func newDirectory(t testing.TB, opts *namespace.Options) *namespace.Directory {
	t.Helper()
	d, err := namespace.New(account, "us-east-1", opts)
	require.NoError(t, err)
	return d
}

func register(t testing.TB, d *namespace.Directory, ns, name string, role namespace.Role) namespace.User {
	t.Helper()
	u, err := d.Administrator().RegisterUser(t.Context(), namespace.RegisterUserInput{
		Namespace: ns, UserName: name, Email: name + "@example.com", UserRole: role, IdentityType: namespace.IdentityIAM,
	})
	require.NoError(t, err)
	return u
}

func each[T any](t testing.TB, list func(context.Context, namespace.Page) ([]T, string, error), ctx context.Context, visit func(T)) {
	for item, err := range namespace.All(func(p namespace.Page) ([]T, string, error) { return list(ctx, p) }) {
		require.NoError(t, err)
		visit(item)
	}
}

func TestZeroDirectory(t *testing.T) {
	ctx := t.Context()
	none := new(namespace.Directory)
	for _, d := range []*namespace.Directory{nil, none} {
		for _, v := range []namespace.View{{}, d.Administrator(), d.As(namespace.Identity{}), d.As(namespace.Identity{Name: "al"})} {
			_, _, err := v.ListNamespaces(ctx, namespace.Page{})
			require.ErrorIs(t, err, namespace.ErrAccessDenied)
			_, err = v.CreateNamespace(ctx, "tenant")
			require.ErrorIs(t, err, namespace.ErrAccessDenied)
		}
		p, err := d.Principal(ctx, namespace.Identity{Name: "al"})
		require.ErrorIs(t, err, namespace.ErrAccessDenied)
		require.True(t, p.IsZero())
		ok, err := d.Allows(ctx, namespace.ARN{}, "", namespace.ARN{})
		require.ErrorIs(t, err, namespace.ErrAccessDenied)
		require.False(t, ok)
		ok, err = d.HasNamespace(ctx, "default")
		require.ErrorIs(t, err, namespace.ErrAccessDenied)
		require.False(t, ok)
		require.Zero(t, d.ARN(namespace.KindUser, "", "al"))
		require.NoError(t, d.Compact(ctx))
	}
	d := newDirectory(t, nil)
	_, _, err := d.As(namespace.Identity{}).ListNamespaces(ctx, namespace.Page{})
	require.ErrorIs(t, err, namespace.ErrAccessDenied, "nobody sees nothing")
	ok, err := d.Allows(ctx, namespace.ARN{}, "", namespace.ARN{})
	require.NoError(t, err)
	require.False(t, ok)
	_, err = namespace.New("1", "us-east-1", nil)
	require.ErrorIs(t, err, namespace.ErrInvalidParameterValue)
}

func TestNamespaces(t *testing.T) {
	ctx := t.Context()
	d := newDirectory(t, &namespace.Options{MaxNamespaces: 2})
	v := d.Administrator()
	info, err := v.CreateNamespace(ctx, "tenant-1")
	require.NoError(t, err)
	require.Equal(t, namespace.NamespaceInfo{
		Arn: namespace.MustParseARN(prefix + "namespace/tenant-1"), Name: "tenant-1", CapacityRegion: "us-east-1",
		CreationStatus: namespace.StatusCreated, IdentityStore: "QUICKSIGHT",
	}, info)
	got, err := v.DescribeNamespace(ctx, "tenant-1")
	require.NoError(t, err)
	require.Equal(t, info, got)

	for _, tt := range []struct {
		reason string
		do     func() error
		is     error
		want   string
	}{
		{"twice", func() error { _, err := v.CreateNamespace(ctx, "tenant-1"); return err }, namespace.ErrExists, `CreateNamespace: namespace "tenant-1": exists already`},
		{"default is there", func() error { _, err := v.CreateNamespace(ctx, "default"); return err }, namespace.ErrExists, ""},
		{"a bad name", func() error { _, err := v.CreateNamespace(ctx, "a b"); return err }, namespace.ErrInvalidParameterValue, "want 1 to 64"},
		{"no name", func() error { _, err := v.CreateNamespace(ctx, ""); return err }, namespace.ErrInvalidParameterValue, ""},
		{"default stays", func() error { return v.DeleteNamespace(ctx, "default") }, namespace.ErrPreconditionNotMet, "cannot be deleted"},
		{"so does the empty name", func() error { return v.DeleteNamespace(ctx, "") }, namespace.ErrPreconditionNotMet, ""},
		{"not there", func() error { return v.DeleteNamespace(ctx, "tenant-9") }, namespace.ErrNotFound, `namespace "tenant-9": not found`},
		{"not there to describe", func() error { _, err := v.DescribeNamespace(ctx, "x"); return err }, namespace.ErrNotFound, ""},
		{"the second", func() error { _, err := v.CreateNamespace(ctx, "tenant-2"); return err }, nil, ""},
		{"the third is too many", func() error { _, err := v.CreateNamespace(ctx, "tenant-3"); return err }, namespace.ErrLimitExceeded, "2 namespaces besides default"},
	} {
		err := tt.do()
		if tt.is == nil {
			require.NoError(t, err, tt.reason)
			continue
		}
		require.ErrorIs(t, err, tt.is, tt.reason)
		require.ErrorContains(t, err, tt.want, tt.reason)
	}

	// Deleting one takes its users, groups and permissions with it, and no asset.
	register(t, d, "tenant-1", "al", namespace.RoleAuthor)
	register(t, d, "tenant-2", "al", namespace.RoleAuthor)
	_, err = v.CreateGroup(ctx, namespace.CreateGroupInput{Namespace: "tenant-1", GroupName: "g"})
	require.NoError(t, err)
	_, err = v.CreateGroupMembership(ctx, "tenant-1", "g", "al")
	require.NoError(t, err)
	read := []string{"quicksight:DescribeDashboard"}
	var all []namespace.ResourcePermission
	for _, name := range []string{"user/tenant-1/al", "group/tenant-1/g", "namespace/tenant-1", "user/tenant-2/al"} {
		all = append(all, namespace.ResourcePermission{Principal: namespace.MustParseARN(prefix + name), Actions: read})
	}
	_, err = v.CreateDashboard(ctx, namespace.CreateAssetInput{Id: "board", Name: "Board", Permissions: all})
	require.NoError(t, err)
	require.NoError(t, v.DeleteNamespace(ctx, "tenant-1"))
	left, err := v.DescribeDashboardPermissions(ctx, "board")
	require.NoError(t, err)
	require.Equal(t, all[3:], left)
	_, err = d.Principal(ctx, namespace.Identity{Namespace: "tenant-1", Name: "al"})
	require.ErrorIs(t, err, namespace.ErrNotFound)

	// Who has the name later has nothing of it.
	_, err = v.CreateNamespace(ctx, "tenant-1")
	require.NoError(t, err)
	register(t, d, "tenant-1", "al", namespace.RoleAuthor)
	ok, err := d.Allows(ctx, all[0].Principal, read[0], namespace.MustParseARN(prefix+"dashboard/board"))
	require.NoError(t, err)
	require.False(t, ok)
}

func TestRegisterUser(t *testing.T) {
	ctx := t.Context()
	d := newDirectory(t, nil)
	v := d.Administrator()
	_, err := v.CreateNamespace(ctx, "tenant")
	require.NoError(t, err)
	good := namespace.RegisterUserInput{UserName: "al", Email: "al@example.com", UserRole: namespace.RoleReader, IdentityType: namespace.IdentityQuickSight}
	with := func(change func(*namespace.RegisterUserInput)) namespace.RegisterUserInput {
		in := good
		change(&in)
		return in
	}
	iam := func(arn, session string) namespace.RegisterUserInput {
		return with(func(in *namespace.RegisterUserInput) {
			in.UserName, in.IdentityType, in.IamArn, in.SessionName = "", namespace.IdentityIAM, arn, session
		})
	}
	tests := []struct {
		reason string
		in     namespace.RegisterUserInput
		name   string // "" is refused
		is     error
		want   string
	}{
		{"a user of the directory itself", good, "al", nil, ""},
		{"the name is taken", good, "", namespace.ErrExists, `RegisterUser: user "al": exists already in namespace "default"`},
		{"case makes another name", with(func(in *namespace.RegisterUserInput) { in.UserName = "Al" }), "Al", nil, ""},
		{"an IAM user", iam("arn:aws:iam::123456789012:user/path/bo", ""), "bo", nil, ""},
		{"a role and its session", iam("arn:aws:iam::123456789012:role/path/embed", "cy@example.com"), "embed/cy@example.com", nil, ""},
		{"another session of the role", iam("arn:aws:iam::123456789012:role/embed", "di"), "embed/di", nil, ""},
		{"an IAM user by name", with(func(in *namespace.RegisterUserInput) {
			in.UserName, in.IdentityType = "embed/ed", namespace.IdentityIAM
		}), "embed/ed", nil, ""},
		{"Identity Center in default", with(func(in *namespace.RegisterUserInput) {
			in.UserName, in.IdentityType = "fi", namespace.IdentityIAMIdentityCenter
		}), "fi", nil, ""},
		{"Latin-1 and blanks", with(func(in *namespace.RegisterUserInput) { in.UserName = " Gï ö " }), " Gï ö ", nil, ""},

		{"a role without a session", iam("arn:aws:iam::123456789012:role/embed", ""), "", namespace.ErrInvalidParameterValue, `SessionName "", want 2 to 64`},
		{"a session of a user", iam("arn:aws:iam::123456789012:user/xx", "yy"), "", namespace.ErrInvalidParameterValue, "SessionName is for roles"},
		{"a session without an ARN", iam("", "yy"), "", namespace.ErrInvalidParameterValue, "SessionName without the IamArn"},
		{"no ARN of IAM", iam("arn:aws:sts::123456789012:assumed-role/x/y", ""), "", namespace.ErrInvalidParameterValue, "want arn:aws:iam::account:user/name"},
		{"neither user nor role", iam("arn:aws:iam::123456789012:group/x", ""), "", namespace.ErrInvalidParameterValue, "names neither a user nor a role"},
		{"two names", func() namespace.RegisterUserInput {
			in := iam("arn:aws:iam::123456789012:user/bo", "")
			in.UserName = "other"
			return in
		}(), "", namespace.ErrInvalidParameterValue, `UserName "other", but IamArn and SessionName give "bo"`},
		{"an IAM ARN for another type", with(func(in *namespace.RegisterUserInput) {
			in.UserName, in.IamArn = "x", "arn:aws:iam::123456789012:user/x"
		}), "", namespace.ErrInvalidParameterValue, "are for the identity type IAM"},
		{"a character beyond U+00FF", with(func(in *namespace.RegisterUserInput) { in.UserName = "Łu" }), "", namespace.ErrInvalidParameterValue, "from U+0020 to U+00FF"},
		{"a control character", with(func(in *namespace.RegisterUserInput) { in.UserName = "a\nb" }), "", namespace.ErrInvalidParameterValue, `"a\nb"`},
		{"too long a name", with(func(in *namespace.RegisterUserInput) { in.UserName = strings.Repeat("x", 257) }), "", namespace.ErrInvalidParameterValue, "1 to 256"},
		{"a role nobody may have yet", with(func(in *namespace.RegisterUserInput) { in.UserName, in.UserRole = "x", "RESTRICTED_READER" }), "", namespace.ErrInvalidParameterValue, `UserRole "RESTRICTED_READER", want one of READER`},
		{"a login with a URL of no use", with(func(in *namespace.RegisterUserInput) {
			in.UserName = "x"
			in.ExternalLogin = &namespace.ExternalLogin{FederationProviderType: "COGNITO", FederationProviderUrl: "https://example.com"}
		}), "", namespace.ErrInvalidParameterValue, "goes with CUSTOM_OIDC"},
		{"everything that is wrong", namespace.RegisterUserInput{}, "", namespace.ErrInvalidParameterValue, "Email of 0 characters, want 1 to 320 in UTF-8\ninvalid value: UserRole"},
		{"no such namespace", with(func(in *namespace.RegisterUserInput) { in.Namespace = "tenant2" }), "", namespace.ErrNotFound, `namespace "tenant2": not found`},
		{"a password user in a custom namespace", with(func(in *namespace.RegisterUserInput) { in.Namespace = "tenant" }), "", namespace.ErrIdentityTypeNotSupported, `got QUICKSIGHT, want IAM in namespace "tenant"`},
		{"Identity Center in a custom namespace", with(func(in *namespace.RegisterUserInput) {
			in.Namespace, in.IdentityType = "tenant", namespace.IdentityIAMIdentityCenter
		}), "", namespace.ErrIdentityTypeNotSupported, "got IAM_IDENTITY_CENTER"},
		{"the same name elsewhere is another person", with(func(in *namespace.RegisterUserInput) {
			in.Namespace, in.IdentityType = "tenant", namespace.IdentityIAM
		}), "al", nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			u, err := v.RegisterUser(ctx, tt.in)
			if tt.name == "" {
				require.ErrorIs(t, err, tt.is)
				require.ErrorContains(t, err, tt.want)
				require.Zero(t, u)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tt.name, u.UserName)
			require.Equal(t, tt.in.UserRole, u.Role)
			require.NotEmpty(t, u.PrincipalId)
			again, err := v.DescribeUser(ctx, tt.in.Namespace, tt.name)
			require.NoError(t, err)
			require.Equal(t, u, again)
			require.Equal(t, u.Arn, namespace.MustParseARN(u.Arn.String()))
		})
	}

	// All or none.
	before := dump(t, d)
	err = v.RegisterUsers(ctx, []namespace.RegisterUserInput{
		with(func(in *namespace.RegisterUserInput) { in.UserName = "new" }), good,
		with(func(in *namespace.RegisterUserInput) { in.UserName = "new" }),
	})
	require.ErrorContains(t, err, `user "al": exists already`)
	require.ErrorContains(t, err, `user "new": exists already`)
	require.Equal(t, before, dump(t, d))
}

func TestUpdateUser(t *testing.T) {
	ctx := t.Context()
	d := newDirectory(t, nil)
	v := d.Administrator()
	login := &namespace.ExternalLogin{FederationProviderType: "CUSTOM_OIDC", FederationProviderUrl: "https://example.com", Id: "7"}
	first, err := v.RegisterUser(ctx, namespace.RegisterUserInput{
		Email: "a@example.com", UserRole: namespace.RoleReader, IdentityType: namespace.IdentityIAM, IamArn: "arn:aws:iam::123456789012:user/al",
		CustomPermissionsName: "few", ExternalLogin: login,
	})
	require.NoError(t, err)
	login.Id = "changed behind its back"
	in := namespace.UpdateUserInput{UserName: "al", Email: "b@example.com", Role: namespace.RoleAdminPro}
	u, err := v.UpdateUser(ctx, in)
	require.NoError(t, err)
	want := first
	want.Email, want.Role = "b@example.com", namespace.RoleAdminPro
	require.Equal(t, want, u, "the rest stays")
	require.Equal(t, "7", u.ExternalLogin.Id)

	in.UnapplyCustomPermissions = true
	in.ExternalLogin = &namespace.ExternalLogin{FederationProviderType: "NONE"}
	u, err = v.UpdateUser(ctx, in)
	require.NoError(t, err)
	want.CustomPermissionsName, want.ExternalLogin = "", nil
	require.Equal(t, want, u)

	in.CustomPermissionsName = "few"
	_, err = v.UpdateUser(ctx, in)
	require.ErrorIs(t, err, namespace.ErrInvalidParameterValue)
	in.UserName = "bo"
	_, err = v.UpdateUser(ctx, in)
	require.ErrorIs(t, err, namespace.ErrNotFound)
	var e *namespace.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, "ResourceNotFoundException", e.Code())

	require.NoError(t, v.DeleteUser(ctx, "", "al"))
	require.ErrorIs(t, v.DeleteUser(ctx, "", "al"), namespace.ErrNotFound)
	again := register(t, d, "", "al", namespace.RoleReader)
	require.NotEqual(t, first.PrincipalId, again.PrincipalId, "another person")
}

func TestGroups(t *testing.T) {
	ctx := t.Context()
	d := newDirectory(t, &namespace.Options{MaxGroups: 3})
	v := d.Administrator()
	for _, u := range []string{"al", "bo", "cy"} {
		register(t, d, "", u, namespace.RoleReader)
	}
	require.NoError(t, v.CreateGroups(ctx, []namespace.CreateGroupInput{{GroupName: "sales"}, {GroupName: "sa/es", Description: "x"}}))
	before := dump(t, d)
	err := v.CreateGroups(ctx, []namespace.CreateGroupInput{{GroupName: "a"}, {GroupName: "b"}})
	require.ErrorIs(t, err, namespace.ErrLimitExceeded)
	_, err = v.CreateGroup(ctx, namespace.CreateGroupInput{GroupName: "sales"})
	require.ErrorIs(t, err, namespace.ErrExists)
	_, err = v.CreateGroup(ctx, namespace.CreateGroupInput{GroupName: "", Description: strings.Repeat("x", 513)})
	require.ErrorContains(t, err, "GroupName")
	require.ErrorContains(t, err, "513 characters, want 0 to 512")
	require.ErrorIs(t, v.CreateGroupMemberships(ctx, []namespace.Membership{{GroupName: "sales", MemberName: "al"}, {GroupName: "sales", MemberName: "al"}}), namespace.ErrExists)
	require.ErrorIs(t, v.CreateGroupMemberships(ctx, []namespace.Membership{{GroupName: "sales", MemberName: "dy"}}), namespace.ErrNotFound)
	require.Equal(t, before, dump(t, d), "all or none")

	require.NoError(t, v.CreateGroupMemberships(ctx, []namespace.Membership{{GroupName: "sales", MemberName: "bo"}, {GroupName: "sales", MemberName: "al"}, {GroupName: "sa/es", MemberName: "al"}}))
	p, err := d.Principal(ctx, namespace.Identity{Name: "al"})
	require.NoError(t, err)
	require.Equal(t, namespace.ForARN(
		namespace.MustParseARN(prefix+"user/default/al"), namespace.MustParseARN(prefix+"group/default/sa/es"), namespace.MustParseARN(prefix+"group/default/sales"),
	), p)
	m, err := v.DescribeGroupMembership(ctx, "", "sales", "al")
	require.NoError(t, err)
	require.Equal(t, "al", m.MemberName)
	_, err = v.DescribeGroupMembership(ctx, "", "sales", "cy")
	require.ErrorIs(t, err, namespace.ErrNotFound)
	found, next, err := v.SearchGroups(ctx, "", "sal", namespace.Page{})
	require.NoError(t, err)
	require.Empty(t, next)
	require.Len(t, found, 1)
	g, err := v.UpdateGroup(ctx, "", "sales", "who sells")
	require.NoError(t, err)
	require.Equal(t, "who sells", g.Description)
	again, err := v.DescribeGroup(ctx, "", "sales")
	require.NoError(t, err)
	require.Equal(t, g, again)

	require.NoError(t, v.DeleteGroupMembership(ctx, "", "sales", "al"))
	require.ErrorIs(t, v.DeleteGroupMembership(ctx, "", "sales", "al"), namespace.ErrNotFound)
	groups, _, err := v.ListUserGroups(ctx, "", "al", namespace.Page{})
	require.NoError(t, err)
	require.Len(t, groups, 1)
	require.NoError(t, v.DeleteGroup(ctx, "", "sa/es"))
	groups, _, err = v.ListUserGroups(ctx, "", "al", namespace.Page{})
	require.NoError(t, err)
	require.Empty(t, groups)
	require.NoError(t, v.DeleteUser(ctx, "", "bo"))
	members, _, err := v.ListGroupMemberships(ctx, "", "sales", namespace.Page{})
	require.NoError(t, err)
	require.Empty(t, members)
}

func TestPages(t *testing.T) {
	ctx := t.Context()
	d := newDirectory(t, nil)
	v := d.Administrator()
	for i := range 250 {
		register(t, d, "", fmt.Sprintf("u%03d", i), namespace.RoleReader)
	}
	users, next, err := v.ListUsers(ctx, "", namespace.Page{MaxResults: 99})
	require.NoError(t, err)
	require.Len(t, users, 99)
	require.Equal(t, "u098", users[98].UserName)

	// What happens between two pages is seen or not; nothing is lost or doubled.
	require.NoError(t, v.DeleteUser(ctx, "", "u098"))
	register(t, d, "", "u098x", namespace.RoleReader)
	users, _, err = v.ListUsers(ctx, "", namespace.Page{NextToken: next, MaxResults: 100})
	require.NoError(t, err)
	require.Equal(t, "u098x", users[0].UserName)
	require.Equal(t, "u099", users[1].UserName)

	_, err = v.CreateNamespace(ctx, "tenant")
	require.NoError(t, err)
	for reason, page := range map[string]namespace.Page{
		"of no list":            {NextToken: "bm90aGluZw"},
		"no token":              {NextToken: "§"},
		"of another namespace":  {NextToken: next},
		"another list's, later": {NextToken: next + "AA"},
	} {
		_, _, err := v.ListUsers(ctx, "tenant", page)
		require.ErrorIs(t, err, namespace.ErrInvalidNextToken, reason)
		_, _, err = v.ListGroups(ctx, "", page)
		require.ErrorIs(t, err, namespace.ErrInvalidNextToken, reason)
	}
	for _, most := range []int{-1, 101} {
		_, _, err := v.ListUsers(ctx, "", namespace.Page{MaxResults: most})
		require.ErrorIs(t, err, namespace.ErrInvalidParameterValue)
	}
	last, next, err := v.ListUsers(ctx, "", namespace.Page{NextToken: next, MaxResults: 100})
	require.NoError(t, err)
	require.Len(t, last, 100)
	last, next, err = v.ListUsers(ctx, "", namespace.Page{NextToken: next})
	require.NoError(t, err)
	require.Len(t, last, 52)
	require.Empty(t, next)
	seen := 0
	for _, err := range namespace.All(func(p namespace.Page) ([]namespace.User, string, error) { return v.ListUsers(ctx, "nowhere", p) }) {
		require.ErrorIs(t, err, namespace.ErrNotFound)
		seen++
	}
	require.Equal(t, 1, seen)
}
