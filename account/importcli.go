package account

import (
	"fmt"
	"strings"

	"github.com/rowsight/rowsight/internal/jsondoc"
	"github.com/rowsight/rowsight/namespace"
)

// answer takes an answer of the API, and reports whether it knows it.
func (in *importing) answer(p place) bool {
	if p.value.Kind != jsondoc.Object {
		return false
	}
	if strings.Contains(p.file, "user-groups") && p.value.Member("GroupList") != nil {
		p.fail(in, "GroupList", fmt.Errorf("%w: list-user-groups does not name its user: want list-group-memberships of each group", ErrSubject))
		return true
	}
	for _, s := range shapes() {
		if v := p.value.Member(s.member); v != nil && v.Kind == jsondoc.Object && v.Member(s.id) != nil {
			in.resource(place{p.doc, v, p.file, fromDescribe}, s, s.member)
			return true
		}
		if v := p.value.Member(s.list); v != nil && v.Kind == jsondoc.List {
			in.page(p, s, v)
			return true
		}
	}
	switch {
	case in.memberList(p, Groups), in.memberList(p, Folders):
		return true
	case p.value.Member("KeyRegistration") != nil:
		in.put(p, Resource{Kind: KeyRegistration}, "KeyRegistration", tree(p.value.Member("KeyRegistration")))
		return true
	case p.value.Member("AccountSettings") != nil:
		in.put(p, Resource{Kind: AccountSettings}, "AccountSettings", tree(p.value.Member("AccountSettings")))
		return true
	case p.value.Member("IpRestrictionRuleMap") != nil:
		for _, m := range p.value.Members {
			if m.Name != "Status" {
				in.put(p, Resource{Kind: IPRestriction}, m.Name, tree(m.Value))
			}
		}
		return true
	}
	return in.permissions(p)
}

// resource takes a resource, as a member of its file.
func (in *importing) resource(p place, s shape, as string) (name, ns string) {
	id := p.value.Member(s.id)
	if id == nil || id.Kind != jsondoc.Text {
		p.fail(in, s.id, jsondoc.ErrMissing)
		return "", ""
	}
	r := Resource{Kind: s.kind, Name: id.Text}
	if s.kind.inNamespace() {
		text := ""
		if v := p.value.Member("Arn"); v != nil {
			text = v.Text
		}
		a, err := namespace.ParseARN(text)
		if err != nil {
			p.fail(in, "Arn", err)
			return "", ""
		}
		r.Namespace = a.Namespace
	}
	in.put(p, r, as, tree(p.value))
	return r.Name, r.Namespace
}

// permissions takes an answer that describes permissions.
func (in *importing) permissions(p place) bool {
	v := p.value.Member("Permissions")
	if v == nil || v.Kind != jsondoc.List {
		return false
	}
	for _, of := range shapes() {
		id := p.value.Member(of.id)
		if !of.shared() || id == nil || id.Kind != jsondoc.Text {
			continue
		}
		if next := p.value.Member("NextToken"); next != nil && !jsondoc.IsEmpty(next) {
			in.errs = append(in.errs, &jsondoc.Error{Pos: p.doc.Pos(next), Field: "NextToken", Err: fmt.Errorf("%w: print all permissions in one answer, without --max-items", ErrIncomplete)})
			return true
		}
		r := Resource{Kind: of.kind, Name: id.Text}
		in.put(p, r, "Permissions", tree(v))
		if link := p.value.Member("LinkSharingConfiguration"); link != nil {
			in.put(p, r, "LinkSharingConfiguration", tree(link))
		}
		return true
	}
	return false
}
