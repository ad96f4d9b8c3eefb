package batch

// An arena lends scratch memory for the time of one call and keeps it for the
// next, so that filtering one record after the other allocates what is returned
// and nothing else. It holds numbers only, nothing of what a row holds.
type arena struct {
	words slab[uint64]
	rows  slab[uint32]
}

// A slab hands out parts of one slice. What does not fit is allocated, and the
// slice made large enough next time.
type slab[T any] struct {
	free []T
	used int
	want int
}

// take returns n elements. What they hold is undefined.
func (s *slab[T]) take(n int) []T {
	from := s.used
	s.used += n
	if from == 0 && len(s.free) < max(n, s.want) {
		s.free = make([]T, max(n, s.want))
	}
	if s.used <= len(s.free) {
		return s.free[from:s.used:s.used]
	}
	return make([]T, n)
}

// zeroed returns n elements that are 0.
func (s *slab[T]) zeroed(n int) []T {
	t := s.take(n)
	clear(t)
	return t
}

// maxSlab bounds what is kept, in elements: a record of a million rows once
// should not hold its scratch for ever.
const maxSlab = 1 << 22

// reset takes back what was handed out. No more than most elements are kept.
func (s *slab[T]) reset(most int) {
	if s.used <= most {
		s.want = s.used
	}
	if len(s.free) > most {
		s.free = nil
	}
	s.used = 0
}

func (a *arena) reset() {
	a.words.reset(maxSlab)
	a.rows.reset(maxSlab)
}
