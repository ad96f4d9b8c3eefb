// Package exposure asks who sees what, the other way round: from a row to the
// viewers, and from data to a report of all viewers.
//
// [NewIndex] turns rules round. [Index.Row] then names every user and group who
// sees a row, and the rules by which; [Index.Values] does so for the rows that
// hold some values, whatever is in their other columns:
//
//	x, err := exposure.NewIndex(rules, nil)
//	who, err := x.Values(map[string]string{"Region": "EMEA"})
//	fmt.Print(who)
//
// [NewReport] counts in data: rows per viewer, rows that all or none of them
// see, rows per value of each restricted field. A [Report] is written as text,
// CSV, JSON or as one HTML page with a heat map. Combinations of restricted
// values are counted once, so that a report takes about as long as reading the
// data.
//
// Viewers are the users of a roster with their groups, or else every user and
// every group that a rule names, each on its own (package roster).
//
// Reports hold values of the data, hidden rows included: they are for those who
// run the system, not for viewers (S7).
package exposure
