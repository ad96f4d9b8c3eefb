package migrate_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/namespace/filestore"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/migrate"
)

const (
	account = "111122223333"
	prefix  = "arn:aws:quicksight:us-east-1:" + account + ":"
)

var update = flag.Bool("update", false, "write the golden files")

// memFiles keeps files of rules in memory.
type memFiles map[string]string

func (m memFiles) ReadRules(_ context.Context, name string) ([]byte, error) {
	if data, ok := m[name]; ok {
		return []byte(data), nil
	}
	return nil, fmt.Errorf("%s: %w", name, fs.ErrNotExist)
}

func (m memFiles) WriteRules(_ context.Context, name string, data []byte) error {
	m[name] = string(data)
	return nil
}

// Rules of version 1: ana, a group, both in one rule, somebody who stays, and a
// comma in a value.
const rules1 = `UserName,GroupName,Region,Segment

embed/ana,,"EMEA,US",SMB
,sales,,Startup
embed/bo,staff,APAC,
cy,,US,
,,EMEA,
cy,sales,"""AWS,INC""",Enterprise
`

const rules2 = `UserARN,GroupARN,Region

` + prefix + `user/default/embed/ana,,EMEA
arn:aws:quicksight:eu-west-1:111122223333:user/embed/bo,,US
,` + prefix + `group/default/sales,APAC
` + prefix + `user/default/cy,,
arn:aws:quicksight:us-east-1:999999999999:user/default/embed/ana,,another account
` + prefix + `user/other/embed/ana,,another namespace
,` + prefix + `group/other/sales,another namespace
`

// world is the account of the tests: in the default namespace ana and bo, who
// will move, and cy, who will stay.
func world(t testing.TB, log namespace.Log) *namespace.Directory {
	t.Helper()
	ctx := context.Background()
	d, err := namespace.Open(ctx, log, account, "us-east-1", nil)
	require.NoError(t, err)
	v := d.Administrator()
	for _, u := range []struct {
		name string
		role namespace.Role
	}{{"embed/ana", namespace.RoleAuthor}, {"embed/bo", namespace.RoleReader}, {"cy", namespace.RoleAdmin}} {
		_, err := v.RegisterUser(ctx, namespace.RegisterUserInput{UserName: u.name, Email: u.name + "@example.com", UserRole: u.role, IdentityType: namespace.IdentityIAM})
		require.NoError(t, err)
	}
	require.NoError(t, v.CreateGroups(ctx, []namespace.CreateGroupInput{{GroupName: "sales", Description: "who sells"}, {GroupName: "staff"}}))
	require.NoError(t, v.CreateGroupMemberships(ctx, []namespace.Membership{
		{GroupName: "sales", MemberName: "embed/ana"}, {GroupName: "sales", MemberName: "embed/bo"},
		{GroupName: "staff", MemberName: "embed/ana"}, {GroupName: "staff", MemberName: "cy"},
	}))
	grant := func(who string, actions ...string) namespace.ResourcePermission {
		for i := range actions {
			actions[i] = "quicksight:" + actions[i]
		}
		return namespace.ResourcePermission{Principal: namespace.MustParseARN(prefix + who), Actions: actions}
	}
	_, err = v.CreateDataSource(ctx, namespace.CreateAssetInput{Id: "warehouse", Name: "Warehouse", Permissions: []namespace.ResourcePermission{
		grant("user/default/embed/ana", "DescribeDataSource", "PassDataSource")}})
	require.NoError(t, err)
	_, err = v.CreateDataSet(ctx, namespace.CreateAssetInput{Id: "sales", Name: "Sales", Permissions: []namespace.ResourcePermission{
		grant("group/default/sales", "DescribeDataSet", "PassDataSet"), grant("user/default/cy", "DescribeDataSet")}})
	require.NoError(t, err)
	_, err = v.CreateAnalysis(ctx, namespace.CreateAssetInput{Id: "trend", Name: "Trend", Permissions: []namespace.ResourcePermission{
		grant("user/default/cy", "DescribeAnalysis")}})
	require.NoError(t, err)
	_, err = v.CreateDashboard(ctx, namespace.CreateAssetInput{Id: "revenue", Name: "Revenue", Permissions: []namespace.ResourcePermission{
		grant("namespace/default", "DescribeDashboard", "QueryDashboard"), grant("group/default/staff", "UpdateDashboard")}})
	require.NoError(t, err)
	return d
}

