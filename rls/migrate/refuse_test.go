package migrate_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/migrate"
)

func iam(ns, name string) namespace.RegisterUserInput {
	return namespace.RegisterUserInput{Namespace: ns, UserName: name, Email: "x", UserRole: namespace.RoleReader, IdentityType: namespace.IdentityIAM}
}

func TestPlanRefuses(t *testing.T) {
	tests := []struct {
		reason  string
		prepare func(ctx context.Context, v namespace.View) error
		change  func(*migrate.Input)
		files   memFiles
		want    []string
	}{
		{reason: "nothing moves onto itself", change: func(in *migrate.Input) { in.To = "default" }, want: []string{`from namespace "default" to itself`}},
		{reason: "a bad name and none", change: func(in *migrate.Input) { in.To, in.From = "a b", "gone" }, want: []string{"not the name of a namespace", `there is no namespace "gone"`}},
		{reason: "every user who is not there", change: func(in *migrate.Input) { in.Users = []string{"x", "cy", "y"} }, want: []string{`there is no user "x"`, `there is no user "y"`}},
		{reason: "who has the name in the target is another person",
			prepare: func(ctx context.Context, v namespace.View) error {
				_, err := v.CreateNamespace(ctx, "tenant")
				if err == nil {
					_, err = v.RegisterUser(ctx, iam("tenant", "embed/ana"))
				}
				return err
			}, want: []string{`user "embed/ana" is there in namespace "tenant" already`}},
		{reason: "a group of the name has rights and members of its own",
			prepare: func(ctx context.Context, v namespace.View) error {
				_, err := v.CreateNamespace(ctx, "tenant")
				if err == nil {
					_, err = v.CreateGroup(ctx, namespace.CreateGroupInput{Namespace: "tenant", GroupName: "sales"})
				}
				return err
			}, want: []string{`group "sales" is there in namespace "tenant" already`}},
		{reason: "password users cannot go to a custom namespace",
			prepare: func(ctx context.Context, v namespace.View) error {
				_, err := v.RegisterUser(ctx, namespace.RegisterUserInput{UserName: "dy", Email: "dy@example.com", UserRole: namespace.RoleReader, IdentityType: namespace.IdentityQuickSight})
				return err
			}, change: func(in *migrate.Input) { in.Users = nil }, want: []string{`user "dy": identity type QUICKSIGHT, want IAM`}},
		{reason: "two users of one name", change: func(in *migrate.Input) {
			in.Register = func(u namespace.User) namespace.RegisterUserInput {
				r := namespace.RegisterInput(u)
				r.UserName = "same"
				return r
			}
		}, want: []string{`users "embed/ana" and "embed/bo" would both be called "same"`}},
		{reason: "a user that cannot be registered", change: func(in *migrate.Input) {
			in.Register = func(u namespace.User) namespace.RegisterUserInput {
				r := namespace.RegisterInput(u)
				r.Email = ""
				return r
			}
		}, want: []string{`user "embed/ana": invalid value: Email`, `user "embed/bo": invalid value: Email`}},
		{reason: "two groups of one name", change: func(in *migrate.Input) { in.GroupName = func(string) string { return "g" } }, want: []string{"would both be called"}},
		{reason: "a file that is not there", change: func(in *migrate.Input) { in.Rules = []migrate.RuleFile{{Name: "gone.csv"}} }, want: []string{`rules "gone.csv"`, "does not exist"}},
		{reason: "bad rules, with their place", files: memFiles{"r.csv": "UserName,Region\nal,\"a\"\"b\"\n"},
			change: func(in *migrate.Input) { in.Rules = []migrate.RuleFile{{Name: "r.csv"}} }, want: []string{`r.csv:2:4: column "Region"`}},
		{reason: "ARNs cannot become names", change: func(in *migrate.Input) {
			in.Rules = []migrate.RuleFile{{Name: "rules2.csv", FormatVersion: rls.Version1}}
		}, want: []string{"rules of VERSION_2 cannot become VERSION_1"}},
		{reason: "no file is overwritten", change: func(in *migrate.Input) {
			in.Rules = []migrate.RuleFile{{Name: "rules1.csv", Target: "rules1.csv"}}
		}, want: []string{`target "rules1.csv" is a file of its own already`}},
		{reason: "two files to one target", change: func(in *migrate.Input) {
			in.Rules = []migrate.RuleFile{{Name: "rules1.csv", Target: "x"}, {Name: "rules2.csv", Target: "x"}}
		}, want: []string{`rules "rules2.csv": target "x"`}},
		{
			// A rule for the target namespace that names somebody who is not there
			// yet waits for the first to come by that name.
			reason: "a rule lies in wait in the target",
			files:  memFiles{"r.csv": "UserName,Region\nembed/ana,EMEA\n"},
			change: func(in *migrate.Input) {
				in.Rules = []migrate.RuleFile{{Name: "r.csv", Options: rls.Options{Namespace: "tenant"}}}
			},
			want: []string{"would change what a user sees", `user/tenant/embed/ana: r.csv: sees what`, `such as the row Region="EMEA"`},
		},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			d, f := world(t, nil), files()
			for name, data := range tt.files {
				f[name] = data
			}
			if tt.prepare != nil {
				require.NoError(t, tt.prepare(t.Context(), d.Administrator()))
			}
			in := input()
			if tt.change != nil {
				tt.change(&in)
			}
			before := state(t, d, f)
			p, err := migrate.PlanMigration(t.Context(), d, f, in)
			require.Nil(t, p)
			require.ErrorIs(t, err, migrate.ErrInput)
			for _, want := range tt.want {
				require.ErrorContains(t, err, want)
			}
			require.Equal(t, before, state(t, d, f))
		})
	}
}

