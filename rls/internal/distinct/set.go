package distinct

import "github.com/rowsight/rowsight/rls/internal/wordset"

// A Set is a set of combinations of one [Table], by their numbers, which are in
// the order of their first rows. The nil Set is empty.
type Set = wordset.Set

// None returns an empty set that others may be added to.
func (t *Table) None() Set { return wordset.New(t.Len()) }

// All returns the set of all combinations.
func (t *Table) All() Set { return wordset.Full(t.Len()) }

// RowsOf returns how many rows of the data hold a combination of s.
func (t *Table) RowsOf(s Set) (rows int) {
	for c := range s.All() {
		rows += t.counts[c]
	}
	return rows
}
