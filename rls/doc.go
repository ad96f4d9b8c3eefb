// Package rls reads permission datasets: tables of rules that state which rows of
// a dataset each user and group may see. For one viewer it returns these rows as
// a predicate.
//
// A permission dataset has a principal column that names users, one that names
// groups, or both. Every other column is a restricted column and has the name of
// a column of the dataset:
//
//	UserName,GroupName,Region,Segment
//	al,,EMEA,"Enterprise,SMB"      al sees EMEA where the segment is one of two
//	al,,US,                        … and all of US: a cell without a value is a wildcard
//	,admins,,                      every member of admins sees every row
//
// Each line is a [Rule]. A rule applies to a viewer if it names the viewer or one
// of the viewer's groups. It admits a row if each of its cells admits the value
// of the row in that column. A viewer sees the rows that at least one applicable
// rule admits (U10). No rule denies and no rule has precedence, so an additional
// rule never hides a row. A viewer that no rule names sees no row (U11).
// docs/semantics.md defines the ids such as U10.
//
//	rules, err := rls.ReadCSV(f, nil)
//	p, err := rules.For(namespace.Named("al", "admins"))
//
// The result is a [predicate.Predicate]. Package batch filters Arrow records with
// it, and package where writes it as a condition in SQL. You can also compare it
// and print it.
//
// # The cells
//
//	cell text          means
//	(empty) or ,,,     every value, NULL and "" too (U3)
//	EMEA               EMEA
//	EMEA,,US           EMEA or US; empty items are dropped (U4)
//	EMEA, US           EMEA or " US": spaces are part of a value (U4)
//	"AWS,INC"          the one value AWS,INC (U5)
//	"say ""hi"""       the one value say "hi" (U5)
//
// This is the text after CSV decoding: in a file, the last two are written
// """AWS,INC""" and """say """"hi""""""". Values are compared by code point. A
// cell of a principal column is one name or ARN and is not changed (U20).
//
// # Errors
//
// Ambiguous input is an error: a quote out of place, a header that mixes names
// and ARNs or has neither, two columns with one name, a line with too many
// cells, text that is not UTF-8. The error lists every problem of a file in
// order, with file:line:column. A file with any problem is rejected as a whole.
// A nil *[Rules] and the zero Rules admit no row.
package rls
