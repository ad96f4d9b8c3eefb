package batch

import (
	"math"
	"math/bits"
)

// A selection names the rows to take: those of a mask, in order, or runs of
// neighbours that lists and unions choose of their children, in any order. What
// a copy needs of it, runs or single rows, is made when it is asked for.
type selection struct {
	n     int  // rows
	dense bool // runs are long enough to be copied one by one
	long  bool // even where single rows are copied by vectors

	mask []uint64 // nil if runs came first
	runs []run
	rows []uint32
	far  bool // some row is too far for rows

	arena *arena // for rows
}

type run struct{ at, n int }

// meanRun is the mean length from which a run is copied as one: below, the cost
// of starting a copy and of the branches it mispredicts outweighs the copy.
const meanRun = 8

// longRun is the same beside copyVector, which mispredicts nothing.
const longRun = 64

// ofMask returns the selection of the rows whose bits are set.
func ofMask(mask []uint64, a *arena) *selection {
	s := &selection{mask: mask, arena: a}
	runs, before := 0, uint64(0)
	for _, w := range mask {
		s.n += bits.OnesCount64(w)
		runs += bits.OnesCount64(w &^ (w<<1 | before)) // where runs begin
		before = w >> 63
	}
	s.dense, s.long = s.n >= meanRun*runs, s.n >= longRun*runs
	return s
}

// add appends the rows at to at+n-1 to a selection that is made of runs.
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

// done is called after the last add.
func (s *selection) done() { s.dense = s.far || s.n >= meanRun*len(s.runs) }

// many reports whether s is a mask of which so many bits are set that going
// through its words is quicker than making a list of rows.
func (s *selection) many() bool { return s.mask != nil && s.n >= len(s.mask) }

// manyTexts is many for texts: going through a word costs more for them, and a
// row of a list no more.
func (s *selection) manyTexts() bool { return s.mask != nil && s.n >= 8*len(s.mask) }

// few reports whether so few of that many rows are selected that a bitmap should
// be looked at for them only.
func (s *selection) few(rows int) bool { return s.n < rows/64 }

// last returns the last selected row of a mask that is not empty.
func (s *selection) last() int {
	for i := len(s.mask) - 1; ; i-- {
		if w := s.mask[i]; w != 0 {
			return i<<6 + 63 - bits.LeadingZeros64(w)
		}
	}
}

// eachRun returns the selected rows as runs.
func (s *selection) eachRun() []run {
	if s.mask == nil || s.runs != nil {
		return s.runs
	}
	add := func(at, n int) {
		if last := len(s.runs) - 1; last >= 0 && s.runs[last].at+s.runs[last].n == at {
			s.runs[last].n += n
		} else {
			s.runs = append(s.runs, run{at, n})
		}
	}
	for i, w := range s.mask {
		for at := i << 6; w != 0; {
			skip := bits.TrailingZeros64(w)
			w >>= skip
			n := bits.TrailingZeros64(^w)
			add(at+skip, n)
			w >>= n // 0 if n is 64
			at += skip + n
		}
	}
	return s.runs
}

// eachRow returns the selected rows one by one. It must not be called if some
// row is too far.
func (s *selection) eachRow() []uint32 {
	if s.rows != nil {
		return s.rows
	}
	s.rows = s.arena.rows.take(s.n + rowsAtOnce)[:s.n]
	rows := s.rows
	if s.mask == nil {
		for _, r := range s.runs {
			for i := range r.n {
				rows[i] = uint32(r.at + i)
			}
			rows = rows[r.n:]
		}
		return s.rows
	}
	// Four are written whatever their number: the next word overwrites what is too
	// much, and a loop that ends anywhere would be mispredicted for each word.
	rows = rows[:s.n+rowsAtOnce]
	for i, w := range s.mask {
		at := uint32(i) << 6
		for left := bits.OnesCount64(w); left > 0; left -= rowsAtOnce {
			four := (*[rowsAtOnce]uint32)(rows)
			four[0] = at + uint32(bits.TrailingZeros64(w))
			w &= w - 1
			four[1] = at + uint32(bits.TrailingZeros64(w))
			w &= w - 1
			four[2] = at + uint32(bits.TrailingZeros64(w))
			w &= w - 1
			four[3] = at + uint32(bits.TrailingZeros64(w))
			w &= w - 1
			rows = rows[min(left, rowsAtOnce):]
		}
	}
	return s.rows
}

// rowsAtOnce is how many rows eachRow writes at a time.
const rowsAtOnce = 4
