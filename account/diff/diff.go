package diff

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/account"
	"github.com/rowsight/rowsight/predicate"
	rows "github.com/rowsight/rowsight/rls/diff"
)

// Options configure [Accounts]. A nil *Options is the default.
type Options struct {
	// Effort bounds the comparison of rows. nil is the default Effort.
	Effort *predicate.Effort
}

// A Result lists what changes, in the order of users and resources. The zero
// Result is no change.
type Result struct {
	Changes []Change `json:"changes"`

	// Unknown are data sets whose rules are unknown on both sides, with the same
	// settings: nothing is said about their rows.
	Unknown []string `json:"unknown,omitempty"`

	// Unclear is what may have changed and is in no Change, because one side lacks
	// what the other has, as [account.Account.Gaps] says it, or because the tag
	// rules differ, which are for anonymous sessions. It is a gain and a loss.
	Unclear []string `json:"unclear,omitempty"`

	// Gaps is what both sides lack: nothing is said about it.
	Gaps []string `json:"gaps,omitempty"`
}

// A Change is what one user gains and loses of one data set or dashboard.
type Change struct {
	Namespace string       `json:"namespace"`
	User      string       `json:"user"`
	Kind      account.Kind `json:"kind"` // [account.DataSets] or [account.Dashboards]
	ID        string       `json:"id"`

	Opens  bool `json:"opens,omitempty"`  // the user can open it now
	Closes bool `json:"closes,omitempty"` // the user cannot open it any more
	Owns   bool `json:"owns,omitempty"`   // the user can change it now
	Disown bool `json:"disown,omitempty"` // the user cannot change it any more

	GainsRows    []string `json:"gainsRows,omitempty"` // conditions on restricted columns
	LosesRows    []string `json:"losesRows,omitempty"`
	GainsColumns []string `json:"gainsColumns,omitempty"`
	LosesColumns []string `json:"losesColumns,omitempty"`

	Unclear bool `json:"unclear,omitempty"` // the rules are unknown, and may have changed
}

// HasGain reports whether the user gains anything.
func (c Change) HasGain() bool {
	return c.Opens || c.Owns || len(c.GainsRows) > 0 || len(c.GainsColumns) > 0 || c.Unclear
}

// HasLoss reports whether the user loses anything.
func (c Change) HasLoss() bool {
	return c.Closes || c.Disown || len(c.LosesRows) > 0 || len(c.LosesColumns) > 0 || c.Unclear
}

// HasGain reports whether a user gains anything, or may.
func (r *Result) HasGain() bool {
	return r != nil && (len(r.Unclear) > 0 || slices.ContainsFunc(r.Changes, Change.HasGain))
}

// HasLoss reports whether a user loses anything, or may.
func (r *Result) HasLoss() bool {
	return r != nil && (len(r.Unclear) > 0 || slices.ContainsFunc(r.Changes, Change.HasLoss))
}

// Accounts compares two states of an account. An account that is nil is empty.
// The error comes from the Effort.
func Accounts(old, new *account.Account, opts *Options) (*Result, error) {
	empty := &account.Account{}
	c := &comparing{old: cmp.Or(old, empty), new: cmp.Or(new, empty), result: &Result{Changes: []Change{}}, same: make(map[string]bool)}
	if opts != nil {
		c.effort = opts.Effort
	}
	if c.effort == nil {
		c.effort = predicate.NewEffort(context.Background(), 0)
	}
	c.dashboards()
	if err := c.dataSets(); err != nil {
		return nil, err
	}
	c.gaps()
	slices.SortStableFunc(c.result.Changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.User, b.User))
	})
	return c.result, nil
}

type comparing struct {
	old, new *account.Account
	effort   *predicate.Effort
	result   *Result
	same     map[string]bool // of data sets by id: the rules of both sides
}

func dashboardsOf(a *account.Account) map[string]account.Dashboard {
	all := make(map[string]account.Dashboard)
	for _, d := range a.Dashboards {
		all[d.ID] = d
	}
	return all
}

func setsOf(a *account.Account) map[string]*account.DataSet {
	all := make(map[string]*account.DataSet)
	for i := range a.DataSets {
		all[a.DataSets[i].ID] = &a.DataSets[i]
	}
	return all
}

// both returns the keys that either map has, in order.
func both[K comparable, V any](a, b map[K]V, compare func(K, K) int) []K {
	keys := slices.AppendSeq(slices.Collect(maps.Keys(a)), maps.Keys(b))
	slices.SortFunc(keys, compare)
	return slices.Compact(keys)
}

