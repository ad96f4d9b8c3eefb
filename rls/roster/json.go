package roster

import (
	"errors"
	"fmt"
	"io"

	"github.com/rowsight/rowsight/internal/jsondoc"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
)

// Reasons why the answer of a list command is refused.
var (
	ErrJSON       = errors.New("not an answer that lists users")
	ErrSubject    = errors.New("unclear user or group")
	ErrIncomplete = errors.New("the list is incomplete")
)

// ReadJSON reads answers of the QuickSight API, as the AWS CLI prints them:
// ListUsers, DescribeUser, ListUserGroups or ListGroupMemberships, in JSON or
// YAML. Users and groups are named by their ARNs, which match rules with names
// too.
//
// Several answers, such as the pages of a list, may follow one another or be
// items of a JSON list: if the last answer has a NextToken, that is an
// [ErrIncomplete]. The users may also stand on their own, as a --query of
// UserList or UserList[] prints them.
//
// ListUserGroups does not name its user, nor ListGroupMemberships its group:
// subject is the name. The answer may also hold a member UserName or GroupName
// for it. ListUsers and DescribeUser take no subject. The answer of ListGroups
// looks like that of ListUserGroups and names no user: a subject that is one of
// the groups, or their namespace, is an [ErrSubject], and so is one that [Merge]
// does not find among the users of ListUsers. Every problem is reported, and
// after an error there is no Roster.
func ReadJSON(r io.Reader, subject string, opts *Options) (*Roster, error) {
	file := ""
	if opts != nil {
		file = opts.File
	}
	d, err := jsondoc.Read(r, file, &jsondoc.Options{Max: maxJSON, YAML: true, Sequence: true})
	if err != nil {
		return nil, err
	}
	a := &answer{builder: newBuilder(file), doc: d, given: subject}
	for _, v := range d.All {
		a.read(v, "")
	}
	a.page("", nil)
	if err := d.Err(); err != nil {
		return nil, err
	}
	return a.sorted(), nil
}

const maxJSON = 256 << 20

// An answer is read into a roster.
type answer struct {
	*builder
	doc     *jsondoc.Document
	given   string         // by the caller
	subject string         // of the answer at hand
	list    string         // that the last answer is a page of
	next    *jsondoc.Value // its NextToken
	unnamed bool           // a list that takes no name was reported
}

func ignore(*jsondoc.Value, string) {}

// read reads one document: an answer, a list of them, or users and groups
// without the answer around them.
func (a *answer) read(v *jsondoc.Value, field string) {
	has := func(name string) bool { return v.Member(name) != nil }
	switch a.subject = a.given; {
	case v.Kind == jsondoc.List:
		a.doc.Each(v, field, func(_ int, v *jsondoc.Value, field string) {
			if v.Kind == jsondoc.List || v.Kind == jsondoc.Text {
				a.doc.Fail(v, field, fmt.Errorf("%w: got %s, want objects with Arn and UserName; leave out the --query of the command", ErrJSON, v.Kind))
				return
			}
			a.read(v, field)
		})
	case has("Arn") && has("UserName"):
		a.listed(v, field)
	case has("Arn") && has("MemberName"):
		if a.named(v, field) {
			a.member(v, field, "MemberName", a.subject)
		}
	case has("Arn") && has("GroupName"):
		if a.named(v, field) && a.ofUser(v, field, []*jsondoc.Value{v}) {
			a.group(v, field)
		}
	default:
		a.answer(v, field)
	}
}

