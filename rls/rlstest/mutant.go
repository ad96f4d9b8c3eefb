package rlstest

import (
	"fmt"
	"iter"
	"slices"

	"github.com/rowsight/rowsight/internal/list"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/internal/records"
)

// A Mutant is one deliberate error in the rules.
type Mutant struct {
	Pos  rls.Position // the rule that is changed
	Kind MutantKind
	What string // the change, such as: drop "SMB" from Segment
}

// String returns the position, the kind and the change.
func (m Mutant) String() string { return fmt.Sprintf("%s: %s: %s", m.Pos, m.Kind, m.What) }

// A MutantKind is the kind of a change.
type MutantKind string

// Kinds of mutants.
const (
	DropRule        MutantKind = "drop rule"
	Widen           MutantKind = "widen"            // a list becomes a wildcard
	DropValue       MutantKind = "drop value"       // from a list
	AddValue        MutantKind = "add value"        // another value of the column, to a list
	SwapValue       MutantKind = "swap value"       // replaced by another value of the column
	Narrow          MutantKind = "narrow"           // a wildcard becomes one value
	ChangePrincipal MutantKind = "change principal" // replaced by another principal of the file
	DropKey         MutantKind = "drop key"         // of a list of tag rules
	DropList        MutantKind = "drop list"        // of tag rules
	DropMatchAll    MutantKind = "drop match-all"   // of a tag rule
	DropDelimiter   MutantKind = "drop delimiter"   // of a tag rule
	ChangeColumn    MutantKind = "change column"    // of a tag rule
)

// change is a mutant of user-based rules before it is tried: rule i becomes
// another, or none.
type change struct {
	Mutant
	rule  int
	drop  bool
	cells []string // principals, if there are such columns, then fields
	gives int      // a rule of the new principal, if that is what changes; or -1
}

// changes returns every mutant of the rules in the order of the file.
func (s *Suite) changes(t *ruleTable) iter.Seq[change] {
	columns := s.rules.Columns()
	user, group := s.rules.PrincipalColumns()
	values := make([][]string, len(columns)) // of each column, in the rules and in the data, sorted
	for k, name := range columns {
		for _, v := range s.data.columns[s.data.column(name)].values {
			if v != "" { // which no list can name
				values[k] = append(values[k], v)
			}
		}
		for _, r := range t.all {
			values[k] = slices.AppendSeq(values[k], r.Values(name))
		}
		slices.Sort(values[k])
		values[k] = slices.Compact(values[k])
	}
	offset := 0 // of the first field
	for _, name := range []string{user, group} {
		if name != "" {
			offset++
		}
	}
	users, groups := newNames(t, rls.Rule.User, rls.Rule.Group), newNames(t, rls.Rule.Group, rls.Rule.User)

	return func(yield func(change) bool) {
		for i, r := range t.all {
			if !t.effective(i) {
				continue
			}
			cells := s.cells(r)
			try := func(kind MutantKind, at int, cell, what string, gives int) bool {
				c := change{Mutant: Mutant{Pos: r.Pos(), Kind: kind, What: what}, rule: i, gives: gives, drop: at < 0}
				if at >= 0 {
					c.cells = slices.Clone(cells)
					c.cells[at] = cell
				}
				return yield(c)
			}
			if !try(DropRule, -1, "", "drop the rule of "+whom(r), -1) {
				return
			}
			if name, rule, ok := users.other(r.User()); ok && user != "" {
				if !try(ChangePrincipal, 0, name, fmt.Sprintf("user %q becomes %q", r.User(), name), rule) {
					return
				}
			}
			if name, rule, ok := groups.other(r.Group()); ok && group != "" {
				if !try(ChangePrincipal, offset-1, name, fmt.Sprintf("group %q becomes %q", r.Group(), name), rule) {
					return
				}
			}
			for k, column := range columns {
				for kind, edit := range edits(slices.Collect(r.Values(column)), values[k], column) {
					if !try(kind, offset+k, s.cell(edit.values), edit.what, -1) {
						return
					}
				}
			}
		}
	}
}