// TestVerifyFinds ruins a migration in every way there is; Verify says which,
// and Retire deletes nothing.
func TestVerifyFinds(t *testing.T) {
	arn := namespace.MustParseARN
	tests := []struct {
		reason string
		ruin   func(ctx context.Context, v namespace.View, f memFiles) error
		want   string
	}{
		{"nobody registered", func(ctx context.Context, v namespace.View, _ memFiles) error {
			return v.DeleteUser(ctx, "tenant", "embed/bo")
		}, "user/tenant/embed/bo: is not registered"},
		{"another role", func(ctx context.Context, v namespace.View, _ memFiles) error {
			_, err := v.UpdateUser(ctx, namespace.UpdateUserInput{Namespace: "tenant", UserName: "embed/bo", Email: "x", Role: namespace.RoleAdmin})
			return err
		}, "user/tenant/embed/bo: is ADMIN, want READER"},
		{"out of a group", func(ctx context.Context, v namespace.View, _ memFiles) error {
			return v.DeleteGroupMembership(ctx, "tenant", "sales", "embed/bo")
		}, `user/tenant/embed/bo: is in groups [], want ["sales"]`},
		{"somebody else in a new group", func(ctx context.Context, v namespace.View, _ memFiles) error {
			_, err := v.RegisterUser(ctx, iam("tenant", "eve"))
			if err == nil {
				_, err = v.CreateGroupMembership(ctx, "tenant", "sales", "eve")
			}
			return err
		}, `group/tenant/sales: has member "eve", who did not move`},
		{"somebody else sees what is copied to the group", func(ctx context.Context, v namespace.View, _ memFiles) error {
			_, err := v.RegisterUser(ctx, iam("tenant", "eve"))
			if err == nil {
				_, err = v.CreateGroupMembership(ctx, "tenant", "sales", "eve")
			}
			return err
		}, `user/tenant/eve: rules2.tenant.csv: sees what arn:aws:quicksight:us-east-1:111122223333:user/tenant/eve does not see, such as the row Region="APAC"`},
		{"a permission too few", func(ctx context.Context, v namespace.View, _ memFiles) error {
			_, err := v.UpdateDataSetPermissions(ctx, "sales", namespace.UpdatePermissionsInput{RevokePermissions: []namespace.ResourcePermission{
				{Principal: arn(prefix + "group/tenant/sales"), Actions: []string{"quicksight:PassDataSet"}}}})
			return err
		}, "user/tenant/embed/ana: arn:aws:quicksight:us-east-1:111122223333:dataset/sales: may DescribeDataSet, want DescribeDataSet PassDataSet"},
		{"a permission too many", func(ctx context.Context, v namespace.View, _ memFiles) error {
			_, err := v.UpdateAnalysisPermissions(ctx, "trend", namespace.UpdatePermissionsInput{GrantPermissions: []namespace.ResourcePermission{
				{Principal: arn(prefix + "user/tenant/embed/bo"), Actions: []string{"quicksight:DescribeAnalysis"}}}})
			return err
		}, "analysis/trend: may DescribeAnalysis, want nothing"},
		{"shared with the target since", func(ctx context.Context, v namespace.View, _ memFiles) error {
			_, err := v.UpdateAnalysisPermissions(ctx, "trend", namespace.UpdatePermissionsInput{GrantPermissions: []namespace.ResourcePermission{
				{Principal: arn(prefix + "namespace/tenant"), Actions: []string{"quicksight:DescribeAnalysis"}}}})
			return err
		}, "analysis/trend: may DescribeAnalysis, want nothing"},
		{"an asset is gone", func(ctx context.Context, v namespace.View, _ memFiles) error { return v.DeleteDataSet(ctx, "sales") }, "dataset/sales: is gone"},
		{"the old user got more since", func(ctx context.Context, v namespace.View, _ memFiles) error {
			_, err := v.UpdateAnalysisPermissions(ctx, "trend", namespace.UpdatePermissionsInput{GrantPermissions: []namespace.ResourcePermission{
				{Principal: arn(prefix + "user/default/embed/bo"), Actions: []string{"quicksight:DescribeAnalysis"}}}})
			return err
		}, "user/default/embed/bo: arn:aws:quicksight:us-east-1:111122223333:analysis/trend: may DescribeAnalysis, and could nothing when the plan was made"},
		{"the old user is in another group since", func(ctx context.Context, v namespace.View, _ memFiles) error {
			_, err := v.CreateGroupMembership(ctx, "", "staff", "embed/bo")
			return err
		}, `user/default/embed/bo: is in groups ["sales" "staff"], and was in ["sales"]`},
		{"another person has the old name", func(ctx context.Context, v namespace.View, _ memFiles) error {
			if err := v.DeleteUser(ctx, "", "embed/bo"); err != nil {
				return err
			}
			_, err := v.RegisterUser(ctx, iam("", "embed/bo"))
			return err
		}, "user/default/embed/bo: is another user"},
		{"the rules changed since", func(_ context.Context, _ namespace.View, f memFiles) error {
			f["rules2.csv"] += prefix + "user/default/embed/bo,,EMEA\n"
			return nil
		}, "rules2.csv: changed since the plan was made"},
		{"the new rules are not there", func(_ context.Context, _ namespace.View, f memFiles) error {
			delete(f, "rules2.tenant.csv")
			return nil
		}, "rules2.tenant.csv: file does not exist"},
		{"a value too many in the new rules", func(_ context.Context, _ namespace.View, f memFiles) error {
			f["rules1.tenant.csv"] = strings.Replace(f["rules1.tenant.csv"], `"EMEA,US"`, `"EMEA,US,LATAM"`, 1)
			return nil
		}, `user/tenant/embed/ana: rules1.tenant.csv: sees what arn:aws:quicksight:us-east-1:111122223333:user/default/embed/ana does not see, such as the row Region="LATAM" Segment="SMB"`},
		{"a value too few", func(_ context.Context, _ namespace.View, f memFiles) error {
			f["rules1.tenant.csv"] = strings.Replace(f["rules1.tenant.csv"], `"EMEA,US"`, `EMEA`, 1)
			return nil
		}, `does not see what arn:aws:quicksight:us-east-1:111122223333:user/default/embed/ana sees, such as the row Region="US" Segment="SMB"`},
		{"a rule for who stays is lost", func(_ context.Context, _ namespace.View, f memFiles) error {
			f["rules2.tenant.csv"] = strings.Replace(f["rules2.tenant.csv"], prefix+"user/default/cy,,\n", "", 1)
			return nil
		}, "user/default/cy: rules2.tenant.csv: does not see what arn:aws:quicksight:us-east-1:111122223333:user/default/cy sees, such as the row with any values"},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			ctx := t.Context()
			d, f := world(t, nil), files()
			p := plan(t, d, f)
			require.NoError(t, migrate.Apply(ctx, d, f, p, nil))
			require.NoError(t, tt.ruin(ctx, d.Administrator(), f))
			before := left(t, d)
			r, err := migrate.Verify(ctx, d, f, p)
			require.NoError(t, err)
			require.False(t, r.Passed())
			require.Contains(t, r.String(), tt.want)
			require.ErrorIs(t, migrate.Retire(ctx, d, f, p, nil), migrate.ErrFailed)
			require.Equal(t, before, left(t, d))
		})
	}
}

