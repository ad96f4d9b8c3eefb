package check

import (
	"fmt"
	"slices"

	"github.com/rowsight/rowsight/account"
	"github.com/rowsight/rowsight/internal/arn"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/tagrules"
)

// tagRules checks the tag rules of a data set.
func (c *checking) tagRules(s *account.DataSet) {
	tags := s.TagRules()
	if tags == nil {
		return
	}
	if tags.Refused != nil {
		c.add("RA040", tags.At, thing(s), "correct the configuration: a session sees no row", "%v", tags.Refused)
		return
	}
	for what, n := range map[string]int{"tag rules": len(tags.TagRules), "lists of keys": len(tags.Lists)} {
		if limit := tagrules.MaxRules; n >= near(limit) {
			c.add("RA034", tags.At, thing(s), "combine tags", "it has %d %s, of at most %d", n, what, limit)
		}
	}
	var columns []string
	for _, rule := range tags.TagRules {
		if !slices.Contains(columns, rule.ColumnName) {
			columns = append(columns, rule.ColumnName)
			c.columns(s, rule.At, "RA041", "RA042", "the tag rules", []string{rule.ColumnName})
		}
	}
}

// hiddenColumns checks the column rules of a data set (V6).
func (c *checking) hiddenColumns(s *account.DataSet) {
	for _, rule := range s.Hidden {
		c.columns(s, rule.At, "RA043", "", "the column rules", rule.Columns)
		for _, principal := range rule.Principals {
			if ok, known := c.has(principal); known && !ok {
				c.add("RA044", rule.At, thing(s), "remove the principal from the rule", "%s may see hidden columns, and is not in the account", say(principal))
			}
		}
	}
}

// maxDepth is how many levels of data sets there may be (V5).
const maxDepth = 3

// derived checks a data set that derives from others.
func (c *checking) derived(s *account.DataSet) {
	for _, source := range s.Sources() {
		if a, err := namespace.ParseARN(source); err == nil && c.Lists(account.DataSources, "") &&
			!slices.ContainsFunc(c.DataSources, func(d account.DataSource) bool { return account.Key(d.ARN) == account.Key(source) }) {
			c.add("RA065", s.At, thing(s), "attach a data source of the account", "it reads the data source %q, which is not in the account", a.Name)
		}
	}
	parents := s.Parents()
	for _, above := range parents {
		parent, ok := c.DataSet(above)
		switch {
		case !ok && c.Lists(account.DataSets, ""):
			c.add("RA052", s.At, thing(s), "derive it from a data set of the account", "it derives from %s, which is not in the account", above)
		case ok && s.ImportMode == "SPICE" && c.restrictedForSure(parent):
			c.add("RA050", s.At, thing(s), "import it as DIRECT_QUERY", "it is a SPICE data set and derives from %q, which has rules: QuickSight refuses it, because a copy would lose them", parent.ID)
		}
	}
	if n := c.level(s); n > maxDepth && len(parents) > 0 {
		c.add("RA051", s.At, thing(s), "derive it from a data set nearer to the source", "it is on level %d of data sets that derive from each other, of at most %d", n, maxDepth)
	}
}

// restrictedForSure reports whether a data set, or one above it, has rules.
func (c *checking) restrictedForSure(s *account.DataSet) bool {
	if _, ok := c.sure[s]; !ok {
		c.sure[s] = c.ruledAbove(s)
	}
	return c.sure[s]
}

func (c *checking) ruledAbove(s *account.DataSet) bool {
	seen := map[*account.DataSet]bool{s: true}
	for all := []*account.DataSet{s}; len(all) > 0; all = all[1:] {
		if all[0].UserRules() != nil || all[0].TagRules() != nil || all[0].TagsApplied != nil && *all[0].TagsApplied {
			return true
		}
		for _, above := range all[0].Parents() {
			if parent, ok := c.DataSet(above); ok && !seen[parent] {
				seen[parent] = true
				all = append(all, parent)
			}
		}
	}
	return false
}

// level returns the level of a data set, 1 for one without parents. One in a
// circle is beyond the limit.
func (c *checking) level(s *account.DataSet) int {
	if n, ok := c.levels[s]; ok {
		return n
	}
	c.levels[s] = maxDepth
	deepest := 0
	for _, above := range s.Parents() {
		if parent, ok := c.DataSet(above); ok {
			deepest = max(deepest, c.level(parent))
		}
	}
	c.levels[s] = deepest + 1
	return deepest + 1
}

// sources checks how data sources sign in.
func (c *checking) sources() {
	for _, s := range c.DataSources {
		what := fmt.Sprintf("data source %q", s.ID)
		signsIn := false // without a credential of its own
		for _, p := range s.Parameters {
			role := p.RoleARN
			if p.IAM != nil {
				role = p.IAM.RoleARN
			}
			signsIn = signsIn || role != "" || p.IAM != nil || p.OAuth != nil || p.IdentityCenter != nil && p.IdentityCenter.Enable ||
				p.AuthenticationType != "" && p.AuthenticationType != "PASSWORD"
			if of := accountOf(role); of != "" && of != c.ID {
				c.add("RA061", p.At, what, "use a role of account "+c.ID, "it is read as role %s, which is of account %s", role, of)
			}
		}
		if s.SecretARN == "" && !signsIn && wantsPassword(s.Type) {
			c.add("RA060", s.At, what, "store the credentials in Secrets Manager, and give the ARN of the secret", "it has no secret: QuickSight stores its user and password, and a rotation does not reach it")
		}
	}
}

// accountOf returns the account of a role; "" for none.
func accountOf(role string) string {
	a, _ := arn.Split(role)
	return a.Account
}

// wantsPassword reports whether data sources of a type sign in with a user and a
// password, unless their parameters say otherwise.
func wantsPassword(kind string) bool {
	switch kind {
	case "AURORA", "AURORA_POSTGRESQL", "EXASOL", "IMPALA", "MARIADB", "MYSQL", "ORACLE", "POSTGRESQL", "PRESTO", "REDSHIFT", "SNOWFLAKE", "SQLSERVER", "STARBURST", "TERADATA", "TRINO", "DATABRICKS":
		return true
	}
	return false
}

// keys checks the registered keys (K1).
func (c *checking) keys() {
	if c.Keys == nil {
		return
	}
	defaults := 0
	for _, k := range c.Keys.List {
		if k.Default {
			defaults++
		}
	}
	switch {
	case len(c.Keys.List) == 0:
		c.add("RA062", c.Keys.At, "", "register a key if its owner must be able to revoke access to SPICE data", "no customer-managed key is registered: SPICE data is encrypted under a key of AWS")
	case defaults == 0:
		c.add("RA063", c.Keys.At, "", "make one of the keys the default", "%d keys are registered and none is the default: new data sets are encrypted under a key of AWS", len(c.Keys.List))
	case defaults > 1:
		c.add("RA064", c.Keys.At, "", "make one key the default", "%d keys are the default", defaults)
	}
}
