package predicate

import (
	"slices"
	"strings"
	"sync"
)

// sortUnique puts predicates into canonical order, each once, in the memory of ps.
func sortUnique(ps []Predicate) []Predicate {
	if len(ps) < fewToSort || slices.ContainsFunc(ps, func(p Predicate) bool { return !p.box() }) {
		slices.SortFunc(ps, compare)
	} else {
		sortBoxes(ps)
	}
	return slices.CompactFunc(ps, Predicate.Equal)
}

// fewToSort is below how many boxes a plain sort is as quick.
const fewToSort = 64

// sortBoxes is a sort of many rules by what nearly always decides alone: the
// first bytes of the first value of the first condition. It counts these, from
// the last to the first, and compares only what has the same.
func sortBoxes(ps []Predicate) {
	s := sorters.Get().(*sorter)
	defer s.free()
	s.sort(ps)
}

func (s *sorter) sort(ps []Predicate) {
	s.leads, s.other = resized(s.leads, len(ps)), resized(s.other, len(ps))
	for i, p := range ps {
		first, columns := p, &s.atoms
		if !p.atom() {
			first, columns = p.n.args[0], &s.conjunctions
		}
		k := columns.of(first.n.column)
		if k.example.n == nil {
			*k = boxKind{p, int32(len(s.kinds))}
			s.kinds = append(s.kinds, k)
		}
		l := &s.leads[i]
		*l = lead{first.n.order, k.place, int32(i)}
		if first.Op() == OpHasValue {
			l.order = ^uint64(0) // stands after every In
		}
	}
	sortOrders(s.leads, s.other)
	if len(s.kinds) > 1 {
		s.sortKinds()
	}
	place(ps, s.leads)
	s.sortEqual(ps, s.leads, s.other, 0)
}

// A sorter is what sortBoxes needs besides the boxes.
type sorter struct {
	leads, other []lead
	// Boxes are of one kind if they are all conditions, or all conjunctions, and
	// their first condition is on the same column. The kind goes first.
	atoms, conjunctions perColumn[boxKind]
	kinds               []*boxKind // in the order they come
	ends                []int32
}

// sorters lend the memory of sorters to one sort after the other.
var sorters = sync.Pool{New: func() any { return new(sorter) }}

// free hands s on, without anything of the boxes.
func (s *sorter) free() {
	if cap(s.leads) > maxKept {
		return
	}
	s.atoms.reset()
	s.conjunctions.reset()
	clear(s.kinds)
	s.kinds = s.kinds[:0]
	sorters.Put(s)
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

// sortOrders sorts leads by order; those with equal orders stay as they are among
// each other. other is memory for as many.
func sortOrders(leads, other []lead) {
	differ := uint64(0) // the bits in which some order does not agree
	for i := range leads {
		differ |= leads[i].order ^ leads[0].order
	}
	from, to := leads, other
	for shift := 0; shift < 64; shift += 8 {
		if differ>>shift&0xff == 0 {
			continue
		}
		var ends [257]int32
		for i := range from {
			ends[from[i].order>>shift&0xff+1]++
		}
		for d := range 256 {
			ends[d+1] += ends[d]
		}
		for i := range from {
			at := &ends[from[i].order>>shift&0xff]
			to[*at] = from[i]
			*at++
		}
		from, to = to, from
	}
	if &from[0] != &leads[0] {
		copy(leads, from)
	}
}

// sortKinds sorts leads by kind, in canonical order.
func (s *sorter) sortKinds() {
	first := slices.Clone(s.kinds)
	slices.SortFunc(first, func(a, b *boxKind) int { return compare(a.example, b.example) })
	for i, k := range first {
		k.place = int32(i)
	}
	ends := resized(s.ends, len(first)+1)
	clear(ends)
	for i := range s.leads {
		ends[s.kinds[s.leads[i].kind].place+1]++
	}
	for k := range first {
		ends[k+1] += ends[k]
	}
	for _, l := range s.leads {
		at := &ends[s.kinds[l.kind].place]
		s.other[*at] = l
		*at++
	}
	s.leads, s.other, s.ends = s.other, s.leads, ends
}

// place puts each box where its lead is. The leads then say that it was there.
func place(ps []Predicate, leads []lead) {
	for i := range leads {
		first, at := ps[i], i
		for {
			from := int(leads[at].place)
			leads[at].place = int32(at)
			if from == i {
				break
			}
			ps[at] = ps[from]
			at = from
		}
		ps[at] = first
	}
}

// maxDeeper is how many times what has equal leads is sorted by others. Somebody
// could write texts that need one more for every other byte.
const maxDeeper = 3

// sortEqual sorts boxes that are in the order of their leads, wherever leads are
// equal.
func (s *sorter) sortEqual(ps []Predicate, leads, other []lead, depth int) {
	from := 0
	for i, l := range leads {
		if i+1 < len(leads) && l.kind == leads[i+1].kind && l.order == leads[i+1].order {
			continue
		}
		if to := i + 1; to-from > 1 {
			if same := ps[from:to]; to-from < fewToSort || depth == maxDeeper || !s.sortDeeper(same, leads[from:to], other[from:to], depth) {
				slices.SortFunc(same, compare)
			}
		}
		from = i + 1
	}
}

// sortDeeper sorts boxes with equal leads by what stands where their first values
// begin to differ. It reports false, and does nothing, if they do not.
func (s *sorter) sortDeeper(ps []Predicate, leads, other []lead, depth int) bool {
	text := func(p Predicate) string { return p.atomAt(0).n.values[0] }
	shared := ""
	for i, p := range ps {
		if p.atomAt(0).Op() != OpIn {
			return false
		}
		if t := text(p); i == 0 {
			shared = t
		} else if !strings.HasPrefix(t, shared) {
			shared = shared[:commonPrefix(t, shared)]
		}
	}
	differ := false
	for i, p := range ps {
		t := text(p)
		differ = differ || len(t) > len(shared)
		leads[i] = lead{order(t[len(shared):]), 0, int32(i)}
	}
	if !differ {
		return false
	}
	sortOrders(leads, other)
	place(ps, leads)
	s.sortEqual(ps, leads, other, depth+1)
	return true
}

// commonPrefix returns how many bytes s and t begin with alike.
func commonPrefix(s, t string) int {
	for i := range min(len(s), len(t)) {
		if s[i] != t[i] {
			return i
		}
	}
	return min(len(s), len(t))
}
