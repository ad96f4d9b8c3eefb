// Package diff says who gains and who loses what between two states of an
// account: dashboards, data sets, rows and columns.
//
//	result, err := diff.Accounts(old, new, nil)
//	if result.HasGain() { … }
//	fmt.Print(result)
//
// Rows are compared by meaning: rules that are written in another way, and show
// the same rows to the same users, are no change. A gain or a loss comes from any
// cause: a rule, a group, a permission, rules that are detached or disabled.
//
// If the rules are unknown on one side, what a user sees may have changed: that is
// a gain and a loss. So it is if they are unknown on both sides, and the settings,
// the parents or the groups of the user differ. Rules are unknown if the rows of
// the permission dataset are not in the folder, and if this package refuses them.
package diff
