// Package compact shortens permission datasets: it writes fewer rules and
// values that show every viewer the same rows. Use it for viewers near the
// limit of 999 rules (U14).
//
//	result, err := compact.Rules(rules, nil)
//	fmt.Println(result)             // 4 rules with 9 values become 2 rules with 5 values
//	err = result.WriteCSV(f)
//
// It merges rules of one principal that differ in one field, drops redundant
// rules and values, and splits lists that became too long for a cell (U18).
// Equal files give equal results.
//
// [Rules] proves its result: it writes the rules, reads them back and compares
// them with the old ones, principal by principal, for all possible rows. If it
// cannot prove that they are equal, it returns an error.
package compact
