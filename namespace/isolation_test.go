package namespace_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
)

// A target is what somebody tries something on.
type target struct{ ns, user, group, asset string }

func permissionsOn(d *namespace.Directory, at target, kind string) []namespace.ResourcePermission {
	p := []namespace.ResourcePermission{{Principal: d.ARN(namespace.KindUser, at.ns, at.user), Actions: []string{"quicksight:Describe" + kind}}}
	if kind != "Folder" {
		p = append(p, namespace.ResourcePermission{Principal: d.ARN(namespace.KindGroup, at.ns, at.group), Actions: []string{"quicksight:Query" + kind}})
	}
	return p
}

// attempts has, for every method of View, the arguments behind the context in every way
// that matters. A method that is not here fails TestIsolation: nobody has thought about
// what it tells a foreigner.
func attempts(d *namespace.Directory, at target) map[string][][]any {
	first := namespace.Page{}
	user := namespace.RegisterUserInput{Namespace: at.ns, UserName: at.user, Email: "e", UserRole: namespace.RoleAdmin, IdentityType: namespace.IdentityIAM}
	group := namespace.CreateGroupInput{Namespace: at.ns, GroupName: at.group}
	analysis, dashboard := d.ARN(namespace.KindAnalysis, "", at.asset), d.ARN(namespace.KindDashboard, "", at.asset)
	all := map[string][][]any{
		"CreateNamespace":   {{at.ns}},
		"DescribeNamespace": {{at.ns}},
		"ListNamespaces":    {{first}, {namespace.Page{MaxResults: 1}}},
		"DeleteNamespace":   {{at.ns}},

		"RegisterUser":  {{user}},
		"RegisterUsers": {{[]namespace.RegisterUserInput{user}}},
		"DescribeUser":  {{at.ns, at.user}},
		"ListUsers":     {{at.ns, first}},
		"UpdateUser":    {{namespace.UpdateUserInput{Namespace: at.ns, UserName: at.user, Email: "e", Role: namespace.RoleReader}}},
		"DeleteUser":    {{at.ns, at.user}},

		"CreateGroup":   {{group}},
		"CreateGroups":  {{[]namespace.CreateGroupInput{group}}},
		"DescribeGroup": {{at.ns, at.group}},
		"ListGroups":    {{at.ns, first}},
		"SearchGroups":  {{at.ns, "", first}, {at.ns, at.group, first}},
		"UpdateGroup":   {{at.ns, at.group, "changed"}},
		"DeleteGroup":   {{at.ns, at.group}},

		"CreateGroupMembership":   {{at.ns, at.group, at.user}},
		"CreateGroupMemberships":  {{[]namespace.Membership{{Namespace: at.ns, GroupName: at.group, MemberName: at.user}}}},
		"DescribeGroupMembership": {{at.ns, at.group, at.user}},
		"ListGroupMemberships":    {{at.ns, at.group, first}},
		"ListUserGroups":          {{at.ns, at.user, first}},
		"DeleteGroupMembership":   {{at.ns, at.group, at.user}},

		"CreateFolderMembership":            {{at.asset, analysis}},
		"DeleteFolderMembership":            {{at.asset, dashboard}},
		"ListFolderMembers":                 {{at.asset, first}},
		"ListFoldersForResource":            {{analysis, first}},
		"FolderPath":                        {{at.asset}},
		"DescribeDashboardLinkPermissions":  {{at.asset}},
		"DescribeFolderResolvedPermissions": {{at.asset}},
	}
	for kind, plural := range map[string]string{"DataSource": "DataSources", "DataSet": "DataSets", "Analysis": "Analyses", "Dashboard": "Dashboards", "Folder": "Folders"} {
		all["Create"+kind] = [][]any{{namespace.CreateAssetInput{Id: at.asset, Name: "n"}}}
		all["Describe"+kind] = [][]any{{at.asset}}
		all["List"+plural] = [][]any{{first}}
		all["Delete"+kind] = [][]any{{at.asset}}
		all["Describe"+kind+"Permissions"] = [][]any{{at.asset}}
		all["Update"+kind+"Permissions"] = [][]any{{at.asset, namespace.UpdatePermissionsInput{GrantPermissions: permissionsOn(d, at, kind)}}}
	}
	return all
}

// A result is what an attempt gets to know.
type result struct {
	got []any
	err error
}

// try calls one method of a View on a target, in every way that matters.
func try(t *testing.T, d *namespace.Directory, v namespace.View, method string, at target) (results []result) {
	for _, args := range attempts(d, at)[method] {
		in := []reflect.Value{reflect.ValueOf(t.Context())}
		for _, a := range args {
			in = append(in, reflect.ValueOf(a))
		}
		out := reflect.ValueOf(v).MethodByName(method).Call(in)
		var r result
		for _, o := range out[:len(out)-1] {
			r.got = append(r.got, o.Interface())
		}
		r.err, _ = out[len(out)-1].Interface().(error)
		results = append(results, r)
	}
	return results
}