// users returns the users that either side has.
func users(a, b map[[2]string][]account.Way) [][2]string {
	return both(a, b, func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
}

// owns reports whether one of the ways allows a user changes of the resource itself.
func owns(a *account.Account, user [2]string, kind account.Kind, ways []account.Way) bool {
	u, _ := a.User(user[0], user[1])
	return slices.ContainsFunc(ways, func(w account.Way) bool { return w.Of == kind && w.OwnedBy(u) })
}

func (c *comparing) access(kind account.Kind, id string, user [2]string, before, after []account.Way) Change {
	owned, owns := owns(c.old, user, kind, before), owns(c.new, user, kind, after)
	return Change{
		Namespace: user[0], User: user[1], Kind: kind, ID: id,
		Opens: len(before) == 0 && len(after) > 0, Closes: len(before) > 0 && len(after) == 0,
		Owns: !owned && owns, Disown: owned && !owns,
	}
}

func (c *comparing) add(change Change) {
	if change.HasGain() || change.HasLoss() {
		c.result.Changes = append(c.result.Changes, change)
	}
}

// gaps compares what the sides lack.
func (c *comparing) gaps() {
	was, is := c.old.Gaps(), c.new.Gaps()
	for _, gap := range was {
		if slices.Contains(is, gap) {
			c.result.Gaps = append(c.result.Gaps, gap)
		} else {
			c.result.Unclear = append(c.result.Unclear, "in the old state, "+gap)
		}
	}
	for _, gap := range without(is, was) {
		c.result.Unclear = append(c.result.Unclear, "in the new state, "+gap)
	}
}

func (c *comparing) dashboards() {
	olds, news := dashboardsOf(c.old), dashboardsOf(c.new)
	for _, id := range both(olds, news, cmp.Compare[string]) {
		before, after := c.old.DashboardOpeners(olds[id]), c.new.DashboardOpeners(news[id])
		for _, user := range users(before, after) {
			c.add(c.access(account.Dashboards, id, user, before[user], after[user]))
		}
	}
}

func (c *comparing) dataSets() error {
	olds, news := setsOf(c.old), setsOf(c.new)
	for _, id := range both(olds, news, cmp.Compare[string]) {
		before, after := c.old.Openers(olds[id]), c.new.Openers(news[id])
		if was, is := olds[id], news[id]; was != nil && is != nil && !sameTags(was, is) {
			c.result.Unclear = append(c.result.Unclear, fmt.Sprintf("the tag rules of data set %q differ, and anonymous sessions may see other rows", id))
		}
		unknown := false
		for _, user := range users(before, after) {
			change := c.access(account.DataSets, id, user, before[user], after[user])
			u, v := side{c.old, olds[id], len(before[user]) > 0}, side{c.new, news[id], len(after[user]) > 0}
			was, is := u.rows(user), v.rows(user)
			switch {
			case was.Unknown && is.Unknown && c.sameGroups(user) && c.sameRules(olds[id], news[id]):
				unknown = true
			case was.Unknown || is.Unknown:
				change.Unclear = u.open && v.open // who cannot open it sees nothing
			default:
				between, err := rows.BetweenWithin(c.effort, was.Visible, is.Visible)
				if err != nil {
					return fmt.Errorf("data set %s, user %s: %w", id, user[1], err)
				}
				change.GainsRows, change.LosesRows = texts(between.Gains), texts(between.Losses)
			}
			if u.open && v.open {
				hidden, hides := u.hidden(user), v.hidden(user)
				change.GainsColumns, change.LosesColumns = without(hidden, hides), without(hides, hidden)
			}
			c.add(change)
		}
		if unknown {
			c.result.Unknown = append(c.result.Unknown, id)
		}
	}
	return nil
}

// A side is a data set on one side, and whether a user can open it.
type side struct {
	of   *account.Account
	set  *account.DataSet
	open bool
}

func (s side) user(name [2]string) (account.User, bool) { return s.of.User(name[0], name[1]) }

// rows returns what a user sees: no row beyond a limit, and of a data set that the
// user cannot open.
func (s side) rows(name [2]string) account.Rows {
	u, ok := s.user(name)
	if !ok || !s.open {
		return account.Rows{}
	}
	rows, err := s.of.Rows(u, s.set)
	if err != nil {
		return account.Rows{}
	}
	return rows
}

func (s side) hidden(name [2]string) []string {
	u, _ := s.user(name)
	return s.of.HiddenColumns(u, s.set)
}

// sameGroups reports whether a user is in the same groups on both sides.
func (c *comparing) sameGroups(user [2]string) bool {
	names := func(a *account.Account) (names []string) {
		u, _ := a.User(user[0], user[1])
		for _, g := range a.GroupsOf(u) {
			names = append(names, g.Name)
		}
		return names
	}
	return slices.Equal(names(c.old), names(c.new))
}

// sameRules reports whether a data set, and those that it derives from, have the
// same rules on both sides, as far as the folders have them.
func (c *comparing) sameRules(old, new *account.DataSet) bool {
	if same, ok := c.same[old.ID]; ok {
		return same
	}
	c.same[old.ID] = true // in a circle, the others decide
	same := c.compareRules(old, new)
	c.same[old.ID] = same
	return same
}

func (c *comparing) compareRules(old, new *account.DataSet) bool {
	if !sameTags(old, new) || !reflect.DeepEqual(rulesOf(c.old, old), rulesOf(c.new, new)) {
		return false
	}
	for _, arn := range old.Parents() { // those of new are the same
		was, _ := c.old.DataSet(arn)
		is, _ := c.new.DataSet(arn)
		if (was == nil) != (is == nil) || was != nil && !c.sameRules(was, is) {
			return false
		}
	}
	return true
}

// ruling is what decides which rows a data set shows, whether this package
// understands it or not.
type ruling struct {
	described bool
	user      account.RowSettings // without its place
	rows      []byte
	parents   []string
}

func rulesOf(a *account.Account, s *account.DataSet) ruling {
	r := ruling{described: s.Described, parents: s.Parents()}
	if settings := s.UserRules(); settings != nil {
		r.user = *settings
		r.user.At = account.Position{}
		if from, ok := a.DataSet(settings.ARN); ok {
			r.rows = from.RuleRows
		}
	}
	return r
}

// tagRules returns what restricts the anonymous sessions of a data set: its tag
// rules if they are enforced, and what a list says of a data set that is not
// described.
func tagRules(s *account.DataSet) (rules *account.TagRules, applied bool) {
	if rules = s.TagRules(); !rules.Enforced() {
		rules = nil
	}
	return rules, rules != nil || s.TagsApplied != nil && *s.TagsApplied
}

func sameTags(old, new *account.DataSet) bool {
	was, wasApplied := tagRules(old)
	is, isApplied := tagRules(new)
	return wasApplied == isApplied && was.Same(is)
}

func texts(parts []rows.Part) (all []string) {
	for _, p := range parts {
		all = append(all, p.Rows.Rows().String())
	}
	return all
}

func without(a, b []string) (rest []string) {
	for _, s := range a {
		if !slices.Contains(b, s) {
			rest = append(rest, s)
		}
	}
	return rest
}

// String returns the changes as text. Users with the same change of one resource
// are on one line, the first of them by name.
func (r *Result) String() string {
	var b strings.Builder
	if r != nil {
		var order []string
		names := make(map[string][]string)
		for _, c := range r.Changes {
			text := c.text()
			if names[text] == nil {
				order = append(order, text)
			}
			names[text] = append(names[text], c.name())
		}
		for _, text := range order {
			fmt.Fprintf(&b, "%s: %s\n", listed(names[text]), text)
		}
		if len(r.Unknown) > 0 {
			fmt.Fprintf(&b, "unknown rules: data sets %s\n", strings.Join(r.Unknown, ", "))
		}
		for _, text := range r.Unclear {
			fmt.Fprintf(&b, "unclear: %s\n", text)
		}
		for _, text := range r.Gaps {
			fmt.Fprintf(&b, "unknown in both states: %s\n", text)
		}
	}
	if b.Len() == 0 {
		return "nobody gains or loses anything\n"
	}
	return b.String()
}

func (c Change) name() string {
	if c.Namespace == "default" {
		return c.User
	}
	return c.Namespace + "/" + c.User
}

func listed(names []string) string {
	const most = 5
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

func (c Change) text() string {
	var parts []string
	say := func(ok bool, text string) {
		if ok {
			parts = append(parts, text)
		}
	}
	say(c.Opens, "can open it now")
	say(c.Closes, "cannot open it any more")
	say(c.Owns, "can change it now")
	say(c.Disown, "cannot change it any more")
	say(c.Unclear, "the rules are unknown, and what they show may have changed")
	for _, rows := range c.GainsRows {
		parts = append(parts, "gains rows "+rows)
	}
	for _, rows := range c.LosesRows {
		parts = append(parts, "loses rows "+rows)
	}
	say(len(c.GainsColumns) > 0, "gains columns "+strings.Join(c.GainsColumns, ", "))
	say(len(c.LosesColumns) > 0, "loses columns "+strings.Join(c.LosesColumns, ", "))
	kind := "data set"
	if c.Kind == account.Dashboards {
		kind = "dashboard"
	}
	return fmt.Sprintf("%s %s: %s", kind, c.ID, strings.Join(parts, "; "))
}
