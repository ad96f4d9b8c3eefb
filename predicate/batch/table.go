package batch

import (
	"cmp"
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
	form    form     // of vectorAdvance and vectorAccept
	off     path
}

// A step is the part of a table that belongs to one column of n classes.
type step struct {
	n uint32
	// next[state*n+class] is the state at the next column, already multiplied
	// by how far apart states are there. The last step has final instead, a bit
	// for each: whether to accept the row.
	next  []uint32
	final finals
}

// finals are bits in words of 32.
type finals []uint32

func newFinals(n int) finals        { return make(finals, (n+31)/32) }
func (f finals) set(i int)          { f[i>>5] |= 1 << (i & 31) }
func (f finals) at(i uint32) uint64 { return uint64(f[i>>5] >> (i & 31) & 1) }

// put sets the bits from the i-th on, a multiple of 64.
func (f finals) put(i int, set bitset) {
	for w, bits := range set {
		f[i>>5+2*w], f[i>>5+2*w+1] = uint32(bits), uint32(bits>>32)
	}
}

// Row indices of the reserved states in every step.
const (
	stateReject = 0
	stateAccept = 1
	stateFirst  = 2
)

// maxCells bounds the number of entries of all steps of one table. Nearly all
// of them belong to the last column, at a bit each, with some words to spare.
// Past it, look-ups would miss the caches more often than the AND of rule sets
// does, and building the table would take longer than many reads.
const maxCells = 1 << 20

// maxWork bounds the steps that building a table takes: rules that all accept most
// values of each other make few cells that are each dear. 999 usual rules of four
// columns take a hundredth of it.
const maxWork = 1 << 22

