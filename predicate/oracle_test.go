package predicate_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	. "github.com/rowsight/rowsight/predicate"
)

// The oracle: what a predicate means, worked out without this package. A
// formula is built next to every random Predicate and evaluated row by row
// over a domain small enough to try every row.

var (
	domainColumns = []string{"A", "B", "C"}
	domainTexts   = []string{"x", "y", "z"} // what random predicates name
	// What a row may hold: what is named, something else, "" and NULL.
	domainCells = []cell{{"x", true}, {"y", true}, {"z", true}, {"w", true}, {"", true}, {"", false}}
)

type cell struct {
	text string
	ok   bool
}

type row map[string]cell

func (r row) value(column string) (string, bool) {
	c := r[column]
	return c.text, c.ok
}

func (r row) String() string {
	var b strings.Builder
	for _, c := range domainColumns {
		if r[c].ok {
			fmt.Fprintf(&b, "%s=%q ", c, r[c].text)
		} else {
			fmt.Fprintf(&b, "%s=NULL ", c)
		}
	}
	return b.String()
}

var domainRows = func() (rows []row) {
	for _, a := range domainCells {
		for _, b := range domainCells {
			for _, c := range domainCells {
				rows = append(rows, row{"A": a, "B": b, "C": c})
			}
		}
	}
	return rows
}()

type formula func(row) bool

// randomPair returns a predicate and its meaning.
func randomPair(r *rand.Rand, depth int) (Predicate, formula) {
	switch k := r.IntN(20); {
	case k == 0:
		return Predicate{}, func(row) bool { return false }
	case k == 1:
		return All(), func(row) bool { return true }
	case k < 4:
		c := domainColumns[r.IntN(len(domainColumns))]
		return HasValue(c), func(w row) bool { return w[c].ok && w[c].text != "" }
	case k < 9 || depth == 0:
		c := domainColumns[r.IntN(len(domainColumns))]
		values := make([]string, r.IntN(4))
		for i := range values {
			values[i] = append(domainTexts, "")[r.IntN(len(domainTexts)+1)]
		}
		return In(c, values...), func(w row) bool {
			return w[c].ok && w[c].text != "" && slices.Contains(values, w[c].text)
		}
	}
	ps := make([]Predicate, 1+r.IntN(4))
	fs := make([]formula, len(ps))
	for i := range ps {
		ps[i], fs[i] = randomPair(r, depth-1)
	}
	if r.IntN(2) == 0 {
		return And(ps[0], ps[1:]...), func(w row) bool {
			return !slices.ContainsFunc(fs, func(f formula) bool { return !f(w) })
		}
	}
	return Or(ps...), func(w row) bool {
		return slices.ContainsFunc(fs, func(f formula) bool { return f(w) })
	}
}

// randomBoxes returns a union of boxes, the shape rules have.
func randomBoxes(r *rand.Rand, most int) Predicate {
	boxes := make([]Predicate, r.IntN(most+1))
	for i := range boxes {
		boxes[i] = All()
		for _, c := range domainColumns {
			switch r.IntN(4) {
			case 0:
				boxes[i] = And(boxes[i], HasValue(c))
			case 1, 2:
				values := slices.Clone(domainTexts)
				r.Shuffle(len(values), func(i, j int) { values[i], values[j] = values[j], values[i] })
				boxes[i] = And(boxes[i], In(c, values[:1+r.IntN(len(values))]...))
			}
		}
	}
	return Or(boxes...)
}

// included is Implies by trying every row.
func included(p, q Predicate) bool {
	return !slices.ContainsFunc(domainRows, func(w row) bool { return p.Match(w.value) && !q.Match(w.value) })
}