func files() memFiles { return memFiles{"rules1.csv": rules1, "rules2.csv": rules2} }

func input() migrate.Input {
	return migrate.Input{To: "tenant", Users: []string{"embed/ana", "embed/bo"}, Rules: []migrate.RuleFile{
		{Name: "rules1.csv", Options: rls.Options{AllowNoFields: true}},
		{Name: "rules1.csv", Target: "rules1.both.csv", FormatVersion: rls.Version2},
		{Name: "rules2.csv"},
	}}
}

func plan(t testing.TB, d *namespace.Directory, f migrate.Files) *migrate.Plan {
	t.Helper()
	p, err := migrate.PlanMigration(context.Background(), d, f, input())
	require.NoError(t, err)
	return p
}

func TestZero(t *testing.T) {
	ctx := t.Context()
	var p *migrate.Plan
	for _, p := range []*migrate.Plan{p, {}} {
		require.ErrorIs(t, migrate.Apply(ctx, nil, nil, p, nil), migrate.ErrPlan)
		require.ErrorIs(t, migrate.Retire(ctx, nil, nil, p, nil), migrate.ErrFailed)
		r, err := migrate.Verify(ctx, nil, nil, p)
		require.ErrorIs(t, err, migrate.ErrPlan)
		require.False(t, r.Passed())
	}
	var r *migrate.Report
	require.False(t, r.Passed())
	require.False(t, new(migrate.Report).Passed())
	require.Contains(t, new(migrate.Report).String(), "not verified")
	_, err := migrate.PlanMigration(ctx, nil, nil, migrate.Input{To: "tenant"})
	require.ErrorIs(t, err, namespace.ErrAccessDenied)
	_, err = migrate.PlanMigration(ctx, new(namespace.Directory), nil, migrate.Input{})
	require.Error(t, err)
	_, err = migrate.Dir("").ReadRules(ctx, "x")
	require.ErrorIs(t, err, fs.ErrInvalid)
}

