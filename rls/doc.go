// Package rls reads permission datasets, which state the rows of a dataset that
// each user and group may see, and resolves them for one viewer.
//
// A permission dataset has a column that names users, a column that names
// groups, or both. Every other column is a restricted column and names a column
// of the dataset:
//
//	UserName,GroupName,Region,Segment
//	al,,EMEA,"Enterprise,SMB"      al sees EMEA where the segment is one of two
//	al,,US,                        … and all of US: a cell without a value is a wildcard
//	,admins,,                      every member of admins sees every row
//
// Each line is a [Rule]. A viewer sees a row if a rule that applies to the
// viewer, as a user or through a group, admits it. A rule admits a row if each
// of its fields does (U10). No rule denies and no rule has precedence, so an
// additional rule never hides a row. A viewer that no rule names sees no row
// (U11). The ids such as U10 are defined in docs/semantics.md.
//
//	rules, err := rls.ReadCSV(f, nil)
//	p, err := rules.For(namespace.Named("al", "admins"))
//
// The result is a [predicate.Predicate]. Bind it to Arrow records, lower it to
// SQL, compare it or print it.
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
// cells, text that is not UTF-8. Every problem of a file is reported in order,
// with file:line:column, and a file with any problem is rejected as a whole. A
// nil *[Rules] and the zero Rules grant nothing.
package rls
