// Package predicate describes sets of rows by the text in their columns.
//
// Packages rls and tagrules return the rows of a viewer as a predicate. Package
// batch filters Arrow records with it, and package where writes it as a condition
// in SQL. Four functions build a [Predicate]:
//
//	In("Region", "US", "EMEA")   the column holds one of these values
//	HasValue("Region")           the column is neither NULL nor ""
//	And(p, q)                    the rows in both
//	Or(p, q)                     the rows in one of them
//
// and two constants: [All], and the zero Predicate, which selects no row. A
// rule file such as
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
// A row is visible only if a Predicate selects it. The zero Predicate, [Or]
// without operands and [In] without values select no row, and [And] cannot be
// called without an operand (S1). NULL and "" are in no set, so such rows are
// visible only to viewers who are not restricted in that column (S2). The ids
// such as S1 are defined in docs/semantics.md.
//
// There is no function Not. A negation would admit unexpected values instead of denying
// them, and SQL and Go differ in what the negation of NULL is.
//
// # Questions
//
// [Predicate.Match] reports whether a row is in the set. It is simple and slow,
// and every fast implementation is tested against it.
//
// [Predicate.Implies] reports whether one set contains another: "can this
// change of the rules show a viewer more rows?" [Predicate.Minus] answers the
// same question with an example: a row that is in one set and not in the other.
//
// [Predicate.MayMatch] reports from statistics, such as the smallest and largest
// value of a column, whether rows that were not read yet may be in the set.
//
// # Forms
//
// A Predicate is always in canonical form: values and operands are sorted,
// conditions on one column are joined, and redundant parts are dropped.
// [Predicate.Equal] compares canonical forms. [Predicate.String] writes a form
// for people, which [Parse] reads. [Predicate.MarshalJSON] writes a form for
// programs. Reading either form returns exactly the same set, or an error.
// [Predicate.LogValue] writes a form for logs, without values.
//
// Predicates are immutable and safe for concurrent use. The package imports
// only the standard library.
package predicate
