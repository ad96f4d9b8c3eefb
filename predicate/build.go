package predicate

import "slices"

// All returns the predicate that selects every row. Nothing else in this
// package returns it unless it was given it.
func All() Predicate { return Predicate{allNode} }

// In returns the predicate that selects the rows whose column holds one of
// values. Comparison is by code point: case, spaces and normalization count
// (U4). NULL and "" match nothing, so "" among the values is dropped, and In
// without a value selects no row (S2).
func In(column string, values ...string) Predicate {
	return in(column, sortedSet(values))
}

// in is In for values that are sorted, unique, without "", and not shared with
// a caller.
func in(column string, values []string) Predicate {
	if len(values) == 0 {
		return Predicate{}
	}
	return Predicate{&node{op: OpIn, column: column, values: values, sig: signature(values), first: hash(values[0])}}
}

// HasValue returns the predicate that selects the rows whose column is neither
// NULL nor "".
func HasValue(column string) Predicate {
	return Predicate{&node{op: OpHasValue, column: column, sig: ^uint64(0)}}
}

// And returns the rows that are in p and in every one of more. It takes at
// least one operand, so that an empty slice cannot become "all rows".
func And(p Predicate, more ...Predicate) Predicate {
	if len(more) == 0 {
		return p
	}
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
	args := dropImplied(append(atoms, sortUnique(rest)...))
	switch len(args) {
	case 0:
		return All()
	case 1:
		return args[0]
	}
	return conjunction(args)
}

func conjunction(args []Predicate) Predicate {
	boxed := !slices.ContainsFunc(args, func(p Predicate) bool { return !p.atom() })
	return Predicate{&node{op: OpAnd, args: args, boxed: boxed}}
}

// Or returns the rows that are in at least one of ps. Or() selects no row.
func Or(ps ...Predicate) Predicate {
	if len(ps) == 1 {
		return ps[0]
	}
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
	atoms, _ = mergeAtoms(atoms, unite)
	args := append(atoms, sortUnique(rest)...)
	if len(args) > 1 {
		args = dropCovered(args)
	}
	switch len(args) {
	case 0:
		return Predicate{}
	case 1:
		return args[0]
	}
	return disjunction(args)
}

func disjunction(args []Predicate) Predicate { return Predicate{&node{op: OpOr, args: args}} }

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
	total := 0
	for _, p := range same {
		if p.Op() == OpHasValue {
			return p
		}
		total += len(p.n.values)
	}
	values := make([]string, 0, total)
	for _, p := range same {
		values = append(values, p.n.values...)
	}
	slices.Sort(values)
	return in(same[0].n.column, slices.Compact(values))
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

func sortUnique(ps []Predicate) []Predicate {
	slices.SortFunc(ps, compare)
	return slices.CompactFunc(ps, Predicate.Equal)
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