var ownerOf = func(kind string) []string {
	if kind == "Folder" {
		return folderOwner
	}
	var actions []string
	for _, verb := range []string{"Describe%s", "Delete%s", "Describe%sPermissions", "Update%sPermissions"} {
		actions = append(actions, "quicksight:"+fmt.Sprintf(verb, kind))
	}
	return actions
}

// isolated is a directory of three namespaces, each with a reader, an author and
// an admin, a group of them, and an asset of each kind that the group owns. All
// names of a namespace hold the name of the namespace.
func isolated(t *testing.T) *namespace.Directory {
	d := newDirectory(t, nil)
	v := d.Administrator()
	ctx := t.Context()
	for _, ns := range []string{"alpha", "omega", namespace.Default} {
		if ns != namespace.Default {
			_, err := v.CreateNamespace(ctx, ns)
			require.NoError(t, err)
		}
		_, err := v.CreateGroup(ctx, namespace.CreateGroupInput{Namespace: ns, GroupName: "group-" + ns})
		require.NoError(t, err)
		for _, role := range []namespace.Role{namespace.RoleReader, namespace.RoleAuthor, namespace.RoleAdmin} {
			name := strings.ToLower(string(role)) + "-" + ns
			register(t, d, ns, name, role)
			_, err = v.CreateGroupMembership(ctx, ns, "group-"+ns, name)
			require.NoError(t, err)
		}
		group := d.ARN(namespace.KindGroup, ns, "group-"+ns)
		for kind, create := range map[string]func(namespace.CreateAssetInput) (namespace.Asset, error){
			"DataSource": func(in namespace.CreateAssetInput) (namespace.Asset, error) { return v.CreateDataSource(ctx, in) },
			"DataSet":    func(in namespace.CreateAssetInput) (namespace.Asset, error) { return v.CreateDataSet(ctx, in) },
			"Analysis":   func(in namespace.CreateAssetInput) (namespace.Asset, error) { return v.CreateAnalysis(ctx, in) },
			"Dashboard":  func(in namespace.CreateAssetInput) (namespace.Asset, error) { return v.CreateDashboard(ctx, in) },
			"Folder":     func(in namespace.CreateAssetInput) (namespace.Asset, error) { return v.CreateFolder(ctx, in) },
		} {
			_, err := create(namespace.CreateAssetInput{Id: "asset-" + ns, Name: "asset-" + ns, Permissions: []namespace.ResourcePermission{{Principal: group, Actions: ownerOf(kind)}}})
			require.NoError(t, err)
		}
	}
	for _, ns := range []string{"alpha", "omega", namespace.Default} {
		require.NoError(t, v.CreateFolderMembership(ctx, "asset-"+ns, d.ARN(namespace.KindDashboard, "", "asset-"+ns)))
	}
	// One dashboard is of two: still neither sees the other in it.
	_, err := v.CreateDashboard(ctx, namespace.CreateAssetInput{Id: "asset-shared", Name: "both", Permissions: []namespace.ResourcePermission{
		{Principal: d.ARN(namespace.KindGroup, "alpha", "group-alpha"), Actions: ownerOf("Dashboard")},
		{Principal: d.ARN(namespace.KindGroup, "omega", "group-omega"), Actions: ownerOf("Dashboard")},
	}})
	require.NoError(t, err)
	return d
}

