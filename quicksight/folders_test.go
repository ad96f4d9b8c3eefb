package quicksight_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/quicksight/quicksighttest"
)

var (
	folderViewer = []string{"quicksight:DescribeFolder"}
	folderOwner  = []string{
		"quicksight:CreateFolder", "quicksight:DescribeFolder", "quicksight:UpdateFolder", "quicksight:DeleteFolder", "quicksight:CreateFolderMembership",
		"quicksight:DeleteFolderMembership", "quicksight:DescribeFolderPermissions", "quicksight:UpdateFolderPermissions",
	}
)

// unshared adds a dashboard of the data set sales that nobody may see.
func unshared(t *testing.T, s *quicksighttest.Server, more object) {
	t.Helper()
	require.NoError(t, s.Do(t.Context(), "POST", "/dashboards/private", with(object{"Name": "private", "Definition": showing("sales")}, more), nil))
}

// TestFolderShares: a dashboard in a folder is shared with whom the folder is shared with,
// who sees the rows that the rules admit, as long as all of it lasts.
func TestFolderShares(t *testing.T) {
	s := quicksighttest.NewServer(t)
	do := func(method, path string, body any) {
		t.Helper()
		require.NoError(t, s.Do(t.Context(), method, path, body, nil))
	}
	do("PUT", "/dashboards/sales/permissions", object{"RevokePermissions": granted("namespace/default", linkActions...)})
	unshared(t, s, nil)
	const nikhil = "default/NikhilJayashankar"
	closed := func(user string) {
		t.Helper()
		_, err := registeredURL(t, s, user, "private", nil)
		require.Equal(t, "ResourceNotFoundException", code(err), "%v", err)
		_, name, _ := strings.Cut(user, "/")
		_, err = s.Rows(t.Context(), "sales", "default", name)
		require.Equal(t, "AccessDeniedException", code(err), "%v", err)
	}
	closed(nikhil)
	group := granted("group/default/APAC-Sales", folderViewer...)
	do("POST", "/folders/top", object{"Name": "Top", "Permissions": group})
	do("POST", "/folders/low", object{"Name": "Low", "ParentFolderArn": arn("folder/top")})
	closed(nikhil)

	const member = "/folders/low/members/DASHBOARD/private"
	do("PUT", member, nil)
	session := openAs(t, s, nikhil, "private")
	status, rows := session.rowsOf(t, "sales")
	require.Equal(t, 200, status)
	require.Equal(t, int64(1), rows.RowCount, "the rows of the rules, not all")
	direct, err := s.Rows(t.Context(), "sales", "default", "NikhilJayashankar")
	require.NoError(t, err)
	require.Equal(t, rows, direct)
	closed("default/PowerUser")

	for _, end := range []struct {
		reason       string
		method, path string
		body         any
		again, path2 string
		body2        any
	}{
		{"the dashboard leaves the folder", "DELETE", member, nil, "PUT", member, nil},
		{"the folder is not shared any more", "PUT", "/folders/top/permissions", object{"RevokePermissions": group}, "PUT", "/folders/top/permissions", object{"GrantPermissions": group}},
		{"the user leaves the group", "DELETE", "/namespaces/default/groups/APAC-Sales/members/NikhilJayashankar", nil, "PUT", "/namespaces/default/groups/APAC-Sales/members/NikhilJayashankar", nil},
	} {
		do(end.method, end.path, end.body)
		status, _ := session.rowsOf(t, "sales")
		require.Equal(t, 403, status, end.reason)
		closed(nikhil)
		do(end.again, end.path2, end.body2)
		status, _ = session.rowsOf(t, "sales")
		require.Equal(t, 200, status, end.reason)
	}

	// A reader has dashboards of a folder only: the data set in it opens nothing.
	do("DELETE", member, nil)
	do("PUT", "/folders/low/members/DATASET/sales", nil)
	closed(nikhil)
	do("PUT", "/namespaces/default/users/NikhilJayashankar", object{"Email": "n@example.com", "Role": "AUTHOR"})
	author, err := s.Rows(t.Context(), "sales", "default", "NikhilJayashankar")
	require.NoError(t, err)
	require.Equal(t, rows, author, "an author has it, with the same rules")

	require.NoError(t, s.Service.Close())
	service, ask := reopen(t, s.Dir)
	const mine = "/accounts/" + quicksighttest.Account
	status, body := ask("GET", "/rowsight/data-sets/sales/rows?user=NikhilJayashankar", nil)
	require.Equal(t, 200, status, body)
	status, body = ask("GET", mine+"/folders/low", nil)
	require.Equal(t, 200, status)
	require.Contains(t, body, `"FolderPath":["`+arn("folder/top")+`"]`)
	status, _ = ask("DELETE", mine+"/folders/low/members/DATASET/sales", nil)
	require.Equal(t, 200, status)
	status, _ = ask("GET", "/rowsight/data-sets/sales/rows?user=NikhilJayashankar", nil)
	require.Equal(t, 401, status)
	require.NoError(t, service.Close())
}

