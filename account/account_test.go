package account

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/textpos"
	"github.com/rowsight/rowsight/predicate"
)

const (
	alARN   = "arn:aws:quicksight:us-east-1:111122223333:user/default/al"
	arnOf   = "arn:aws:quicksight:us-east-1:111122223333:"
	mainDoc = `{"AwsAccountId": "111122223333", "Region": "us-east-1", "Lists": ["data-sets", "users/default"]}`
)

// demo is a small account: al is in the group sales and sees US through it, bo
// sees everything, cy is in no rule.
func demo() fstest.MapFS {
	files := fstest.MapFS{}
	for name, text := range map[string]string{
		"account.json":              mainDoc,
		"namespaces/default.json":   `{"Namespace": {"Name": "default"}}`,
		"users/default/al.json":     `{"User": {"Arn": "` + alARN + `", "UserName": "al", "Role": "READER", "NewIn2031": [1]}}`,
		"users/default/bo.json":     `{"User": {"Arn": "` + arnOf + `user/default/bo", "UserName": "bo", "Role": "READER"}}`,
		"users/default/cy.json":     `{"User": {"Arn": "` + arnOf + `user/default/cy", "UserName": "cy", "Role": "AUTHOR"}}`,
		"groups/default/sales.json": `{"Group": {"Arn": "` + arnOf + `group/default/sales", "GroupName": "sales"}, "GroupMemberList": [{"Arn": "` + alARN + `", "MemberName": "al"}]}`,
		"data-sets/rules.json":      `{"DataSet": {"Arn": "` + arnOf + `dataset/rules", "DataSetId": "rules", "UseAs": "RLS_RULES"}, "Permissions": []}`,
		"data-sets/rules.rules.csv": "UserName,GroupName,Region\n,sales,US\nbo,,\n",
		"data-sets/orders.json": `{"DataSet": {"Arn": "` + arnOf + `dataset/orders", "DataSetId": "orders", "Name": "Orders",
  "RowLevelPermissionDataSet": {"Arn": "` + arnOf + `dataset/rules", "PermissionPolicy": "GRANT_ACCESS"},
  "OutputColumns": [{"Name": "Region", "Type": "STRING"}],
  "ColumnLevelPermissionRules": [{"Principals": ["` + arnOf + `user/default/bo"], "ColumnNames": ["Margin"]}]}, "Permissions": []}`,
		"dashboards/board.json": `{"Dashboard": {"Arn": "` + arnOf + `dashboard/board", "DashboardId": "board", "Version": {"DataSetArns": ["` + arnOf + `dataset/orders"]}},
  "Permissions": [{"Principal": "` + arnOf + `group/default/sales", "Actions": ["quicksight:DescribeDashboard", "quicksight:QueryDashboard"]}]}`,
	} {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return files
}

func TestRead(t *testing.T) {
	a, err := Read(demo(), &Options{Name: "demo"})
	require.NoError(t, err)
	require.Len(t, a.Users, 3)
	require.True(t, a.Lists(Users, "default"))
	require.False(t, a.Lists(Groups, "default"))
	orders, ok := a.DataSet("orders")
	require.True(t, ok)
	require.Equal(t, "demo/data-sets/orders.json", orders.At.File)
	require.Equal(t, textpos.At("demo/data-sets/orders.json", 2, 32), orders.Rules.At)

	al, _ := a.User("default", "al")
	bo, _ := a.User("default", "bo")
	cy, _ := a.User("default", "cy")
	for _, tt := range []struct {
		reason string
		user   User
		want   predicate.Predicate
		opens  int
		hidden []string
	}{
		{"a rule for the group, and a dashboard for it", al, predicate.In("Region", "US"), 1, []string{"Margin"}},
		{"a rule for all rows, and no way to open the data set", bo, predicate.All(), 0, nil},
		{"no rule", cy, predicate.Predicate{}, 0, []string{"Margin"}},
	} {
		rows, err := a.Rows(tt.user, orders)
		require.NoError(t, err, tt.reason)
		require.True(t, tt.want.Rows().Same(rows.Visible.Rows()), "%s: %s", tt.reason, rows.Visible)
		require.Len(t, a.Opens(tt.user, orders), tt.opens, tt.reason)
		require.Equal(t, tt.hidden, a.HiddenColumns(tt.user, orders), tt.reason)
	}
	require.Equal(t, "dashboard board, shared with group sales", a.Opens(al, orders)[0].String())
}

// What is missing or changed shows no row.
func TestRowsDeny(t *testing.T) {
	edit := func(old, new string) func(fstest.MapFS) {
		return func(f fstest.MapFS) {
			text := string(f["data-sets/orders.json"].Data)
			require.Contains(t, text, old)
			f["data-sets/orders.json"] = &fstest.MapFile{Data: []byte(strings.Replace(text, old, new, 1))}
		}
	}
	for _, tt := range []struct {
		reason  string
		change  func(fstest.MapFS)
		unknown bool
	}{
		{"nothing changes", func(fstest.MapFS) {}, false},
		{"the rows of the rules are unknown", func(f fstest.MapFS) { delete(f, "data-sets/rules.rules.csv") }, true},
		{"the permission dataset was deleted", func(f fstest.MapFS) { delete(f, "data-sets/rules.json"); delete(f, "data-sets/rules.rules.csv") }, false},
		{"DENY_ACCESS, which shows every row to cy", edit("GRANT_ACCESS", "DENY_ACCESS"), true},
		{"a status that QuickSight does not have", edit(`"GRANT_ACCESS"`, `"GRANT_ACCESS", "Status": "disabled"`), true},
		{"rules that are refused", func(f fstest.MapFS) {
			f["data-sets/rules.rules.csv"] = &fstest.MapFile{Data: []byte("UserName,Region\nal,\"\"\"US\"\"x\"\n")}
		}, true},
		{"nobody has looked at the data set", func(f fstest.MapFS) {
			f["data-sets/orders.json"] = &fstest.MapFile{Data: []byte(`{"DataSetSummary": {"Arn": "` + arnOf + `dataset/orders", "DataSetId": "orders"}, "Permissions": []}`)}
		}, true},
		{"a list says that there are tag rules", func(f fstest.MapFS) {
			f["data-sets/orders.json"] = &fstest.MapFile{Data: []byte(`{"DataSetSummary": {"Arn": "` + arnOf + `dataset/orders", "DataSetId": "orders", "RowLevelPermissionTagConfigurationApplied": true}}`)}
		}, true},
		{"two tables with rules", edit(`"OutputColumns"`, `"SemanticModelConfiguration": {"TableMap": {"t": {"RowLevelPermissionConfiguration": {"RowLevelPermissionDataSet": {"Arn": "`+arnOf+`dataset/rules", "PermissionPolicy": "GRANT_ACCESS"}}}}}, "OutputColumns"`), true},
		{"a circle", edit(`"RowLevelPermissionDataSet": {"Arn": "`+arnOf+`dataset/rules", "PermissionPolicy": "GRANT_ACCESS"}`, `"LogicalTableMap": {"t": {"Source": {"DataSetArn": "`+arnOf+`dataset/orders"}}}`), true},
		{"only tag rules", func(f fstest.MapFS) {
			text := string(f["data-sets/orders.json"].Data)
			text = strings.Replace(text, `"RowLevelPermissionDataSet": {"Arn": "`+arnOf+`dataset/rules", "PermissionPolicy": "GRANT_ACCESS"}`,
				`"RowLevelPermissionTagConfiguration": {"TagRules": [{"TagKey": "t", "ColumnName": "Region"}]}`, 1)
			f["data-sets/orders.json"] = &fstest.MapFile{Data: []byte(text)}
		}, false},
	} {
		files := demo()
		tt.change(files)
		a, err := Read(files, nil)
		require.NoError(t, err, tt.reason)
		orders, _ := a.DataSet("orders")
		for _, name := range []string{"al", "bo", "cy"} {
			u, _ := a.User("default", name)
			rows, err := a.Rows(u, orders)
			require.NoError(t, err, tt.reason)
			require.Equal(t, tt.unknown, rows.Unknown, tt.reason)
			if tt.reason != "nothing changes" {
				require.True(t, rows.Visible.Rows().Same(predicate.Predicate{}), tt.reason)
			}
		}
	}
}

func TestReadRefuses(t *testing.T) {
	for _, tt := range []struct {
		reason, file, text, want string
	}{
		{"not JSON", "users/default/al.json", `{"User": `, "f/users/default/al.json:1:10: not JSON from here on"},
		{"a type", "users/default/al.json", "{\"User\": {\n\"Arn\": 1}}", "f/users/default/al.json:2:8: User.Arn: wrong type: found a number, want a string"},
		{"other case", "users/default/al.json", `{"User": {"arn": "x"}}`, `f/users/default/al.json:1:11: User: unknown field "arn", want Arn`},
		{"twice", "users/default/al.json", `{"User": {"Arn": "a", "Arn": "b"}}`, "User.Arn: field given twice"},
		{"no user", "users/default/al.json", `{}`, "f/users/default/al.json:1:1: User: field missing"},
		{"another name", "users/default/al.json", `{"User": {"Arn": "` + alARN + `", "UserName": "eve"}}`, `wrong name: the file has the resource "eve", want eve.json`},
		{"another account", "users/default/al.json", `{"User": {"Arn": "arn:aws:quicksight:us-east-1:999999999999:user/default/al", "UserName": "al"}}`, "want the ARN of user"},
		{"another namespace", "users/default/al.json", `{"User": {"Arn": "` + arnOf + `user/other/al", "UserName": "al"}}`, "want the ARN of user"},
		{"no account", "account.json", "", "f/account.json:1:1: not JSON"},
		{"a short account", "account.json", `{"AwsAccountId": "1"}`, "f/account.json:1:18: AwsAccountId: wrong type: want 12 digits"},
		{"unfinished", ".unfinished", "", "f/.unfinished: the pull is not finished"},
		{"a foreign file", "data-sets/notes.txt", "", "f/data-sets/notes.txt: wrong name: want a file that ends in .json"},
		{"rows of no data set", "data-sets/x.rules.csv", "", "wrong name: want the data set x.json beside it"},
		{"a file for a namespace", "users/x.json", "{}", "want a folder with the name of a namespace"},
	} {
		files := demo()
		files[tt.file] = &fstest.MapFile{Data: []byte(tt.text)}
		a, err := Read(files, &Options{Name: "f"})
		require.ErrorContains(t, err, tt.want, tt.reason)
		require.Nil(t, a, tt.reason)
		var located *textpos.Error
		require.True(t, errors.As(err, &located), tt.reason)
	}
	files := demo()
	files["users/default/al.json"] = &fstest.MapFile{Data: []byte(`{"User": 1}`)}
	files["users/default/bo.json"] = &fstest.MapFile{Data: []byte(`[]`)}
	_, err := Read(files, nil)
	require.Len(t, textpos.Flat(err), 2, "every problem is reported: %v", err)
}

func TestWriter(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "account")
	al, upper := Resource{Users, "default", "al"}, Resource{Users, "default", "AL"}
	put := func(w *Writer, r Resource) {
		require.NoError(t, w.Put(r, map[string][]byte{"User": []byte(`{"UserName": "` + r.Name + `", "Arn": "` + arnOf + `user/default/` + r.Name + `", "Z": null}`), "RequestId": []byte(`"r"`)}))
	}
	w, err := OpenWriter(dir, "111122223333", "us-east-1")
	require.NoError(t, err)
	w.List(Users, "default", []string{"AL", "al"})
	put(w, al)
	require.NoError(t, w.Stop())
	_, err = Read(os.DirFS(dir), nil)
	require.ErrorIs(t, err, ErrUnfinished)

	_, err = OpenWriter(dir, "111122223333", "eu-west-1")
	require.ErrorIs(t, err, ErrOther)
	w, err = OpenWriter(dir, "111122223333", "us-east-1")
	require.NoError(t, err)
	w.List(Users, "default", []string{"AL", "al"})
	require.True(t, w.Has(al), "the run continues")
	require.False(t, w.Has(upper))
	put(w, upper)
	require.NoError(t, w.Close())
	a, err := Read(os.DirFS(dir), nil)
	require.NoError(t, err)
	require.Len(t, a.Users, 2)
	require.True(t, a.Lists(Users, "default"))
	first := filesIn(t, dir)
	require.Contains(t, first, "users/default/%41%4C.json")

	// A second run gives the same bytes, and removes what is gone.
	w, err = OpenWriter(dir, "111122223333", "us-east-1")
	require.NoError(t, err)
	w.List(Users, "default", []string{"AL", "al"})
	require.False(t, w.Has(al), "a new run reads everything again")
	put(w, upper)
	put(w, al)
	require.NoError(t, w.Close())
	require.Equal(t, first, filesIn(t, dir))
	w, err = OpenWriter(dir, "111122223333", "us-east-1")
	require.NoError(t, err)
	w.List(Users, "default", []string{"AL"})
	put(w, Resource{Users, "default", "AL"})
	require.NoError(t, w.Close())
	a, err = Read(os.DirFS(dir), nil)
	require.NoError(t, err)
	require.Len(t, a.Users, 1)

	other := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(other, "thesis.txt"), nil, 0o666))
	_, err = OpenWriter(other, "111122223333", "us-east-1")
	require.ErrorIs(t, err, ErrFolder, "a folder with other things is left alone")
	_, err = OpenWriter(dir, "222233334444", "us-east-1")
	require.ErrorIs(t, err, ErrOther)
	_, err = OpenWriter(dir, "x", "")
	require.Error(t, err)
}

