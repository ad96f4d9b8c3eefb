package account

import (
	"fmt"
	"iter"
	"path"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
)

// A Way is one way in which a user can open a resource: a permission of the
// resource, or of a folder, dashboard or analysis that has it.
type Way struct {
	Through   Kind   // of the resource with the permission
	ID        string // of that resource
	Principal string // the ARN that the permission names
	At        Position

	// Of is the kind of asset that it opens: Through, or of a folder what is in it.
	Of Kind

	// Owns says that the permission allows changes of that asset. A folder gives it
	// to contributors, but not to readers: see [Way.OwnedBy].
	Owns bool

	// Authors says that the permission gives readers nothing: of what is in a
	// folder they have the dashboards only.
	Authors bool

	// Link says that the permission is one of the link of a dashboard.
	Link bool
}

// String returns "dashboard sales, shared with user al", or "dashboard sales, whose
// link is shared with namespace default".
func (w Way) String() string {
	who := w.Principal
	if a, err := namespace.ParseARN(w.Principal); err == nil {
		who = string(a.Kind) + " " + a.Name
	}
	how := "shared"
	if w.Link {
		how = "whose link is shared"
	}
	return fmt.Sprintf("%s %s, %s with %s", w.Through.one(), w.ID, how, who)
}

// OwnedBy reports whether the way allows one of the users of its principal changes
// of the asset. A folder lets readers change nothing, whatever their level.
func (w Way) OwnedBy(u User) bool { return w.Owns && !(w.Through == Folders && u.Reads()) }

// Opens returns the ways in which a user can open a data set, those through the
// data set itself first. Without any, the user cannot see its rows.
func (a *Account) Opens(u User, s *DataSet) (ways []Way) {
	if a == nil || s == nil {
		return nil
	}
	me := a.principals(u)
	for w := range a.Shares(s) {
		if me[Key(w.Principal)] && !(w.Authors && u.Reads()) {
			ways = append(ways, w)
		}
	}
	return ways
}

// Shares yields every permission through which the rows of a data set can be
// seen, those of the data set itself first.
func (a *Account) Shares(s *DataSet) iter.Seq[Way] {
	return func(yield func(Way) bool) {
		if a == nil || s == nil {
			return
		}
		ok := direct(DataSets, s.ID, s.Permissions, yield) && a.inFolders("DATASET", s.ID, yield)
		for _, i := range a.index.dashboardsOver[Key(s.ARN)] {
			ok = ok && a.sharesDashboard(a.Dashboards[i], yield)
		}
		for _, i := range a.index.analysesOver[Key(s.ARN)] {
			d := a.Analyses[i]
			ok = ok && direct(Analyses, d.ID, d.Permissions, yield) && a.inFolders("ANALYSIS", d.ID, yield)
		}
	}
}

// DashboardShares yields every permission through which a dashboard can be opened,
// those of the dashboard itself first.
func (a *Account) DashboardShares(d Dashboard) iter.Seq[Way] {
	return func(yield func(Way) bool) {
		if a != nil {
			a.sharesDashboard(d, yield)
		}
	}
}

func (a *Account) sharesDashboard(d Dashboard, yield func(Way) bool) bool {
	return direct(Dashboards, d.ID, d.Permissions, yield) && shares(Way{Through: Dashboards, ID: d.ID, Of: Dashboards, Link: true}, d.Link, owning, yield) && a.inFolders("DASHBOARD", d.ID, yield)
}

// OpensDashboard returns the ways in which a user can open a dashboard.
func (a *Account) OpensDashboard(u User, d Dashboard) (ways []Way) {
	me := a.principals(u)
	for w := range a.DashboardShares(d) {
		if me[Key(w.Principal)] {
			ways = append(ways, w)
		}
	}
	return ways
}

// seeing are the actions that show rows; owning change the asset.
var (
	seeing = []string{"quicksight:PassDataSet", "quicksight:DescribeDataSet", "quicksight:QueryDashboard", "quicksight:DescribeDashboard", "quicksight:QueryAnalysis", "quicksight:DescribeAnalysis", "quicksight:DescribeFolder"}
	owning = []string{"quicksight:UpdateDataSet", "quicksight:UpdateDataSetPermissions", "quicksight:UpdateDashboard", "quicksight:UpdateDashboardPermissions", "quicksight:UpdateAnalysis", "quicksight:UpdateAnalysisPermissions"}

	// contributing are the actions on a folder that a viewer of it does not have. Who
	// has one may change the assets in it.
	contributing = []string{"quicksight:CreateFolder", "quicksight:CreateFolderMembership", "quicksight:DeleteFolderMembership", "quicksight:DescribeFolderPermissions", "quicksight:UpdateFolder", "quicksight:UpdateFolderPermissions", "quicksight:DeleteFolder"}
)

