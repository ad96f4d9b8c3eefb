package check

import (
	"slices"

	"github.com/rowsight/rowsight/account"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
)

// restricted reports whether a data set, or one that it derives from, has rules,
// enforced or not.
func (c *checking) restricted(s *account.DataSet, depth int) bool {
	if s.UserRules() != nil || s.TagRules() != nil || !s.Described && (s.TagsApplied == nil || *s.TagsApplied) {
		return true // what is unknown gives no finding
	}
	for _, arn := range s.Parents() {
		parent, ok := c.DataSet(arn)
		if !ok || depth > maxDepth || c.restricted(parent, depth+1) {
			return true
		}
	}
	return false
}

// sharing checks who can open a data set that does not restrict them.
func (c *checking) sharing(s *account.DataSet) {
	if c.isRules(s) {
		return
	}
	if !c.restricted(s, 0) {
		c.unrestricted(s)
	}
	if rules := s.UserRules(); rules != nil && rules.Status == rls.Disabled {
		c.add("RA002", rules.At, thing(s), "set Status to ENABLED, or detach the rules", "the user rules are DISABLED: everybody who can open the data set sees every row")
	}
	tags := s.TagRules()
	switch {
	case tags == nil:
	case !tags.Enforced():
		c.add("RA003", tags.At, thing(s), "set Status to ENABLED, or remove the tag rules", "the tag rules are DISABLED and restrict no session")
	case s.UserRules() == nil:
		for w := range c.Shares(s) {
			if slices.ContainsFunc(c.UsersThrough(w), guest(w)) {
				c.add("RA004", w.At, thing(s), "attach user rules for registered users, or share it with nobody", "%s can open it through %s and sees nothing: tag rules are for anonymous sessions", say(w.Principal), w.String())
				break
			}
		}
	}
}

// isRules reports whether a data set holds rules.
func (c *checking) isRules(s *account.DataSet) bool {
	return s.UseAs == "RLS_RULES" || len(c.rulesOf[account.Key(s.ARN)]) > 0
}

func (c *checking) unrestricted(s *account.DataSet) {
	for w := range c.Shares(s) {
		a, err := namespace.ParseARN(w.Principal)
		if err != nil {
			continue
		}
		reads := a.Kind == namespace.KindNamespace
		for _, u := range c.UsersThrough(w) {
			reads = reads || u.Reads()
		}
		if reads {
			c.add("RA001", w.At, thing(s), "attach a permission dataset; silence this if every row is for them", "it has no rules, and %s sees every row through %s", say(w.Principal), w.String())
			return
		}
	}
}

// dashboards checks who can open dashboards.
func (c *checking) dashboards() {
	for _, d := range c.Dashboards {
		for _, p := range d.Permissions.List {
			if a, err := namespace.ParseARN(p.Principal); err == nil && a.Kind == namespace.KindNamespace {
				c.add("RA005", p.At, "dashboard "+quoted(d.ID), "share it with groups", "everybody in namespace %s can open it", a.Name)
			}
		}
		for w := range c.DashboardShares(d) {
			if a, err := namespace.ParseARN(w.Principal); err == nil && a.Kind == namespace.KindNamespace && w.Through == account.Folders {
				c.add("RA005", w.At, "dashboard "+quoted(d.ID), "share the folder with groups, or take the dashboard out of it", "everybody in namespace %s can open it through folder %q", a.Name, w.ID)
			}
		}
		for _, p := range d.Link.List {
			c.add("RA006", p.At, "dashboard "+quoted(d.ID), "turn off sharing by link, and share it with groups", "%s who has the link can open it", audience(p.Principal))
		}
	}
	if c.Settings != nil && c.Settings.Public {
		c.add("RA007", c.Settings.At, "", "turn off public sharing unless a dashboard needs it", "dashboards can be shared with everybody on the internet")
	}
}

// permissions checks that whom permissions name is there.
func (c *checking) permissions() {
	check := func(what string, of account.Permissions) {
		for _, p := range of.List {
			if ok, known := c.has(p.Principal); known && !ok {
				c.add("RA008", p.At, what, "remove the permission: whoever gets the name later would have it", "%s is not in the account", say(p.Principal))
			}
		}
	}
	for _, s := range c.DataSets {
		check("data set "+quoted(s.ID), s.Permissions)
	}
	for _, s := range c.DataSources {
		check("data source "+quoted(s.ID), s.Permissions)
	}
	for _, d := range c.Dashboards {
		check("dashboard "+quoted(d.ID), d.Permissions)
		check("dashboard "+quoted(d.ID), d.Link)
	}
	for _, d := range c.Analyses {
		check("analysis "+quoted(d.ID), d.Permissions)
	}
	for _, f := range c.Folders {
		check("folder "+quoted(f.ID), f.Permissions)
	}
}

// guest returns whether a way opens something to a user who does not own it.
func guest(w account.Way) func(*account.User) bool {
	return func(u *account.User) bool { return !w.OwnedBy(*u) }
}