// left is who is left in the default namespace.
func left(t testing.TB, d *namespace.Directory) string {
	t.Helper()
	users, _, err := d.Administrator().ListUsers(t.Context(), "", namespace.Page{})
	require.NoError(t, err)
	groups, _, err := d.Administrator().ListGroups(t.Context(), "", namespace.Page{})
	require.NoError(t, err)
	var b strings.Builder
	for _, u := range users {
		b.WriteString(u.Arn.String() + u.PrincipalId + "\n")
	}
	for _, g := range groups {
		b.WriteString(g.Arn.String() + "\n")
	}
	return b.String()
}

// TestApplyRefuses: what somebody else put in the way is not overwritten.
func TestApplyRefuses(t *testing.T) {
	tests := []struct {
		reason string
		other  func(ctx context.Context, v namespace.View, f memFiles) error
		is     error
		want   string
	}{
		{"another user of the name", func(ctx context.Context, v namespace.View, _ memFiles) error {
			_, err := v.RegisterUser(ctx, iam("tenant", "embed/bo"))
			return err
		}, migrate.ErrOther, "user/tenant/embed/bo: already exists and differs from the plan: got [x READER"},
		{"another group of the name", func(ctx context.Context, v namespace.View, _ memFiles) error {
			_, err := v.CreateGroup(ctx, namespace.CreateGroupInput{Namespace: "tenant", GroupName: "sales"})
			return err
		}, migrate.ErrOther, "group/tenant/sales"},
		{"a group with somebody in it", func(ctx context.Context, v namespace.View, _ memFiles) error {
			_, err := v.CreateGroup(ctx, namespace.CreateGroupInput{Namespace: "tenant", GroupName: "staff"})
			if err == nil {
				_, err = v.RegisterUser(ctx, iam("tenant", "eve"))
			}
			if err == nil {
				_, err = v.CreateGroupMembership(ctx, "tenant", "staff", "eve")
			}
			return err
		}, migrate.ErrOther, `got member "eve", want members who move`},
		{"another file of the name", func(_ context.Context, _ namespace.View, f memFiles) error {
			f["rules2.tenant.csv"] = "mine"
			return nil
		}, migrate.ErrOther, "rules2.tenant.csv: already exists"},
		{"other rules than planned from", func(_ context.Context, _ namespace.View, f memFiles) error {
			f["rules1.csv"] += "\n"
			return nil
		}, migrate.ErrOutdated, "rules1.csv: changed since"},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			ctx := t.Context()
			d, f := world(t, nil), files()
			p := plan(t, d, f)
			_, err := d.Administrator().CreateNamespace(ctx, "tenant")
			require.NoError(t, err)
			require.NoError(t, tt.other(ctx, d.Administrator(), f))
			err = migrate.Apply(ctx, d, f, p, nil)
			require.ErrorIs(t, err, tt.is)
			require.ErrorContains(t, err, tt.want)
			require.NotEqual(t, "", f["rules2.csv"])
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	d, f := world(t, nil), files()
	require.ErrorIs(t, migrate.Apply(ctx, d, f, plan(t, d, f), nil), context.Canceled)
}

// TestGains: what the target shares with everybody in it is told in the plan,
// and is then no surprise.
func TestGains(t *testing.T) {
	ctx := t.Context()
	d, f := world(t, nil), files()
	v := d.Administrator()
	_, err := v.CreateNamespace(ctx, "tenant")
	require.NoError(t, err)
	_, err = v.RegisterUser(ctx, iam("tenant", "eve"))
	require.NoError(t, err)
	_, err = v.CreateDashboard(ctx, namespace.CreateAssetInput{Id: "theirs", Name: "Theirs", Permissions: []namespace.ResourcePermission{
		{Principal: namespace.MustParseARN(prefix + "namespace/tenant"), Actions: []string{"quicksight:DescribeDashboard"}}}})
	require.NoError(t, err)
	p := plan(t, d, f)
	require.Contains(t, p.String(), "what everybody in namespace tenant may do, and those who move will\n  dashboard theirs: DescribeDashboard\n")
	require.NoError(t, migrate.Apply(ctx, d, f, p, nil))
	r, err := migrate.Verify(ctx, d, f, p)
	require.NoError(t, err)
	require.True(t, r.Passed(), "%s", r)

	// What was shared with the old namespace comes to those who move, not to eve.
	see := func(who string) bool {
		ok, err := d.Allows(ctx, namespace.MustParseARN(prefix+who), "quicksight:DescribeDashboard", namespace.MustParseARN(prefix+"dashboard/revenue"))
		require.NoError(t, err)
		return ok
	}
	require.True(t, see("user/tenant/embed/bo"))
	require.False(t, see("user/tenant/eve"))

	// Unless it is asked for.
	d, f = world(t, nil), files()
	in := input()
	in.ShareNamespace = true
	p, err = migrate.PlanMigration(ctx, d, f, in)
	require.NoError(t, err)
	require.Contains(t, p.String(), "everybody in namespace tenant: DescribeDashboard QueryDashboard")
	require.NoError(t, migrate.Apply(ctx, d, f, p, nil))
	r, err = migrate.Verify(ctx, d, f, p)
	require.NoError(t, err)
	require.True(t, r.Passed(), "%s", r)
	_, err = d.Administrator().RegisterUser(ctx, iam("tenant", "eve"))
	require.NoError(t, err)
	require.True(t, see("user/tenant/eve"))
}

// TestLinks moves users who view a dashboard by its link: as they did before, and
// nobody else of the new namespace, unless that is asked for.
func TestLinks(t *testing.T) {
	ctx := t.Context()
	for _, share := range []bool{false, true} {
		d, f := world(t, nil), files()
		v := d.Administrator()
		for _, ns := range []string{"tenant", "elsewhere"} {
			_, err := v.CreateNamespace(ctx, ns)
			require.NoError(t, err)
		}
		_, err := v.RegisterUser(ctx, iam("tenant", "eve"))
		require.NoError(t, err)
		link := func(id, ns string) {
			_, err := v.CreateDashboard(ctx, namespace.CreateAssetInput{Id: id, Name: id, Link: []namespace.ResourcePermission{{
				Principal: namespace.MustParseARN(prefix + "namespace/" + ns), Actions: []string{"quicksight:DescribeDashboard", "quicksight:ListDashboardVersions", "quicksight:QueryDashboard"},
			}}})
			require.NoError(t, err)
		}
		link("ours", "default")
		link("theirs", "tenant")
		link("others", "elsewhere")
		in := input()
		in.ShareNamespace = share
		p, err := migrate.PlanMigration(ctx, d, f, in)
		require.NoError(t, err)
		if share {
			require.Contains(t, p.String(), "  ours\n    by the link, everybody in namespace tenant: DescribeDashboard ListDashboardVersions QueryDashboard\n")
		}
		require.Contains(t, p.String(), "dashboard theirs: DescribeDashboard ListDashboardVersions QueryDashboard\n", "what those who move gain")
		var text bytes.Buffer
		require.NoError(t, p.WriteJSON(&text))
		p, err = migrate.ReadPlan(&text)
		require.NoError(t, err)
		r, err := migrate.Verify(ctx, d, f, p)
		require.NoError(t, err)
		require.False(t, r.Passed(), "before it is applied")
		require.NoError(t, migrate.Apply(ctx, d, f, p, nil))
		r, err = migrate.Verify(ctx, d, f, p)
		require.NoError(t, err)
		require.True(t, r.Passed(), "%s", r)
		see := func(who, board string) bool {
			ok, err := d.Allows(ctx, namespace.MustParseARN(prefix+who), "quicksight:QueryDashboard", namespace.MustParseARN(prefix+"dashboard/"+board))
			require.NoError(t, err)
			return ok
		}
		require.True(t, see("user/tenant/embed/bo", "ours"))
		require.True(t, see("user/tenant/embed/bo", "theirs"))
		require.False(t, see("user/tenant/embed/bo", "others"))
		require.Equal(t, share, see("user/tenant/eve", "ours"))
		require.False(t, see("namespace/tenant", "ours"), "anonymous sessions")

		_, err = v.UpdateDashboardPermissions(ctx, "ours", namespace.UpdatePermissionsInput{RevokeLinkPermissions: []namespace.ResourcePermission{{
			Principal: namespace.MustParseARN(prefix + "namespace/default"), Actions: []string{"quicksight:DescribeDashboard", "quicksight:ListDashboardVersions", "quicksight:QueryDashboard"},
		}}})
		require.NoError(t, err)
		r, err = migrate.Verify(ctx, d, f, p)
		require.NoError(t, err)
		require.False(t, r.Passed(), "the link of the plan is gone")
	}
}

// TestNewNames moves people who change their names on the way.
func TestNewNames(t *testing.T) {
	ctx := t.Context()
	d, f := world(t, nil), files()
	in := input()
	in.Users = nil
	in.Register = func(u namespace.User) namespace.RegisterUserInput {
		r := namespace.RegisterInput(u)
		r.UserName, r.IdentityType = "sso/"+strings.TrimPrefix(u.UserName, "embed/"), namespace.IdentityIAM
		return r
	}
	in.GroupName = func(old string) string { return "moved " + old }
	p, err := migrate.PlanMigration(ctx, d, f, in)
	require.NoError(t, err)
	require.Contains(t, p.String(), "embed/ana: AUTHOR, IAM, embed/ana@example.com, as sso/ana, in sales, staff")
	require.NoError(t, migrate.Apply(ctx, d, f, p, nil))
	r, err := migrate.Verify(ctx, d, f, p)
	require.NoError(t, err)
	require.True(t, r.Passed(), "%s", r)
	require.NoError(t, migrate.Retire(ctx, d, f, p, nil))
	require.True(t, sees(t, d, f, "rules2.tenant.csv", rls.Options{}, "user/tenant/sso/cy").Equal(sees(t, world(t, nil), f, "rules2.csv", rls.Options{}, "user/default/cy")))
}

func TestReadPlan(t *testing.T) {
	d, f := world(t, nil), files()
	var b bytes.Buffer
	require.NoError(t, plan(t, d, f).WriteJSON(&b))
	good := b.String()
	for reason, change := range map[string][2]string{
		"a member nobody knows":         {`"From":`, `"Form": "x", "From":`},
		"another target for a user":     {`"NewArn": "` + prefix + `user/tenant/embed/ana"`, `"NewArn": "` + prefix + `user/other/embed/ana"`},
		"a grant to somebody else":      {`"Principal": "` + prefix + `user/tenant/embed/ana"`, `"Principal": "` + prefix + `user/default/cy"`},
		"a file that would be replaced": {`"Target": "rules2.tenant.csv"`, `"Target": "rules2.csv"`},
		"onto itself":                   {`"To": "tenant"`, `"To": "default"`},
		"no JSON":                       {`{`, ``},
		"two plans":                     {"", "{}"},
	} {
		bad := strings.Replace(good, change[0], change[1], 1)
		if change[0] == "" {
			bad = good + change[1]
		}
		require.NotEqual(t, good, bad, reason)
		p, err := migrate.ReadPlan(strings.NewReader(bad))
		require.ErrorIs(t, err, migrate.ErrPlan, reason)
		require.Nil(t, p, reason)
	}
}
