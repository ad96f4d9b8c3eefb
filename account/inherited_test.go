package account

import (
	"encoding/json"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
)

// TestHiddenByParents: a column that a parent hides is hidden in the child, under
// the name that it has there.
func TestHiddenByParents(t *testing.T) {
	files := demo()
	add := func(id, rest string) {
		files["data-sets/"+id+".json"] = &fstest.MapFile{Data: []byte(`{"DataSet": {"Arn": "` + arnOf + `dataset/` + id + `", "DataSetId": "` + id + `"` + rest + `}, "Permissions": []}`)}
	}
	table := func(of, steps string) string {
		return `{"Alias": "a", "Source": {"DataSetArn": "` + arnOf + `dataset/` + of + `"}, "DataTransforms": [` + steps + `]}`
	}
	rename := func(from, to string) string {
		return `{"RenameColumnOperation": {"ColumnName": "` + from + `", "NewColumnName": "` + to + `"}}`
	}
	const columns = `, "OutputColumns": [{"Name": "Region", "Type": "STRING"}, {"Name": "Profit", "Type": "DECIMAL"}]`
	add("same", `, "LogicalTableMap": {"t": `+table("orders", "")+`}`)
	add("renamed", columns+`, "LogicalTableMap": {"t": `+table("orders", rename("Margin", "M")+", "+rename("M", "Profit"))+`}`)
	add("grandchild", `, "LogicalTableMap": {"t": `+table("renamed", rename("Profit", "P"))+`}`)
	add("dropped", `, "OutputColumns": [{"Name": "Region", "Type": "STRING"}], "LogicalTableMap": {"t": `+table("orders", "")+`}`)
	add("joined", `, "LogicalTableMap": {"l": `+table("orders", "")+`, "j": {"Alias": "j", "Source": {"JoinInstruction": {"LeftOperand": "l", "RightOperand": "r", "Type": "INNER", "OnClause": "a = b"}}, "DataTransforms": [`+rename("Margin", "Joined")+`]}}, "OutputColumns": [{"Name": "Joined"}]`)
	add("prepared", `, "DataPrepConfiguration": {"SourceTableMap": {"s": {"DataSet": {"DataSetArn": "`+arnOf+`dataset/orders"}}}}`)
	a, err := Read(files, nil)
	require.NoError(t, err)
	al, _ := a.User("default", "al")
	bo, _ := a.User("default", "bo")
	for id, want := range map[string][]string{
		"orders": {"Margin"}, "same": {"Margin"}, "renamed": {"Profit"}, "grandchild": {"P"}, "dropped": nil, "joined": {"Joined"}, "prepared": {"Margin"},
	} {
		s, ok := a.DataSet(id)
		require.True(t, ok, id)
		require.Equal(t, want, a.HiddenColumns(al, s), id)
		require.Empty(t, a.HiddenColumns(bo, s), "%s: bo is named by the rule of the parent", id)
	}
	require.Nil(t, (*Account)(nil).HiddenColumns(al, nil))
}

// TestFolders: the permissions of a folder, and of those around it, hold for what
// is in it.
func TestFolders(t *testing.T) {
	files := demo()
	folder := func(id, rest, more string) {
		files["folders/"+id+".json"] = &fstest.MapFile{Data: []byte(`{"Folder": {"Arn": "` + arnOf + `folder/` + id + `", "FolderId": "` + id + `"` + rest + `}` + more + `}`)}
	}
	permit := func(who string, actions ...string) string {
		list := `"quicksight:DescribeFolder"`
		for _, action := range actions {
			list += `, "` + action + `"`
		}
		return `, "Permissions": [{"Principal": "` + arnOf + who + `", "Actions": [` + list + `]}]`
	}
	const has = `, "FolderMemberList": [{"MemberId": "orders", "MemberArn": "` + arnOf + `dataset/orders"}]` // as the API lists it
	folder("inner", `, "FolderPath": ["`+arnOf+`folder/top", "`+arnOf+`folder/middle"]`, permit("user/default/bo")+has)
	folder("middle", `, "FolderPath": ["`+arnOf+`folder/top"]`, permit("user/default/bo")+`, "FolderMemberList": []`)
	folder("top", "", permit("user/default/cy", "quicksight:UpdateFolder")+`, "FolderMemberList": []`)
	a, err := Read(files, nil)
	require.NoError(t, err)
	orders, _ := a.DataSet("orders")
	ways := func(name string) (all []string) {
		u, _ := a.User("default", name)
		for _, w := range a.Opens(u, orders) {
			all = append(all, w.String())
		}
		return all
	}
	require.Empty(t, ways("bo"), "a folder gives a reader its dashboards only")
	require.Equal(t, []string{"folder top, shared with user cy"}, ways("cy"))
	require.Equal(t, []string{"dashboard board, shared with group sales"}, ways("al"))
	for _, gap := range a.GapsOf(orders) {
		require.NotContains(t, gap, `"inner"`)
	}

	// Folders around each other, and one that nobody has looked at.
	folder("top", `, "ParentFolderArn": "`+arnOf+`folder/inner"`, `, "FolderMemberList": []`)
	folder("middle", `, "FolderPath": ["`+arnOf+`folder/gone"]`, permit("user/default/bo")+`, "FolderMemberList": []`)
	a, err = Read(files, nil)
	require.NoError(t, err)
	orders, _ = a.DataSet("orders")
	require.Empty(t, ways("cy"))
	require.Contains(t, a.GapsOf(orders), `the permissions of folder "top" are unknown`)
	require.Contains(t, a.GapsOf(orders), `"`+arnOf+`folder/gone", which is around folder "middle", is unknown`)
}

