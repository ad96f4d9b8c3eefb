// Package records lays out rules as records of a permission dataset: principals
// first, users before groups, then the restricted columns in the order of the file,
// each cell as it was written.
package records

import (
	"slices"

	"github.com/rowsight/rowsight/rls"
)

// Header returns the names of the columns. user and group stand for those of the
// principal columns that the rules have.
func Header(rs *rls.Rules, user, group string) []string {
	return slices.Concat(principals(rs, user, group), rs.Columns())
}

// Record returns the cells of a rule, with user and group in its principal columns.
func Record(rs *rls.Rules, rule rls.Rule, user, group string) []string {
	cells := principals(rs, user, group)
	for _, column := range rs.Columns() {
		cells = append(cells, rule.Text(column))
	}
	return cells
}

func principals(rs *rls.Rules, user, group string) (cells []string) {
	users, groups := rs.PrincipalColumns()
	if users != "" {
		cells = append(cells, user)
	}
	if groups != "" {
		cells = append(cells, group)
	}
	return cells
}