// TestStory is the migration of the documents from end to end: identify users,
// register them, copy permissions, let people test, deprecate, remove.
func TestStory(t *testing.T) {
	ctx := t.Context()
	d, f := world(t, nil), files()
	before := state(t, d, f)
	p := plan(t, d, f)
	require.Equal(t, before, state(t, d, f), "a plan changes nothing")
	golden(t, "plan.txt", p.String())

	require.NoError(t, migrate.Apply(ctx, d, f, p, nil))
	after := state(t, d, f)
	require.NoError(t, migrate.Apply(ctx, d, f, p, nil))
	require.Equal(t, after, state(t, d, f), "twice changes nothing")
	golden(t, "rules1.tenant.csv", f["rules1.tenant.csv"])
	golden(t, "rules1.both.csv", f["rules1.both.csv"])
	golden(t, "rules2.tenant.csv", f["rules2.tenant.csv"])
	require.Equal(t, rules1, f["rules1.csv"])
	require.Equal(t, rules2, f["rules2.csv"])

	// An oracle of its own: what each person sees, by name.
	for _, tt := range []struct {
		reason, file string
		opts         rls.Options
		who, want    string
	}{
		{"ana's own, of sales, of staff", "rules1.tenant.csv", rls.Options{Namespace: "tenant"}, "user/tenant/embed/ana", "rules1.csv user/default/embed/ana"},
		{"bo's own and of sales", "rules1.tenant.csv", rls.Options{Namespace: "tenant"}, "user/tenant/embed/bo", "rules1.csv user/default/embed/bo"},
		{"in one file for all", "rules1.both.csv", rls.Options{}, "user/tenant/embed/ana", "rules1.csv user/default/embed/ana"},
		{"who stays sees the same", "rules1.both.csv", rls.Options{}, "user/default/cy", "rules1.csv user/default/cy"},
		{"until retired, so does the old one", "rules1.both.csv", rls.Options{}, "user/default/embed/bo", "rules1.csv user/default/embed/bo"},
		{"version 2", "rules2.tenant.csv", rls.Options{}, "user/tenant/embed/bo", "rules2.csv user/default/embed/bo"},
	} {
		oldFile, oldWho, _ := strings.Cut(tt.want, " ")
		want, got := sees(t, d, f, oldFile, rls.Options{}, oldWho), sees(t, d, f, tt.file, tt.opts, tt.who)
		require.NotEqual(t, predicate.Predicate{}, want, tt.reason)
		require.True(t, want.Equal(got), "%s: %v, want %v", tt.reason, got, want)
	}
	require.Equal(t, predicate.Predicate{}, sees(t, d, f, "rules1.tenant.csv", rls.Options{Namespace: "tenant"}, "user/default/cy"))

	r, err := migrate.Verify(ctx, d, f, p)
	require.NoError(t, err)
	require.True(t, r.Passed(), "%s", r)
	require.Equal(t, "verified: 2 users, 3 files of rules, 4 assets, 0 problems\n", r.String())

	// The plan goes through JSON unharmed.
	var b bytes.Buffer
	require.NoError(t, p.WriteJSON(&b))
	again, err := migrate.ReadPlan(&b)
	require.NoError(t, err)
	require.Equal(t, p, again)

	require.NoError(t, migrate.Retire(ctx, d, f, again, nil))
	users, _, err := d.Administrator().ListUsers(ctx, "", namespace.Page{})
	require.NoError(t, err)
	require.Len(t, users, 1)
	require.Equal(t, "cy", users[0].UserName)
	groups, _, err := d.Administrator().ListGroups(ctx, "", namespace.Page{})
	require.NoError(t, err)
	require.Len(t, groups, 1, "staff has cy in it, sales is empty and gone")
	r, err = migrate.Verify(ctx, d, f, p)
	require.NoError(t, err)
	require.True(t, r.Passed(), "what was planned still holds: %s", r)
	require.NoError(t, migrate.Retire(ctx, d, f, p, nil), "twice changes nothing")
	left, err := d.Administrator().DescribeDataSourcePermissions(ctx, "warehouse")
	require.NoError(t, err)
	require.Len(t, left, 1)
	require.Equal(t, "tenant", left[0].Principal.Namespace)
}

// state is everything: the directory as its log would tell it, and the files.
func state(t testing.TB, d *namespace.Directory, f memFiles) string {
	t.Helper()
	ctx, v := context.Background(), d.Administrator()
	var b strings.Builder
	must := func(list any, _ string, err error) any {
		if errors.Is(err, namespace.ErrNotFound) {
			return nil
		}
		require.NoError(t, err)
		return list
	}
	for _, ns := range []string{"default", "tenant"} {
		users, _, err := v.ListUsers(ctx, ns, namespace.Page{})
		fmt.Fprintln(&b, must(users, "", err))
		for _, u := range users {
			groups, _, err := v.ListUserGroups(ctx, ns, u.UserName, namespace.Page{})
			fmt.Fprintln(&b, " ", must(groups, "", err))
		}
		fmt.Fprintln(&b, must(v.ListGroups(ctx, ns, namespace.Page{})))
	}
	for _, describe := range []func() ([]namespace.ResourcePermission, error){
		func() ([]namespace.ResourcePermission, error) {
			return v.DescribeDataSourcePermissions(ctx, "warehouse")
		},
		func() ([]namespace.ResourcePermission, error) { return v.DescribeDataSetPermissions(ctx, "sales") },
		func() ([]namespace.ResourcePermission, error) { return v.DescribeAnalysisPermissions(ctx, "trend") },
		func() ([]namespace.ResourcePermission, error) { return v.DescribeDashboardPermissions(ctx, "revenue") },
	} {
		p, err := describe()
		require.NoError(t, err)
		fmt.Fprintln(&b, p)
	}
	for _, name := range slices.Sorted(maps.Keys(f)) {
		fmt.Fprintln(&b, name, f[name])
	}
	return b.String()
}

