// Package exposure lists the viewers who can see a row, and reports how much of
// the data each viewer sees.
//
// [NewIndex] indexes rules by value. [Index.Row] names every user and group who
// sees a row, with the rules that admit it. [Index.Values] does so for all rows
// that hold given values in some columns:
//
//	x, err := exposure.NewIndex(rules, nil)
//	who, err := x.Values(map[string]string{"Region": "EMEA"})
//	fmt.Print(who)
//
// [NewReport] counts rows of data: per viewer, seen by all or by no viewer, and
// per value of each restricted column. A [Report] is written as text, CSV, JSON
// or one HTML page with a heat map. Each combination of restricted values is
// evaluated once, so a report takes about as long as reading the data.
//
// Viewers are the users of a roster with their groups. Without a roster they
// are every user and every group that a rule names, each on its own (package
// roster).
//
// Reports contain values of the data, including hidden rows. They are for
// operators, not for viewers (S7).
package exposure
