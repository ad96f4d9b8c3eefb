// Package predicate describes sets of rows by the text in their columns.
//
// It is what rules and session tags become, and what filters on Arrow records
// and conditions in SQL are made of. A [Predicate] is built from four parts:
//
//	In("Region", "US", "EMEA")   the column holds one of these values
//	HasValue("Region")           the column holds any value
//	And(p, q)                    the rows in both
//	Or(p, q)                     the rows in one of them
//
// and two constants: [All], and the zero Predicate, which selects no row. So a
// rule file like
//
//	UserName          Region   Segment
//	AlejandroRosalez  EMEA     Enterprise,SMB
//	AlejandroRosalez  US
//
// becomes, for that user,
//
//	Or(
//		And(In("Region", "EMEA"), In("Segment", "Enterprise", "SMB")),
//		In("Region", "US"))
//
// # What is visible
//
// Nothing is, unless a Predicate says so: the zero Predicate, [Or] of nothing
// and [In] without a value select no row, and [And] cannot be called without an
// operand (S1). NULL and "" are in no set, so they are visible only to those
// who are not restricted in that column (S2).
//
// There is no Not, and that is on purpose: with it, NULL would be neither in
// nor out, each target would have its own opinion, and a value nobody thought
// of would be let in instead of kept out.
//
// # Questions to ask
//
// [Predicate.Match] tells of one row whether it is in the set. It is slow and
// obvious, and every fast form is tested against it.
//
// [Predicate.Implies] tells whether one set is inside another: "can this change
// of the rules show anybody more than before?" [Predicate.Minus] answers the
// same with an example: a row that is in one set and not in the other.
//
// [Predicate.MayMatch] tells of rows that are not read yet, from what is known
// about them, whether one of them may be in the set.
//
// # Forms
//
// A Predicate is in canonical form from the moment it is made: values sorted,
// conditions on a column joined, operands sorted, what is redundant dropped.
// [Predicate.Equal] compares forms. [Predicate.String] and [Parse] are the form
// for people, [Predicate.MarshalJSON] the one for programs; both give back the
// very same set, or an error. Logs get [Predicate.LogValue], which has no
// values.
//
// Predicates are immutable and safe for concurrent use. The package imports
// only the standard library.
package predicate