// TestFolderReaders: a folder gives a reader its dashboards only, and analyses to those
// only who contribute, as the service does.
func TestFolderReaders(t *testing.T) {
	const viewer, contributor = `["quicksight:DescribeFolder"]`, `["quicksight:DescribeFolder", "quicksight:CreateFolderMembership"]`
	for _, tt := range []struct {
		reason  string
		member  string
		who     string
		actions string
		bo, cy  bool
	}{
		{"a data set is for authors", `"orders", "MemberType": "DATASET"`, "group/default/team", viewer, false, true},
		{"whatever the level", `"orders", "MemberType": "DATASET"`, "group/default/team", contributor, false, true},
		{"an analysis is not for viewers", `"look", "MemberType": "ANALYSIS"`, "group/default/team", viewer, false, false},
		{"but for contributors who are authors", `"look", "MemberType": "ANALYSIS"`, "group/default/team", contributor, false, true},
		{"a wildcard contributes", `"look", "MemberType": "ANALYSIS"`, "group/default/team", `["quicksight:*"]`, false, true},
		{"a dashboard is for both", `"board", "MemberType": "DASHBOARD"`, "group/default/team", viewer, true, true},
		{"a principal of its own", `"orders", "MemberType": "DATASET"`, "user/default/bo", viewer, false, false},
	} {
		files := demo()
		add := func(name, text string) { files[name] = &fstest.MapFile{Data: []byte(text)} }
		add("groups/default/team.json", `{"Group": {"Arn": "`+arnOf+`group/default/team", "GroupName": "team"}, "GroupMemberList": [{"MemberName": "bo"}, {"MemberName": "cy"}]}`)
		add("analyses/look.json", `{"Analysis": {"Arn": "`+arnOf+`analysis/look", "AnalysisId": "look", "DataSetArns": ["`+arnOf+`dataset/orders"]}, "Permissions": []}`)
		add("folders/f.json", `{"Folder": {"Arn": "`+arnOf+`folder/f", "FolderId": "f"}, "FolderMemberList": [{"MemberId": `+tt.member+`}], "Permissions": [{"Principal": "`+arnOf+tt.who+`", "Actions": `+tt.actions+`}]}`)
		a, err := Read(files, nil)
		require.NoError(t, err, tt.reason)
		orders, _ := a.DataSet("orders")
		for name, want := range map[string]bool{"bo": tt.bo, "cy": tt.cy} {
			u, _ := a.User("default", name)
			require.Equal(t, want, len(a.Opens(u, orders)) > 0, "%s: %s", tt.reason, name)
			require.Equal(t, a.Opens(u, orders), a.Openers(orders)[[2]string{"default", name}], "%s: %s, from the other side", tt.reason, name)
		}
	}
}

