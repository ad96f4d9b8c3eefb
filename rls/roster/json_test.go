package roster_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/jsondoc"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/roster"
)

func userJSON(name string) string {
	return `{"Arn":"` + arn + `user/default/` + name + `","UserName":"` + name + `","Email":"x@y.example","Role":"READER","IdentityType":"IAM","Active":true,"PrincipalId":"federated/iam/x"}`
}

func memberJSON(name string) string {
	return `{"Arn":"` + arn + `user/default/` + name + `","MemberName":"` + name + `"}`
}

func groupJSON(name string) string {
	return `{"Arn":"` + arn + `group/default/` + name + `","GroupName":"` + name + `","Description":"d","PrincipalId":"group/d-1"}`
}

func TestReadJSON(t *testing.T) {
	tests := []struct {
		reason, in, subject string
		want                []string
	}{
		{"list-users", `{"Status":200,"UserList":[` + userJSON("al") + `,` + userJSON("role/bo") + `],"RequestId":"r","NextToken":null}`, "", []string{"al []", "role/bo []"}},
		{"describe-user", `{"User":` + userJSON("al") + `,"RequestId":"r","Status":200}`, "", []string{"al []"}},
		{"list-group-memberships", `{"GroupMemberList":[` + memberJSON("al") + `,` + memberJSON("bo") + `],"Status":200}`, "sales", []string{"al [sales]", "bo [sales]"}},
		{"the group named in the answer", `{"GroupName":"a,b","GroupMemberList":[` + memberJSON("al") + `]}`, "", []string{"al [a,b]"}},
		{"the group named by its ARN", `{"GroupMemberList":[` + memberJSON("al") + `]}`, arn + "group/default/sales", []string{"al [sales]"}},
		{"list-user-groups", `{"GroupList":[` + groupJSON("sales") + `,` + groupJSON("emea") + `]}`, "role/al", []string{"role/al [emea sales]"}},
		{"nobody", `{"UserList":[]}`, "", nil},
		{"pages, one after the other", `{"UserList":[` + userJSON("al") + `],"NextToken":"t"}` + "\n" + `{"UserList":[` + userJSON("bo") + `]}`, "", []string{"al []", "bo []"}},
		{"pages in a list", `[{"UserList":[` + userJSON("al") + `],"NextToken":"t"},{"UserList":[` + userJSON("bo") + `]}]`, "", []string{"al []", "bo []"}},
		{"pages of members", `{"GroupMemberList":[` + memberJSON("al") + `],"NextToken":"t"}{"GroupMemberList":[` + memberJSON("bo") + `]}`, "sales", []string{"al [sales]", "bo [sales]"}},
		{"--query UserList", `[` + userJSON("al") + `,` + userJSON("bo") + `]`, "", []string{"al []", "bo []"}},
		{"jq .UserList[]", userJSON("al") + "\n" + userJSON("bo") + "\n", "", []string{"al []", "bo []"}},
		{"--query GroupMemberList", `[` + memberJSON("al") + `]`, "sales", []string{"al [sales]"}},
		{"--query GroupList", `[` + groupJSON("sales") + `]`, "al", []string{"al [sales]"}},
		{"--output yaml", "Status: 200\nUserList:\n- Arn: " + arn + "user/default/al\n  UserName: al\n  Active: true\n", "", []string{"al []"}},
		{"a user with the name of a group, by the ARN", `{"GroupList":[` + groupJSON("sales") + `]}`, arn + "user/default/sales", []string{"sales [sales]"}},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			r, err := roster.ReadJSON(strings.NewReader(tt.in), tt.subject, nil)
			require.NoError(t, err)
			for _, rs := range []*rls.Rules{rules(t, "UserName,Region\n", nil), rules(t, "UserARN,Region\n", nil)} {
				viewers, err := r.Viewers(rs)
				require.NoError(t, err)
				var got []string
				for _, v := range viewers {
					var groups []string
					for _, g := range v.Principal.Groups {
						groups = append(groups, g.Name)
					}
					slices.Sort(groups)
					got = append(got, fmt.Sprintf("%s %v", v.Principal.User.Name, groups))
				}
				require.Equal(t, tt.want, got)
			}
		})
	}
}

