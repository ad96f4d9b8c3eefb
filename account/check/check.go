package check

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/account"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls/vet"
)

// Options configure [Account]. A nil *Options is the default.
type Options struct {
	// MaxPerID is how many findings of one id are listed: 0 is
	// [vet.DefaultMaxPerID], a negative number no limit.
	MaxPerID int
}

// Account checks an account. Findings are in the order of files and positions.
// A nil or zero account has none.
func Account(a *account.Account, opts *Options) []vet.Finding {
	if a == nil {
		return nil
	}
	c := &checking{Account: a, most: vet.DefaultMaxPerID, count: make(map[string]int), limited: make(map[string]bool), sure: make(map[*account.DataSet]bool), levels: make(map[*account.DataSet]int), kinds: make(map[string]vet.Severity)}
	if opts != nil && opts.MaxPerID != 0 {
		c.most = opts.MaxPerID
	}
	for _, k := range vet.AccountKinds() {
		c.kinds[k.ID] = k.Severity
	}
	c.prepare()
	for i := range a.DataSets {
		s := &a.DataSets[i]
		c.sharing(s)
		c.userRules(s)
		c.tagRules(s)
		c.hiddenColumns(s)
		c.derived(s)
	}
	for i := range a.DataSets {
		c.readableRules(&a.DataSets[i])
	}
	c.dashboards()
	c.permissions()
	c.sources()
	c.keys()
	return c.finish()
}

// A checking is one run over an account.
type checking struct {
	*account.Account
	most     int
	findings []vet.Finding
	count    map[string]int
	kinds    map[string]vet.Severity

	folded  map[string][]string           // names of users and groups that look alike, by namespace, kind and folded name
	levels  map[*account.DataSet]int      // of data sets that derive from each other
	sure    map[*account.DataSet]bool     // whether a data set, or one above it, has rules
	limited map[string]bool               // permission datasets whose limits are checked
	rulesOf map[string][]*account.DataSet // data sets that a permission dataset restricts, by key
}

func (c *checking) add(id string, at account.Position, thing, suggestion, reason string, args ...any) {
	c.count[id]++
	if c.most >= 0 && c.count[id] > c.most {
		return
	}
	one := strings.NewReplacer("\r", " ", "\n", " ")
	c.findings = append(c.findings, vet.Finding{
		ID: id, Severity: c.kinds[id], Pos: at, Thing: thing, Reason: one.Replace(fmt.Sprintf(reason, args...)), Suggestion: suggestion,
	})
}

func (c *checking) finish() []vet.Finding {
	slices.SortStableFunc(c.findings, func(a, b vet.Finding) int {
		return cmp.Or(cmp.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Column, b.Pos.Column), cmp.Compare(a.ID, b.ID))
	})
	last := make(map[string]int)
	for i, f := range c.findings {
		last[f.ID] = i
	}
	for id, i := range last {
		if n := c.count[id]; c.most >= 0 && n > c.most {
			c.findings[i].More = n - c.most
		}
	}
	return c.findings
}

func (c *checking) prepare() {
	c.folded, c.rulesOf = make(map[string][]string), make(map[string][]*account.DataSet)
	for _, u := range c.Users {
		name := foldKey(namespace.KindUser, u.Namespace, u.Name)
		c.folded[name] = append(c.folded[name], u.Name)
	}
	for _, g := range c.Groups {
		name := foldKey(namespace.KindGroup, g.Namespace, g.Name)
		c.folded[name] = append(c.folded[name], g.Name)
	}
	for i := range c.DataSets {
		s := &c.DataSets[i]
		if rules := s.UserRules(); rules != nil {
			c.rulesOf[account.Key(rules.ARN)] = append(c.rulesOf[account.Key(rules.ARN)], s)
		}
	}
}

// foldKey is equal for names of one kind and namespace that differ in capitals,
// or in what stands before the last slash: the role of a federated user.
func foldKey(kind namespace.Kind, ns, name string) string {
	if kind == namespace.KindUser {
		name = name[strings.LastIndexByte(name, '/')+1:]
	}
	return string(kind) + "/" + ns + "/" + strings.ToLower(name)
}

// has reports whether a principal is in the account. known is false if the
// account does not have the list that would say so.
func (c *checking) has(principal string) (ok, known bool) {
	a, err := namespace.ParseARN(principal)
	if err != nil {
		return false, false
	}
	other := a.Account != c.ID
	switch a.Kind {
	case namespace.KindUser:
		_, ok = c.FindUser(principal)
		return ok, other || c.Lists(account.Users, a.Namespace) || c.namespaceGone(a.Namespace)
	case namespace.KindGroup:
		_, ok = c.FindGroup(principal)
		return ok, other || c.Lists(account.Groups, a.Namespace) || c.namespaceGone(a.Namespace)
	case namespace.KindNamespace:
		return !c.namespaceGone(a.Name) && !other, other || c.Lists(account.Namespaces, "")
	}
	return false, false
}

// namespaceGone reports whether the account is known to have no such namespace.
func (c *checking) namespaceGone(name string) bool {
	return c.Lists(account.Namespaces, "") && name != namespace.Default &&
		!slices.ContainsFunc(c.Namespaces, func(n account.Namespace) bool { return n.Name == name })
}

// say names a principal for a message: user "al".
func say(principal string) string {
	a, err := namespace.ParseARN(principal)
	if err != nil {
		return fmt.Sprintf("%q", principal)
	}
	name := fmt.Sprintf("%s %q", a.Kind, a.Name)
	if a.Namespace != "" && a.Namespace != namespace.Default {
		name += " of namespace " + a.Namespace
	}
	return name
}

// public ends the ARN that stands for everybody on the internet.
const public = ":quicksight:::publicAnonymousUser/*"

// audience says whom the principal of a link stands for.
func audience(principal string) string {
	if strings.HasSuffix(principal, public) {
		return "everybody on the internet"
	}
	return "everybody in " + say(principal)
}

// listed names users for a message, the first of them.
func listed(users []*account.User) string {
	const most = 5
	var names []string
	for _, u := range users[:min(len(users), most)] {
		names = append(names, fmt.Sprintf("%q", u.Name))
	}
	if more := len(users) - most; more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(names, ", ")
}

func thing(s *account.DataSet) string { return fmt.Sprintf("data set %q", s.ID) }
