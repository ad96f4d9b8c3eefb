package batch

import (
	"github.com/rowsight/rowsight/predicate"
)

// Codes of the classes every column has.
const (
	classNull  = 0 // NULL and ""
	classOther = 1 // a text that no rule names; 0 too, where no rule tells it from NULL
)

// A classifier divides what a column can hold into classes: two texts are in
// the same class when exactly the same rules accept them, so that a rule file
// with thousands of values often knows a handful of classes.
type classifier struct {
	column int    // index in the schema
	name   string // of the column
	n      int    // number of classes
	lookup *lookup

	// sets holds, for each different condition on this column, the classes it
	// accepts, each once; byBox the condition of each box, -1 if the
	// box does not test the column. Both are gone once the table is built.
	sets  [][]uint32
	byBox []int32

	alone bool  // codes are 1 for a visible row and 0 for another
	memos memos // codes of the dictionaries seen last
	off   path
}

// newClassifier classifies one column for the conditions that boxes put on it;
// conditions[i] is a zero Predicate where box i has none. They are overwritten.
func newClassifier(d *draft, column int, name string, conditions []predicate.Predicate, opts *Options) *classifier {
	c := &classifier{column: column, name: name, off: opts.off, byBox: d.numbers.take(len(conditions))}
	// Rules share the conditions of equal cells, so each is looked at once.
	// Different conditions accept different classes. Should two have one hash,
	// the second is looked at again and again, to the same end.
	different := conditions[:0]                    // in place: none is written before it was read
	numbers := d.numbers.take(len(conditions))[:0] // of each hash, the first of its conditions
	hasValue := false
	hashes := newNumbering(d, len(conditions))
	for i, p := range conditions {
		if p.Op() == predicate.OpNone {
			c.byBox[i] = -1
			continue
		}
		at, added := hashes.of(p.Hash())
		if added {
			numbers = append(numbers, int32(len(different)))
		}
		if added || !different[numbers[at]].Equal(p) {
			c.byBox[i] = int32(len(different))
			different = append(different, p)
			hasValue = hasValue || p.Op() == predicate.OpHasValue
		} else {
			c.byBox[i] = numbers[at]
		}
	}
	first, miss := uint32(classOther), uint32(classNull)
	if hasValue {
		first, miss = classOther+1, classOther
	}
	c.divide(d, different, first)
	c.lookup.null, c.lookup.miss = classNull, miss
	c.lookup.form = formOf(c.off)
	return c
}

// divide makes the classes, numbered from first on, that different conditions
// tell apart, and the table of their values.
func (c *classifier) divide(d *draft, different []predicate.Predicate, first uint32) {
	if len(different) == 1 && different[0].Op() == predicate.OpIn {
		c.lookup = newSetLookup(d, different[0], first)
		c.n = int(first) + 1
		c.sets = [][]uint32{{first}}
		return
	}
	// Every value gets an id of its own, the ids are divided into classes, and
	// the table is told.
	b, ids := collect(d, different)
	class, n := refine(d, ids, int(b.next), first)
	c.lookup = newLookup(d, b, class)
	c.n = n

	c.sets = ids
	last := d.numbers.zeroed(n) // the last set each class went into, and 1
	for i, p := range different {
		if p.Op() == predicate.OpIn {
			c.sets[i] = classesOf(ids[i], class, last, int32(i+1))
			continue
		}
		c.sets[i] = d.ids.take(n)[:0]
		for k := uint32(classOther); k < uint32(n); k++ {
			c.sets[i] = append(c.sets[i], k)
		}
	}
}

// seal is called when the table is built and the codes of the values are final.
func (c *classifier) seal() {
	c.sets, c.byBox = nil, nil
	if c.off&pathForms == 0 {
		c.lookup.seal()
	}
}

// refine divides ids 0 to n-1 into the coarsest classes such that each of sets
// is a union of classes, and numbers them from first on. It returns the class
// of each id and one more than the highest class.
//
// All ids start in one class; each set then splits every class it meets in two,
// what it holds and what it does not.
func refine(d *draft, sets [][]uint32, n int, first uint32) ([]uint32, int) {
	class := d.ids.zeroed(n)
	by := append(d.ids.take(n + 2)[:0], 0) // of each class, 1 + the set that split it last
	to := append(d.ids.take(n + 2)[:0], 0) // and where the ids that set holds went
	for i, set := range sets {
		for _, id := range set {
			from := class[id]
			if by[from] != uint32(i+1) {
				by[from], to[from] = uint32(i+1), uint32(len(to))
				// No id of this set is met twice, so none leaves the new class
				// on account of the set that made it.
				by, to = append(by, 0), append(to, 0)
			}
			class[id] = to[from]
		}
	}
	// Classes that were emptied leave holes; number the rest in the order of
	// their first id.
	number := d.ids.zeroed(len(to))
	next := first
	for id, k := range class {
		if number[k] == 0 {
			number[k] = next
			next++
		}
		class[id] = number[k]
	}
	return class, int(next)
}

// classesOf replaces the ids of a set by their classes, each once. last says of
// each class which set had it last.
func classesOf(ids, class []uint32, last []int32, set int32) []uint32 {
	classes := ids[:0]
	for _, id := range ids {
		if k := class[id]; last[k] != set {
			last[k] = set
			classes = append(classes, k)
		}
	}
	return classes
}

// collect gives every value in conditions an id and returns the ids of each.
func collect(d *draft, conditions []predicate.Predicate) (*builder, [][]uint32) {
	total := 0
	for _, p := range conditions {
		total += p.Len()
	}
	b := newBuilder(d, total)
	all := d.ids.take(total)[:0]
	ids := d.sets.take(len(conditions))
	for i, p := range conditions {
		from := len(all)
		for v := range p.Values() {
			all = append(all, b.add(v))
		}
		ids[i] = all[from:len(all):len(all)]
	}
	return b, ids
}
