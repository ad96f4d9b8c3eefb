package predicate

import (
	"cmp"
	"slices"
	"strings"
)

// All returns the predicate that selects every row. No other function of this
// package returns it unless an operand selects every row.
func All() Predicate { return Predicate{allNode} }

// In returns the predicate that selects the rows whose column holds one of
// values. Texts are compared by code point: case, spaces and normalization
// matter (U4). NULL and "" match nothing, so "" is removed from values, and In
// without values selects no row (S2).
func In(column string, values ...string) Predicate {
	set := sortedSet(values)
	if len(set) >= packFrom {
		pack(set)
	}
	return in(column, set)
}

// in is In for values that are sorted, unique, without "", and not shared with
// a caller.
func in(column string, values []string) Predicate {
	if len(values) == 0 {
		return Predicate{}
	}
	n := &node{op: OpIn, column: column, values: values, first: hash(values[0]), order: order(values[0])}
	n.digest = mix(uint64(OpIn), hash(column))
	for _, v := range values {
		h := hash(v)
		n.sig |= 1 << (h >> 58)
		n.digest = mix(n.digest, h)
	}
	return Predicate{n}
}

// HasValue returns the predicate that selects the rows whose column is neither
// NULL nor "".
func HasValue(column string) Predicate {
	return Predicate{&node{op: OpHasValue, column: column, sig: ^uint64(0), digest: mix(uint64(OpHasValue), hash(column))}}
}

// And returns the rows that are in p and in all of more. It takes at least one
// operand, so an empty slice cannot become "all rows".
func And(p Predicate, more ...Predicate) Predicate {
	if len(more) == 0 {
		return p
	}
	set := setOf(p, more)
	if box, ok := boxOf(p, more, set); ok {
		return box
	}
	return and(p, more, set).with(set)
}

// and is And but for what operands restrict.
func and(p Predicate, more []Predicate, set *columnSet) Predicate {
	var atoms, rest []Predicate
	add := func(q Predicate) {
		switch {
		case q.Op() == OpAll:
		case q.atom():
			atoms = append(atoms, q)
		default:
			rest = append(rest, q)
		}
	}
	for i := -1; i < len(more); i++ {
		q := p
		if i >= 0 {
			q = more[i]
		}
		switch q.Op() {
		case OpNone:
			return Predicate{}
		case OpAnd:
			for _, a := range q.n.args {
				add(a)
			}
		default:
			add(q)
		}
	}
	atoms, ok := mergeAtoms(atoms, intersect)
	if !ok {
		return Predicate{}
	}
	bare(atoms)
	args := dropImplied(append(atoms, sortUnique(rest)...))
	switch len(args) {
	case 0:
		return All()
	case 1:
		return args[0]
	}
	all := conjunction(args)
	all.n.set = set
	return all
}

// fewAtoms are those that are sorted one by one.
const fewAtoms = 32

// boxOf is And where all operands are atoms of different columns, or All: the
// rules of a file, which are many.
func boxOf(p Predicate, more []Predicate, set *columnSet) (box Predicate, ok bool) {
	atoms := make([]Predicate, 0, 1+len(more))
	for i := -1; i < len(more); i++ {
		q := p
		if i >= 0 {
			q = more[i]
		}
		if q.Op() == OpAll {
			continue
		}
		if !q.atom() {
			return Predicate{}, false
		}
		if len(atoms) >= fewAtoms { // to insert each takes time that grows with the square
			atoms = append(atoms, q)
			continue
		}
		atoms = append(atoms, q)
		for at := len(atoms) - 1; at > 0 && atoms[at-1].n.column >= q.n.column; at-- {
			if atoms[at-1].n.column == q.n.column {
				return Predicate{}, false
			}
			atoms[at], atoms[at-1] = atoms[at-1], q
		}
	}
	if len(atoms) > fewAtoms {
		slices.SortFunc(atoms, func(a, b Predicate) int { return strings.Compare(a.n.column, b.n.column) })
		for i := 1; i < len(atoms); i++ {
			if atoms[i-1].n.column == atoms[i].n.column {
				return Predicate{}, false
			}
		}
	}
	switch len(atoms) {
	case 0:
		return All().with(set), true
	case 1:
		return atoms[0].with(set), true
	}
	if set != nil {
		bare(atoms)
	}
	return Predicate{&node{op: OpAnd, args: atoms, boxed: true, set: set, digest: digest(OpAnd, atoms)}}, true
}

func conjunction(args []Predicate) Predicate {
	boxed := !slices.ContainsFunc(args, func(p Predicate) bool { return !p.atom() })
	return Predicate{&node{op: OpAnd, args: args, boxed: boxed, digest: digest(OpAnd, args)}}
}

// Or returns the rows that are in at least one of ps. Or() selects no row.
func Or(ps ...Predicate) Predicate {
	if len(ps) == 1 {
		return ps[0]
	}
	set := setOf(Predicate{}, ps)
	return or(ps, set).with(set)
}

