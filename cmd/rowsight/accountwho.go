package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rowsight/rowsight/account"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
)

const (
	accountWhoHelp = `Who lists who can open which data set or dashboard of an account, and which rows and
columns they see.

  --user       what one user can open
  --group      what the members of a group can open through the group
  --dataset    who can open a data set
  --dashboard  who can open a dashboard

The column Through names the permission: on the data set, on a dashboard or analysis that
uses it, or on a folder that contains one of these. Rows are conditions on the restricted
columns: "all" is every row and "none" is no row. "unknown" means that the rows of the
permission dataset are not in the folder (data-sets/ID.rules.csv), or that its settings or
rules are invalid: the user may then see every row. An owner of a data set sees every row
while preparing data.

If the folder lacks something that the answer needs, such as the members of a group, a note
names it. More users may then have access than the answer lists.

The answers name users and values of rules. They are for operators, who may see all rows,
and not for viewers.

Exit codes
  0  done
  1  wrong usage, a folder that cannot be read, or a name that is not in the account
  2  an answer that cannot be written`

	accountWhoExamples = `  # what can Martha see?
  rowsight account who --user MarthaRivera account

  # who can open the data set, and which rows do they see?
  rowsight account who --dataset sales --format csv account

  # who can open a dashboard?
  rowsight account who --dashboard board account`
)

// accountWhoFlags are the options of the subcommand, as they were given.
type accountWhoFlags struct {
	user, group, namespace, dataSet, dashboard string
	outputFlags
}

func newAccountWho() *cobra.Command {
	var f accountWhoFlags
	cmd := &cobra.Command{
		Use:     "who --user NAME | --group NAME | --dataset ID | --dashboard ID [flags] FOLDER",
		Short:   "Say who can open what, and which rows they see",
		Long:    accountWhoHelp,
		Example: accountWhoExamples,
		RunE:    func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.user, "user", "", "`NAME` of a user")
	flags.StringVar(&f.group, "group", "", "`NAME` of a group")
	flags.StringVar(&f.namespace, "namespace", namespace.Default, "`NAMESPACE` of the user or the group")
	flags.StringVar(&f.dataSet, "dataset", "", "`ID` or ARN of a data set")
	flags.StringVar(&f.dashboard, "dashboard", "", "`ID` of a dashboard")
	f.outputFlags.register(cmd, "`FORMAT` to write: table, csv, json", "table", "csv", "json")
	return cmd
}

// A sight is what one user can open, as JSON.
type sight struct {
	Namespace string   `json:"namespace"`
	User      string   `json:"user"`
	Role      string   `json:"role"`
	Dashboard string   `json:"dashboard,omitempty"`
	DataSet   string   `json:"dataSet,omitempty"`
	Owner     bool     `json:"owner,omitempty"`
	Rows      string   `json:"rows,omitempty"`
	Why       string   `json:"why,omitempty"`
	Hidden    []string `json:"hiddenColumns,omitempty"`
	Through   []string `json:"through"`
}

func (f *accountWhoFlags) run(cmd *cobra.Command, args []string) error {
	given := slices.DeleteFunc([]string{f.user, f.group, f.dataSet, f.dashboard}, func(s string) bool { return s == "" })
	if len(given) != 1 {
		return errors.New("want one of --user, --group, --dataset and --dashboard")
	}
	folder, err := oneFolder(cmd, args)
	if err != nil {
		return err
	}
	a, err := readAccount(folder)
	if err != nil {
		return err
	}
	sights, gaps, err := f.sights(a)
	if err != nil {
		return err
	}
	noteGaps(cmd.ErrOrStderr(), "there may be more", gaps)
	table := answer{head: []string{"Namespace", "User", "Role", "Dashboard", "Data set", "Owner", "Rows", "Hidden columns", "Through"}, json: sights}
	for _, s := range sights {
		owner := ""
		if s.Owner {
			owner = "owner"
		}
		table.rows = append(table.rows, []string{s.Namespace, s.User, s.Role, s.Dashboard, s.DataSet, owner, s.Rows, strings.Join(s.Hidden, ", "), strings.Join(s.Through, "; ")})
	}
	return writeOut(cmd, f.out, nil, func(w io.Writer) error { return table.write(w, f.format) })
}

// meant says which of several things may be meant by an id that none of them has:
// those with that name, or one with an id that is almost the same; "" for none. of
// returns an empty id for things that cannot be meant.
func meant[T any](given string, things []T, of func(T) (id, name string)) string {
	var ids []predicate.Column
	var named []string
	for _, thing := range things {
		id, name := of(thing)
		if id != "" {
			ids = append(ids, predicate.Column{Name: id})
		}
		if name == given {
			named = append(named, strconv.Quote(id))
		}
	}
	if len(named) > 0 {
		return "; that is the name of " + strings.Join(named, " and ")
	}
	return predicate.Near(ids, given)
}

