// Package diff compares rule sets exactly: it lists the rows that each viewer
// gains and loses by a change.
//
// [Rules] compares two permission datasets for every viewer: all users and
// groups that either file names, or the users of a roster with their groups.
//
//	result, err := diff.Rules(old, new, nil)
//	fmt.Print(result)
//
//	user al
//	  + Segment in ("SMB")
//	      such as Segment = "SMB"
//	  - Region in ("US")
//	      such as Region = "US"
//
// [Tags] compares two tag configurations for every possible session, and
// [Sessions] for given sessions. [Between] compares two predicates; the other
// functions use it.
//
// Two files that differ only in order or in wording show no difference.
//
// # What a difference is
//
// The sets of rules are unions of boxes, but their difference need not be one:
// "all regions but US" cannot be written without a not. So gains are boxes of
// the new rules, as small as possible, such that
//
//	old or gains  =  old or new
//
// Boxes that the old rules and other gains already show are left out, and so is
// every value of a box that the old rules show in that box. Each gain has a
// witness: a row that is visible with the new rules and hidden with the old
// ones. Losses are gains from new to old. [Part] has the details.
package diff
