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

// must decodes a member that the file of a resource needs.
func must(f file, name string, to any) {
	if !f.into(name, to) && f.Err() == nil {
		f.Fail(f.Root, name, jsondoc.ErrMissing)
	}
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
	var n Namespace
	must(f, "Namespace", &n)
	r.account.Namespaces = append(r.account.Namespaces, n)
	return n.Name, ""
}

func (r *reading) user(f file, at Resource) (string, string) {
	u := User{Namespace: at.Namespace}
	must(f, "User", &u)
	r.account.Users = append(r.account.Users, u)
	return u.Name, u.ARN
}

func (r *reading) group(f file, at Resource) (string, string) {
	g := Group{Namespace: at.Namespace}
	must(f, "Group", &g)
	g.MembersKnown = complete(f, "GroupMemberList", &g.Members)
	r.account.Groups = append(r.account.Groups, g)
	return g.Name, g.ARN
}

func (r *reading) dataSource(f file, _ Resource) (string, string) {
	var s DataSource
	must(f, "DataSource", &s)
	s.Permissions = permissions(f)
	r.account.DataSources = append(r.account.DataSources, s)
	return s.ID, s.ARN
}

func (r *reading) dataSet(f file, _ Resource) (string, string) {
	var s DataSet
	if s.Described = f.Root.Member("DataSet") != nil; s.Described {
		must(f, "DataSet", &s)
	} else if !f.into("DataSetSummary", &s) {
		f.Fail(f.Root, "DataSet", fmt.Errorf("%w: want DataSet, or DataSetSummary for one that cannot be described", jsondoc.ErrMissing))
	}
	s.Permissions = permissions(f)
	stem := strings.TrimSuffix(path.Base(s.At.File), ".json")
	s.RuleRows, s.RuleFile = r.rules(f, stem)
	r.account.DataSets = append(r.account.DataSets, s)
	return s.ID, s.ARN
}

func (r *reading) dashboard(f file, _ Resource) (string, string) {
	var d Dashboard
	must(f, "Dashboard", &d)
	d.Permissions = permissions(f)
	var link struct{ Permissions []Permission }
	f.into("LinkSharingConfiguration", &link)
	d.Link = Permissions{d.Permissions.Known, link.Permissions}
	r.account.Dashboards = append(r.account.Dashboards, d)
	return d.ID, d.ARN
}

func (r *reading) analysis(f file, _ Resource) (string, string) {
	var d Analysis
	must(f, "Analysis", &d)
	d.Permissions = permissions(f)
	r.account.Analyses = append(r.account.Analyses, d)
	return d.ID, d.ARN
}

func (r *reading) sharedFolder(f file, _ Resource) (string, string) {
	var d Folder
	must(f, "Folder", &d)
	d.MembersKnown = complete(f, "FolderMemberList", &d.Members)
	for i := range d.Members {
		if m := &d.Members[i]; m.Type == "" && !m.typed() {
			d.MembersKnown = false // whose kind nobody knows: it may be anything
		}
	}
	d.Permissions = permissions(f)
	r.account.Folders = append(r.account.Folders, d)
	return d.ID, d.ARN
}
