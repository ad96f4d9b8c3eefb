// Package rls reads permission datasets, the tables that say which rows of a
// dataset each user and group may see, and answers what one viewer may see.
//
// A permission dataset has a column that names users, or one that names groups,
// or both; every other column is a restricted field and names a column of the
// dataset:
//
//	UserName,GroupName,Region,Segment
//	al,,EMEA,"Enterprise,SMB"      al sees EMEA where the segment is one of two
//	al,,US,                        … and all of US: a cell without a value is a wildcard
//	,admins,,                      every member of admins sees every row
//
// Each line is a [Rule]. A viewer sees a row if any rule that applies to the
// viewer, as user or through a group, accepts it; a rule accepts a row if every
// one of its fields does (U10). There is no deny and no precedence: a rule more
// never hides a row. Whom no rule names sees nothing (U11).
//
//	rules, err := rls.ReadCSV(f, nil)
//	p, err := rules.For(namespace.Named("al", "admins"))
//
// The result is a [predicate.Predicate], to be bound to Arrow records, lowered
// to SQL, compared or printed.
//
// # What a cell says
//
//	cell text          means
//	(empty) or ,,,     every value, NULL and "" too (U3)
//	EMEA               EMEA
//	EMEA,,US           EMEA or US; empty items are dropped (U4)
//	EMEA, US           EMEA or " US": spaces are part of a value (U4)
//	"AWS,INC"          the one value AWS,INC (U5)
//	"say ""hi"""       the one value say "hi" (U5)
//
// This is the text after CSV decoding, so that in a file the last two are
// written """AWS,INC""" and """say """"hi""""""". Values compare by code point.
// The cells of the principal columns are one name or ARN each and taken as they
// are (U20).
//
// # Refused, not guessed
//
// Whatever could be read in two ways is an error: a quote out of place, a
// header that mixes names and ARNs or has none, two columns of one name, a line
// with a cell too many, text that is not UTF-8. Every problem of a file is
// reported, in order, as file:line:column, and a file with a problem gives no
// rules at all. A nil *[Rules] and the zero Rules grant nothing.
package rls