// TestWriterNamespaces: namespaces whose names differ in case only have two
// folders, also where a system takes both for one.
func TestWriterNamespaces(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "account")
	w, err := OpenWriter(dir, "111122223333", "us-east-1")
	require.NoError(t, err)
	w.List(Namespaces, "", []string{"Tenant", "tenant"})
	for _, ns := range []string{"Tenant", "tenant"} {
		require.NoError(t, w.Put(Resource{Namespaces, "", ns}, map[string][]byte{"Namespace": []byte(`{"Name": "` + ns + `"}`)}))
		w.List(Users, ns, []string{"al"})
		require.NoError(t, w.Put(Resource{Users, ns, "al"}, map[string][]byte{"User": []byte(`{"UserName": "al", "Arn": "` + arnOf + `user/` + ns + `/al"}`)}))
	}
	require.NoError(t, w.Close())
	files := make(map[string]bool)
	for name := range filesIn(t, dir) {
		require.False(t, files[strings.ToLower(name)], name)
		files[strings.ToLower(name)] = true
	}
	a, err := Read(os.DirFS(dir), nil)
	require.NoError(t, err)
	require.Len(t, a.Users, 2)
}

func filesIn(t *testing.T, dir string) map[string]string {
	files := make(map[string]string)
	require.NoError(t, fs.WalkDir(os.DirFS(dir), ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(dir, path))
		files[path] = string(text)
		return err
	}))
	return files
}

