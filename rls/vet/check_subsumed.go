package vet

import (
	"errors"
	"hash/maphash"
	"slices"

	"github.com/rowsight/rowsight/predicate"
)

// Budgets of the search for subsumed rules. A file of a million rules of
// hundreds of people stays far below; one made to be slow is given up on, which
// loses findings of this id and nothing else.
const (
	maxCompared = 1 << 20 // pairs of rules and values in them
	maxEach     = 1 << 11 // and as many more for every rule
	maxUnions   = 5000    // questions whether several rules cover one
	maxUnion    = 200     // rules of a principal that are asked together
)

// A subsumer finds rules that add nothing to others of the same principal.
type subsumer struct {
	*vetting
	compared, unions int
	seed             maphash.Seed
	signatures       map[*column][]uint64 // of the values of each text
	effort           *predicate.Effort
	err              error // of the effort's context
}

// subsumed reports the rules that add nothing, for any principal they name. The
// error is that of the effort's context.
func (v *vetting) subsumed(effort *predicate.Effort) error {
	s := newSubsumer(v, effort)
	// A rule of two principals must be idle for both.
	idle := make(map[uint32][]int) // rule: what covers it, a rule or -1 for several
	for _, c := range v.table.principals() {
		for who := range c.names {
			if rules := c.rulesOf(uint32(who)); len(rules) > 1 {
				s.ofPrincipal(rules, idle)
			}
		}
	}
	if s.err != nil || len(idle) == 0 {
		return s.err
	}
	need := make([]int, len(v.lines)) // principals that a rule counts for
	for _, c := range v.table.principals() {
		for who := range c.names {
			for _, row := range c.rulesOf(uint32(who)) {
				need[row]++
			}
		}
	}
	for row := range v.lines {
		by := idle[uint32(row)]
		if len(by) == 0 || len(by) < need[row] {
			continue
		}
		if by[0] >= 0 {
			v.add("RS014", v.rowPos(row), v.thing(row), "delete it, or narrow the other one: it counts for the limit of 999 rules",
				"line %d admits every row that it admits", v.lines[by[0]])
		} else {
			v.add("RS014", v.rowPos(row), v.thing(row), "delete it: it counts for the limit of 999 rules",
				"other rules of the same principal together admit every row that it admits")
		}
	}
	return nil
}

func newSubsumer(v *vetting, effort *predicate.Effort) *subsumer {
	s := &subsumer{vetting: v, effort: effort, seed: maphash.MakeSeed(), signatures: make(map[*column][]uint64, len(v.fields))}
	for _, c := range v.fields {
		list := make([]uint64, len(c.cells))
		for i, cell := range c.cells {
			for _, value := range cell.Values {
				list[i] |= 1 << (maphash.String(s.seed, value) % 64)
			}
		}
		s.signatures[c] = list
	}
	return s
}

// ofPrincipal finds what is idle among the rules of one principal.
//
// A rule that contains another accepts, in any one field, everything that the
// other does. So rules are sorted by what they say in the field that tells them
// apart best, and compared with those that are a wildcard there or accept the
// value of the other that the fewest do. A value that all rules share is then no
// reason to compare all pairs.
func (s *subsumer) ofPrincipal(rules []uint32, idle map[uint32][]int) {
	if len(rules) <= 8 { // most people: not worth an index
		s.keep(rules, idle, func(row uint32) (uint32, bool) { return s.cover(row, rules) })
		return
	}
	key := s.key(rules)
	if key == nil {
		return // no field: all rules are the same
	}
	byCell := make(map[uint32][]uint32) // rules by the set in the key field
	cellsWith := make(map[string][]uint32)
	for _, row := range rules {
		id := key.of[row]
		set := key.sets[id]
		if _, ok := byCell[set]; !ok {
			for _, value := range key.cells[id].Values {
				cellsWith[value] = append(cellsWith[value], set)
			}
		}
		byCell[set] = append(byCell[set], row)
	}
	s.keep(rules, idle, func(row uint32) (uint32, bool) {
		by, ok := s.cover(row, byCell[wildSet])
		if set := key.sets[key.of[row]]; !ok && !wild(set) && set != badSet {
			rarest := cellsWith[key.cells[key.of[row]].Values[0]]
			for _, value := range key.cells[key.of[row]].Values[1:] {
				if with := cellsWith[value]; len(with) < len(rarest) {
					rarest = with
				}
			}
			for _, set := range rarest {
				if by, ok = s.cover(row, byCell[set]); ok || s.spent() {
					break
				}
			}
		}
		return by, ok
	})
}

