package batch

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"

	"github.com/rowsight/rowsight/predicate"
)

// A table decides rows for a union of boxes. It walks the columns in a fixed
// order and keeps a state per row: which boxes are still alive, as far as it
// matters for the columns to come.
//
//	               Region            Segment
//	start ──US──►  {1,2}   ──SMB──►  accept       1: US,  SMB
//	  │              └─────other──►  reject       2: US,  Startup
//	  ├─EMEA──►    accept                         3: EMEA
//	  └─other──►   reject
//
// One look-up of state and class in steps[i] gives the state at the next
// column. Two states are reserved at every column: rejecting and accepting
// stay what they are.
type table struct {
	columns []*classifier
	steps   []step   // of the second column and those after it; see fold
	rules   *ruleSet // instead of steps, if they would grow past the budget
	vector  bool     // use vectorAdvance and vectorAccept
	off     path
}

// A step is the part of a table that belongs to one column of n classes.
type step struct {
	n uint32
	// next[state*n+class] is the state at the next column, already multiplied
	// by the number of classes there. The last step has final instead, a bit for
	// each: whether to accept the row.
	next  []uint32
	final finals
}

// finals are bits in words of 32.
type finals []uint32

func newFinals(n int) finals        { return make(finals, (n+31)/32) }
func (f finals) set(i int)          { f[i>>5] |= 1 << (i & 31) }
func (f finals) at(i uint32) uint64 { return uint64(f[i>>5] >> (i & 31) & 1) }

// Row indices of the reserved states in every step.
const (
	stateReject = 0
	stateAccept = 1
	stateFirst  = 2
)

// maxCells bounds the number of entries of all steps of one table. Nearly all
// of them belong to the last column, at a bit each. Past it, look-ups would
// miss the caches more often than the AND of rule sets does, and building the
// table would take longer than many reads.
const maxCells = 1 << 20

// newTable builds the table of a union of boxes.
func newTable(boxes []predicate.Predicate, column func(name string) int, opts *Options) *table {
	var names []string
	var conditions [][]predicate.Predicate // by name, then by box
	put := func(box int, atom predicate.Predicate) {
		i := slices.Index(names, atom.Column())
		if i < 0 {
			i = len(names)
			names = append(names, atom.Column())
			conditions = append(conditions, make([]predicate.Predicate, len(boxes)))
		}
		conditions[i][box] = atom
	}
	for i, b := range boxes {
		if isAtom(b) {
			put(i, b)
			continue
		}
		for a := range b.Args() {
			put(i, a)
		}
	}
	t := &table{off: opts.off, vector: hasVector && opts.on(pathVector)}
	for i, name := range names {
		t.columns = append(t.columns, newClassifier(column(name), name, conditions[i], opts))
	}
	// Few classes first keeps the number of states small.
	slices.SortFunc(t.columns, func(a, b *classifier) int {
		return cmp.Or(cmp.Compare(a.n, b.n), cmp.Compare(a.column, b.column))
	})
	if opts.on(pathTable) && t.build(len(boxes)) {
		t.fold()
	} else {
		t.steps = nil
		t.rules = newRuleSet(t.columns, len(boxes))
	}
	for _, c := range t.columns {
		c.seal()
	}
	return t
}

// fold takes the first step into the look-up of its column, which then gives
// states instead of classes, or, if the column is the only one, 1 for a visible
// row and 0 for another.
func (t *table) fold() {
	first := t.steps[0]
	codes := make([]uint32, first.n)
	for k := range codes {
		if at := stateFirst*int(first.n) + k; first.final != nil {
			codes[k] = uint32(first.final.at(uint32(at)))
		} else {
			codes[k] = first.next[at]
		}
	}
	t.columns[0].alone = first.final != nil
	t.columns[0].lookup.recode(codes)
	t.steps = t.steps[1:]
}

// residue is what remains of a box from some column on: the condition on that
// column and the residue at the next one. Boxes of equal residue are one from
// there on.
type residue struct {
	set  int32 // index into classifier.sets, -1 for no condition
	next int32
}

// key returns r as the key of a numbering.
func (r residue) key() uint64 { return uint64(uint32(r.set))<<32 | uint64(uint32(r.next)) }

// residueDone is the residue with no condition left.
const residueDone = 0

// build fills in the steps. It reports false if they would exceed the budget.
func (t *table) build(boxes int) bool {
	levels, at := t.residues(boxes)

	// The states of a column are sets of its residues, interned by content.
	start := newBitset(len(levels[0]))
	for _, r := range at {
		start.set(int(r))
	}
	states := []bitset{start}
	cells := 0
	for i, c := range t.columns {
		cells += (stateFirst + len(states)) * c.n
		if cells > maxCells {
			return false
		}
		last := i+1 == len(t.columns)
		b := stepBuilder{classifier: c, residues: levels[i]}
		if last {
			t.steps = append(t.steps, step{n: uint32(c.n), final: b.buildFinal(states)})
			break
		}
		b.nextResidues = len(levels[i+1])
		next, nextStates := b.build(states)
		// States of the next column become row offsets of its step.
		for j := range next {
			next[j] *= uint32(t.columns[i+1].n)
		}
		t.steps = append(t.steps, step{n: uint32(c.n), next: next})
		states = nextStates
	}
	return true
}