// allows reports whether a permission has one of the actions. Actions have the
// wildcards * and ? of IAM, and no case.
func allows(p Permission, actions []string) bool {
	return slices.ContainsFunc(p.Actions, func(action string) bool {
		return slices.ContainsFunc(actions, func(want string) bool {
			ok, err := path.Match(strings.ToLower(action), strings.ToLower(want))
			return ok || err != nil
		})
	})
}

// direct yields the permissions of an asset itself.
func direct(kind Kind, id string, of Permissions, yield func(Way) bool) bool {
	return shares(Way{Through: kind, ID: id, Of: kind}, of, owning, yield)
}

func shares(w Way, of Permissions, owning []string, yield func(Way) bool) bool {
	for _, p := range of.List {
		w.Principal, w.At, w.Owns = p.Principal, p.At, allows(p, owning)
		if allows(p, seeing) && !yield(w) {
			return false
		}
	}
	return true
}

// inFolders yields the permissions of the folders that have an asset, and of the
// folders around those: a subfolder inherits what is above it. A folder gives its
// analyses to contributors and owners only.
func (a *Account) inFolders(kind, id string, yield func(Way) bool) bool {
	of := map[string]Kind{"DATASET": DataSets, "DASHBOARD": Dashboards, "ANALYSIS": Analyses}[kind]
	for _, i := range a.index.folders[kind+"/"+id] {
		said := make(map[string]bool) // the permissions of a folder may have those above it already
		for _, f := range a.around(i) {
			way := Way{Through: Folders, ID: f.ID, Of: of, Authors: of != Dashboards}
			ok := shares(way, f.Permissions, contributing, func(w Way) bool {
				who := fmt.Sprint(Key(w.Principal), w.Owns)
				if said[who] || of == Analyses && !w.Owns {
					return true
				}
				said[who] = true
				return yield(w)
			})
			if !ok {
				return false
			}
		}
	}
	return true
}

// around returns a folder and the folders around it that the account has, from the
// inside to the outside.
func (a *Account) around(i int) (folders []Folder) {
	seen := make(map[int]bool)
	for next := []int{i}; len(next) > 0; {
		i, next = next[0], next[1:]
		if seen[i] {
			continue
		}
		seen[i] = true
		folders = append(folders, a.Folders[i])
		for _, arn := range a.Folders[i].above() {
			if outer, ok := a.index.folderARNs[Key(arn)]; ok {
				next = append(next, outer)
			}
		}
	}
	return folders
}

// above returns the ARNs of the folders around a folder, the nearest first.
func (f Folder) above() (arns []string) {
	if f.Parent != "" {
		arns = append(arns, f.Parent)
	}
	for _, arn := range slices.Backward(f.Path) {
		if Key(arn) != Key(f.ARN) {
			arns = append(arns, arn)
		}
	}
	return arns
}

// principals returns the keys of the ARNs that stand for a user: of the user, of
// the groups, and of the namespace.
func (a *Account) principals(u User) map[string]bool {
	arn, err := namespace.ParseARN(u.ARN)
	if err != nil {
		return nil
	}
	keys := map[string]bool{Key(u.ARN): true}
	arn.Kind, arn.Name, arn.Namespace = namespace.KindNamespace, u.Namespace, ""
	keys[Key(arn.String())] = true
	for _, g := range a.GroupsOf(u) {
		keys[Key(g.ARN)] = true
	}
	return keys
}

// Rows are what a user sees of a data set. The zero Rows are no row.
type Rows struct {
	// Visible are the rows that the user sees. They may be fewer than the rules of
	// the data set show, because of the rules of its parents.
	Visible predicate.Predicate

	// Unknown says that the folder does not say which rows the user sees, because
	// it lacks rules, or has rules that this package cannot apply. Visible is then
	// no row, and the user may see every row.
	Unknown bool

	// Why says in words where the rows come from.
	Why string
}

// Rows returns which rows of a data set a registered user sees, once the user has
// opened it (V1): [Account.Opens] says whether the user can. The error is an
// [rls.LimitError]: QuickSight shows no row to a user who is over a limit. Settings
// and rules that are refused are Unknown: QuickSight may take them, and with
// DENY_ACCESS a user that no rule names sees every row.
//
// The rules of parents are those on columns of the parents (V5).
func (a *Account) Rows(u User, s *DataSet) (Rows, error) {
	return a.rows(u, s, 0)
}