// sights returns what was asked for, and what the folder lacks to answer it.
func (f *accountWhoFlags) sights(a *account.Account) (_ []sight, gaps []string, _ error) {
	all := []sight{}
	switch {
	case f.dashboard != "":
		i := slices.IndexFunc(a.Dashboards, func(d account.Dashboard) bool { return d.ID == f.dashboard })
		if i < 0 {
			return nil, nil, fmt.Errorf("--dashboard: the account has no dashboard %q%s", f.dashboard, meant(f.dashboard, a.Dashboards, func(d account.Dashboard) (string, string) { return d.ID, d.Name }))
		}
		return dashboardSights(a, a.Dashboards[i], func(account.User, account.Way) bool { return true }), a.DashboardGaps(a.Dashboards[i]), nil
	case f.dataSet != "":
		s, ok := a.DataSet(f.dataSet)
		if !ok {
			return nil, nil, fmt.Errorf("--dataset: the account has no data set %q%s", f.dataSet, meant(f.dataSet, a.DataSets, func(s account.DataSet) (string, string) { return s.ID, s.Name }))
		}
		return dataSetSights(a, s, func(account.User, account.Way) bool { return true }), a.GapsOf(s), nil
	}
	in := func(ns, name string) (string, string) {
		if ns != f.namespace {
			name = ""
		}
		return name, ""
	}
	keep := func(u account.User, _ account.Way) bool { return u.Name == f.user && u.Namespace == f.namespace }
	if _, ok := a.User(f.namespace, f.user); f.user != "" && !ok {
		return nil, nil, fmt.Errorf("--user: the account has no user %q in namespace %s%s", f.user, f.namespace, meant(f.user, a.Users, func(u account.User) (string, string) { return in(u.Namespace, u.Name) }))
	}
	if f.group != "" {
		g, ok := a.Group(f.namespace, f.group)
		if !ok {
			return nil, nil, fmt.Errorf("--group: the account has no group %q in namespace %s%s", f.group, f.namespace, meant(f.group, a.Groups, func(g account.Group) (string, string) { return in(g.Namespace, g.Name) }))
		}
		of, err := namespace.ParseARN(g.ARN)
		if err != nil {
			return nil, nil, err
		}
		keep = func(_ account.User, w account.Way) bool { // a permission may name it in another Region
			arn, err := namespace.ParseARN(w.Principal)
			return err == nil && of.Same(arn)
		}
	}
	for _, d := range a.Dashboards {
		all = append(all, dashboardSights(a, d, keep)...)
	}
	for i := range a.DataSets {
		all = append(all, dataSetSights(a, &a.DataSets[i], keep)...)
	}
	return all, a.Gaps(), nil
}

// openers returns the users of a map in order, each with the ways that are kept.
func openers(a *account.Account, ways map[[2]string][]account.Way, keep func(account.User, account.Way) bool, yield func(account.User, []account.Way)) {
	for _, name := range slices.SortedFunc(maps.Keys(ways), func(a, b [2]string) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) }) {
		u, _ := a.User(name[0], name[1])
		if kept := slices.DeleteFunc(ways[name], func(w account.Way) bool { return !keep(u, w) }); len(kept) > 0 {
			yield(u, kept)
		}
	}
}

func throughs(ways []account.Way) (all []string) {
	for _, w := range ways {
		if text := w.String(); !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return all
}

func dashboardSights(a *account.Account, d account.Dashboard, keep func(account.User, account.Way) bool) (all []sight) {
	openers(a, a.DashboardOpeners(d), keep, func(u account.User, ways []account.Way) {
		all = append(all, sight{Namespace: u.Namespace, User: u.Name, Role: u.Role, Dashboard: d.ID, Through: throughs(ways)})
	})
	return all
}

func dataSetSights(a *account.Account, s *account.DataSet, keep func(account.User, account.Way) bool) (all []sight) {
	openers(a, a.Openers(s), keep, func(u account.User, ways []account.Way) {
		one := sight{Namespace: u.Namespace, User: u.Name, Role: u.Role, DataSet: s.ID, Hidden: a.HiddenColumns(u, s), Through: throughs(ways)}
		one.Owner = slices.ContainsFunc(ways, func(w account.Way) bool { return w.Of == account.DataSets && w.OwnedBy(u) })
		rows, err := a.Rows(u, s)
		switch {
		case err != nil:
			one.Rows, one.Why = "none", strings.ReplaceAll(err.Error(), "\n", "; ")
		case rows.Unknown:
			one.Rows, one.Why = "unknown", rows.Why
		default:
			one.Rows, one.Why = rows.Visible.Rows().String(), rows.Why
		}
		all = append(all, one)
	})
	return all
}