// TestFolderLevels: a folder lets users open and change what the directory of package
// namespace does, which is what the service asks.
func TestFolderLevels(t *testing.T) {
	viewer := []string{"quicksight:DescribeFolder"}
	contributor := append(slices.Clone(viewer), "quicksight:CreateFolder", "quicksight:CreateFolderMembership", "quicksight:DeleteFolderMembership", "quicksight:DescribeFolderPermissions")
	owner := append(slices.Clone(contributor), "quicksight:UpdateFolder", "quicksight:DeleteFolder", "quicksight:UpdateFolderPermissions")
	opened, changed := 0, 0
	for _, role := range []namespace.Role{namespace.RoleReader, namespace.RoleReaderPro, namespace.RoleAuthor, namespace.RoleAuthorPro, namespace.RoleAdmin, namespace.RoleAdminPro} {
		for _, level := range [][]string{viewer, contributor, owner} {
			ctx := t.Context()
			d, err := namespace.New("111122223333", "us-east-1", nil)
			require.NoError(t, err)
			v := d.Administrator()
			u, err := v.RegisterUser(ctx, namespace.RegisterUserInput{UserName: "eve", Email: "e@example.com", UserRole: role, IdentityType: namespace.IdentityQuickSight, Namespace: namespace.Default})
			require.NoError(t, err)
			_, err = v.CreateFolder(ctx, namespace.CreateAssetInput{Id: "f", Name: "f", Permissions: []namespace.ResourcePermission{{Principal: u.Arn, Actions: level}}})
			require.NoError(t, err)
			in := []string{"f"}
			_, err = v.CreateDataSet(ctx, namespace.CreateAssetInput{Id: "orders", Name: "orders", Folders: in})
			require.NoError(t, err)
			_, err = v.CreateDashboard(ctx, namespace.CreateAssetInput{Id: "board", Name: "board", Folders: in})
			require.NoError(t, err)
			_, err = v.CreateAnalysis(ctx, namespace.CreateAssetInput{Id: "look", Name: "look", Folders: in})
			require.NoError(t, err)

			files := demo()
			actions, err := json.Marshal(level)
			require.NoError(t, err)
			for name, text := range map[string]string{
				"users/default/eve.json": `{"User": {"Arn": "` + u.Arn.String() + `", "UserName": "eve", "Role": "` + string(role) + `"}}`,
				"analyses/look.json":     `{"Analysis": {"Arn": "` + arnOf + `analysis/look", "AnalysisId": "look", "DataSetArns": ["` + arnOf + `dataset/orders"]}, "Permissions": []}`,
				"folders/f.json": `{"Folder": {"Arn": "` + arnOf + `folder/f", "FolderId": "f"}, "FolderMemberList": [{"MemberId": "orders", "MemberType": "DATASET"}, {"MemberId": "board", "MemberType": "DASHBOARD"}, {"MemberId": "look", "MemberType": "ANALYSIS"}],
					"Permissions": [{"Principal": "` + u.Arn.String() + `", "Actions": ` + string(actions) + `}]}`,
			} {
				files[name] = &fstest.MapFile{Data: []byte(text)}
			}
			a, err := Read(files, nil)
			require.NoError(t, err)
			orders, _ := a.DataSet("orders")
			eve, ok := a.User("default", "eve")
			require.True(t, ok)
			for of, asset := range map[Kind]struct {
				kind         namespace.Kind
				id           string
				open, change string
			}{
				DataSets:   {namespace.KindDataset, "orders", "quicksight:PassDataSet", "quicksight:UpdateDataSet"},
				Dashboards: {namespace.KindDashboard, "board", "quicksight:QueryDashboard", "quicksight:UpdateDashboard"},
				Analyses:   {namespace.KindAnalysis, "look", "quicksight:QueryAnalysis", "quicksight:UpdateAnalysis"},
			} {
				opens, changes := false, false
				for _, w := range a.Opens(eve, orders) {
					if w.Of == of {
						opens, changes = true, changes || w.OwnedBy(eve)
					}
				}
				may := func(action string) bool {
					ok, err := d.Allows(ctx, u.Arn, action, d.ARN(asset.kind, "", asset.id))
					require.NoError(t, err)
					return ok
				}
				require.Equal(t, may(asset.open), opens, "%s with %d actions opens %s", role, len(level), of)
				require.Equal(t, may(asset.change), changes, "%s with %d actions changes %s", role, len(level), of)
				if opens {
					opened++
				}
				if changes {
					changed++
				}
			}
		}
	}
	require.Equal(t, []int{2*3 + 4*8, 4 * 6}, []int{opened, changed}, "readers open dashboards only, and viewers no analyses")
}