// TestFolderCreation: assets may be created in a folder, and a folder that is not there
// creates nothing.
func TestFolderCreation(t *testing.T) {
	s := quicksighttest.NewServer(t)
	in := func(folder string) object { return object{"FolderArns": []string{arn("folder/" + folder)}} }
	require.NoError(t, s.Do(t.Context(), "POST", "/folders/f", object{"Name": "F"}, nil))
	require.NoError(t, s.AddCSV(t.Context(), "placed", "Region\nUS\n", in("f")))
	unshared(t, s, in("f"))
	require.NoError(t, s.Do(t.Context(), "POST", "/analyses/placed", with(object{"Name": "a", "Definition": showing("placed")}, in("f")), nil))
	require.NoError(t, s.Do(t.Context(), "POST", "/data-sources", with(object{
		"DataSourceId": "other", "Name": "n", "Type": "S3", "DataSourceParameters": object{"S3Parameters": object{"ManifestFileLocation": object{"Bucket": "demo-bucket", "Key": "placed.manifest.json"}}},
	}, in("f")), nil))
	members := func() (names []string) {
		var out struct {
			FolderMemberList []struct{ MemberId, MemberArn string }
		}
		require.NoError(t, s.Do(t.Context(), "GET", "/folders/f/members", nil, &out))
		for _, m := range out.FolderMemberList {
			names = append(names, strings.TrimPrefix(m.MemberArn, arn("")))
		}
		return names
	}
	require.Equal(t, []string{"analysis/placed", "dashboard/private", "dataset/placed", "datasource/other"}, members())
	err := s.Do(t.Context(), "POST", "/dashboards/lost", with(object{"Name": "n", "Definition": showing("placed")}, in("none")), nil)
	require.Equal(t, "ResourceNotFoundException", code(err))
	require.Equal(t, "ResourceNotFoundException", code(s.Do(t.Context(), "GET", "/dashboards/lost", nil, nil)))

	// A deleted analysis is in no folder; it returns if the request says so.
	require.NoError(t, s.Do(t.Context(), "DELETE", "/analyses/placed", nil, nil))
	require.NotContains(t, members(), "analysis/placed")
	require.NoError(t, s.Do(t.Context(), "POST", "/restore/analyses/placed?restore-to-folders=true", nil, nil))
	require.Contains(t, members(), "analysis/placed")
	require.NoError(t, s.Do(t.Context(), "DELETE", "/analyses/placed", nil, nil))
	require.NoError(t, s.Do(t.Context(), "POST", "/restore/analyses/placed", nil, nil))
	require.NotContains(t, members(), "analysis/placed")

	err = s.Do(t.Context(), "DELETE", "/folders/f", nil, nil)
	require.Equal(t, "PreconditionNotMetException", code(err), "%v", err)
	require.NoError(t, s.Do(t.Context(), "POST", "/folders/g", object{"Name": "G", "ParentFolderArn": arn("folder/f")}, nil))
	require.NoError(t, s.Service.Reset(t.Context()), "folders in folders, too")
	require.Equal(t, "ResourceNotFoundException", code(s.Do(t.Context(), "GET", "/folders/f", nil, nil)))
	require.NoError(t, s.Do(t.Context(), "POST", "/folders/f", object{"Name": "F"}, nil), "the id is free again")
}

// TestFolderCutOff: a folder that was created or deleted half is gone.
func TestFolderCutOff(t *testing.T) {
	s := quicksighttest.NewServer(t)
	for _, id := range []string{"created", "deleted", "kept"} {
		require.NoError(t, s.Do(t.Context(), "POST", "/folders/"+id, object{"Name": id}, nil))
	}
	require.NoError(t, s.Service.CutOff(t.Context(), "folder without document", "created"))
	require.NoError(t, s.Service.CutOff(t.Context(), "folder of no directory", "deleted"))
	require.NoError(t, s.Service.Close())
	service, ask := reopen(t, s.Dir)
	const mine = "/accounts/" + quicksighttest.Account
	for id, want := range map[string]int{"created": 404, "deleted": 404, "kept": 200} {
		for _, path := range []string{"", "/permissions", "/members"} {
			status, _ := ask("GET", mine+"/folders/"+id+path, nil)
			require.Equal(t, want, status, id+path)
		}
		status, body := ask("POST", mine+"/folders/"+id, object{"Name": "again"})
		require.Equal(t, map[int]int{404: 200, 200: 409}[want], status, body)
	}
	require.NoError(t, service.Close())
}

