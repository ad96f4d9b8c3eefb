package batch

import (
	"math"
	"math/bits"
)

// A selection names the rows to take, as runs of neighbours. Those of a mask
// increase; those that lists and unions make for their children may not.
type selection struct {
	runs  []run
	n     int      // rows in all runs
	rows  []uint32 // the same, one by one; see indices
	far   bool     // some row is too far for an index
	dense bool     // copy run by run, not row by row
}

type run struct{ at, n int }

// add appends the rows at to at+n-1.
func (s *selection) add(at, n int) {
	if n == 0 {
		return
	}
	s.n += n
	s.far = s.far || at+n > math.MaxUint32
	if last := len(s.runs) - 1; last >= 0 && s.runs[last].at+s.runs[last].n == at {
		s.runs[last].n += n
		return
	}
	s.runs = append(s.runs, run{at, n})
}

// fromMask appends the rows whose bits are set.
func (s *selection) fromMask(mask []uint64) {
	for i, w := range mask {
		at := i << 6
		if w == ^uint64(0) {
			s.add(at, 64)
			continue
		}
		for w != 0 {
			skip := bits.TrailingZeros64(w)
			w >>= skip
			n := bits.TrailingZeros64(^w)
			s.add(at+skip, n)
			w >>= n // n < 64: a full word was handled above
			at += skip + n
		}
	}
	s.done()
}

// meanRun is the mean length from which a run is copied as one: below, the cost
// of starting a copy and of the branches it mispredicts outweighs the copy.
const meanRun = 8

// done is called after the last add. It decides how the selection is walked.
func (s *selection) done() {
	s.dense = s.far || s.n >= meanRun*len(s.runs)
}

// indices returns the selected rows one by one.
func (s *selection) indices() []uint32 {
	if s.rows == nil {
		s.rows = make([]uint32, 0, s.n)
		for _, r := range s.runs {
			for i := r.at; i < r.at+r.n; i++ {
				s.rows = append(s.rows, uint32(i))
			}
		}
	}
	return s.rows
}
