package spicefile

import (
	"bytes"
	"slices"

	"github.com/rowsight/rowsight/predicate"
)

// Stats is what the index says of the text of one column in one chunk. It holds
// values of the data, so it is sealed like them.
type Stats struct {
	Min    string   `json:",omitempty"` // no text but "" is less; may be cut off
	Max    string   `json:",omitempty"` // no text is more; "" is not known
	Blank  bool     `json:",omitempty"` // NULL and "" only
	Values []string `json:",omitempty"` // all texts but "", increasing; nil is not known
}

const (
	maxStat   = 256 // bytes of a bound
	maxValues = 64  // of a chunk that are listed
)

// Bounds returns what is known in the form that predicates ask for.
func (s Stats) Bounds() predicate.Bounds {
	b := predicate.Bounds{Min: s.Min, Max: s.Max, Blank: s.Blank}
	if s.Values != nil {
		b.Contains = func(value string) bool {
			_, ok := slices.BinarySearch(s.Values, value)
			return ok
		}
	}
	return b
}

// known returns the statistics of n texts that increase.
func known(n int, value func(i int) []byte) Stats {
	first := 0
	if n > 0 && len(value(0)) == 0 {
		first = 1
	}
	if first == n {
		return Stats{Blank: true}
	}
	s := bounded(value(first), value(n-1))
	if size := n - first; size <= maxValues {
		total := 0
		for i := range size {
			v := value(first + i)
			s.Values = append(s.Values, string(v))
			total += len(v)
		}
		if total > 16*maxStat {
			s.Values = nil
		}
	}
	return s
}

func bounded(low, high []byte) Stats {
	s := Stats{Min: string(low)}
	if len(low) > maxStat {
		s.Min = "" // a prefix would do, and might end inside a character
	}
	if len(high) <= maxStat {
		s.Max = string(high)
	}
	return s
}

// spread returns the statistics of rows that are not in order.
func (c *text) spread(rows []uint32) Stats {
	var low, high []byte
	for _, r := range rows {
		e := c.rows[r]
		if e == 0 {
			continue
		}
		v := c.value(e)
		if len(v) == 0 {
			continue
		}
		if low == nil || bytes.Compare(v, low) < 0 {
			low = v
		}
		if bytes.Compare(v, high) > 0 {
			high = v
		}
	}
	if low == nil {
		return Stats{Blank: true}
	}
	return bounded(low, high)
}