func TestReadJSONRefuses(t *testing.T) {
	tests := []struct {
		reason, in, subject, want string
		is                        error
	}{
		{"no JSON", `user,groups`, "", "l.json:1:1: ", jsondoc.ErrSyntax},
		{"another document", `{"Status":200}`, "", "want UserList, User, GroupList or GroupMemberList", roster.ErrJSON},
		{"a list of nothing known", `{"Users":[]}`, "", `unknown field "Users"`, jsondoc.ErrField},
		{"one page of several", `{"UserList":[],"NextToken":"x"}`, "", "NextToken: the list is incomplete", roster.ErrIncomplete},
		{"members of which group", `{"GroupMemberList":[` + memberJSON("al") + `]}`, "", "the answer does not name it", roster.ErrSubject},
		{"two names", `{"GroupName":"a","GroupMemberList":[]}`, "b", `got "a", and "b" from the caller`, roster.ErrSubject},
		{"a group of another namespace", `{"GroupMemberList":[` + memberJSON("al") + `]}`, arn + "group/other/sales", "another account or namespace", roster.ErrSubject},
		{"a group among users", `{"UserList":[{"Arn":"` + arn + `group/default/al","UserName":"al"}]}`, "", "want one of a user", rls.ErrKind},
		{"an ARN and another name", `{"UserList":[{"Arn":"` + arn + `user/default/al","UserName":"bo"}]}`, "", `UserList[0].Arn: names and ARNs cannot be combined: got the ARN of "al", and the name "bo"`, roster.ErrNames},
		{"no ARN", `{"UserList":[{"UserName":"al"}]}`, "", "UserList[0].Arn", jsondoc.ErrMissing},
		{"the first page only", `[{"UserList":[],"NextToken":"x"}]`, "", "NextToken: the list is incomplete: it goes on after this page", roster.ErrIncomplete},
		{"the first page, and another list", `{"UserList":[],"NextToken":"x"}{"GroupName":"g","GroupMemberList":[]}`, "", "NextToken: the list is incomplete", roster.ErrIncomplete},
		{"the first page, and one user", `{"UserList":[],"NextToken":"x"}{"User":` + userJSON("al") + `}`, "", "NextToken: the list is incomplete", roster.ErrIncomplete},
		{"no JSON behind the first page", `{"UserList":[]}` + "\n,{}", "", "l.json:2:1: ", jsondoc.ErrSyntax},
		{"a name for a list of users", `{"UserList":[` + userJSON("al") + `,` + userJSON("bo") + `]}`, "default", `takes no name, got "default"`, roster.ErrSubject},
		{"a name for one user", `{"User":` + userJSON("al") + `}`, "al", `takes no name, got "al"`, roster.ErrSubject},
		{"list-groups, with the name of a group", `{"GroupList":[` + groupJSON("sales") + `,` + groupJSON("emea") + `]}`, "emea", "list-groups names no user", roster.ErrSubject},
		{"list-groups, with the name of the namespace", `{"GroupList":[` + groupJSON("sales") + `]}`, "default", "list-groups names no user", roster.ErrSubject},
		{"names without ARNs", `["al","bo"]`, "", "[1]: not an answer that lists users: got a string", roster.ErrJSON},
		{"a field twice", `{"UserList":[],"UserList":[]}`, "", "UserList", jsondoc.ErrTwice},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			r, err := roster.ReadJSON(strings.NewReader(tt.in), tt.subject, &roster.Options{File: "l.json"})
			require.Nil(t, r)
			require.ErrorIs(t, err, tt.is)
			require.ErrorContains(t, err, tt.want)
		})
	}
}