// residues numbers the residues of all boxes at every column, from the last
// column to the first, and returns them with the residue of each box at the
// first.
func (t *table) residues(boxes int) (levels [][]residue, at []int32) {
	levels = make([][]residue, len(t.columns))
	at = make([]int32, boxes) // all done, after the last column
	for i := len(t.columns) - 1; i >= 0; i-- {
		c := t.columns[i]
		// Residue 0 is done at every column: no condition here, none later.
		list := make([]residue, 1, len(c.sets)+1)
		list[0] = residue{-1, residueDone}
		if i == len(t.columns)-1 {
			// Nothing comes after: a residue is a set.
			for k := range c.sets {
				list = append(list, residue{int32(k), residueDone})
			}
			for b := range at {
				at[b] = c.byBox[b] + 1
			}
		} else {
			seen := newNumbering(boxes + 1)
			seen.of(list[0].key())
			for b := range at {
				r := residue{c.byBox[b], at[b]}
				id, added := seen.of(r.key())
				if added {
					list = append(list, r)
				}
				at[b] = id
			}
		}
		levels[i] = list
	}
	return levels, at
}

// A stepBuilder computes the transitions of one column.
type stepBuilder struct {
	*classifier
	residues     []residue
	nextResidues int
}

// build returns the transition table for states, and the states it leads to.
// The table is in rows, not scaled.
func (b *stepBuilder) build(states []bitset) ([]uint32, []bitset) {
	next := make([]uint32, (stateFirst+len(states))*b.n)
	for k := range b.n {
		next[stateAccept*b.n+k] = stateAccept
	}
	// free[s] is where state s leads whatever the class is: the residues with
	// no condition here. to[s*n+k] collects the rest per class.
	var found []bitset
	seen := make(map[string]uint32)
	intern := func(set bitset) uint32 {
		switch {
		case set.empty():
			return stateReject
		case set.has(residueDone):
			return stateAccept
		}
		key := set.key()
		id, ok := seen[key]
		if !ok {
			id = stateFirst + uint32(len(found))
			seen[key] = id
			found = append(found, slices.Clone(set))
		}
		return id
	}

	members := b.members()
	scratch := newBitset(b.nextResidues)
	for s, state := range states {
		row := next[(stateFirst+s)*b.n : (stateFirst+s+1)*b.n]
		free := newBitset(b.nextResidues)
		for r := range state.each {
			if b.residues[r].set < 0 {
				free.set(int(b.residues[r].next))
			}
		}
		if free.has(residueDone) {
			for k := range row {
				row[k] = stateAccept
			}
			continue
		}
		fallback := intern(free)
		for k := range row {
			row[k] = fallback
			hit := false
			for _, m := range members[k] {
				if state.has(int(m.residue)) {
					if !hit {
						hit = true
						copy(scratch, free)
					}
					scratch.set(int(m.next))
				}
			}
			if hit {
				row[k] = intern(scratch)
			}
		}
	}
	return next, found
}

// buildFinal returns the transition table of the last column, where a state
// accepts a class if any of its residues does. There the classes are many and
// the residues that accept each are few, so it goes by residue: which states
// hold it, as a set.
func (b *stepBuilder) buildFinal(states []bitset) finals {
	final := newFinals((stateFirst + len(states)) * b.n)
	for k := range b.n {
		final.set(stateAccept*b.n + k)
	}
	words := (len(states) + 63) / 64
	holders := newBitset(64 * words * len(b.residues)) // words for each residue
	of := func(residue int32) bitset { return holders[int(residue)*words:][:words] }
	for s, state := range states {
		for r := range state.each {
			of(int32(r)).set(s)
		}
	}
	accepting := newBitset(len(states))
	for k, list := range b.members() {
		copy(accepting, of(residueDone)) // whatever the class is
		for _, m := range list {
			for w, bits := range of(m.residue) {
				accepting[w] |= bits
			}
		}
		for s := range accepting.each {
			final.set((stateFirst+s)*b.n + k)
		}
	}
	return final
}

type member struct{ residue, next int32 }

// members lists, for each class, the residues whose condition accepts it. The
// lists lie in one piece.
func (b *stepBuilder) members() [][]member {
	ends := make([]int32, b.n+1)
	for _, r := range b.residues {
		if r.set >= 0 {
			for _, k := range b.sets[r.set] {
				ends[k+1]++
			}
		}
	}
	for k := range b.n {
		ends[k+1] += ends[k]
	}
	all := make([]member, ends[b.n])
	list := make([][]member, b.n)
	for k := range list {
		list[k] = all[ends[k]:ends[k]:ends[k+1]]
	}
	for id, r := range b.residues {
		if r.set >= 0 {
			for _, k := range b.sets[r.set] {
				list[k] = append(list[k], member{int32(id), r.next})
			}
		}
	}
	return list
}

// A bitset is a set of small integers.
type bitset []uint64

func newBitset(n int) bitset    { return make(bitset, (n+63)/64) }
func (s bitset) set(i int)      { s[i>>6] |= 1 << (i & 63) }
func (s bitset) has(i int) bool { return s[i>>6]>>(i&63)&1 != 0 }
func (s bitset) empty() bool    { return !slices.ContainsFunc(s, func(w uint64) bool { return w != 0 }) }

// each yields the members of s in increasing order.
func (s bitset) each(yield func(int) bool) {
	for i, w := range s {
		for ; w != 0; w &= w - 1 {
			if !yield(i<<6 | bits.TrailingZeros64(w)) {
				return
			}
		}
	}
}

// key returns the content of s as a map key.
func (s bitset) key() string {
	b := make([]byte, 0, 8*len(s))
	for _, w := range s {
		b = binary.LittleEndian.AppendUint64(b, w)
	}
	return string(b)
}
