package predicate

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"
)

// A search looks for a row outside all boxes of a cover: one value for every
// column, such that each box excludes one of them.
//
// It picks what must be so until nothing must, divides what is left into parts
// that share no column, and tries the values of the column that narrows the rest
// most. What failed once is not tried again. The question is NP-hard: all of this
// helps with rules as people write them, and with those that look hard and are
// not; for the others there is an [Effort].
type search struct {
	columns []column
	words   int // of a bitset
	effort  *Effort
	failed  map[string]struct{}

	// Of the column that is looked at: its choices that are left, the best first.
	left    []leftChoice
	scratch []uint64
}

// A column is a list as search needs it.
type column struct {
	name    string
	open    bitset // boxes that exclude some value of the list
	choices []choice
	done    bool
	picked  int // of choices
}

type choice struct {
	value  string
	accept bitset // of the boxes in open
}

// A leftChoice is a choice with the boxes alive that accept it.
type leftChoice struct {
	number int
	accept bitset
	count  int
}

// maxFailed bounds how many failures are remembered, and maxCompare how many
// choices a choice is compared with to see that one is better.
const (
	maxFailed  = 1 << 15
	maxCompare = 32
)

// solve picks a value for every column that matters and is not done, such that
// none of the boxes alive accepts all of them. It reports false if that cannot be
// done, or if effort is spent; columns are then as before.
func (s *search) solve(alive bitset) bool {
	var trail []int
	alive = slices.Clone(alive)
	undo := func() bool {
		for _, i := range trail {
			s.columns[i].done, s.columns[i].picked = false, 0
		}
		return false
	}
	for {
		// A box that a single column left can exclude must be excluded there.
		once, twice, thrice := s.exclude(alive)
		if !alive.in(once) {
			return undo()
		}
		if alive.empty() {
			return true
		}
		if !s.effort.spend(len(s.columns) * s.words) {
			return undo()
		}
		best, least, forced := -1, 0.0, false
		for i := range s.columns {
			c := &s.columns[i]
			if c.done || !c.open.meets(alive) {
				continue
			}
			if !s.effort.spend(len(c.choices) * s.words) {
				return undo()
			}
			s.choicesLeft(c, alive, twice)
			switch len(s.left) {
			case 0:
				return undo()
			case 1:
				forced = true
				c.pick(s.left[0].number, alive)
				trail = append(trail, i)
				once, twice, thrice = s.exclude(alive)
				if !alive.in(once) {
					return undo()
				}
			default:
				if r := s.rest(twice, thrice); best < 0 || r < least {
					best, least = i, r
				}
			}
		}
		if forced {
			continue
		}
		if s.branch(best, alive) {
			return true
		}
		return undo()
	}
}

// branch solves what is left when nothing must be so.
func (s *search) branch(best int, alive bitset) bool {
	if part := s.part(alive); !slices.Equal(part, alive) {
		rest := make(bitset, s.words)
		for w := range rest {
			rest[w] = alive[w] &^ part[w]
		}
		before := s.picks()
		if s.solve(part) && s.solve(rest) {
			return true
		}
		s.restore(before)
		return false
	}
	key := s.key(alive)
	if _, ok := s.failed[key]; ok {
		return false
	}
	c := &s.columns[best]
	_, twice, _ := s.exclude(alive)
	s.choicesLeft(c, alive, twice)
	numbers := make([]int, len(s.left))
	for i, l := range s.left {
		numbers[i] = l.number
	}
	for _, number := range numbers {
		left := slices.Clone(alive)
		c.pick(number, left)
		if s.solve(left) {
			return true
		}
		c.done, c.picked = false, 0
		if s.effort.failure() != nil {
			return false
		}
	}
	if len(s.failed) < maxFailed {
		if s.failed == nil {
			s.failed = make(map[string]struct{})
		}
		s.failed[key] = struct{}{}
	}
	return false
}

// pick takes a choice, and out of alive the boxes that it excludes.
func (c *column) pick(number int, alive bitset) {
	c.done, c.picked = true, number
	for w := range alive {
		alive[w] &= c.choices[number].accept[w] | ^c.open[w]
	}
}

// exclude returns the boxes alive that at least one, two and three of the columns
// left can exclude.
func (s *search) exclude(alive bitset) (once, twice, thrice bitset) {
	all := make(bitset, 3*s.words)
	once, twice, thrice = all[:s.words], all[s.words:2*s.words], all[2*s.words:]
	for i := range s.columns {
		if c := &s.columns[i]; !c.done {
			for w, a := range alive {
				a &= c.open[w]
				thrice[w] |= twice[w] & a
				twice[w] |= once[w] & a
				once[w] |= a
			}
		}
	}
	return once, twice, thrice
}

// choicesLeft sets s.left to the choices of c that exclude what only c can
// exclude, without those that exclude no more of the boxes alive than another.
func (s *search) choicesLeft(c *column, alive, twice bitset) {
	if n := len(c.choices) * s.words; len(s.scratch) < n {
		s.scratch = make([]uint64, n)
	}
	s.left = s.left[:0]
next:
	for i, ch := range c.choices {
		accept := bitset(s.scratch[len(s.left)*s.words:][:s.words])
		for w, a := range alive {
			accept[w] = ch.accept[w] & a
			if accept[w]&^twice[w] != 0 {
				continue next
			}
		}
		s.left = append(s.left, leftChoice{i, accept, accept.count()})
	}
	slices.SortStableFunc(s.left, func(a, b leftChoice) int { return cmp.Compare(a.count, b.count) })
	kept := s.left[:0]
	for _, ch := range s.left {
		if !slices.ContainsFunc(kept[:min(len(kept), maxCompare)], func(k leftChoice) bool { return k.accept.in(ch.accept) }) {
			kept = append(kept, ch)
		}
	}
	s.left = kept
}

// rest estimates how much is left to do after one of the choices of s.left: less
// where they shorten many boxes, and most so those that a single column is then
// left for.
func (s *search) rest(twice, thrice bitset) (sum float64) {
	for _, ch := range s.left {
		short := 0
		for w, a := range ch.accept {
			short += bits.OnesCount64(a & twice[w] &^ thrice[w])
		}
		sum += 1 / float64(1+ch.count+8*short)
	}
	return sum
}

// part returns boxes alive that share columns left, directly or through others:
// all that are connected with the first.
func (s *search) part(alive bitset) bitset {
	part := make(bitset, s.words)
	for w, a := range alive {
		if a != 0 {
			part[w] = a & -a
			break
		}
	}
	taken := make([]bool, len(s.columns))
	for more := true; more; {
		more = false
		for i := range s.columns {
			if c := &s.columns[i]; !c.done && !taken[i] && c.open.meets(part) {
				taken[i], more = true, true
				for w, a := range alive {
					part[w] |= c.open[w] & a
				}
			}
		}
	}
	return part
}

// key tells what is left to be solved from all else that can be.
func (s *search) key(alive bitset) string {
	key := make([]byte, 0, 8*s.words+len(s.columns))
	for _, w := range alive {
		key = binary.LittleEndian.AppendUint64(key, w)
	}
	for _, c := range s.columns {
		// A column that can exclude nothing any more is as good as done.
		if !c.done && c.open.meets(alive) {
			key = append(key, 1)
		} else {
			key = append(key, 0)
		}
	}
	return string(key)
}

// picks returns what is picked, for restore.
func (s *search) picks() []column { return slices.Clone(s.columns) }

func (s *search) restore(was []column) { copy(s.columns, was) }