// keep notes the rules that one other covers, and looks at the rest together.
func (s *subsumer) keep(rules []uint32, idle map[uint32][]int, cover func(row uint32) (uint32, bool)) {
	var kept []uint32
	for _, row := range rules {
		if by, ok := cover(row); ok {
			idle[row] = append(idle[row], int(by))
		} else {
			kept = append(kept, row)
		}
	}
	s.together(kept, idle)
}

// key returns the field with the most different sets among the rules.
func (s *subsumer) key(rules []uint32) *column {
	var best *column
	most := 0
	for _, c := range s.fields {
		sets := make(map[uint32]bool)
		for _, row := range rules {
			sets[c.sets[c.of[row]]] = true
		}
		if len(sets) > most {
			best, most = c, len(sets)
		}
	}
	return best
}

// cover returns a rule among those given that admits every row that rule row
// does. Of rules that admit the same, one of two principals covers the others,
// as it may have to stay for the other principal; else the first does.
func (s *subsumer) cover(row uint32, among []uint32) (uint32, bool) {
	for _, by := range among {
		if s.compared++; s.spent() {
			return 0, false
		}
		if by != row && s.covers(by, row) && (s.stays(by, row) || !s.covers(row, by)) {
			return by, true
		}
	}
	return 0, false
}

// spent reports whether the file has had its comparisons.
func (s *subsumer) spent() bool { return s.compared > maxCompared+maxEach*len(s.lines) }

// stays reports whether, of two rules that admit the same, the first given is to
// stay.
func (s *subsumer) stays(a, b uint32) bool {
	dual := func(row uint32) bool { return s.user.named(int(row)) != 0 && s.group.named(int(row)) != 0 }
	if x := dual(a); x != dual(b) {
		return x
	}
	return a < b
}

func (s *subsumer) covers(by, row uint32) bool {
	for _, c := range s.fields { // what is quick to refuse first
		a, b := c.of[by], c.of[row]
		if x, y := c.sets[a], c.sets[b]; x == badSet || y == badSet || x != y && !wild(x) &&
			(wild(y) || s.signatures[c][b]&^s.signatures[c][a] != 0 || len(c.cells[b].Values) >= len(c.cells[a].Values)) {
			return false
		}
	}
	for _, c := range s.fields {
		a, b := c.of[by], c.of[row]
		if c.sets[a] != c.sets[b] && !wild(c.sets[a]) && !s.subset(c.cells[b].Values, c.cells[a].Values) {
			return false
		}
	}
	return true
}

// subset reports whether every string of a is in b; both are increasing.
func (s *subsumer) subset(a, b []string) bool {
	for _, value := range a {
		s.compared++
		i, ok := slices.BinarySearch(b, value)
		if !ok {
			return false
		}
		b = b[i+1:]
	}
	return true
}

// together finds rules that the others cover only together: each list of a
// field must then have several values, of which others admit some each.
func (s *subsumer) together(rules []uint32, idle map[uint32][]int) {
	if len(rules) < 3 || len(rules) > maxUnion {
		return
	}
	for i := len(rules) - 1; i >= 0; i-- {
		row := rules[i]
		if !s.lists(row) {
			continue
		}
		if s.unions++; s.unions > maxUnions {
			return
		}
		var others []predicate.Predicate
		for _, other := range rules {
			if other != row {
				others = append(others, s.predicate(other))
			}
		}
		covered, err := s.effort.Covers(others, s.predicate(row))
		if err != nil {
			s.unions = maxUnions
			if !errors.Is(err, predicate.ErrTooHard) {
				s.err = err
			}
			return
		}
		if covered {
			idle[row] = append(idle[row], -1)
			rules = slices.Delete(rules, i, i+1)
		}
	}
}

// lists reports whether a rule can be read and has a list of several values.
func (s *subsumer) lists(row uint32) bool {
	several := false
	for _, c := range s.fields {
		if c.sets[c.of[row]] == badSet {
			return false
		}
		several = several || len(c.cells[c.of[row]].Values) > 1
	}
	return several
}

// predicate returns the rows a rule admits; one that cannot be read admits none.
func (t *table) predicate(row uint32) predicate.Predicate {
	p := predicate.All()
	for _, c := range t.fields {
		id := c.of[row]
		switch {
		case c.sets[id] == badSet:
			return predicate.Predicate{}
		case !wild(c.sets[id]):
			p = predicate.And(p, predicate.In(c.name, c.cells[id].Values...))
		}
	}
	return p
}