func sees(t testing.TB, d *namespace.Directory, f memFiles, file string, opts rls.Options, who string) predicate.Predicate {
	t.Helper()
	rs, err := rls.ReadCSV(strings.NewReader(f[file]), &opts)
	require.NoError(t, err)
	p, err := d.Principal(context.Background(), namespace.Identity{ARN: namespace.MustParseARN(prefix + who)})
	require.NoError(t, err)
	rows, err := rs.For(p)
	require.NoError(t, err)
	return rows
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "run with -update")
	require.Equal(t, string(want), got)
}

// TestRetireLooks: who gets the name of an old user while Retire works is not
// deleted for it.
func TestRetireLooks(t *testing.T) {
	ctx := t.Context()
	d, f := world(t, nil), files()
	p := plan(t, d, f)
	require.NoError(t, migrate.Apply(ctx, d, f, p, nil))
	v := d.Administrator()
	err := migrate.Retire(ctx, d, f, p, &migrate.Options{Done: func(s migrate.Step) error {
		if s.Number > 1 {
			return nil
		}
		err := v.DeleteUser(ctx, "", "embed/bo")
		if err == nil {
			_, err = v.RegisterUser(ctx, iam("", "embed/bo"))
		}
		return err
	}})
	require.ErrorIs(t, err, migrate.ErrOutdated)
	_, err = v.DescribeUser(ctx, "", "embed/bo")
	require.NoError(t, err)

	// And a group that somebody else is in by then stays.
	d, f = world(t, nil), files()
	p = plan(t, d, f)
	require.NoError(t, migrate.Apply(ctx, d, f, p, nil))
	v = d.Administrator()
	err = migrate.Retire(ctx, d, f, p, &migrate.Options{Done: func(s migrate.Step) error {
		if s.Number > 1 {
			return nil
		}
		_, err := v.CreateGroupMembership(ctx, "", "sales", "cy")
		return err
	}})
	require.ErrorIs(t, err, migrate.ErrOutdated)
	require.ErrorContains(t, err, `"cy" is in it`)
	_, err = v.DescribeGroup(ctx, "", "sales")
	require.NoError(t, err)
}

// TestRetireBlind: what Retire cannot look at, it does not delete.
func TestRetireBlind(t *testing.T) {
	ctx := t.Context()
	file, err := filestore.Open(filepath.Join(t.TempDir(), "dir.log"))
	require.NoError(t, err)
	defer file.Close()
	log := &blind{Log: file}
	d, f := world(t, log), files()
	p := plan(t, d, f)
	require.NoError(t, migrate.Apply(ctx, d, f, p, nil))
	for _, tt := range []struct {
		after int // steps
		see   func() error
	}{
		{1, func() error { _, err := d.Administrator().DescribeUser(ctx, "", "embed/bo"); return err }},
		{2, func() error { _, err := d.Administrator().DescribeGroup(ctx, "", "sales"); return err }},
	} {
		err = migrate.Retire(ctx, d, f, p, &migrate.Options{Done: func(s migrate.Step) error {
			log.once = s.Number == tt.after
			return nil
		}})
		require.ErrorIs(t, err, errStop)
		require.NoError(t, tt.see())
	}
}

// blind is a log that cannot be read once.
type blind struct {
	namespace.Log
	once bool
}

func (l *blind) Read(ctx context.Context, after uint64, yield func(uint64, []byte) error) error {
	if l.once {
		l.once = false
		return errStop
	}
	return l.Log.Read(ctx, after, yield)
}