// Secrets, and what changes by itself, are in no file.
func TestCanonical(t *testing.T) {
	text, err := canonical(map[string][]byte{
		"RequestId":  []byte(`"x"`),
		"DataSource": []byte(`{"CreatedTime": 1632153600.5, "Credentials": {"CredentialPair": {"Password": "hunter2"}}, "A": null}`),
		"DataSet": []byte(`{"LastUpdatedTime": "2026-01-02T03:04:05.678901+02:00", "ConsumedSpiceCapacityInBytes": 5, "Name": "a<b",
			"RowLevelPermissionTagConfiguration": {"TagRules": [{"TagKey": "k", "MatchAllValue": "hunter3"}]}}`),
		"Permissions": []byte(`[{"Principal": "b", "Actions": ["y", "x"]}, {"Principal": "a", "Actions": []}]`),
	})
	require.NoError(t, err)
	require.NotContains(t, string(text), "hunter")
	require.JSONEq(t, `{"DataSource": {"CreatedTime": "2021-09-20T16:00:00.5Z"},
		"DataSet": {"LastUpdatedTime": "2026-01-02T01:04:05.678Z", "Name": "a<b", "RowLevelPermissionTagConfiguration": {"TagRules": [{"TagKey": "k", "MatchAllValue": "(hidden)"}]}},
		"Permissions": [{"Principal": "a", "Actions": []}, {"Principal": "b", "Actions": ["x", "y"]}]}`, string(text))
	text, err = canonical(map[string][]byte{"DataSet": []byte(`{"MatchAllValue": 4711, "matchAllValue": "4711", "password": "4711", "TagRules": [{"MatchAllValue": ["4711"]}]}`)})
	require.NoError(t, err)
	require.NotContains(t, string(text), "4711", "another type and another case")
	_, err = canonical(map[string][]byte{"User": []byte(`{"x": hunter2`)})
	require.EqualError(t, err, "User: not JSON")
}

