// Package explain says why a viewer sees a row or does not see it.
//
//	v, err := explain.For(rules, namespace.Named("al", "sales"))
//	fmt.Print(v.Row(row))
//
//	visible to al: 1 of 3 rules admits the row
//	  rules.csv:4 for user al
//
//	hidden from al: none of 3 rules admits the row; nearest:
//	  rules.csv:4 for user al
//	    Region is "APAC", want one of "EMEA", "US"
//
// [For] makes a [Viewer] from rules, and [ForTags] makes one from the tags of
// an anonymous session. A Viewer explains any number of rows; [Viewer.At] and
// [Viewer.Records] explain Arrow records. Tests check that it agrees with the
// filter for every row.
//
// # Answers are for operators
//
// An [Answer] contains values of the row and of the rules. It is for operators,
// not for viewers (S7). For a session it contains the keys and columns of tags
// and the number of values, but never a tag value or a match-all value (T8).
package explain
