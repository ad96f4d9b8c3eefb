// Package distinct counts the different combinations of text that data holds in
// some columns, and answers questions about them instead of about every row.
//
// What rules say of a row depends on the restricted columns alone, and these
// hold few combinations: a million orders know 3 regions × 3 segments × 4
// industries. [Read] counts each once; [Table.Select] then evaluates a
// predicate on all of them at once, with bit sets.
//
// NULL and "" are one value, written "" (S2). The zero [Table] and the nil one
// have no combination, so nothing is selected from them.
package distinct