func TestEscape(t *testing.T) {
	seen := make(map[string]string)
	for _, name := range []string{"al", "AL", "a/b", "a%2Fb", ".", "..", "nul", "NUL", "con.x", "José", " a", "a ", "a.", "x@y.z", strings.Repeat("a", 300), strings.Repeat("a", 301), "a\\b", "a:b", "a~b"} {
		for _, alike := range []bool{false, true} {
			s := escape(name, alike)
			require.True(t, named(s, name), name)
			require.LessOrEqual(t, len(s), maxName)
			require.NotRegexp(t, `^\.|[/\\:*?"<>| ]|\.$`, s)
			if other, ok := seen[s]; ok {
				require.Equal(t, name, other)
			}
			seen[s] = name
		}
	}
	require.Equal(t, "role%2Fal@example.com", escape("role/al@example.com", false))
	require.False(t, named("al", "bo"))
}

// TestZero holds that nobody sees anything in zero values.
func TestZero(t *testing.T) {
	var none *Account
	for _, a := range []*Account{none, {}} {
		_, ok := a.User("default", "al")
		require.False(t, ok)
		_, ok = a.Group("default", "sales")
		require.False(t, ok)
		_, ok = a.DataSet("orders")
		require.False(t, ok)
		require.False(t, a.Lists(Users, "default"))
		set := &DataSet{Permissions: Permissions{true, []Permission{{Principal: alARN, Actions: []string{"*"}}}}}
		for _, s := range []*DataSet{nil, {}, set} {
			require.Empty(t, a.Opens(User{}, s))
			_, ok, err := a.UserRulesOf(s)
			require.False(t, ok)
			require.NoError(t, err)
			require.Empty(t, a.HiddenColumns(User{}, s))
		}
		rows, err := a.Rows(User{}, nil)
		require.NoError(t, err)
		require.True(t, rows.Visible.Same(predicate.Predicate{}))
		require.Empty(t, a.OpensDashboard(User{}, Dashboard{}))
		require.True(t, a.Principal(User{}).IsZero())
		require.Empty(t, a.GroupsOf(User{}))
	}
	require.True(t, Rows{}.Visible.Same(predicate.Predicate{}))
	require.Nil(t, (*DataSet)(nil).UserRules())
	require.Nil(t, (*DataSet)(nil).TagRules())
	require.Nil(t, (*RowSettings)(nil).Settings())
}