// TestMerge: answers about users and about groups are one roster, in any order.
func TestMerge(t *testing.T) {
	doc := func(in, subject string) *roster.Roster {
		r, err := roster.ReadJSON(strings.NewReader(in), subject, nil)
		require.NoError(t, err)
		return r
	}
	users := doc(`{"UserList":[`+userJSON("al")+`,`+userJSON("bo")+`,`+userJSON("cy")+`]}`, "")
	sales := doc(`{"GroupMemberList":[`+memberJSON("al")+`,`+memberJSON("bo")+`]}`, "sales")
	own := doc(`{"GroupList":[`+groupJSON("emea")+`]}`, "al")
	rs := rules(t, "GroupName,Region\nsales,US\nemea,EMEA\n", nil)
	for _, order := range [][]*roster.Roster{{users, sales, own}, {own, nil, sales, users}, {sales, own, users, sales}} {
		r, err := roster.Merge(order...)
		require.NoError(t, err)
		require.Equal(t, 3, r.Len())
		for name, want := range map[string]string{"al": `Region in ("EMEA", "US")`, "bo": `Region in ("US")`, "cy": "none"} {
			viewer, err := r.Join(namespace.Named(name), rs)
			require.NoError(t, err)
			p, err := rs.For(viewer)
			require.NoError(t, err)
			require.Equal(t, want, p.String())
		}
	}
	_, err := roster.Merge(users, read(t, "user,groups\nal,g\n", nil))
	require.ErrorIs(t, err, roster.ErrNames)
	_, err = roster.Merge(read(t, "user,a\nal,1\n", nil), read(t, "user,b\nal,1\n", nil))
	require.ErrorIs(t, err, roster.ErrHeader)
	r, err := roster.Merge()
	require.NoError(t, err)
	require.Zero(t, r.Len())

	invented := doc(`{"GroupList":[`+groupJSON("emea")+`]}`, "all")
	_, err = roster.Merge(invented, users)
	require.ErrorIs(t, err, roster.ErrSubject)
	require.ErrorContains(t, err, `"all" is not among the users of list-users`)
	for reason, others := range map[string]*roster.Roster{
		"nobody lists all users":         doc(`{"User":`+userJSON("al")+`}`, ""),
		"users of another namespace":     doc(strings.ReplaceAll(`{"UserList":[`+userJSON("al")+`]}`, "user/default/", "user/other/"), ""),
		"a list that has the user":       doc(`{"UserList":[`+userJSON("all")+`]}`, ""),
		"a list, and the user described": doc(`{"UserList":[`+userJSON("al")+`]}{"User":`+userJSON("all")+`}`, ""),
	} {
		_, err = roster.Merge(invented, others)
		require.NoError(t, err, reason)
	}
}

func TestDirectories(t *testing.T) {
	tests := []struct {
		reason, in string
		opts       roster.Options
		want       []string
	}{
		{"Entra", "userPrincipalName,displayName,memberOf\nal@x.example,Al,\"g;h\"\n", roster.Options{Separator: ";"}, []string{"al@x.example [g h]"}},
		{"Entra, bulk", "User principal name [userPrincipalName] Required,Group memberships\nal@x.example,g\n", roster.Options{}, []string{"al@x.example [g]"}},
		{"Okta", "id,Login,First name,Groups\n1,al@x.example,Al,\"g,h\"\n", roster.Options{}, []string{"al@x.example [g h]"}},
		{"blanks in names", "User Name,Group Name\nal,g\n", roster.Options{}, []string{"al [g]"}},
		{"the plain name before others", "user,userPrincipalName,group,memberOf\nal,x,g,h\n", roster.Options{}, []string{"al [g]"}},
		{"no header", "al,g\nbo,h\nal,h\n", roster.Options{Header: []string{"user", "group"}}, []string{"al [g h]", "bo [h]"}},
		{"no header, names of the caller's own", "g,al\n", roster.Options{Header: []string{"team", "who"}, User: "who", Groups: "team"}, []string{"al [g]"}},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			var got []string
			for u := range read(t, tt.in, &tt.opts).All() {
				got = append(got, fmt.Sprintf("%s %v", u.Name, u.Groups))
			}
			require.Equal(t, tt.want, got)
		})
	}
	for reason, in := range map[string]string{"a header after all": "user,group\nal,g\n", "another number of columns": "al,g,x\n"} {
		_, err := roster.ReadCSV(strings.NewReader(in), &roster.Options{Header: []string{"user", "group"}})
		require.ErrorIs(t, err, roster.ErrHeader, reason)
	}
}

func FuzzReadJSON(f *testing.F) {
	f.Add(`{"UserList":[`+userJSON("al")+`]}`, "")
	f.Add(`{"GroupMemberList":[`+memberJSON("al")+`],"NextToken":""}`, "sales")
	f.Add(`{"GroupList":[`+groupJSON("g")+`]}`, "al")
	f.Add(`[{"UserList":[],"NextToken":"t"},`+userJSON("al")+`]`+groupJSON("g"), "bo")
	f.Add(`{"User":`+userJSON("a/b")+`}`, arn+"group/default/g")
	f.Fuzz(func(t *testing.T, in, subject string) {
		r, err := roster.ReadJSON(strings.NewReader(in), subject, nil)
		if err != nil {
			require.Nil(t, r)
			return
		}
		for u := range r.All() {
			a, err := namespace.ParseARN(u.Name)
			require.NoError(t, err)
			require.Equal(t, namespace.KindUser, a.Kind)
			for _, g := range u.Groups {
				of, err := namespace.ParseARN(g)
				require.NoError(t, err, "%q", g)
				require.Equal(t, []string{a.Account, a.Namespace}, []string{of.Account, of.Namespace})
			}
		}
		again, err := roster.Merge(r, r)
		require.NoError(t, err)
		require.Equal(t, r.Len(), again.Len())
	})
}