// newTable builds the table of a union of boxes. It keeps nothing of d.
func newTable(d *draft, boxes []predicate.Predicate, column func(name string) int, opts *Options) *table {
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
		for a := range b.Conditions() {
			put(i, a)
		}
	}
	t := &table{off: opts.off, form: formOf(opts.off)}
	for i, name := range names {
		t.columns = append(t.columns, newClassifier(d, column(name), name, conditions[i], opts))
	}
	// Few classes first keeps the number of states small.
	slices.SortFunc(t.columns, func(a, b *classifier) int {
		return cmp.Or(cmp.Compare(a.n, b.n), cmp.Compare(a.column, b.column))
	})
	if opts.on(pathTable) && t.build(d, len(boxes)) {
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
		if first.final != nil {
			codes[k] = uint32(first.final.at(uint32(stateFirst*finalStride(int(first.n)) + k)))
		} else {
			codes[k] = first.next[stateFirst*int(first.n)+k]
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
func (t *table) build(d *draft, boxes int) bool {
	levels, at := t.residues(d, boxes)

	// The states of a column are sets of its residues, interned by content.
	start := newBitset(len(levels[0]))
	for _, r := range at {
		start.set(int(r))
	}
	states := []bitset{start}
	cells, work := 0, 0
	for i, c := range t.columns {
		cells += (stateFirst + len(states)) * c.n
		if cells > maxCells {
			return false
		}
		last := i+1 == len(t.columns)
		b := stepBuilder{classifier: c, draft: d, residues: levels[i]}
		if !last {
			b.nextResidues = len(levels[i+1])
		}
		steps := b.work(len(states), last)
		if work += steps; work > maxWork {
			return false
		}
		d.steps += steps
		if last {
			t.steps = append(t.steps, step{n: uint32(c.n), final: b.buildFinal(states)})
			break
		}
		next, nextStates := b.build(states)
		// States of the next column become row offsets of its step.
		stride := t.columns[i+1].n
		if i+2 == len(t.columns) {
			stride = finalStride(stride)
		}
		for j := range next {
			next[j] *= uint32(stride)
		}
		t.steps = append(t.steps, step{n: uint32(c.n), next: next})
		states = nextStates
	}
	return true
}

// residues numbers the residues of all boxes at every column, from the last
// column to the first, and returns them with the residue of each box at the
// first.
func (t *table) residues(d *draft, boxes int) (levels [][]residue, at []int32) {
	levels = make([][]residue, len(t.columns))
	at = d.numbers.zeroed(boxes) // all done, after the last column
	for i := len(t.columns) - 1; i >= 0; i-- {
		c := t.columns[i]
		// Residue 0 is done at every column: no condition here, none later.
		list := append(d.residues.take(boxes + 1)[:0], residue{-1, residueDone})
		if i == len(t.columns)-1 {
			// Nothing comes after: a residue is a set.
			for k := range c.sets {
				list = append(list, residue{int32(k), residueDone})
			}
			for b := range at {
				at[b] = c.byBox[b] + 1
			}
		} else {
			seen := newNumbering(d, boxes+1)
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
	draft        *draft
	residues     []residue
	nextResidues int
}

// work returns about how many steps the transitions of that many states take.
func (b *stepBuilder) work(states int, last bool) int {
	members := 0 // pairs of a residue and a class that it accepts
	for _, r := range b.residues {
		if r.set >= 0 {
			members += len(b.sets[r.set])
		}
	}
	if last { // members take all states at once, 64 in a word
		return (members + b.n + len(b.residues)) * (states/64 + 1)
	}
	return states * (members + b.n*(b.nextResidues/64+1))
}

// build returns the transition table for states, and the states it leads to.
// The table is in rows, not scaled.
func (b *stepBuilder) build(states []bitset) ([]uint32, []bitset) {
	next := make([]uint32, (stateFirst+len(states))*b.n)
	for k := range b.n {
		next[stateAccept*b.n+k] = stateAccept
	}
	free := newBitset(len(b.residues)) // those with no condition here
	for id, r := range b.residues {
		if r.set < 0 {
			free.set(id)
		}
	}
	members := b.members()
	found := stateSets{rows: make(map[uint64]uint32)}
	always := newBitset(b.nextResidues) // where a state leads whatever the class is
	to := newBitset(b.nextResidues)
	for s, state := range states {
		row := next[(stateFirst+s)*b.n : (stateFirst+s+1)*b.n]
		clear(always)
		for r := range state.both(free) {
			always.set(int(b.residues[r].next))
		}
		fallback := found.intern(b.draft, always)
		for k := range row {
			row[k] = fallback
			if fallback == stateAccept {
				continue
			}
			copy(to, always)
			hit := uint64(0)
			for _, m := range members.of(k) { // a branch would be mispredicted every other time
				has := state.bit(int(m.residue))
				to[m.next>>6] |= has << (m.next & 63)
				hit |= has
			}
			if hit != 0 {
				row[k] = found.intern(b.draft, to)
			}
		}
	}
	return next, found.list
}

// stateSets are the states of a column, each once.
type stateSets struct {
	list []bitset
	rows map[uint64]uint32 // by hash, or, if another set has that, by the next number free
}

// intern returns the row index of a set.
func (ss *stateSets) intern(d *draft, set bitset) uint32 {
	switch {
	case set.has(residueDone):
		return stateAccept
	case set.empty():
		return stateReject
	}
	for hash := set.hash(d.salt()); ; hash++ {
		row, ok := ss.rows[hash]
		if !ok {
			row = stateFirst + uint32(len(ss.list))
			ss.rows[hash] = row
			mine := bitset(d.words.take(len(set)))
			copy(mine, set)
			ss.list = append(ss.list, mine)
		}
		if slices.Equal(ss.list[row-stateFirst], set) {
			return row
		}
		d.steps++
	}
}

// buildFinal returns the transition table of the last column, where a state
// accepts a class if any of its residues does. There the classes are many and
// the residues that accept each are few, so it goes by residue: the states that
// hold it, as a set.
func (b *stepBuilder) buildFinal(states []bitset) finals {
	holders := newBitMatrix(b.draft, len(states), len(b.residues))
	for s, state := range states {
		copy(holders.row(s), state)
	}
	holders = holders.transposed(b.draft)
	accepting := newBitMatrix(b.draft, b.n, len(states)) // states, by class
	members := b.members()
	for k := range b.n {
		set := accepting.row(k)
		copy(set, holders.row(residueDone)) // whatever the class is
		for _, m := range members.of(k) {
			for w, bits := range holders.row(int(m.residue)) {
				set[w] |= bits
			}
		}
	}
	stride := finalStride(b.n)
	final := newFinals((stateFirst + len(states)) * stride)
	for k := range b.n {
		final.set(stateAccept*stride + k)
	}
	accepting = accepting.transposed(b.draft)
	for s := range states {
		final.put((stateFirst+s)*stride, accepting.row(s))
	}
	return final
}

// finalStride is from where to where it is, in the last step, from one state to
// the next: a state begins with a word.
func finalStride(classes int) int { return (classes + 63) &^ 63 }

// members are, for each class, the residues whose condition accepts it.
type members struct {
	all  []member
	ends []int32 // of class k in all, at k+1
}

type member struct{ residue, next int32 }

func (ms *members) of(class int) []member { return ms.all[ms.ends[class]:ms.ends[class+1]] }

func (b *stepBuilder) members() *members {
	// Counted at k+2 and summed, ends[k+1] is where class k begins, and, once its
	// members are there, where it ends.
	ends := b.draft.numbers.zeroed(b.n + 2)
	for _, r := range b.residues {
		if r.set >= 0 {
			for _, k := range b.sets[r.set] {
				ends[k+2]++
			}
		}
	}
	for k := range b.n {
		ends[k+2] += ends[k+1]
	}
	all := b.draft.members.take(int(ends[b.n+1]))
	for id, r := range b.residues {
		if r.set >= 0 {
			for _, k := range b.sets[r.set] {
				all[ends[k+1]] = member{int32(id), r.next}
				ends[k+1]++
			}
		}
	}
	return &members{all, ends}
}