// answer reads one answer.
func (a *answer) answer(root *jsondoc.Value, at string) {
	var users, groups, members, user *jsondoc.Value
	keep := func(to **jsondoc.Value) func(*jsondoc.Value, string) {
		return func(v *jsondoc.Value, _ string) { *to = v }
	}
	name := func(v *jsondoc.Value, field string) {
		switch got := a.doc.String(v, field); {
		case a.subject != "" && got != a.subject:
			a.doc.Fail(v, field, fmt.Errorf("%w: got %q, and %q from the caller", ErrSubject, got, a.subject))
		default:
			a.subject = got
		}
	}
	var next *jsondoc.Value
	a.doc.Object(root, at, []jsondoc.Field{
		{Name: "UserList", Decode: keep(&users)},
		{Name: "User", Decode: keep(&user)},
		{Name: "GroupList", Decode: keep(&groups)},
		{Name: "GroupMemberList", Decode: keep(&members)},
		{Name: "UserName", Decode: name},
		{Name: "GroupName", Decode: name},
		{Name: "NextToken", Unset: jsondoc.IsEmpty, Decode: keep(&next)},
		{Name: "RequestId", Decode: ignore},
		{Name: "Status", Decode: ignore},
	})
	if a.doc.Bad(root) {
		return
	}
	if users == nil && groups == nil && members == nil && user == nil {
		a.doc.Fail(root, at, fmt.Errorf("%w: want UserList, User, GroupList or GroupMemberList", ErrJSON))
		return
	}
	switch {
	case users != nil:
		a.page("UserList", next)
	case groups != nil:
		a.page("GroupList", next)
	default:
		a.page("GroupMemberList", next)
	}
	each := func(v *jsondoc.Value, name string, item func(v *jsondoc.Value, field string)) {
		if v != nil {
			a.doc.Each(v, jsondoc.Join(at, name), func(_ int, v *jsondoc.Value, field string) { item(v, field) })
		}
	}
	if user != nil {
		a.listed(user, jsondoc.Join(at, "User"))
	}
	each(users, "UserList", func(v *jsondoc.Value, field string) {
		if u := a.listed(v, field); u != nil {
			u.whole = true
		}
	})
	if (groups != nil || members != nil) && !a.named(root, at) {
		return
	}
	each(members, "GroupMemberList", func(v *jsondoc.Value, field string) { a.member(v, field, "MemberName", a.subject) })
	if groups != nil && a.ofUser(groups, jsondoc.Join(at, "GroupList"), groups.Items) {
		each(groups, "GroupList", a.group)
	}
}

// page takes the next page of a list. The page before must be the last of its
// list, or of the same one.
func (a *answer) page(list string, next *jsondoc.Value) {
	if a.next != nil && a.list != list {
		a.doc.Fail(a.next, "NextToken", fmt.Errorf("%w: it goes on after this page; append the answers for the next tokens to the file", ErrIncomplete))
	}
	a.list, a.next = list, next
}

// named reports whether the answer has a subject, and a problem if not.
func (a *answer) named(v *jsondoc.Value, field string) bool {
	if a.subject == "" {
		a.doc.Fail(v, field, fmt.Errorf("%w: the answer does not name it; want its name", ErrSubject))
	}
	return a.subject != ""
}

// ofUser reports whether a list of groups can be that of the subject, a user,
// and a problem if it looks like the list of all groups.
func (a *answer) ofUser(v *jsondoc.Value, field string, groups []*jsondoc.Value) bool {
	for _, g := range groups {
		name, arn := g.Member("GroupName"), g.Member("Arn")
		if name == nil || arn == nil {
			continue // a problem of its own
		}
		of, err := namespace.ParseARN(arn.Text)
		if name.Text == a.subject || err == nil && of.Namespace == a.subject {
			what := "group"
			if name.Text != a.subject {
				what = "namespace"
			}
			a.doc.Fail(v, field, fmt.Errorf("%w: %q is the name of a %s of the list; want the user of list-user-groups, by its ARN if it has this name. The answer of list-groups names no user", ErrSubject, a.subject, what))
			return false
		}
	}
	return true
}

// listed takes a user of ListUsers or DescribeUser.
func (a *answer) listed(v *jsondoc.Value, field string) *entry {
	if a.given != "" {
		if !a.unnamed {
			a.unnamed = true
			a.doc.Fail(v, field, fmt.Errorf("%w: a list of users takes no name, got %q; its ARNs have the namespace", ErrSubject, a.given))
		}
		return nil
	}
	return a.member(v, field, "UserName", "")
}

