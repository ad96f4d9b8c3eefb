package account

import (
	"slices"
	"sync"

	"github.com/rowsight/rowsight/internal/textpos"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
)

// A Position is where something stands in the folder.
type Position = textpos.Position

// A Kind is a kind of resource. It is the name of its folder.
type Kind string

// Kinds of resources.
const (
	Namespaces  Kind = "namespaces"
	Users       Kind = "users"
	Groups      Kind = "groups"
	DataSources Kind = "data-sources"
	DataSets    Kind = "data-sets"
	Dashboards  Kind = "dashboards"
	Analyses    Kind = "analyses"
	Folders     Kind = "folders"
)

// Kinds of which an account has one, and whose file stands at the top.
const (
	KeyRegistration Kind = "key-registration"
	AccountSettings Kind = "account-settings"
	IPRestriction   Kind = "ip-restriction"
)

// inNamespace reports whether resources of the kind belong to a namespace.
func (k Kind) inNamespace() bool { return k == Users || k == Groups }

// single reports whether an account has one resource of the kind.
func (k Kind) single() bool { return slices.Contains(singles(), k) }

// singles are the kinds of which an account has one.
func singles() []Kind { return []Kind{KeyRegistration, AccountSettings, IPRestriction} }

// one returns the name of one resource of a kind that can be shared.
func (k Kind) one() string {
	return map[Kind]string{DataSets: "data set", Dashboards: "dashboard", Analyses: "analysis", Folders: "folder"}[k]
}

// An Account is the state of one account. Do not change it after [Read]: its
// methods may be called concurrently. The zero Account is empty: nobody is in
// it, and nobody sees anything.
type Account struct {
	ID     string // 12 digits
	Region string

	Namespaces  []Namespace // all lists are in the order of their names
	Users       []User
	Groups      []Group
	DataSources []DataSource
	DataSets    []DataSet
	Dashboards  []Dashboard
	Analyses    []Analysis
	Folders     []Folder

	Keys     *Keys     // nil if unknown
	Settings *Settings // nil if unknown

	lists map[string]bool
	index index
}

// Lists reports whether the account has the complete list of a kind. Users and
// groups have a list for each namespace; other kinds take "".
func (a *Account) Lists(kind Kind, namespace string) bool {
	return a != nil && a.lists[listName(kind, namespace)]
}

func listName(kind Kind, namespace string) string {
	if kind.inNamespace() {
		return string(kind) + "/" + namespace
	}
	return string(kind)
}

// An index finds resources by name.
type index struct {
	users, groups  map[[2]string]int // namespace and name
	sets           map[string]int    // by key of the ARN
	groupsOf       map[[2]string][]int
	everybody      map[string][]*User // users of a namespace
	members        map[string][]*User // users of a group, by key of its ARN
	dashboardsOver map[string][]int   // by key of the ARN of a data set
	analysesOver   map[string][]int
	folders        map[string][]int // by kind and id of a member
	folderARNs     map[string]int   // by key

	rules map[string]func() (*rls.Rules, bool, error) // by id of the data set, read once
}

// Key returns a text that is equal for all ARNs of one resource: the Region does
// not count (N1). A text that is no ARN is a key of its own.
func Key(arn string) string {
	a, err := namespace.ParseARN(arn)
	if err != nil {
		return arn
	}
	a.Region = ""
	return a.String()
}