// FuzzRead: a file that is read twice gives one account, and a problem has its
// place.
func FuzzRead(f *testing.F) {
	for name, file := range demo() {
		f.Add(name, string(file.Data))
	}
	f.Add("folders/x.json", `{"Folder": {"FolderId": "x", "Arn": "`+arnOf+`folder/x"}, "FolderMemberList": [null]}`)
	f.Add("key-registration.json", `{"KeyRegistration": [{"KeyArn": "k", "DefaultKey": true}]}`)
	f.Add("account-settings.json", `{"AccountSettings": null}`)
	f.Fuzz(func(t *testing.T, name, text string) {
		if !fs.ValidPath(name) {
			return
		}
		files := demo()
		files[name] = &fstest.MapFile{Data: []byte(text)}
		a, err := Read(files, nil)
		if err != nil {
			require.Nil(t, a)
			return
		}
		for _, u := range a.Users {
			for i := range a.DataSets {
				if rows, err := a.Rows(u, &a.DataSets[i]); err != nil || rows.Unknown {
					require.True(t, rows.Visible.Same(predicate.Predicate{}))
				}
			}
		}
	})
}

// TestLink: a way says whether it is that of the dashboard's link.
func TestLink(t *testing.T) {
	files := demo()
	files["dashboards/board.json"].Data = []byte(`{"Dashboard": {"Arn": "` + arnOf + `dashboard/board", "DashboardId": "board"}, "Permissions": [],
  "LinkSharingConfiguration": {"Permissions": [{"Principal": "` + arnOf + `namespace/default", "Actions": ["quicksight:DescribeDashboard"]}]}}`)
	a, err := Read(files, nil)
	require.NoError(t, err)
	cy, _ := a.User("default", "cy")
	ways := a.OpensDashboard(cy, a.Dashboards[0])
	require.Len(t, ways, 1)
	require.Equal(t, "dashboard board, whose link is shared with namespace default", ways[0].String())
}