// item decodes the ARN and the name of a user or a group, which must agree, and
// ignores the other members that the API documents.
func (a *answer) item(v *jsondoc.Value, field string, kind namespace.Kind, nameField string, others ...string) (arn namespace.ARN, ok bool) {
	name := ""
	var at *jsondoc.Value
	fields := []jsondoc.Field{
		{Name: "Arn", Must: true, Decode: func(v *jsondoc.Value, field string) {
			at = v
			text := a.doc.String(v, field)
			var err error
			if arn, err = namespace.ParseARN(text); err == nil && arn.Kind != kind {
				err = fmt.Errorf("%w: got the ARN of a %s, want one of a %s", rls.ErrKind, arn.Kind, kind)
			}
			if err != nil && !a.doc.Bad(v) {
				a.doc.Fail(v, field, err)
			}
		}},
		{Name: nameField, Must: true, Decode: func(v *jsondoc.Value, field string) { name = a.doc.String(v, field) }},
	}
	for _, other := range others {
		fields = append(fields, jsondoc.Field{Name: other, Decode: ignore})
	}
	a.doc.Object(v, field, fields)
	if a.doc.Bad(v) {
		return namespace.ARN{}, false
	}
	if arn.Name != name {
		a.doc.Fail(at, jsondoc.Join(field, "Arn"), fmt.Errorf("%w: got the ARN of %q, and the name %q", ErrNames, arn.Name, name))
		return namespace.ARN{}, false
	}
	return arn, true
}

// member takes a user, who is in a group unless it is "", and returns the entry.
func (a *answer) member(v *jsondoc.Value, field, nameField, group string) *entry {
	arn, ok := a.item(v, field, namespace.KindUser, nameField, "Email", "Role", "IdentityType", "Active", "PrincipalId", "CustomPermissionsName",
		"ExternalLoginFederationProviderType", "ExternalLoginFederationProviderUrl", "ExternalLoginId")
	if !ok {
		return nil
	}
	u := a.user(arn.String(), a.doc.Pos(v))
	u.listed = true
	if group == "" {
		return u
	}
	if of, ok := a.arn(v, field, namespace.KindGroup, group, arn); ok {
		u.groups = append(u.groups, of.String())
	}
	return u
}

// group takes a group that the user of the answer is in.
func (a *answer) group(v *jsondoc.Value, field string) {
	arn, ok := a.item(v, field, namespace.KindGroup, "GroupName", "Description", "PrincipalId")
	if !ok {
		return
	}
	if user, ok := a.arn(v, field, namespace.KindUser, a.subject, arn); ok {
		u := a.user(user.String(), a.doc.Pos(v))
		u.named = true
		u.groups = append(u.groups, arn.String())
	}
}

// arn returns the ARN of a name, or the one that it is. Members of a group are
// of its account and namespace, so the rest of the ARN is that of the other.
func (a *answer) arn(v *jsondoc.Value, field string, kind namespace.Kind, name string, other namespace.ARN) (namespace.ARN, bool) {
	arn := other
	arn.Kind, arn.Name = kind, name
	if given, err := namespace.ParseARN(name); err == nil {
		same := given
		same.Kind, same.Name, same.Region = arn.Kind, arn.Name, arn.Region
		if given.Kind != kind || same.String() != arn.String() {
			a.doc.Fail(v, field, fmt.Errorf("%w: the %s %q is of another account or namespace", ErrSubject, kind, name))
			return namespace.ARN{}, false
		}
		arn = given
	}
	if back, err := namespace.ParseARN(arn.String()); name != "" && (err != nil || back != arn) {
		a.doc.Fail(v, field, fmt.Errorf("%w: %q is not the name of a %s", ErrSubject, name, kind))
		return namespace.ARN{}, false
	}
	return arn, true
}
