package eval

import (
	"cmp"
	"math"
	"strings"

	"github.com/rowsight/rowsight/query"
)

// A cell is a value of a kind that the plan knows: text in s, a floating-point
// number in f, and anything else in x, where a bool is 0 or 1. The zero cell is
// NULL.
type cell struct {
	ok bool
	x  exact
	f  float64
	s  string
}

// compare orders two cells that are not NULL. NaN is the greatest number, and -0
// is 0.
func (c cell) compare(d cell, k query.Kind) int {
	switch k {
	case query.Text:
		return strings.Compare(c.s, d.s)
	case query.Float:
		if math.IsNaN(c.f) || math.IsNaN(d.f) {
			return cmp.Compare(truth(math.IsNaN(c.f)), truth(math.IsNaN(d.f)))
		}
		return cmp.Compare(c.f, d.f)
	}
	return c.x.cmp(d.x)
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// appendTo appends bytes that are the same for equal cells only, and no prefix of
// those of another.
func (c cell) appendTo(b []byte, k query.Kind) []byte {
	if !c.ok {
		return append(b, 0)
	}
	if k != query.Text {
		return c.x.appendTo(b)
	}
	return append(whole(int64(len(c.s))).appendTo(b), c.s...)
}

// kept returns c with memory of its own.
func (c cell) kept() cell {
	c.s = strings.Clone(c.s)
	return c
}

// size is about how many bytes a cell keeps.
func (c cell) size() int64 {
	n := int64(48 + len(c.s))
	if c.x.big != nil {
		n += 48
	}
	return n
}
