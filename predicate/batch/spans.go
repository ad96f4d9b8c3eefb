package batch

import (
	"cmp"
	"slices"
	"sort"
)

// A span is the part of a child, or of bytes, from one place to before another.
type span struct{ from, to int }

// spans are places that rows refer to, brought together: what several rows share
// is there once, so that what is copied is never more than there is.
//
//	rows refer to    [2,5) [4,7) [4,5) [9,10)
//	spans            [2,7) [9,10)
//	new places        0     5          of 6
type spans struct {
	list   []span
	before []int // how much there is before each
	n      int
}

// merge sorts parts, in place, and brings them together.
func merge(parts []span) spans {
	slices.SortFunc(parts, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	list := parts[:0]
	for _, p := range parts {
		if last := len(list) - 1; last >= 0 && p.from <= list[last].to {
			list[last].to = max(list[last].to, p.to)
		} else {
			list = append(list, p)
		}
	}
	s := spans{list: list, before: make([]int, len(list))}
	for i, p := range list {
		s.before[i] = s.n
		s.n += p.to - p.from
	}
	return s
}

// place returns where the element at a place, which some part holds, is now.
func (s spans) place(at int) int {
	i := sort.Search(len(s.list), func(i int) bool { return s.list[i].from > at }) - 1
	return s.before[i] + at - s.list[i].from
}