// TestIsolation lets the users of two namespaces try every method of View on
// everything of each other (N4). Nothing changes, nothing shows, and what is
// there is refused in the words in which what is not there is refused.
func TestIsolation(t *testing.T) {
	all := attempts(newDirectory(t, nil), target{})
	var missing []string
	for i, typ := 0, reflect.TypeFor[namespace.View](); i < typ.NumMethod(); i++ {
		if all[typ.Method(i).Name] == nil {
			missing = append(missing, typ.Method(i).Name)
		}
	}
	require.Empty(t, missing, "methods that nobody tried on another namespace")
	require.Len(t, all, reflect.TypeFor[namespace.View]().NumMethod())

	d := isolated(t)
	before := dump(t, d)
	tried := 0
	for _, pair := range [][2]string{{"alpha", "omega"}, {"omega", "alpha"}, {"default", "alpha"}, {"alpha", "default"}} {
		from, other := pair[0], pair[1]
		for _, role := range []string{"reader", "author", "admin"} {
			me := d.As(namespace.Identity{Namespace: from, Name: role + "-" + from})
			_, err := me.DescribeUser(t.Context(), from, role+"-"+from)
			require.NoError(t, err, "the one who tries is somebody")
			for name := range all {
				for _, at := range []target{
					{other, "reader-" + other, "group-" + other, "asset-" + other},
					{other, "admin-" + other, "group-" + other, "asset-shared"}, // an asset of alpha and omega
					{other, "author-" + other, "group-" + other, "asset-" + other},
					{other, role + "-" + from, "group-" + from, "asset-" + other}, // own names over there
				} {
					if at.asset == "asset-shared" && (name == "DeleteDashboard" || name == "DescribeDashboard") {
						continue // an owner may
					}
					for _, r := range try(t, d, me, name, at) {
						tried++
						text, err := json.Marshal(r.got)
						require.NoError(t, err)
						require.NotContains(t, string(text), "-"+other, "%s as %s of %s", name, role, from)
						require.NotContains(t, string(text), other+"/", "%s as %s of %s", name, role, from)
						if strings.HasPrefix(name, "List") && !strings.Contains(name, "User") && !strings.Contains(name, "Group") && !strings.HasPrefix(name, "ListFolderMembers") && name != "ListFoldersForResource" {
							require.NoError(t, r.err)
						} else if at.asset != "asset-shared" || name != "DescribeDashboardPermissions" && name != "DescribeDashboardLinkPermissions" {
							require.ErrorIs(t, r.err, namespace.ErrAccessDenied, "%s as %s of %s", name, role, from)
						}
					}
					// The same on what is not there: no other answer.
					absent := strings.NewReplacer("-"+other, "-"+"nobod", "-"+from, "-"+"nowhe")
					nothing := target{at.ns, absent.Replace(at.user), absent.Replace(at.group), absent.Replace(at.asset)}
					nowhere := nothing
					nowhere.ns = "empty"
					for _, gone := range []target{nothing, nowhere} {
						if at.asset == "asset-shared" {
							break // who owns it knows that it is there
						}
						is, isNot := try(t, d, me, name, at), try(t, d, me, name, gone)
						for i := range is {
							there := fmt.Sprint(is[i].got, is[i].err)
							notThere := fmt.Sprint(isNot[i].got, isNot[i].err)
							for _, pair := range [][2]string{{gone.user, at.user}, {gone.group, at.group}, {gone.asset, at.asset}, {`"` + gone.ns + `"`, `"` + at.ns + `"`}} {
								notThere = strings.ReplaceAll(notThere, pair[0], pair[1])
							}
							require.Equal(t, there, notThere, "%s as %s of %s", name, role, from)
						}
					}
				}
			}
		}
	}
	require.Greater(t, tried, 2000)
	require.Equal(t, before, dump(t, d), "nothing has changed")
}

// TestIsolationControl: what is refused above is refused because of the
// namespace. On the own one the same attempts work, for those who may.
func TestIsolationControl(t *testing.T) {
	administrators := []string{"CreateNamespace", "DeleteNamespace", "CreateDataSource", "CreateDataSet", "CreateAnalysis", "CreateDashboard", "CreateFolder",
		"CreateFolderMembership", "DeleteFolderMembership"}
	changes := []string{"RegisterUser", "RegisterUsers", "UpdateUser", "DeleteUser", "CreateGroup", "CreateGroups", "UpdateGroup", "DeleteGroup",
		"CreateGroupMembership", "CreateGroupMemberships", "DeleteGroupMembership"}
	looks := []string{"ListUsers", "DescribeGroup", "ListGroups", "SearchGroups", "DescribeGroupMembership", "ListGroupMemberships", "DescribeUser", "ListUserGroups"}
	denied := map[string][]string{
		"reader": slices.Concat(administrators, changes, looks),
		"author": slices.Concat(administrators, changes),
		"admin":  administrators,
		"":       nil,
	}
	fresh := map[string]bool{"CreateNamespace": true, "RegisterUser": true, "RegisterUsers": true, "CreateGroup": true, "CreateGroups": true,
		"CreateDataSource": true, "CreateDataSet": true, "CreateAnalysis": true, "CreateDashboard": true, "CreateFolder": true}
	for role, no := range denied {
		for name := range attempts(newDirectory(t, nil), target{}) {
			t.Run(role+" "+name, func(t *testing.T) {
				d := isolated(t)
				me := d.Administrator()
				if role != "" {
					me = d.As(namespace.Identity{Namespace: "alpha", Name: role + "-alpha"})
				}
				at := target{"alpha", "reader-alpha", "group-alpha", "asset-alpha"}
				if role == "reader" {
					at.user = "author-alpha" // readers see themselves, and nobody else
				}
				if fresh[name] {
					at.user, at.group, at.asset = "new", "new", "new"
					if name == "CreateNamespace" {
						at.ns = "new"
					}
				}
				if name == "CreateGroupMembership" || name == "CreateGroupMemberships" {
					register(t, d, "alpha", "new", namespace.RoleReader)
					at.user = "new"
				}
				if name == "DeleteFolder" { // which must be empty
					require.NoError(t, d.Administrator().DeleteFolderMembership(t.Context(), at.asset, d.ARN(namespace.KindDashboard, "", at.asset)))
				}
				before := dump(t, d)
				for _, r := range try(t, d, me, name, at) {
					if slices.Contains(no, name) {
						require.ErrorIs(t, r.err, namespace.ErrAccessDenied)
						require.Equal(t, before, dump(t, d))
						continue
					}
					require.NoError(t, r.err)
					if !strings.HasPrefix(name, "Describe") && !strings.HasPrefix(name, "List") && !strings.HasPrefix(name, "Search") && name != "FolderPath" {
						require.NotEqual(t, before, dump(t, d))
					}
				}
			})
		}
	}
}

