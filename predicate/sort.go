package predicate

import "slices"

// sortUnique puts predicates into canonical order, each once. It sorts ps or
// returns another slice.
func sortUnique(ps []Predicate) []Predicate {
	if len(ps) < fewToSort || slices.ContainsFunc(ps, func(p Predicate) bool { return !p.box() }) {
		slices.SortFunc(ps, compare)
	} else {
		ps = sortBoxes(ps)
	}
	return slices.CompactFunc(ps, Predicate.Equal)
}

// fewToSort is below how many boxes a plain sort is as quick.
const fewToSort = 64

// sortBoxes is a sort of many rules by what nearly always decides alone: the
// first bytes of the first value of the first condition. It counts these, from
// the last to the first, and compares only what has the same.
func sortBoxes(ps []Predicate) []Predicate {
	// Boxes are of one kind if they are all conditions, or all conjunctions, and
	// their first condition is on the same column. The kind goes first.
	var atoms, conjunctions perColumn[boxKind]
	leads := make([]lead, len(ps))
	var kinds []*boxKind
	differ := uint64(0) // the bits in which some order does not agree
	for i, p := range ps {
		first, columns := p, &atoms
		if !p.atom() {
			first, columns = p.n.args[0], &conjunctions
		}
		k := columns.of(first.n.column)
		if k.example.n == nil {
			*k = boxKind{p, int32(len(kinds))}
			kinds = append(kinds, k)
		}
		l := &leads[i]
		*l = lead{first.n.order, k.place, int32(i)}
		if first.Op() == OpHasValue {
			l.order = ^uint64(0) // stands after every In
		}
		differ |= l.order ^ leads[0].order
	}

	other := make([]lead, len(leads))
	for shift := 0; shift < 64; shift += 8 {
		if differ>>shift&0xff != 0 {
			countingSort(other, leads, 256, func(l *lead) int { return int(l.order >> shift & 0xff) })
			leads, other = other, leads
		}
	}
	if len(kinds) > 1 {
		first := slices.Clone(kinds)
		slices.SortFunc(first, func(a, b *boxKind) int { return compare(a.example, b.example) })
		for i, k := range first {
			k.place = int32(i)
		}
		countingSort(other, leads, len(kinds), func(l *lead) int { return int(kinds[l.kind].place) })
		leads = other
	}
	sorted := make([]Predicate, len(leads))
	from := 0
	for i, l := range leads {
		sorted[i] = ps[l.place]
		if i+1 == len(leads) || l.kind != leads[i+1].kind || l.order != leads[i+1].order {
			if i > from {
				slices.SortFunc(sorted[from:i+1], compare)
			}
			from = i + 1
		}
	}
	return sorted
}

// A lead is what decides first where a box belongs.
type lead struct {
	order       uint64
	kind, place int32 // the kind's number, and the box's place before
}

type boxKind struct {
	example Predicate
	place   int32 // among the kinds: first in the order they come, then in canonical order
}

// countingSort copies from to to in the order of a digit below n; those with
// equal digits stay as they are among each other.
func countingSort(to, from []lead, n int, digit func(*lead) int) {
	ends := make([]int32, n+1)
	for i := range from {
		ends[digit(&from[i])+1]++
	}
	for d := range n {
		ends[d+1] += ends[d]
	}
	for i := range from {
		at := &ends[digit(&from[i])]
		to[*at] = from[i]
		*at++
	}
}
