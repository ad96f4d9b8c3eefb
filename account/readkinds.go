package account

import (
	"fmt"
	"net/url"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/internal/jsondoc"
)

func valueOf(to any) reflect.Value { return reflect.ValueOf(to).Elem() }

func decodeName(s string) (string, error) { return url.PathUnescape(s) }

// add adds the resource of a file to a list. The file must have the member.
func add[T any](list *[]T, f file, member string) *T {
	*list = append(*list, *new(T))
	one := &(*list)[len(*list)-1]
	if !f.into(member, one) && f.Err() == nil {
		f.Fail(f.Root, member, jsondoc.ErrMissing)
	}
	return one
}

func permissions(f file) (p Permissions) {
	p.Known = f.into("Permissions", &p.List)
	return p
}

// complete decodes a list, and reports whether it is there and has all its items.
func complete(f file, name string, to any) bool {
	var some []string
	f.into(incomplete, &some)
	return f.into(name, to) && !slices.Contains(some, name)
}

func (r *reading) namespace(f file, _ Resource) (string, string) {
	n := add(&r.account.Namespaces, f, "Namespace")
	return n.Name, ""
}

func (r *reading) user(f file, at Resource) (string, string) {
	u := add(&r.account.Users, f, "User")
	u.Namespace = at.Namespace
	return u.Name, u.ARN
}

func (r *reading) group(f file, at Resource) (string, string) {
	g := add(&r.account.Groups, f, "Group")
	g.Namespace = at.Namespace
	g.MembersKnown = complete(f, "GroupMemberList", &g.Members)
	return g.Name, g.ARN
}

func (r *reading) dataSource(f file, _ Resource) (string, string) {
	s := add(&r.account.DataSources, f, "DataSource")
	s.Permissions = permissions(f)
	return s.ID, s.ARN
}

func (r *reading) dataSet(f file, _ Resource) (string, string) {
	member := "DataSet"
	described := f.Root.Member(member) != nil
	if !described {
		member = "DataSetSummary"
	}
	if v := f.Root.Member(member); v == nil || v.Kind == jsondoc.Null {
		f.Fail(f.Root, "DataSet", fmt.Errorf("%w: want DataSet, or DataSetSummary for one that cannot be described", jsondoc.ErrMissing))
	}
	s := add(&r.account.DataSets, f, member)
	s.Described, s.Permissions = described, permissions(f)
	s.RuleRows, s.RuleFile = r.rules(f, strings.TrimSuffix(path.Base(s.At.File), ".json"))
	return s.ID, s.ARN
}

func (r *reading) dashboard(f file, _ Resource) (string, string) {
	d := add(&r.account.Dashboards, f, "Dashboard")
	d.Permissions = permissions(f)
	var link struct{ Permissions []Permission }
	f.into("LinkSharingConfiguration", &link)
	d.Link = Permissions{d.Permissions.Known, link.Permissions}
	return d.ID, d.ARN
}

func (r *reading) analysis(f file, _ Resource) (string, string) {
	d := add(&r.account.Analyses, f, "Analysis")
	d.Permissions = permissions(f)
	return d.ID, d.ARN
}

func (r *reading) sharedFolder(f file, _ Resource) (string, string) {
	d := add(&r.account.Folders, f, "Folder")
	d.MembersKnown = complete(f, "FolderMemberList", &d.Members)
	for i := range d.Members {
		if m := &d.Members[i]; m.Type == "" && !m.typed() {
			d.MembersKnown = false // whose kind nobody knows: it may be anything
		}
	}
	d.Permissions = permissions(f)
	return d.ID, d.ARN
}