// or is Or but for what operands restrict.
func or(ps []Predicate, set *columnSet) Predicate {
	var atoms []Predicate
	rest := make([]Predicate, 0, len(ps))
	add := func(q Predicate) {
		if q.atom() {
			atoms = append(atoms, q)
		} else {
			rest = append(rest, q)
		}
	}
	for _, p := range ps {
		switch p.Op() {
		case OpNone:
		case OpAll:
			return All()
		case OpOr:
			for _, a := range p.n.args {
				add(a)
			}
		default:
			add(p)
		}
	}
	args := sortUnique(rest)
	if len(atoms) > 0 {
		atoms, _ = mergeAtoms(atoms, unite)
		bare(atoms)
		args = append(atoms, args...)
	}
	if len(args) > 1 {
		args = dropCovered(args)
	}
	switch len(args) {
	case 0:
		return Predicate{}
	case 1:
		return args[0]
	}
	any := disjunction(args)
	any.n.set = set
	return any
}

func disjunction(args []Predicate) Predicate {
	return Predicate{&node{op: OpOr, args: args, digest: digest(OpOr, args)}}
}

func digest(op Op, args []Predicate) uint64 {
	h := uint64(op)
	for _, p := range args {
		h = mix(h, p.digest())
	}
	return h
}

// mergeAtoms joins the atoms of each column into one. It reports false if join
// left nothing of one of them.
func mergeAtoms(atoms []Predicate, join func(same []Predicate) Predicate) ([]Predicate, bool) {
	if len(atoms) < 2 {
		return atoms, true
	}
	slices.SortStableFunc(atoms, compareColumns)
	merged := atoms[:0]
	for len(atoms) > 0 {
		n := 1
		for n < len(atoms) && atoms[n].n.column == atoms[0].n.column {
			n++
		}
		p := atoms[0]
		if n > 1 {
			p = join(atoms[:n])
		}
		if p.Op() == OpNone {
			return nil, false
		}
		merged = append(merged, p)
		atoms = atoms[n:]
	}
	return merged, true
}

// unite returns the union of atoms that test the same column.
func unite(same []Predicate) Predicate {
	sets := make([][]string, len(same))
	for i, p := range same {
		if p.Op() == OpHasValue {
			return p
		}
		sets[i] = p.n.values
	}
	return in(same[0].n.column, mergeAll(sets))
}

// mergeAll returns what is in any of sets; they and it are increasing. It merges
// them two by two, so that a value is compared once for every doubling of the
// sets and not, as in sorting, of the values.
func mergeAll(sets [][]string) []string {
	total := 0
	for _, set := range sets {
		total += len(set)
	}
	from, to := make([]ordered, 0, total), make([]ordered, 0, total)
	ends := make([]int, len(sets)) // of each set
	for i, set := range sets {
		for _, v := range set {
			from = append(from, ordered{order(v), v})
		}
		ends[i] = len(from)
	}
	for len(ends) > 1 {
		half, start := ends[:0], 0
		for i := 0; i < len(ends); i += 2 {
			mid := ends[i]
			end := ends[min(i+1, len(ends)-1)]
			to = merge(to, from[start:mid], from[mid:end])
			half, start = append(half, len(to)), end
		}
		ends = half
		from, to = to, from[:0]
	}
	all := make([]string, len(from))
	for i, v := range from {
		all[i] = v.text
	}
	return all
}

// ordered is a text with what tells most often where it belongs.
type ordered struct {
	order uint64
	text  string
}

// merge appends what is in a or b to all.
func merge(all, a, b []ordered) []ordered {
	for len(a) > 0 && len(b) > 0 {
		c := cmp.Compare(a[0].order, b[0].order)
		if c == 0 {
			c = strings.Compare(a[0].text, b[0].text)
		}
		switch {
		case c < 0:
			all, a = append(all, a[0]), a[1:]
		case c > 0:
			all, b = append(all, b[0]), b[1:]
		default:
			all, a, b = append(all, a[0]), a[1:], b[1:]
		}
	}
	return append(append(all, a...), b...)
}

// intersect returns the intersection of atoms that test the same column.
func intersect(same []Predicate) Predicate {
	p := same[0]
	for _, q := range same[1:] {
		switch {
		case q.Op() == OpHasValue:
		case p.Op() == OpHasValue:
			p = q
		default:
			p = in(p.n.column, common(p.n.values, q.n.values))
			if p.n == nil {
				return p
			}
		}
	}
	return p
}

// common returns what is in both a and b; all three are increasing.
func common(a, b []string) []string {
	if len(a) > len(b) {
		a, b = b, a
	}
	both := make([]string, 0, len(a))
	if len(b) > 16*len(a) {
		for _, v := range a {
			if _, ok := slices.BinarySearch(b, v); ok {
				both = append(both, v)
			}
		}
		return both
	}
	j := 0
	for _, v := range a {
		for j < len(b) && b[j] < v {
			j++
		}
		if j < len(b) && b[j] == v {
			both = append(both, v)
		}
	}
	return both
}

// sortedSet copies values into an increasing slice without "" and duplicates.
func sortedSet(values []string) []string {
	set := make([]string, 0, len(values))
	sorted := true
	for _, v := range values {
		if v == "" {
			continue
		}
		if n := len(set); sorted && n > 0 && set[n-1] >= v {
			sorted = false
		}
		set = append(set, v)
	}
	if !sorted {
		slices.Sort(set)
		set = slices.Compact(set)
	}
	return set
}

// packFrom is how many values make it worth bringing their texts together: so
// many do not fit into the first cache any more.
const packFrom = 1 << 10

// pack copies texts into one piece of memory, in their order. Whoever goes
// through a large set then reads memory from front to back, and the set keeps
// nothing alive that its texts were cut out of.
func pack(set []string) {
	all := strings.Join(set, "")
	for i, v := range set {
		set[i], all = all[:len(v)], all[len(v):]
	}
}
