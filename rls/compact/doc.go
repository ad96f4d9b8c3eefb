// Package compact writes permission datasets with fewer rules and values that
// show everybody the same rows, so that viewers near the limit of 999 rules get
// under it (U14).
//
//	result, err := compact.Rules(rules, nil)
//	fmt.Println(result)             // 4 rules with 9 values become 2 rules with 5 values
//	err = result.Rules.WriteCSV(f)
//
// Rules of one principal that differ in one field become one, rules and values
// that others make redundant go, and lists that became too long for a cell are
// split (U18). The outcome is the same for equal files.
//
// [Rules] proves what it did: it writes the rules, reads them back and compares
// them with the old ones, principal by principal, for all rows there can be. It
// returns an error rather than rules of which it could not show this.
package compact
