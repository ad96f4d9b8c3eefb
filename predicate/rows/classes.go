package rows

import (
	"unsafe"

	"github.com/rowsight/rowsight/predicate"
)

// Classes that every column has.
const (
	classNull  = 0 // NULL and ""
	classOther = 1 // a text that no rule names, where a rule tells it from NULL
)

// A column divides its texts into classes: two texts are in the same class if
// exactly the same rules accept them.
type column struct {
	name  string
	field field
	n     uint32 // the number of classes

	one  string            // the only value that rules name,
	many map[string]uint32 // or all of them with their classes
	last uint32            // the class of one: the highest
	miss uint32            // the class of a text that no rule names

	// sets holds the classes that each different condition accepts, each class
	// once; byBox the condition of each box, -1 for none. Both are nil once the
	// table is built.
	sets  [][]uint32
	byBox []int32
}

// class returns the class of the text in a row.
func (c *column) class(row unsafe.Pointer) uint32 {
	text := c.field.text(row)
	switch {
	case text == "":
		return classNull
	case c.many != nil:
		if k, ok := c.many[text]; ok {
			return k
		}
	case text == c.one:
		return c.last
	}
	return c.miss
}

// newColumn classifies a column for the conditions that boxes put on it;
// conditions[i] is the zero Predicate if box i has none.
func newColumn(name string, f field, conditions []predicate.Predicate) *column {
	c := &column{name: name, field: f, byBox: make([]int32, len(conditions))}
	var different []predicate.Predicate
	byHash := make(map[uint64][]int32)
	first := uint32(classNull + 1)
next:
	for i, p := range conditions {
		if p.Op() == predicate.OpNone {
			c.byBox[i] = -1
			continue
		}
		hash := p.Hash()
		for _, k := range byHash[hash] {
			if different[k].Equal(p) {
				c.byBox[i] = k
				continue next
			}
		}
		k := int32(len(different))
		byHash[hash] = append(byHash[hash], k)
		different = append(different, p)
		c.byBox[i] = k
		if p.Op() == predicate.OpHasValue {
			first, c.miss = classOther+1, classOther
		}
	}
	c.divide(different, first)
	return c
}

// divide makes the classes that different conditions tell apart, numbered from
// first on, and the set of classes of each condition.
func (c *column) divide(different []predicate.Predicate, first uint32) {
	values := make(map[string]uint32) // and their ids
	ids := make([][]uint32, len(different))
	for i, p := range different {
		ids[i] = make([]uint32, 0, p.Len())
		for v := range p.Values() {
			id, ok := values[v]
			if !ok {
				id = uint32(len(values))
				values[v] = id
			}
			ids[i] = append(ids[i], id)
		}
	}
	class, n := refine(ids, len(values), first)
	c.n = n
	for v, id := range values {
		values[v] = class[id]
	}
	if len(values) == 1 {
		for c.one, c.last = range values {
		}
	} else if len(values) > 1 {
		c.many = values
	}
	for i, p := range different {
		if p.Op() == predicate.OpHasValue {
			for k := uint32(classOther); k < n; k++ {
				ids[i] = append(ids[i], k)
			}
			continue
		}
		ids[i] = classesOf(ids[i], class)
	}
	c.sets = ids
}

// refine divides the ids 0 to n-1 into the coarsest classes such that each of
// sets is a union of classes, and numbers them from first on in the order of
// their first id. It returns the class of each id, and one more than the highest
// class. All ids begin in one class; each set then splits every class in two, the
// ids that it holds and the others.
func refine(sets [][]uint32, n int, first uint32) ([]uint32, uint32) {
	class := make([]uint32, n)
	next := uint32(1)
	split := make(map[uint32]uint32)
	for _, set := range sets {
		clear(split)
		for _, id := range set {
			to, ok := split[class[id]]
			if !ok {
				to = next
				next++
				split[class[id]] = to
			}
			class[id] = to
		}
	}
	number := make(map[uint32]uint32) // classes that lost every id have none
	for id, k := range class {
		to, ok := number[k]
		if !ok {
			to = first + uint32(len(number))
			number[k] = to
		}
		class[id] = to
	}
	return class, first + uint32(len(number))
}

// classesOf replaces the ids of a set by their classes, each once.
func classesOf(ids, class []uint32) []uint32 {
	seen := make(map[uint32]struct{}, len(ids))
	classes := ids[:0]
	for _, id := range ids {
		k := class[id]
		if _, ok := seen[k]; !ok {
			seen[k] = struct{}{}
			classes = append(classes, k)
		}
	}
	return classes
}
