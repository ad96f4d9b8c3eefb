// Package explain says why a viewer sees a row, or why not.
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
// A [Viewer] is made once, by [For] of rules or by [ForTags] of the tags of an
// anonymous session, and asked about any number of rows: of Arrow records by
// [Viewer.At] and [Viewer.Records]. What it says is visible is what a filter
// lets through; that is tested row by row.
//
// # Who may read it
//
// An [Answer] holds what a row holds, and what rules say: it is for those who
// run the system, not for viewers (S7). Of a session it holds the keys and
// columns of tags, and how many values the session has, but never a tag value
// nor a match-all value (T8).
package explain
