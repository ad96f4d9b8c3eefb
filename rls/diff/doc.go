// Package diff says what a change of rules shows and hides, exactly, before
// anybody is exposed.
//
// [Rules] compares two permission datasets for every viewer: everybody whom
// either file names, or the users of a roster with their groups.
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
// [Tags] compares two tag configurations for every session there can be, and
// [Sessions] for given ones. [Between] is the comparison of two predicates that
// the others are made of.
//
// Two files that say the same in another order, or in other words, show no
// difference.
//
// # What a difference is
//
// Of sets that are unions of boxes, as those of rules are, the difference need
// not be one: "all regions but US" cannot be written without a not. So gains
// are boxes of the new rules, as small as can be, such that
//
//	old or gains  =  old or new
//
// Boxes that old rules and other gains show already are left out, and so is
// every value of a box that the old rules show in that box. Each gain comes
// with a witness, a row that is seen now and was not. Losses are gains the other
// way round. [Part] has the details.
package diff
