package account

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/internal/jsondoc"
	"github.com/rowsight/rowsight/namespace"
)

// A page is one page of a list: what it has, and where it stands.
type page struct {
	at    Position
	items any
}

// once notes a page of a list. Two pages with the same token are one page that
// was printed twice, or two states of the list that contradict each other. It
// reports whether the page is new.
func (in *importing) once(p place, list, what string, items any) bool {
	token := ""
	if next := p.value.Member("NextToken"); next != nil {
		token = next.Text
	}
	id := list + "\n" + token
	first, twice := in.pages[id]
	if !twice {
		in.pages[id] = page{p.doc.Pos(p.value), items}
		return true
	}
	if !reflect.DeepEqual(first.items, items) {
		p.fail(in, "", fmt.Errorf("%w: %s has another end of the list of %s; leave out the one that is out of date", ErrContradict, first.at, what))
	}
	return false
}

// page takes a page of a list.
func (in *importing) page(p place, s shape, v *jsondoc.Value) {
	ns := ""
	var names []string
	for _, item := range v.Items {
		if name, of := in.resource(place{p.doc, item, p.file, fromList}, s, s.item); name != "" {
			names, ns = append(names, name), of
		}
	}
	if s.kind.inNamespace() && ns == "" {
		return // an empty list does not name its namespace
	}
	list := listName(s.kind, ns)
	slices.Sort(names)
	if !in.once(p, list, list, names) {
		return
	}
	in.kinds[list] = listOf{s.kind, ns}
	in.more(p, list)
	in.lists[list] = append(in.lists[list], names...)
}

// more notes whether another page follows. A list is complete once its last page
// is there.
func (in *importing) more(p place, list string) {
	next := p.value.Member("NextToken")
	_, known := in.open[list]
	switch {
	case next == nil || jsondoc.IsEmpty(next):
		in.open[list] = nil
	case !known:
		in.open[list] = &jsondoc.Error{Pos: p.doc.Pos(next), Field: "NextToken", Err: fmt.Errorf("%w: the page that follows is in no file", ErrIncomplete)}
	}
}

// unlisted reports resources that were described, and that a complete list of
// their kind does not have.
func (in *importing) unlisted() {
	for list, names := range in.lists {
		of := in.kinds[list]
		listed := make(map[string]bool)
		for _, name := range names {
			listed[name] = true
		}
		for r, said := range in.said {
			if r.Kind != of.kind || r.Namespace != of.namespace || listed[r.Name] {
				continue
			}
			for _, member := range slices.Sorted(maps.Keys(said)) {
				if from := said[member]; from.from == fromDescribe {
					in.errs = append(in.errs, &jsondoc.Error{Pos: from.at, Field: member, Err: fmt.Errorf("%w: the complete list of %s has no %s; leave out the one that is out of date", ErrContradict, list, r.text())})
					break
				}
			}
		}
	}
}

// A memberPage is a page of the members of a group or folder, or some of its
// members, as Terraform has them.
type memberPage struct {
	place
	Resource // without a namespace if the page does not say it
	items    []any
	some     bool
}

// memberShape returns the names of a list of members, of what tells members apart,
// and of its subject.
func memberShape(kind Kind) (list, name, of, command string) {
	if kind == Groups {
		return "GroupMemberList", "MemberName", "GroupName", "list-group-memberships"
	}
	return "FolderMemberList", "MemberId", "FolderId", "list-folder-members"
}

// memberList takes a list of members, whose group or folder is named elsewhere.
func (in *importing) memberList(p place, kind Kind) bool {
	list, _, of, command := memberShape(kind)
	v := p.value.Member(list)
	if v == nil || v.Kind != jsondoc.List {
		return false
	}
	r := Resource{Kind: kind, Name: p.subject(of)}
	if r.Name == "" {
		p.fail(in, "", fmt.Errorf("%w: name the file %s.NAME.json, or add %s to the answer", ErrSubject, command, of))
		return true
	}
	if kind == Groups {
		if at := p.value.Member("Namespace"); at != nil {
			r.Namespace = at.Text
		}
		for i, item := range v.Items {
			at := item.Member("Arn")
			if at == nil {
				continue
			}
			a, err := namespace.ParseARN(at.Text)
			if err == nil && r.Namespace != "" && r.Namespace != a.Namespace {
				err = fmt.Errorf("%w: got namespace %s, want %s", ErrName, a.Namespace, r.Namespace)
			}
			if err != nil {
				p.fail(in, fmt.Sprintf("%s[%d].Arn", list, i), err)
				continue
			}
			r.Namespace = a.Namespace
		}
	}
	kept, _ := clean(list, tree(v))
	items, _ := kept.([]any)
	in.members = append(in.members, memberPage{place: p, Resource: r, items: items})
	return true
}

