// Package postings sorts items by a key that each of them has, so that finding
// the items of a key takes no look at others: the rules that name a user, the
// rows that hold a value.
package postings

// Lists holds the items of each key. It is immutable. The zero Lists has none.
//
//	items of keys 1 0 1 2    start  0 1 3 4    items  1 │ 0 2 │ 3
type Lists[T int32 | uint32] struct {
	start []uint32 // the items of key k are items[start[k]:start[k+1]]
	items []T
}

// New sorts the items from 0 to n-1. key returns the key of an item, less than
// keys, and false for an item to leave out; it is asked twice: to count, and to
// place.
func New[T int32 | uint32](keys, n int, key func(item T) (k uint32, ok bool)) Lists[T] {
	start := make([]uint32, keys+2)
	for i := T(0); int(i) < n; i++ {
		if k, ok := key(i); ok {
			start[k+2]++
		}
	}
	for k := 1; k < len(start); k++ {
		start[k] += start[k-1]
	}
	items := make([]T, start[keys+1])
	for i := T(0); int(i) < n; i++ {
		if k, ok := key(i); ok {
			items[start[k+1]] = i // what has been placed moves the end of k, the start of k+1
			start[k+1]++
		}
	}
	return Lists[T]{start[:keys+1], items}
}

// Of returns the items of a key in increasing order.
func (l Lists[T]) Of(key uint32) []T {
	if int(key)+1 >= len(l.start) {
		return nil
	}
	return l.items[l.start[key]:l.start[key+1]]
}
