package roster

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/rowsight/rowsight/internal/jsondoc"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
)

// Reasons why the answer of a list command is refused.
var (
	ErrJSON       = errors.New("not an answer that lists users")
	ErrSubject    = errors.New("the answer does not name its user or group")
	ErrIncomplete = errors.New("the list is incomplete")
)

// ReadJSON reads one answer of the QuickSight API, as the AWS CLI prints it:
// ListUsers, DescribeUser, ListUserGroups or ListGroupMemberships. Users and
// groups are named by their ARNs, which match rules with names too.
//
// ListUserGroups does not name its user, nor ListGroupMemberships its group:
// subject is the name. The answer may also hold a member UserName or GroupName
// for it. [Merge] puts several answers together. An answer with a NextToken is an
// [ErrIncomplete]. Every problem is reported, and after an error there is no
// Roster.
func ReadJSON(r io.Reader, subject string, opts *Options) (*Roster, error) {
	file := ""
	if opts != nil {
		file = opts.File
	}
	d, err := jsondoc.Read(r, file, &jsondoc.Options{Max: maxJSON})
	if err != nil {
		return nil, err
	}
	a := &answer{builder: newBuilder(file), doc: d, subject: subject}
	a.read()
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
	subject string
}

func ignore(*jsondoc.Value, string) {}

func (a *answer) read() {
	var users, groups, members *jsondoc.Value
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
	root := a.doc.Root
	a.doc.Object(root, "", []jsondoc.Field{
		{Name: "UserList", Decode: keep(&users)},
		{Name: "User", Decode: func(v *jsondoc.Value, field string) { a.member(v, field, "UserName", "") }},
		{Name: "GroupList", Decode: keep(&groups)},
		{Name: "GroupMemberList", Decode: keep(&members)},
		{Name: "UserName", Decode: name},
		{Name: "GroupName", Decode: name},
		{Name: "NextToken", Unset: jsondoc.IsEmpty, Decode: func(v *jsondoc.Value, field string) {
			a.doc.Fail(v, field, fmt.Errorf("%w: fetch all pages into one answer", ErrIncomplete))
		}},
		{Name: "RequestId", Decode: ignore},
		{Name: "Status", Decode: ignore},
	})
	if users == nil && groups == nil && members == nil && root.Member("User") == nil && !a.doc.Bad(root) {
		a.doc.Fail(root, "", fmt.Errorf("%w: want UserList, User, GroupList or GroupMemberList", ErrJSON))
	}
	if (groups != nil || members != nil) && a.subject == "" {
		a.doc.Fail(root, "", fmt.Errorf("%w: want its name", ErrSubject))
		return
	}
	each := func(v *jsondoc.Value, field string, item func(v *jsondoc.Value, field string)) {
		if v != nil {
			a.doc.Each(v, field, func(_ int, v *jsondoc.Value, field string) { item(v, field) })
		}
	}
	each(users, "UserList", func(v *jsondoc.Value, field string) { a.member(v, field, "UserName", "") })
	each(members, "GroupMemberList", func(v *jsondoc.Value, field string) { a.member(v, field, "MemberName", a.subject) })
	each(groups, "GroupList", a.group)
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

// member takes a user, who is in a group unless it is "".
func (a *answer) member(v *jsondoc.Value, field, nameField, group string) {
	arn, ok := a.item(v, field, namespace.KindUser, nameField, "Email", "Role", "IdentityType", "Active", "PrincipalId", "CustomPermissionsName",
		"ExternalLoginFederationProviderType", "ExternalLoginFederationProviderUrl", "ExternalLoginId")
	if !ok {
		return
	}
	u := a.user(arn.String(), a.doc.Pos(v))
	if of, ok := a.named(v, field, namespace.KindGroup, group, arn); ok && group != "" {
		u.groups = append(u.groups, of.String())
	}
}

// group takes a group that the user of the answer is in.
func (a *answer) group(v *jsondoc.Value, field string) {
	arn, ok := a.item(v, field, namespace.KindGroup, "GroupName", "Description", "PrincipalId")
	if !ok {
		return
	}
	if user, ok := a.named(v, field, namespace.KindUser, a.subject, arn); ok {
		u := a.user(user.String(), a.doc.Pos(v))
		u.groups = append(u.groups, arn.String())
	}
}

// named returns the ARN of a name, or the one that it is. Members of a group are
// of its account and namespace, so the rest of the ARN is that of the other.
func (a *answer) named(v *jsondoc.Value, field string, kind namespace.Kind, name string, other namespace.ARN) (namespace.ARN, bool) {
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

// Merge returns a roster with the users of all rosters, each once, in the groups
// that any of them gives. A user that one roster names and another knows by its
// ARN is an [ErrNames]: the two might be two people. Attributes must be the same
// in all rosters that have users with lines of attributes.
func Merge(rosters ...*Roster) (*Roster, error) {
	b := newBuilder("")
	var errs []error
	for _, r := range rosters {
		if r == nil {
			continue
		}
		switch {
		case len(b.roster.attributes) == 0:
			b.roster.attributes = slices.Clone(r.attributes)
		case len(r.attributes) > 0 && !slices.Equal(b.roster.attributes, r.attributes):
			errs = append(errs, fmt.Errorf("%w: the attributes are %q and %q", ErrHeader, b.roster.attributes, r.attributes))
			continue
		}
		for _, side := range []struct {
			from []entry
			to   func(string, rls.Position) *entry
		}{{r.users, b.user}, {r.groups, b.group}} {
			for _, e := range side.from {
				to := side.to(e.name, e.at)
				to.groups = append(to.groups, e.groups...)
				if len(r.attributes) > 0 {
					to.lines = append(to.lines, e.lines...)
				}
			}
		}
	}
	byName := make(map[string]bool)
	for _, u := range b.roster.users {
		if a, err := namespace.ParseARN(u.name); err == nil {
			byName[a.Name] = true
		}
	}
	for _, u := range b.roster.users {
		if byName[u.name] {
			errs = append(errs, &rls.Error{Pos: u.at, Err: fmt.Errorf("%w: user %q is also listed by an ARN", ErrNames, u.name)})
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return b.sorted(), nil
}