// TestFolderRefused: requests about folders that are not allowed or not valid.
func TestFolderRefused(t *testing.T) {
	const folderKey, folderSecret = "AKIAFOLDERFOLDER0001", "folder-secret-folder-secret-0001"
	s := quicksighttest.NewEmptyServer(t, strings.Replace(policies, `{"Credentials": [`, `{"Credentials": [
		{"AccessKeyId": "`+folderKey+`", "SecretAccessKey": "`+folderSecret+`", "Arn": "arn:aws:iam::111122223333:user/folders",
		 "Policy": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "quicksight:*", "Resource": ["arn:aws:quicksight:us-east-1:111122223333:folder/mine", "arn:aws:quicksight:us-east-1:111122223333:dashboard/mine", "arn:aws:quicksight:us-east-1:111122223333:analysis/mine", "arn:aws:quicksight:us-east-1:111122223333:dataset/sales"]}}},`, 1))
	require.NoError(t, s.Seed(t.Context()))
	require.NoError(t, s.Do(t.Context(), "POST", "/folders/theirs", object{"Name": "theirs"}, nil))
	unshared(t, s, nil)
	declare := object{"Name": "mine", "Definition": object{"DataSetIdentifierDeclarations": []object{{"Identifier": "x", "DataSetArn": arn("dataset/sales")}}}}
	require.NoError(t, s.Do(t.Context(), "POST", "/analyses/mine", with(declare, object{"FolderArns": []string{arn("folder/theirs")}}), nil))
	require.NoError(t, s.Do(t.Context(), "DELETE", "/analyses/mine", nil, nil))
	grant := func(who string, actions ...string) object {
		return object{"GrantPermissions": granted(who, actions...)}
	}
	for _, tt := range []struct {
		reason, method, path string
		body                 any
		want                 string
	}{
		{"the own folder", "POST", "/folders/mine", object{"Name": "mine"}, code(nil)},
		{"another folder", "POST", "/folders/yours", object{"Name": "yours"}, "AccessDeniedException"},
		{"to look at another folder", "GET", "/folders/theirs", nil, "AccessDeniedException"},
		{"what is in another folder", "GET", "/folders/theirs/members", nil, "AccessDeniedException"},
		{"permissions of another folder", "GET", "/folders/theirs/permissions", nil, "AccessDeniedException"},
		{"permissions on another folder", "PUT", "/folders/theirs/permissions", grant("user/default/PowerUser", folderViewer...), "AccessDeniedException"},
		{"resolved permissions of another folder", "GET", "/folders/theirs/resolved-permissions", nil, "AccessDeniedException"},
		{"to delete another folder", "DELETE", "/folders/theirs", nil, "AccessDeniedException"},
		{"to rename another folder", "PUT", "/folders/theirs", object{"Name": "x"}, "AccessDeniedException"},
		{"all folders", "GET", "/folders", nil, "AccessDeniedException"},
		{"to search folders", "POST", "/search/folders", object{"Filters": []object{}}, "AccessDeniedException"},
		{"the folders of an asset of others", "GET", "/resource/" + strings.ReplaceAll(arn("dashboard/private"), "/", "%2F") + "/folders", nil, "AccessDeniedException"},
		{"an asset of others in the own folder, which would share it", "PUT", "/folders/mine/members/DASHBOARD/private", nil, "AccessDeniedException"},
		{"an own asset in a folder of others", "PUT", "/folders/theirs/members/DATASET/sales", nil, "AccessDeniedException"},
		{"to create in a folder of others", "POST", "/dashboards/mine", with(declare, object{"FolderArns": []string{arn("folder/theirs")}}), "AccessDeniedException"},
		{"to create in the own folder", "POST", "/dashboards/mine", with(declare, object{"FolderArns": []string{arn("folder/mine")}}), code(nil)},
		{"to restore into a folder of others", "POST", "/restore/analyses/mine?restore-to-folders=true", nil, "AccessDeniedException"},
		{"to restore alone", "POST", "/restore/analyses/mine", nil, code(nil)},
		{"a folder in a folder of others", "POST", "/folders/mine", object{"Name": "mine", "ParentFolderArn": arn("folder/theirs")}, "AccessDeniedException"},
		{"restricted folders", "POST", "/folders/mine", object{"Name": "mine", "FolderType": "RESTRICTED"}, "InvalidParameterValueException"},
		{"no name", "POST", "/folders/mine", object{}, "InvalidParameterValueException"},
		{"a parent of another account", "POST", "/folders/mine", object{"Name": "m", "ParentFolderArn": "arn:aws:quicksight:us-east-1:444455556666:folder/mine"}, "InvalidParameterValueException"},
		{"a parent in another Region, which a policy for this one does not name", "POST", "/folders/mine", object{"Name": "m", "ParentFolderArn": "arn:aws:quicksight:eu-west-1:111122223333:folder/mine"}, "InvalidParameterValueException"},
		{"twice", "POST", "/folders/mine", object{"Name": "mine"}, "ResourceExistsException"},
		{"a topic", "PUT", "/folders/mine/members/TOPIC/t", nil, "AccessDeniedException"},
		{"a part of a level", "PUT", "/folders/mine/permissions", grant("user/default/PowerUser", "quicksight:CreateFolder"), "InvalidParameterValueException"},
		{"a namespace", "PUT", "/folders/mine/permissions", grant("namespace/default", folderViewer...), "InvalidParameterValueException"},
		{"an owner", "PUT", "/folders/mine/permissions", grant("user/default/PowerUser", folderOwner...), code(nil)},
	} {
		path := "/accounts/" + quicksighttest.Account + tt.path
		err := s.Send(t.Context(), folderKey, folderSecret, tt.method, path, tt.body, nil)
		if tt.reason == "a topic" {
			require.Equal(t, "ResourceNotFoundException", code(err), tt.reason)
			continue
		}
		require.Equal(t, tt.want, code(err), "%s: %v", tt.reason, err)
	}
}

