package ordered

import (
	"iter"
	"slices"
	"strings"
)

// Keyed is what an index holds: something with a name.
type Keyed interface{ Key() string }

// An Index holds things by name, each name once, in increasing order: what a
// list that is handed out page by page needs. Names lie in chunks of bounded
// size, so that adding one moves little, and nothing is kept per name but a
// word.
//
//	chunks ┌ al … bo ┐┌ cy … di ┐┌ ed … fi ┐
//
// The zero Index is empty. It is not safe for concurrent use.
type Index[V Keyed] struct {
	chunks [][]V
	n      int
}

const chunkSize = 256

// find returns where key is or belongs.
func (x *Index[V]) find(key string) (chunk, i int, ok bool) {
	// The chunk is the last one that does not begin behind key.
	chunk, found := slices.BinarySearchFunc(x.chunks, key, func(c []V, key string) int { return strings.Compare(c[0].Key(), key) })
	if found {
		return chunk, 0, true
	}
	if chunk > 0 {
		chunk--
	}
	if chunk < len(x.chunks) {
		i, ok = slices.BinarySearchFunc(x.chunks[chunk], key, func(v V, key string) int { return strings.Compare(v.Key(), key) })
	}
	return chunk, i, ok
}

// Get returns the thing of that name.
func (x *Index[V]) Get(key string) (v V, ok bool) {
	chunk, i, ok := x.find(key)
	if ok {
		v = x.chunks[chunk][i]
	}
	return v, ok
}

// Has reports whether there is a thing of that name.
func (x *Index[V]) Has(key string) bool {
	_, _, ok := x.find(key)
	return ok
}

// Put adds v, or replaces what has its name.
func (x *Index[V]) Put(v V) {
	chunk, i, ok := x.find(v.Key())
	if ok {
		x.chunks[chunk][i] = v
		return
	}
	x.n++
	if len(x.chunks) == 0 {
		x.chunks = [][]V{{v}}
		return
	}
	c := slices.Insert(x.chunks[chunk], i, v)
	x.chunks[chunk] = c
	if len(c) < chunkSize {
		return
	}
	// Names often come in order. What is behind them then stays full.
	half := len(c) / 2
	if chunk == len(x.chunks)-1 && i == len(c)-1 {
		half = len(c) - 1
	}
	x.chunks = slices.Insert(x.chunks, chunk+1, slices.Clone(c[half:]))
	clear(c[half:])
	x.chunks[chunk] = c[:half:half]
}

// Remove takes the thing of that name out, if there is one.
func (x *Index[V]) Remove(key string) {
	chunk, i, ok := x.find(key)
	if !ok {
		return
	}
	x.n--
	x.chunks[chunk] = slices.Delete(x.chunks[chunk], i, i+1)
	if len(x.chunks[chunk]) == 0 {
		x.chunks = slices.Delete(x.chunks, chunk, chunk+1)
	}
}

// Len returns how many things there are.
func (x *Index[V]) Len() int { return x.n }

// From returns the things whose names are key or behind it, in order.
func (x *Index[V]) From(key string) iter.Seq[V] {
	return func(yield func(V) bool) {
		chunk, i, _ := x.find(key)
		for ; chunk < len(x.chunks); chunk++ {
			for ; i < len(x.chunks[chunk]); i++ {
				if !yield(x.chunks[chunk][i]) {
					return
				}
			}
			i = 0
		}
	}
}

// All returns the things in order.
func (x *Index[V]) All() iter.Seq[V] { return x.From("") }