// maxDepth is how deep data sets nest: child, parent and grandparent (V5).
const maxDepth = 3

func (a *Account) rows(u User, s *DataSet, depth int) (Rows, error) {
	switch {
	case a == nil || s == nil:
		return Rows{Why: "unknown data set"}, nil
	case depth >= maxDepth:
		return unknown("data sets nested deeper than %d levels", maxDepth)
	}
	own, err := a.ownRows(u, s)
	if err != nil {
		return Rows{}, err
	}
	for _, arn := range s.Parents() {
		parent, ok := a.DataSet(arn)
		if !ok {
			return unknown("the parent %s is not in the account", arn)
		}
		above, err := a.rows(u, parent, depth+1)
		if err != nil {
			return Rows{}, err
		}
		if own.Unknown {
			return own, nil
		}
		if above.Unknown {
			return unknown("parent %s: %s", parent.ID, above.Why)
		}
		own = Rows{Visible: predicate.And(own.Visible, above.Visible), Why: own.Why + "; parent " + parent.ID + ": " + above.Why}
	}
	return own, nil
}

func unknown(why string, args ...any) (Rows, error) {
	return Rows{Unknown: true, Why: strings.ReplaceAll(fmt.Sprintf(why, args...), "\n", "; ")}, nil
}

func (a *Account) ownRows(u User, s *DataSet) (Rows, error) {
	settings, tags := s.UserRules(), s.TagRules()
	user, tagged := s.ruled()
	switch {
	case user > 1 || tagged > 1:
		return unknown("several tables have rules")
	case settings == nil && tags == nil && !s.Described && s.TagsApplied == nil:
		return unknown("the data set is not described")
	case settings == nil && tags != nil && tags.Refused != nil:
		return unknown("the tag rules are refused: %v", tags.Refused)
	}
	if !tags.Enforced() {
		tags = nil
	}
	switch {
	case settings == nil && tags == nil && s.TagsApplied != nil && *s.TagsApplied:
		return unknown("the tag rules are not described")
	case settings == nil && tags == nil:
		return Rows{Visible: predicate.All(), Why: "no rules"}, nil
	case settings == nil:
		return Rows{Why: "only tag rules, which are for anonymous sessions"}, nil
	case settings.Status == rls.Disabled:
		return Rows{Visible: predicate.All(), Why: "the rules are DISABLED"}, nil
	}
	if err := settings.Settings().Validate(); err != nil {
		return unknown("the settings are refused: %v", err)
	}
	if _, ok := a.DataSet(settings.ARN); !ok && a.Lists(DataSets, "") {
		return Rows{Why: "the permission dataset was deleted"}, nil
	}
	rules, ok, err := a.UserRulesOf(s)
	switch {
	case !ok:
		return unknown("the rows of the permission dataset are unknown")
	case err != nil:
		return unknown("the rules are refused: %v", err)
	}
	visible, err := rules.For(a.Principal(u))
	if err != nil {
		return Rows{}, fmt.Errorf("data set %s: %w", s.ID, err)
	}
	return Rows{Visible: visible, Why: "user rules"}, nil
}

// HiddenColumns returns the columns that column rules hide from a user, in the
// order of their names: rules of the data set, and of its parents on the columns
// that it takes from them (V5, V6). A column may be hidden in a parent only: then
// it has the name that the parent gives it, unless the data set renames it.
func (a *Account) HiddenColumns(u User, s *DataSet) (columns []string) {
	if s == nil {
		return nil
	}
	for c, ok := range a.hidden(s, a.principals(u), 0) {
		if ok {
			columns = append(columns, c)
		}
	}
	slices.SortFunc(columns, strings.Compare)
	return columns
}

func (a *Account) hidden(s *DataSet, me map[string]bool, depth int) map[string]bool {
	shown := make(map[string]bool)
	for _, rule := range s.Hidden {
		mine := slices.ContainsFunc(rule.Principals, func(arn string) bool { return me[Key(arn)] })
		for _, c := range rule.Columns {
			shown[c] = shown[c] || mine
		}
	}
	hidden := make(map[string]bool)
	for c, ok := range shown {
		if !ok {
			hidden[c] = true
		}
	}
	if depth >= maxDepth {
		return hidden
	}
	for _, arn := range s.Parents() {
		if parent, ok := a.DataSet(arn); ok {
			for c, ok := range a.hidden(parent, me, depth+1) {
				if !ok {
					continue
				}
				for _, name := range s.taken(arn, c) {
					_, visible := s.Column(name)
					hidden[name] = hidden[name] || visible || len(s.Columns) == 0
				}
			}
		}
	}
	return hidden
}
