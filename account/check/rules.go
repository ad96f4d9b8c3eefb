package check

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/account"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
)

func quoted(s string) string { return fmt.Sprintf("%q", s) }

// userRules checks the user rules of a data set: settings, columns, principals
// and limits.
func (c *checking) userRules(s *account.DataSet) {
	settings := s.UserRules()
	if settings == nil {
		return
	}
	if err := settings.Settings().Validate(); err != nil {
		c.add("RA013", settings.At, thing(s), "write the settings as the API documents them", "%v", err)
		return
	}
	if settings.Namespace != nil && c.namespaceGone(*settings.Namespace) {
		c.add("RA029", settings.At, thing(s), "name a namespace of the account, or leave it out for the namespace default", "the names in the rules are of namespace %q, which is not in the account", *settings.Namespace)
	}
	from, ok := c.DataSet(settings.ARN)
	if !ok {
		if c.Lists(account.DataSets, "") {
			c.add("RA010", settings.At, thing(s), "attach another permission dataset: to create one of the same name is not enough", "the permission dataset %s is not in the account: nobody sees a row", settings.ARN)
		}
		return
	}
	if from.UseAs != "RLS_RULES" && from.Described {
		c.add("RA011", from.At, thing(from), "set UseAs to RLS_RULES", "it has the rules of data set %q, and dashboards can show it as data", s.ID)
	}
	if from.Described && len(from.Columns) > 0 && !c.header(from, settings) {
		return
	}
	rules, ok, err := c.UserRulesOf(s)
	if err != nil {
		c.refused(s, from, err)
		return
	}
	columns := rules.Columns()
	if !ok {
		for _, column := range from.Columns {
			if !slices.Contains(rls.StandardColumns(), column.Name) {
				columns = append(columns, column.Name)
			}
		}
	}
	c.columns(s, settings.At, "RA016", "RA017", "the user rules", columns)
	if ok && settings.Status != rls.Disabled {
		c.principals(s, rules)
	}
}

// refused reports the first problem of rows, and how many there are.
func (c *checking) refused(s, from *account.DataSet, err error) {
	at, more := account.Position{File: from.RuleFile}, strings.Count(err.Error(), "\n")
	var first *rls.Error
	reason := "the rules are refused"
	if errors.As(err, &first) {
		at = first.Pos
		reason = first.Err.Error()
	}
	if more > 0 {
		reason += fmt.Sprintf(" (and %d more problems)", more)
	}
	c.add("RA014", at, thing(from), "correct the file; rowsight vet lists every problem", "%s: which rows data set %q shows is unknown", reason, s.ID)
}

// header checks that the columns of a permission dataset make rules (U1).
func (c *checking) header(from *account.DataSet, settings *account.RowSettings) bool {
	var names, arns, fields int
	for _, column := range from.Columns {
		switch column.Name {
		case "UserName", "GroupName":
			names++
		case "UserARN", "GroupARN":
			arns++
		default:
			fields++
		}
	}
	reason := ""
	switch {
	case names+arns == 0:
		reason = "no column is UserName, GroupName, UserARN or GroupARN"
	case names > 0 && arns > 0:
		reason = "it has columns of names and of ARNs"
	case fields == 0:
		reason = "no column is restricted"
	case settings.FormatVersion == rls.Version2 && names > 0:
		reason = "FormatVersion VERSION_2 wants UserARN or GroupARN, and it has names"
	case settings.FormatVersion != rls.Version2 && arns > 0:
		reason = "FormatVersion VERSION_1 wants UserName or GroupName, and it has ARNs"
	default:
		return true
	}
	c.add("RA015", from.At, thing(from), "name the principal columns as the format version wants, and every other column as a column of the data", "%s", reason)
	return false
}

// columns checks that a data set has columns, and that they are text.
func (c *checking) columns(s *account.DataSet, at account.Position, missing, notText, by string, names []string) {
	if !s.Described || len(s.Columns) == 0 {
		return
	}
	for _, name := range names {
		column, ok := s.Column(name)
		switch {
		case !ok:
			suggestion := "name a column of the data set"
			if to := s.Renamed(name); to != "" {
				suggestion = fmt.Sprintf("the data set renames it to %q: rename the column of the rules, too", to)
			} else if i := slices.IndexFunc(s.Columns, func(c account.Column) bool { return strings.EqualFold(c.Name, name) }); i >= 0 {
				suggestion = fmt.Sprintf("the data set has %q: names compare letter by letter", s.Columns[i].Name)
			}
			c.add(missing, at, thing(s), suggestion, "%s name the column %q, which it does not have: nobody whom they concern sees a row", by, name)
		case notText != "" && column.Type != "" && column.Type != "STRING":
			c.add(notText, at, thing(s), "cast the column to STRING", "%s name the column %q, which is %s and not text", by, name, column.Type)
		}
	}
}

// readableRules checks who can open a permission dataset (U1).
func (c *checking) readableRules(from *account.DataSet) {
	for _, s := range c.rulesOf[account.Key(from.ARN)] {
		restricted := make(map[*account.User]bool)
		owners := make(map[*account.User]bool)
		for w := range c.Shares(s) {
			for _, u := range c.UsersThrough(w) {
				restricted[u] = true
				owners[u] = owners[u] || w.Of == account.DataSets && w.OwnedBy(*u)
			}
		}
		for w := range c.Shares(from) {
			var readers []*account.User
			for _, u := range c.UsersThrough(w) {
				if restricted[u] && !owners[u] {
					readers = append(readers, u)
				}
			}
			if len(readers) > 0 {
				c.add("RA012", w.At, thing(from), "share a permission dataset with those only who maintain it", "%s can open it through %s, and the rules restrict %s in data set %q", say(w.Principal), w.String(), listed(readers), s.ID)
			}
		}
	}
}

// identityARN returns the key of whom a rule names.
func (c *checking) identityKey(kind namespace.Kind, id namespace.Identity) string {
	if !id.ARN.IsZero() {
		return account.Key(id.ARN.String())
	}
	// Rules with names are of this account; the partition is that of its ARNs.
	return account.Key(namespace.ARN{Partition: c.partition(), Account: c.ID, Kind: kind, Namespace: id.InNamespace(), Name: id.Name}.String())
}

func (c *checking) partition() string {
	for _, u := range c.Users {
		if a, err := namespace.ParseARN(u.ARN); err == nil {
			return a.Partition
		}
	}
	for _, g := range c.Groups {
		if a, err := namespace.ParseARN(g.ARN); err == nil {
			return a.Partition
		}
	}
	return "aws"
}