// TestFolderLists: pages and filters.
func TestFolderLists(t *testing.T) {
	s := quicksighttest.NewServer(t)
	for i := range 5 {
		body := object{"Name": fmt.Sprintf("Folder %d", i), "SharingModel": "NAMESPACE"}
		if i > 2 {
			body["ParentFolderArn"] = arn("folder/f0")
		}
		require.NoError(t, s.Do(t.Context(), "POST", fmt.Sprintf("/folders/f%d", i), body, nil))
	}
	require.NoError(t, s.Do(t.Context(), "PUT", "/folders/f0/permissions", object{"GrantPermissions": []object{
		{"Principal": arn("user/default/PowerUser"), "Actions": folderOwner}, {"Principal": arn("group/default/APAC-Sales"), "Actions": folderViewer},
	}}, nil))
	search := func(filters ...object) (ids []string) {
		var out struct {
			FolderSummaryList []struct{ FolderId, SharingModel, FolderType string }
		}
		require.NoError(t, s.Do(t.Context(), "POST", "/search/folders", object{"Filters": append([]object{}, filters...)}, &out))
		for _, f := range out.FolderSummaryList {
			require.Equal(t, "NAMESPACE SHARED", f.SharingModel+" "+f.FolderType)
			ids = append(ids, f.FolderId)
		}
		return ids
	}
	by := func(name, operator, value string) object {
		return object{"Name": name, "Operator": operator, "Value": value}
	}
	require.Equal(t, []string{"f0", "f1", "f2", "f3", "f4"}, search())
	require.Equal(t, []string{"f3", "f4"}, search(by("PARENT_FOLDER_ARN", "StringEquals", arn("folder/f0"))))
	require.Equal(t, []string{"f4"}, search(by("PARENT_FOLDER_ARN", "StringEquals", arn("folder/f0")), by("FOLDER_NAME", "StringLike", "der 4")))
	require.Equal(t, []string{"f0", "f3", "f4"}, search(by("QUICKSIGHT_OWNER", "StringEquals", arn("user/default/PowerUser"))))
	require.Equal(t, []string{"f0"}, search(by("DIRECT_QUICKSIGHT_SOLE_OWNER", "StringEquals", arn("user/default/PowerUser"))))
	require.Equal(t, []string{"f0", "f3", "f4"}, search(by("QUICKSIGHT_VIEWER_OR_OWNER", "StringEquals", arn("user/default/NikhilJayashankar"))))
	require.Empty(t, search(by("QUICKSIGHT_OWNER", "StringEquals", arn("user/default/NikhilJayashankar"))))

	var first, second struct {
		Permissions []struct{ Principal string }
		NextToken   string
	}
	require.NoError(t, s.Do(t.Context(), "GET", "/folders/f3/resolved-permissions?max-results=1", nil, &first))
	require.NoError(t, s.Do(t.Context(), "GET", "/folders/f3/resolved-permissions?max-results=1&next-token="+first.NextToken, nil, &second))
	require.Equal(t, arn("group/default/APAC-Sales"), first.Permissions[0].Principal)
	require.Equal(t, arn("user/default/PowerUser"), second.Permissions[0].Principal)
	require.Empty(t, second.NextToken)
}