// maxPerCell is how many values of one list are dropped and swapped. A list may
// have as many values as fit into a cell; the hundredth tells nothing new.
const maxPerCell = 16

// edit is what a list becomes, and how that is said.
type edit struct {
	values []string
	what   string
}

// edits returns the mutants of a list of a column; an empty list is a wildcard.
// all are the values it could have.
func edits(list, all []string, column string) iter.Seq2[MutantKind, edit] {
	return func(yield func(MutantKind, edit) bool) {
		if len(list) == 0 {
			if len(all) > 0 {
				yield(Narrow, edit{all[:1], fmt.Sprintf("every value of %s becomes %q only", column, all[0])})
			}
			return
		}
		if !yield(Widen, edit{nil, column + " becomes every value"}) {
			return
		}
		strange, hasStrange := another(all, list, list[0])
		if hasStrange {
			if !yield(AddValue, edit{append(slices.Clone(list), strange), fmt.Sprintf("add %q to %s", strange, column)}) {
				return
			}
		}
		for _, v := range sample(list, maxPerCell) {
			i, _ := slices.BinarySearch(list, v)
			rest := slices.Delete(slices.Clone(list), i, i+1)
			if len(rest) > 0 && !yield(DropValue, edit{rest, fmt.Sprintf("drop %q from %s", v, column)}) {
				return
			}
			if strange, ok := another(all, list, v); ok {
				if !yield(SwapValue, edit{append(rest, strange), fmt.Sprintf("%q of %s becomes %q", v, column, strange)}) {
					return
				}
			}
		}
	}
}

// another returns the value of all that follows v, around the end, and is not in
// list. Both are sorted.
func another(all, list []string, v string) (string, bool) {
	at, _ := slices.BinarySearch(all, v)
	for k := range all {
		candidate := all[(at+1+k)%len(all)]
		if _, in := slices.BinarySearch(list, candidate); !in {
			return candidate, true
		}
	}
	return "", false
}

// names are the principals in one column, each with a rule that names nobody
// else: by it one knows which viewers the principal stands for.
type names struct {
	sorted []string
	rule   map[string]int
}

func newNames(t *ruleTable, of, other func(rls.Rule) string) names {
	n := names{rule: make(map[string]int)}
	for i, r := range t.all {
		name := of(r)
		if _, ok := n.rule[name]; name == "" || ok || !t.effective(i) || other(r) != "" {
			continue
		}
		n.rule[name] = i
		n.sorted = append(n.sorted, name)
	}
	slices.Sort(n.sorted)
	return n
}

// other returns the principal that follows name.
func (n names) other(name string) (string, int, bool) {
	if name == "" {
		return "", -1, false
	}
	s, ok := another(n.sorted, []string{name}, name)
	return s, n.rule[s], ok
}

// cells returns a rule as it is written.
func (s *Suite) cells(r rls.Rule) []string {
	return records.Record(s.rules, r, r.User(), r.Group())
}

// cell writes a list of values as the text of a cell. A text that is also a null
// word gets a comma behind it, or it would be read back as a wildcard.
func (s *Suite) cell(values []string) string {
	c := string(list.Append(nil, values))
	if c != "" && slices.Contains(s.ruleOpt.NullWords, c) {
		c += ","
	}
	return c
}

// rows is a Source of rules that are in memory.
type rows struct {
	columns []string
	cells   [][]string
	at      int
}

func (r *rows) Columns() []string         { return r.columns }
func (r *rows) Next() bool                { r.at++; return r.at <= len(r.cells) }
func (r *rows) Text(i int) (string, bool) { return r.cells[r.at-1][i], true }
func (r *rows) Err() error                { return nil }

// sample returns n of all, spread evenly, or all of them.
func sample[T any](all []T, n int) (some []T) {
	for i, v := range all {
		if sampled(i, len(all), n) {
			some = append(some, v)
		}
	}
	return some
}

// sampled reports whether i is one of n numbers spread evenly over 0 to all-1.
// If n is negative, or there are no more than n, all of them are.
func sampled(i, all, n int) bool {
	return n < 0 || all <= n || (i+1)*n/all > i*n/all
}