// TestReaderSeesSelf: readers may look at themselves and at nobody else.
func TestReaderSeesSelf(t *testing.T) {
	d := isolated(t)
	v := d.As(namespace.Identity{ARN: d.ARN(namespace.KindUser, "alpha", "reader-alpha")})
	u, err := v.DescribeUser(t.Context(), "alpha", "reader-alpha")
	require.NoError(t, err)
	require.Equal(t, "reader-alpha", u.UserName)
	groups, _, err := v.ListUserGroups(t.Context(), "alpha", "reader-alpha", namespace.Page{})
	require.NoError(t, err)
	require.Len(t, groups, 1)

	// A deleted user is nobody at once; the name alone gives nothing back.
	require.NoError(t, d.Administrator().DeleteUser(t.Context(), "alpha", "reader-alpha"))
	_, err = v.DescribeUser(t.Context(), "alpha", "reader-alpha")
	require.ErrorIs(t, err, namespace.ErrAccessDenied)
	_, err = d.Principal(t.Context(), namespace.Identity{Namespace: "alpha", Name: "reader-alpha"})
	require.ErrorIs(t, err, namespace.ErrNotFound)
}

// TestAs: an identity must say one thing, and say it of this account.
func TestAs(t *testing.T) {
	d := isolated(t)
	good := d.ARN(namespace.KindUser, "alpha", "admin-alpha")
	with := func(change func(*namespace.ARN)) namespace.ARN {
		a := good
		change(&a)
		return a
	}
	tests := []struct {
		reason string
		id     namespace.Identity
		ok     bool
	}{
		{"by ARN", namespace.Identity{ARN: good}, true},
		{"by ARN of another Region", namespace.Identity{ARN: with(func(a *namespace.ARN) { a.Region = "eu-west-1" })}, true},
		{"by name", namespace.Identity{Namespace: "alpha", Name: "admin-alpha"}, true},
		{"by both", namespace.ForARN(good).User, true},
		{"a name without its namespace", namespace.Identity{Name: "admin-alpha"}, false},
		{"another name beside the ARN", namespace.Identity{Namespace: "alpha", Name: "author-alpha", ARN: good}, false},
		{"another namespace beside the ARN", namespace.Identity{Namespace: "omega", Name: "admin-alpha", ARN: good}, false},
		{"another account", namespace.Identity{ARN: with(func(a *namespace.ARN) { a.Account = "999999999999" })}, false},
		{"another partition", namespace.Identity{ARN: with(func(a *namespace.ARN) { a.Partition = "aws-cn" })}, false},
		{"a group", namespace.Identity{ARN: d.ARN(namespace.KindGroup, "alpha", "group-alpha")}, false},
		{"a namespace", namespace.Identity{ARN: d.ARN(namespace.KindNamespace, "", "alpha")}, false},
		{"a namespace without a name", namespace.Identity{Namespace: "alpha"}, false},
		{"other case", namespace.Identity{Namespace: "alpha", Name: "Admin-alpha"}, false},
	}
	for _, tt := range tests {
		_, err := d.As(tt.id).DescribeNamespace(t.Context(), "alpha")
		_, err2 := d.Principal(t.Context(), tt.id)
		if tt.ok {
			require.NoError(t, err, tt.reason)
			require.NoError(t, err2, tt.reason)
		} else {
			require.ErrorIs(t, err, namespace.ErrAccessDenied, tt.reason)
			require.ErrorIs(t, err2, namespace.ErrNotFound, tt.reason)
		}
	}
}
