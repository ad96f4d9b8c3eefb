package rows

import (
	"math/bits"
	"slices"
	"unsafe"
)

// A residue is what remains of a box from some column on: the condition on that
// column, and the residue at the next one. Boxes with equal residues are one box
// from there on.
type residue struct {
	set  int32 // index into column.sets, -1 for no condition
	next int32
}

// residueDone is the residue without a condition, at every column.
const residueDone = 0

// A tableBuilder fills in a table. cells and effort are what it may still use.
type tableBuilder struct {
	*table
	cells, effort int
}

// build reports false if the table would exceed its bounds.
func (b *tableBuilder) build(boxes int) bool {
	levels, at := b.residues(boxes)
	start := make(set, setWords(len(levels[0])))
	for _, r := range at {
		start.add(r)
	}
	states := []set{start}
	last := len(b.columns) - 1
	for i, c := range b.columns {
		if b.cells -= len(states) * int(c.n); b.cells < 0 {
			return false
		}
		if i == last {
			return b.buildFinal(c, levels[i], states)
		}
		stride := uint32(1)
		if i+1 < last {
			stride = b.columns[i+1].n
		}
		next, to, ok := b.buildNext(c, levels[i], states, setWords(len(levels[i+1])), stride)
		if !ok {
			return false
		}
		b.next = append(b.next, next)
		states = to
	}
	return true
}

// residues numbers the residues of all boxes at every column, from the last
// column to the first. It returns them, and the residue of each box at the first
// column.
func (b *tableBuilder) residues(boxes int) (levels [][]residue, at []int32) {
	levels = make([][]residue, len(b.columns))
	at = make([]int32, boxes) // all done, after the last column
	for i := len(b.columns) - 1; i >= 0; i-- {
		done := residue{-1, residueDone}
		list := []residue{done}
		numbers := map[residue]int32{done: residueDone}
		for box := range at {
			r := residue{b.columns[i].byBox[box], at[box]}
			number, ok := numbers[r]
			if !ok {
				number = int32(len(list))
				numbers[r] = number
				list = append(list, r)
			}
			at[box] = number
		}
		levels[i] = list
	}
	return levels, at
}

// buildNext returns where each state and class of a column leads, and the states
// of the next column, whose sets have that many words and whose rows are stride
// apart.
func (b *tableBuilder) buildNext(c *column, residues []residue, states []set, words int, stride uint32) ([]uint32, []set, bool) {
	next := make([]uint32, 0, len(states)*int(c.n))
	found := stateSets{numbers: make(map[string]uint32), stride: stride}
	always, to := make(set, words), make(set, words)
	byClass := make([][]int32, c.n) // the residues that a class adds to always
	for _, state := range states {
		clear(always)
		for k := range byClass {
			byClass[k] = byClass[k][:0]
		}
		for r := range state.all {
			res := residues[r]
			if res.set < 0 {
				always.add(res.next)
				continue
			}
			accepted := c.sets[res.set]
			b.effort -= len(accepted)
			for _, k := range accepted {
				byClass[k] = append(byClass[k], res.next)
			}
		}
		if b.effort -= int(c.n) * (1 + words); b.effort < 0 {
			return nil, nil, false
		}
		usual := found.number(always)
		for _, more := range byClass {
			if len(more) == 0 || usual == accept {
				next = append(next, usual)
				continue
			}
			copy(to, always)
			for _, r := range more {
				to.add(r)
			}
			next = append(next, found.number(to))
		}
	}
	return next, found.list, true
}

// buildFinal fills in the last column: which states accept which classes.
func (b *tableBuilder) buildFinal(c *column, residues []residue, states []set) bool {
	b.words = uint32(setWords(len(states)))
	b.final = make([]uint64, c.n*b.words)
	for s, state := range states {
		for r := range state.all {
			if residues[r].set < 0 {
				for k := range c.n {
					set(b.final[k*b.words:]).add(int32(s))
				}
				break
			}
			accepted := c.sets[residues[r].set]
			if b.effort -= len(accepted); b.effort < 0 {
				return false
			}
			for _, k := range accepted {
				set(b.final[k*b.words:]).add(int32(s))
			}
		}
	}
	return true
}

// stateSets numbers the states of a column, each once.
type stateSets struct {
	list    []set
	numbers map[string]uint32
	stride  uint32
}

// number returns what next holds for a set of residues.
func (ss *stateSets) number(s set) uint32 {
	if s.has(residueDone) {
		return accept
	}
	if !slices.ContainsFunc(s, func(w uint64) bool { return w != 0 }) {
		return reject
	}
	number, ok := ss.numbers[s.key()]
	if !ok {
		number = stateFirst + uint32(len(ss.list))*ss.stride
		mine := slices.Clone(s)
		ss.list = append(ss.list, mine)
		ss.numbers[mine.key()] = number // which shares its memory
	}
	return number
}

// A set is a set of small numbers, a bit each.
type set []uint64

func setWords(n int) int       { return (n + 63) / 64 }
func (s set) add(i int32)      { s[i>>6] |= 1 << (i & 63) }
func (s set) has(i int32) bool { return s[i>>6]>>(i&63)&1 != 0 }
func (s set) key() string      { return unsafe.String((*byte)(unsafe.Pointer(&s[0])), 8*len(s)) }
func (s set) all(yield func(int) bool) {
	for i, w := range s {
		for ; w != 0; w &= w - 1 {
			if !yield(i<<6 | bits.TrailingZeros64(w)) {
				return
			}
		}
	}
}
