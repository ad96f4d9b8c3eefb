package predicate

import (
	"encoding/binary"
	"math/bits"
)

// A cover asks whether boxes together contain a box of lists: columns each of
// which must hold one of finitely many values.
//
// Every value of a list gets a bit set: the boxes that do not exclude it.
//
//	                  Region          Segment
//	                  EMEA  US        SMB  Startup
//	box 0  Region US    0    1          1     1
//	box 1  Segment SMB  1    1          1     0
//
// A row is outside all boxes if the bit sets of its values have no box in
// common, as those of EMEA and Startup.
type cover struct {
	atoms []Predicate // the box
	lists []list      // the same, where an atom is an OpIn; other entries are not used
	boxes int
}

// A list is one column of a cover.
type list struct {
	open   bitset            // boxes that exclude some value of the list
	accept map[string]bitset // of the boxes in open, those that accept a value
}

func newCover(atoms []Predicate) *cover {
	return &cover{atoms: atoms, lists: make([]list, len(atoms))}
}

// add adds box q. It is left out if it misses the box of lists, or is missed
// by a NULL or an unnamed text where the row may have one. add reports false
// if q contains the whole box.
func (c *cover) add(q Predicate) bool {
	b := q.atoms()
	columns := make([]int, 0, 8) // for each atom of q, where c has its column
	j := 0
	for _, a := range b {
		for j < len(c.atoms) && c.atoms[j].n.column < a.n.column {
			j++
		}
		if j == len(c.atoms) || c.atoms[j].n.column != a.n.column || !meets(c.atoms[j], a) {
			return true
		}
		columns = append(columns, j)
	}
	whole := true
	for i, a := range b {
		j := columns[i]
		if atomCovers(a, c.atoms[j]) {
			continue
		}
		whole = false
		l := &c.lists[j]
		l.open = l.open.with(c.boxes)
		if l.accept == nil {
			l.accept = make(map[string]bitset)
		}
		for _, v := range common(c.atoms[j].n.values, a.n.values) {
			l.accept[v] = l.accept[v].with(c.boxes)
		}
	}
	c.boxes++
	return !whole
}

// meets reports whether atom a accepts a text of the column that could be the
// best one for a row of atom p: one of the list, or a text that nobody named.
func meets(p, a Predicate) bool {
	switch {
	case a.Op() == OpHasValue:
		return true
	case p.Op() == OpHasValue || p.n.sig&a.n.sig == 0:
		return false
	default:
		return len(common(p.n.values, a.n.values)) > 0
	}
}

// escape returns a row outside all boxes, or nil if there is none or effort is
// spent. It leaves out columns that are not a list.
func (c *cover) escape(effort *Effort) map[string]string {
	s := &search{effort: effort, words: (c.boxes + 63) / 64}
	for i, a := range c.atoms {
		if a.Op() == OpIn {
			s.columns = append(s.columns, c.column(a, c.lists[i]))
		}
	}
	var alive bitset
	for i := range c.boxes {
		alive = alive.with(i)
	}
	if !s.solve(alive) {
		return nil
	}
	row := make(map[string]string, len(c.atoms))
	for _, col := range s.columns {
		row[col.name] = col.choices[col.picked].value
	}
	return row
}

// column makes a list ready for the search. Values that the same boxes accept
// are one choice, the first of them.
func (c *cover) column(a Predicate, l list) column {
	col := column{name: a.n.column, open: l.open.grow(c.boxes)}
	seen := make(map[string]bool)
	none := make(bitset, len(col.open))
	for _, v := range a.n.values {
		b := none
		if accept, ok := l.accept[v]; ok {
			b = accept.grow(c.boxes)
		}
		if key := b.key(); !seen[key] {
			seen[key] = true
			col.choices = append(col.choices, choice{v, b})
		}
	}
	return col
}

// A bitset is a set of boxes. Words past its end are 0.
type bitset []uint64

func (b bitset) grow(n int) bitset {
	if words := (n + 63) / 64; len(b) < words {
		return append(b, make(bitset, words-len(b))...)
	}
	return b
}

func (b bitset) with(i int) bitset {
	b = b.grow(i + 1)
	b[i/64] |= 1 << (i % 64)
	return b
}

func (b bitset) key() string {
	var key []byte
	for _, w := range b {
		key = binary.LittleEndian.AppendUint64(key, w)
	}
	return string(key)
}

func (b bitset) in(o bitset) bool {
	for w := range b {
		if b[w]&^o[w] != 0 {
			return false
		}
	}
	return true
}

func (b bitset) meets(o bitset) bool {
	for w := range b {
		if b[w]&o[w] != 0 {
			return true
		}
	}
	return false
}

func (b bitset) empty() bool {
	for _, w := range b {
		if w != 0 {
			return false
		}
	}
	return true
}

func (b bitset) count() (n int) {
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return n
}