// joinMembers puts the lists of members together, when all documents are read: a
// list without members does not say its namespace, and other documents may.
func (in *importing) joinMembers() {
	whole := make(map[Resource][]any)
	known := make(map[Resource]place)
	for _, m := range in.members {
		if m.some || m.Kind == Groups && m.Namespace == "" && !in.namespaceOf(&m) {
			continue
		}
		list, _, _, _ := memberShape(m.Kind)
		of := list + "/" + m.Namespace + "/" + m.Name
		if in.once(m.place, of, m.text(), m.items) {
			in.more(m.place, of)
			whole[m.Resource] = append(whole[m.Resource], m.items...)
		}
		if _, ok := known[m.Resource]; !ok {
			known[m.Resource] = m.place
		}
	}
	for r, p := range known {
		list, _, _, _ := memberShape(r.Kind)
		items := whole[r]
		if items == nil {
			items = []any{}
		}
		in.put(p, r, list, items)
	}
	for _, m := range in.members {
		if !m.some {
			continue
		}
		list, name, _, _ := memberShape(m.Kind)
		member := func(v any) any { one, _ := v.(map[string]any); return one[name] }
		if p, ok := known[m.Resource]; ok {
			if !slices.ContainsFunc(whole[m.Resource], func(v any) bool { return member(v) == member(m.items[0]) }) {
				in.contradict(m.place, m.Resource, list, p.doc.Pos(p.value))
			}
			continue
		}
		if in.found[m.Resource] == nil {
			in.found[m.Resource], in.said[m.Resource] = make(map[string]any), make(map[string]saying)
		}
		old, _ := in.found[m.Resource][list].([]any)
		if !slices.ContainsFunc(old, func(v any) bool { return member(v) == member(m.items[0]) }) {
			old = append(old, m.items[0])
		}
		in.found[m.Resource][list], in.found[m.Resource][incomplete] = old, []any{list}
	}
}

// incomplete is the member of a file that names the lists of it which may lack
// items.
const incomplete = "Incomplete"

// namespaceOf finds the namespace of a list of members that does not say it: that
// of the only group with its name.
func (in *importing) namespaceOf(m *memberPage) bool {
	var spaces []string
	for r := range in.found {
		if r.Kind == Groups && r.Name == m.Name {
			spaces = append(spaces, r.Namespace)
		}
	}
	if len(spaces) == 1 {
		m.Namespace = spaces[0]
		return true
	}
	slices.Sort(spaces)
	reason := "no other document has a group of this name"
	if len(spaces) > 1 {
		reason = "groups of this name are in the namespaces " + strings.Join(spaces, ", ")
	}
	m.fail(in, "", fmt.Errorf("%w: a list without members does not say its namespace, and %s: add Namespace to the answer", ErrSubject, reason))
	return false
}

// joinSummaries compares what the list of data sets and the description of one say
// of its rules.
func (in *importing) joinSummaries() {
	for r, object := range in.found {
		listed, _ := object["DataSetSummary"].(map[string]any)
		described, _ := object["DataSet"].(map[string]any)
		if r.Kind != DataSets || listed == nil || described == nil {
			continue
		}
		at := in.said[r]["DataSetSummary"].at
		differ := func(field string) {
			in.errs = append(in.errs, &jsondoc.Error{Pos: in.said[r]["DataSet"].at, Field: "DataSet." + field, Err: fmt.Errorf("%w: %s says otherwise of %s; leave out the one that is out of date", ErrContradict, at, r.text())})
		}
		for _, name := range []string{"Arn", "Name", "ImportMode", "UseAs"} {
			if listed[name] != nil && described[name] != nil && listed[name] != described[name] {
				differ(name)
			}
		}
		if described["SemanticModelConfiguration"] != nil { // it has the rules of each table
			continue
		}
		if rules := listed["RowLevelPermissionDataSet"]; rules != nil {
			if described["RowLevelPermissionDataSet"] == nil {
				differ("RowLevelPermissionDataSet")
			} else if _, field, ok := combine("RowLevelPermissionDataSet", rules, described["RowLevelPermissionDataSet"], true); !ok {
				differ(field)
			}
		}
		if listed["RowLevelPermissionTagConfigurationApplied"] == true && described["RowLevelPermissionTagConfiguration"] == nil {
			differ("RowLevelPermissionTagConfiguration")
		}
		if listed["ColumnLevelPermissionRulesApplied"] == true && described["ColumnLevelPermissionRules"] == nil {
			differ("ColumnLevelPermissionRules")
		}
	}
}