func (a *Account) makeIndex() {
	x := &a.index
	x.users, x.groups = make(map[[2]string]int), make(map[[2]string]int)
	x.sets, x.folderARNs = make(map[string]int), make(map[string]int)
	x.groupsOf, x.dashboardsOver, x.analysesOver = make(map[[2]string][]int), make(map[string][]int), make(map[string][]int)
	x.folders, x.everybody, x.members = make(map[string][]int), make(map[string][]*User), make(map[string][]*User)
	for i := range a.Users {
		u := &a.Users[i]
		x.users[[2]string{u.Namespace, u.Name}] = i
		x.everybody[u.Namespace] = append(x.everybody[u.Namespace], u)
	}
	for i, g := range a.Groups {
		x.groups[[2]string{g.Namespace, g.Name}] = i
		for _, m := range g.Members {
			name := [2]string{g.Namespace, m.Name}
			if of := x.groupsOf[name]; len(of) > 0 && of[len(of)-1] == i {
				continue // a member that stands twice
			}
			x.groupsOf[name] = append(x.groupsOf[name], i)
			if u, ok := x.users[name]; ok {
				x.members[Key(g.ARN)] = append(x.members[Key(g.ARN)], &a.Users[u])
			}
		}
	}
	x.rules = make(map[string]func() (*rls.Rules, bool, error))
	for i := range a.DataSets {
		s := &a.DataSets[i]
		x.sets[Key(s.ARN)] = i
		var once sync.Once
		var rules *rls.Rules
		var ok bool
		var err error
		x.rules[s.ID] = func() (*rls.Rules, bool, error) {
			once.Do(func() { rules, ok, err = a.readRules(s) })
			return rules, ok, err
		}
	}
	for i, d := range a.Dashboards {
		for _, arn := range d.Version.DataSets {
			x.dashboardsOver[Key(arn)] = append(x.dashboardsOver[Key(arn)], i)
		}
	}
	for i, d := range a.Analyses {
		for _, arn := range d.DataSets {
			x.analysesOver[Key(arn)] = append(x.analysesOver[Key(arn)], i)
		}
	}
	for i, f := range a.Folders {
		x.folderARNs[Key(f.ARN)] = i
		for _, m := range f.Members {
			x.folders[m.Type+"/"+m.ID] = append(x.folders[m.Type+"/"+m.ID], i)
		}
	}
}

// User returns a user by namespace and name.
func (a *Account) User(namespace, name string) (User, bool) {
	if i, ok := a.lookups().users[[2]string{namespace, name}]; ok {
		return a.Users[i], true
	}
	return User{}, false
}

// Group returns a group by namespace and name.
func (a *Account) Group(namespace, name string) (Group, bool) {
	if i, ok := a.lookups().groups[[2]string{namespace, name}]; ok {
		return a.Groups[i], true
	}
	return Group{}, false
}

// FindUser returns the user with an ARN. Do not change it.
func (a *Account) FindUser(arn string) (*User, bool) {
	if of, err := namespace.ParseARN(arn); err == nil && of.Kind == namespace.KindUser {
		if i, ok := a.lookups().users[[2]string{of.Namespace, of.Name}]; ok && Key(a.Users[i].ARN) == Key(arn) {
			return &a.Users[i], true
		}
	}
	return nil, false
}

// FindGroup returns the group with an ARN. Do not change it.
func (a *Account) FindGroup(arn string) (*Group, bool) {
	if of, err := namespace.ParseARN(arn); err == nil && of.Kind == namespace.KindGroup {
		if i, ok := a.lookups().groups[[2]string{of.Namespace, of.Name}]; ok && Key(a.Groups[i].ARN) == Key(arn) {
			return &a.Groups[i], true
		}
	}
	return nil, false
}

// DataSet returns a data set by its ARN or its id.
func (a *Account) DataSet(name string) (*DataSet, bool) {
	if i, ok := a.lookups().sets[Key(name)]; ok {
		return &a.DataSets[i], true
	}
	if a != nil {
		if i := slices.IndexFunc(a.DataSets, func(s DataSet) bool { return s.ID == name }); i >= 0 {
			return &a.DataSets[i], true
		}
	}
	return nil, false
}

// GroupsOf returns the groups that a user is in, in the order of their names.
func (a *Account) GroupsOf(u User) (groups []Group) {
	for _, i := range a.lookups().groupsOf[[2]string{u.Namespace, u.Name}] {
		groups = append(groups, a.Groups[i])
	}
	return groups
}

// Principal returns a user as rules see them, with the groups.
func (a *Account) Principal(u User) namespace.Principal {
	arn, err := namespace.ParseARN(u.ARN)
	if err != nil {
		return namespace.Principal{}
	}
	var groups []namespace.ARN
	for _, g := range a.GroupsOf(u) {
		if of, err := namespace.ParseARN(g.ARN); err == nil {
			groups = append(groups, of)
		}
	}
	return namespace.ForARN(arn, groups...)
}

func (a *Account) lookups() index {
	if a == nil {
		return index{}
	}
	return a.index
}
